"""What there is to say about a stage."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Release, ReleaseState
from localstack_lite.sync.remote import Remote, RemoteFunction, RemoteStack
from localstack_lite.sync.status import Counts, Status, lines, status
from tests.sync.modelled_stage import STAGE, alias, function, sha

HAS = {"Handler": "app.handler", "Runtime": "python3.13", "Role": "arn:r", "MemorySize": 128, "CodeSize": 4300}
STACK = RemoteStack("arn:aws:cloudformation:r:1:stack/shop-dev/1", "shop-dev", "UPDATE_COMPLETE", updated="2026-11-22")


def remote(stated: dict[str, Any] | None = None, **has: Any) -> Remote:
    one = RemoteFunction(
        "A", "shop-A", "arn", sha("a"), modified="2026-11-21", state="Active", configuration={**HAS, **has}
    )
    templates = {"": {"Resources": {"A": function("A", **(stated or {})), **alias("A")}}}
    return Remote("1", "r", STACK, (), templates, {"A": one})


def of(found: Remote, **options: Any) -> Status:
    return status(STAGE, found, **options)


def test_a_stage_without_a_stack_says_so() -> None:
    found = of(Remote("1", "r"))
    assert list(lines(found)) == ["dev: stack shop-dev in account 1, r", "there is no stack yet"]


def test_a_function_is_a_line() -> None:
    found = of(remote(), counts={"A": Counts(12, 3)})
    (one,) = found.functions
    assert (one.memory, one.size, one.runtime, one.counts) == (128, 4300, "python3.13", Counts(12, 3))
    told = "A  python3.13  128 MB  4.2 KB  2026-11-21  live  12 invocations, 3 errors in 24 h"
    assert told in list(lines(found))


def test_an_alias_says_what_it_points_to_when_that_is_known() -> None:
    def aliases(version: str) -> tuple[str, ...]:
        known = Manifest(direct={"AAliaslive": {"FunctionVersion": version}})
        return of(remote(), manifest=known).functions[0].aliases

    assert aliases("7") == ("live → 7",)
    assert aliases("?") == ("live",)
    assert aliases("") == ("live is behind",)


def test_the_newest_release_is_told_with_who_made_it() -> None:
    first = Release(1, 5.0, "old@host", "t", ReleaseState.DONE)
    last = Release(2, 6.0, "new@host", "t", ReleaseState.FAILED, changed=("A",), rolled_back_to=1)
    found = of(remote(), releases=[last, first])
    assert found.release == last
    (line,) = [line for line in lines(found) if line.startswith("release")]
    assert line.startswith("release 2 by new@host")
    assert line.endswith(", back to 1, failed: A")


def test_what_is_as_the_template_says_is_no_drift() -> None:
    assert of(remote({"MemorySize": "128"}), manifest=Manifest(deployed={"A": sha("a")})).drift == ()


def test_drift_names_short_values_but_none_of_a_variable() -> None:
    found = of(
        remote(
            {"MemorySize": 256, "Environment": {"Variables": {"KEY": "hidden"}}},
            Environment={"Variables": {"KEY": "other"}},
        ),
        manifest=Manifest(deployed={"A": sha("b")}, direct={"Api": {"Body": "sha256:1"}}),
    )
    assert found.drift == (
        "Api: Body",
        "A: code, Environment, MemorySize is 128, the stack's template says 256",
    )
    assert "hidden" not in "".join(lines(found))


def test_what_was_set_directly_is_told_where_the_template_does_not_say_it_in_words() -> None:
    stated = {"Role": {"Fn::GetAtt": ["R", "Arn"]}}
    assert of(remote(stated)).drift == ()
    assert of(remote(stated), manifest=Manifest(direct={"A": {"Role": "x"}})).drift == ("A: Role",)


def test_functions_that_are_gone_are_told() -> None:
    found = of(replace(remote(), lost=("B",)))
    assert "B: deleted by hand, the stack still lists it" in list(lines(found))


def test_a_stack_in_trouble_says_why() -> None:
    found = of(replace(remote(), stack=replace(STACK, status="ROLLBACK_COMPLETE", status_reason="no")))
    assert list(lines(found))[1] == "ROLLBACK_COMPLETE (no), 2026-11-22"
