"""How code gets into functions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.errors import UserError
from localstack_lite.model.package import MOST_DIRECT, Package
from localstack_lite.sync.code_steps import code_steps, target
from localstack_lite.sync.function_needs import Needs
from localstack_lite.sync.steps import PushImage, UploadCode, UploadObject
from tests.sync.grounds import ground
from tests.sync.modelled_stage import STAGE, function, image, package

NAMES = ["A", "B", "C", "D"]
GROUND = ground({name: function(name) for name in NAMES})


def lacking(*packages: Package, architecture: str = "") -> list[Needs]:
    return [
        Needs(name, GROUND.remote.functions[name], one, architecture=architecture)
        for name, one in zip(NAMES, packages, strict=False)
    ]


def test_small_code_goes_in_the_call() -> None:
    before, chains = code_steps(GROUND, lacking(package("A", "a")))
    assert before == ()
    (step,) = chains["A"]
    assert isinstance(step, UploadCode)
    assert (step.package, step.key, step.sha256) == (package("A", "a"), "", package("A", "a").sha256)


def test_big_code_goes_through_the_bucket() -> None:
    before, chains = code_steps(GROUND, lacking(package("A", "a", MOST_DIRECT)))
    (upload,) = before
    (step,) = chains["A"]
    assert isinstance(upload, UploadObject)
    assert isinstance(step, UploadCode)
    assert (step.key, step.package) == (upload.key, None)


@pytest.mark.parametrize(("functions", "size", "uploads"), [(4, 2_000_000, 1), (3, 2_000_000, 0), (4, 1_000, 0)])
def test_code_of_many_functions_goes_up_once_when_it_is_worth_it(functions: int, size: int, uploads: int) -> None:
    before, chains = code_steps(GROUND, lacking(*[package("A", "a", size)] * functions))
    assert len(before) == uploads
    assert len(chains) == functions


def test_an_image_is_pushed_once_and_then_set() -> None:
    one = image("A", "a")
    before, chains = code_steps(GROUND, lacking(one, one))
    (push,) = before
    assert isinstance(push, PushImage)
    for (step,) in chains.values():
        assert isinstance(step, UploadCode)
        assert (step.image, step.sha256) == (push.target, "")


def test_an_image_without_a_repository_is_the_users_to_settle() -> None:
    with pytest.raises(UserError) as refused:
        target(replace(STAGE, image_repository="", where="devserve.toml:3"), "A", image("A", "a"))
    assert refused.value.where == "devserve.toml:3"


def test_the_reason_is_the_code_or_its_architecture() -> None:
    _, chains = code_steps(GROUND, lacking(package("A", "a"), architecture="arm64"))
    assert chains["A"][0].reason == "its architecture becomes arm64"
    _, chains = code_steps(GROUND, [*lacking(package("A", "a"))])
    assert chains["A"][0].reason == "its code changed"


def test_who_lacks_no_code_gets_none() -> None:
    assert code_steps(GROUND, [Needs("A", GROUND.remote.functions["A"], settings={"Timeout": 1})]) == ((), {})
