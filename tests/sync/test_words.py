from __future__ import annotations

import typing

from localstack_lite.sync.steps import DeployStack, Step, UpdateAlias, UpdateApi, UploadCode
from localstack_lite.sync.words import _WORDS, named


def test_steps_are_named_by_what_they_are_about() -> None:
    assert named(UploadCode("Orders", "shop-Orders", "sha", "changed")) == "code of Orders"
    assert named(UpdateApi("Web", "a1", "{}", "changed")) == "API Web"
    assert named(UpdateAlias("OrdersAlias", "Orders", "shop-Orders", "live", "changed")) == "alias live of Orders"
    assert named(DeployStack("shop-dev", "new", True, {})) == "stack shop-dev"


def test_every_kind_of_step_has_a_word() -> None:
    kinds = {each.kind for each in typing.get_args(Step)}
    assert kinds - {"update_alias"} == _WORDS.keys()
