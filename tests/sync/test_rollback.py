"""Which release a rollback goes to, and the calls that bring its code back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.package import MOST_DIRECT, Package
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Code, Release, ReleaseState
from localstack_lite.sync.remote import Remote, RemoteFunction, RemoteResource
from localstack_lite.sync.rollback import rollback
from localstack_lite.sync.steps import PublishVersion, UpdateAlias, UploadCode, UploadObject
from tests.sync.modelled_stage import STAGE, alias, function

KEYS = "shop/code"
KEPT = Package("", "a1", Path("/kept"), size=10)


def remote(**code: str) -> Remote:
    functions = {id: RemoteFunction(id, f"shop-{id}", "arn", sha, f"rev-{id}") for id, sha in code.items()}
    return Remote("1", "r", functions=functions)


def release(number: int, *, key: bool = True, changed: tuple[str, ...] = ("A",), **code: str) -> Release:
    functions = {id: Code(sha, f"{KEYS}/{sha}" if key else "") for id, sha in code.items()}
    return Release(number, float(number), f"dev{number}@host", "t", ReleaseState.DONE, functions, changed)


def rolled(releases: list[Release], now: Remote, **options: Any) -> tuple[int, list[tuple[str, str]]]:
    found = rollback(STAGE, releases, now, Manifest(), **options)
    steps = found.plan.steps
    assert all(isinstance(step, UploadCode) for step in steps)
    return found.release.number, [(step.id, step.sha256) for step in steps if isinstance(step, UploadCode)]


HISTORY = [release(1, A="a1", B="b1"), release(2, A="a2", B="b1"), release(3, A="a3", B="b3")]


def test_the_release_before_comes_back_and_only_what_differs() -> None:
    assert rolled(HISTORY, remote(A="a3", B="b3")) == (2, [("A", "a2"), ("B", "b1")])
    assert rolled(HISTORY[:2], remote(A="a2", B="b1")) == (1, [("A", "a1")])


def test_rolling_back_twice_goes_back_two() -> None:
    again = [*HISTORY, replace(release(4, A="a2", B="b1"), rolled_back_to=2)]
    assert rolled(again, remote(A="a2", B="b1")) == (1, [("A", "a1")])


def test_failed_releases_are_not_gone_back_to() -> None:
    failed = replace(release(3, A="a9", B="b1"), state=ReleaseState.FAILED)
    history = [*HISTORY[:2], failed, release(4, A="a4", B="b4")]
    assert rolled(history, remote(A="a4", B="b4"))[0] == 2


def test_after_a_push_that_failed_half_way_the_last_good_one_comes_back() -> None:
    failed = replace(release(4, A="a9", B="b3"), state=ReleaseState.FAILED)
    assert rolled([*HISTORY, failed], remote(A="a9", B="b3")) == (3, [("A", "a3")])


def test_releases_without_other_code_are_passed_over() -> None:
    history = [HISTORY[0], HISTORY[1], replace(release(3, A="a2", B="b1"), changed=())]
    assert rolled(history, remote(A="a2", B="b1"))[0] == 1


def test_any_release_can_be_named() -> None:
    assert rolled(HISTORY, remote(A="a3", B="b3"), to=1) == (1, [("A", "a1"), ("B", "b1")])
    assert rolled(HISTORY, remote(A="a3", B="b3"), to=3) == (3, [])


def test_a_release_that_is_not_there_is_a_refusal_that_lists_those_that_are() -> None:
    with pytest.raises(UserError) as refused:
        rolled(HISTORY, remote(A="a3", B="b3"), to=9)
    assert (refused.value.what, refused.value.hint) == ("there is no release 9", "there are: 3, 2, 1")


def test_a_release_that_failed_cannot_be_named() -> None:
    with pytest.raises(UserError):
        rolled([replace(HISTORY[0], state=ReleaseState.FAILED), HISTORY[2]], remote(A="a3", B="b3"), to=1)


def test_the_first_release_has_none_before_it() -> None:
    with pytest.raises(UserError) as refused:
        rolled(HISTORY[:1], remote(A="a1", B="b1"))
    assert "no release with other code before 1" in refused.value.what
    with pytest.raises(UserError):
        rolled([], remote(A="a1"))


def test_functions_that_came_or_went_since_are_a_refusal() -> None:
    with pytest.raises(RemoteError) as refused:
        rolled(HISTORY, remote(A="a3", C="c"), to=2)
    assert refused.value.what == "release 2 had other functions: B is not there any more; C came after it"


def test_code_comes_from_the_bucket_else_from_this_machine() -> None:
    history = [release(1, A="a1"), release(2, A="a2")]
    (step,) = rollback(STAGE, history, remote(A="a2"), Manifest(), kept={"a1": KEPT}).plan.steps
    assert isinstance(step, UploadCode)
    assert (step.key, step.package, step.revision) == (f"{KEYS}/a1", None, "rev-A")
    local = [release(1, key=False, A="a1"), release(2, A="a2")]
    (step,) = rollback(STAGE, local, remote(A="a2"), Manifest(), kept={"a1": KEPT}).plan.steps
    assert isinstance(step, UploadCode)
    assert step.package is not None
    assert (step.key, step.package.file) == ("", Path("/kept"))


def test_code_that_is_not_to_be_had_names_who_has_it() -> None:
    history = [release(1, key=False, A="a1"), release(2, key=False, changed=("B",), A="a1"), release(3, A="a3")]
    with pytest.raises(RemoteError) as refused:
        rolled(history, remote(A="a3"))
    assert "the code of A in release 2" in refused.value.what
    assert refused.value.hint.startswith("dev1@host pushed it")


def test_an_image_comes_back_from_the_registry() -> None:
    old = replace(release(1), functions={"A": Code("d1", image="registry/shop:1")})
    new = replace(release(2), functions={"A": Code("d2", image="registry/shop:2")})
    (step,) = rollback(STAGE, [old, new], remote(A="d2"), Manifest()).plan.steps
    assert isinstance(step, UploadCode)
    assert (step.image, step.sha256) == ("registry/shop:1", "d1")


def test_aliases_follow_the_code_that_came_back() -> None:
    now = replace(
        remote(A="a2"),
        templates={"": {"Resources": {"A": function("A"), **alias("A")}}},
        resources=(RemoteResource("AAliaslive", "AWS::Lambda::Alias", "arn:aws:lambda:r:1:function:shop-A:live"),),
    )
    steps = rollback(STAGE, [release(1, A="a1"), release(2, A="a2")], now, Manifest()).plan.steps
    assert [type(step) for step in steps] == [UploadCode, PublishVersion, UpdateAlias]
    assert isinstance(steps[2], UpdateAlias)
    assert (steps[2].alias, steps[2].name) == ("live", "shop-A")


def test_what_is_gone_from_the_bucket_comes_from_this_machine() -> None:
    history = [release(1, A="a1"), release(2, A="a2")]
    there = {f"{KEYS}/a1"}
    (step,) = rollback(STAGE, history, remote(A="a2"), Manifest(), kept={"a1": KEPT}, there=there).plan.steps
    assert isinstance(step, UploadCode)
    assert (step.key, step.package) == (f"{KEYS}/a1", None)
    (step,) = rollback(STAGE, history, remote(A="a2"), Manifest(), kept={"a1": KEPT}, there=()).plan.steps
    assert isinstance(step, UploadCode)
    assert (step.key, step.package) == ("", replace(KEPT, piece="A"))


def test_what_is_too_big_for_the_call_is_brought_to_the_bucket_again() -> None:
    history = [release(1, A="a1"), release(2, A="a2")]
    big = {"a1": replace(KEPT, size=MOST_DIRECT)}
    upload, code = rollback(STAGE, history, remote(A="a2"), Manifest(), kept=big, there=()).plan.steps
    assert isinstance(upload, UploadObject)
    assert isinstance(code, UploadCode)
    assert upload.key == code.key == f"{KEYS}/a1"
    assert upload.package == replace(big["a1"], piece="A")


def test_what_is_gone_from_the_bucket_and_not_here_either_names_who_pushed_it() -> None:
    history = [release(1, A="a1"), release(2, A="a2")]
    with pytest.raises(RemoteError, match="not on this machine and not in the bucket any more") as caught:
        rollback(STAGE, history, remote(A="a2"), Manifest(), there=())
    assert "dev1@host pushed it" in caught.value.hint
