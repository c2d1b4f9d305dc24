from __future__ import annotations

from localstack_lite.sync.ahead import ahead
from localstack_lite.sync.aliases import UNPUBLISHED
from localstack_lite.sync.ground import DOUBT
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.steps import (
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateStateMachine,
    UploadCode,
)

BEFORE = Manifest(direct={"Web": {"Body": "d1", "Name": "d2"}, "Live": {"FunctionVersion": "5"}}, release=3)


def test_what_aws_is_not_asked_about_is_doubted_until_it_is_done() -> None:
    steps = (
        UpdateApi("Web", "a1", "{}", ""),
        UpdateAlias("Live", "Orders", "shop-Orders", "live", ""),
        UpdateConcurrency("Orders", "shop-Orders", 2, ""),
        UpdateConfig("Orders", "shop-Orders", {"MemorySize": 256}, ""),
        UpdateStateMachine("Flow", "arn", "{}", ""),
        UpdateAsyncConfig("Retry", "shop-Orders", "$LATEST", {}, ""),
    )
    direct = ahead(BEFORE, steps).direct
    assert direct["Web"] == {"Body": DOUBT, "Name": "d2"}
    assert direct["Live"] == {"FunctionVersion": UNPUBLISHED}
    assert direct["Orders"] == {"ReservedConcurrentExecutions": DOUBT, "MemorySize": DOUBT}
    assert direct["Flow"].keys() == {"Definition", "DefinitionString", "DefinitionSubstitutions"}
    assert set(direct["Retry"].values()) == {DOUBT}


def test_code_needs_no_doubt_as_aws_tells_it() -> None:
    assert ahead(BEFORE, [UploadCode("Orders", "shop-Orders", "sha", "")]) == BEFORE


def test_what_was_known_before_is_not_changed_in_place() -> None:
    ahead(BEFORE, [UpdateApi("Web", "a1", "{}", "")])
    assert BEFORE.direct["Web"]["Body"] == "d1"
