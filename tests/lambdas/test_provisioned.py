"""What is provisioned: declared, put and deleted; and how far it has come."""

from __future__ import annotations

from localstack_lite.lambdas.provisioned import (
    INIT_FAILURE,
    Config,
    ProvisionedStatus,
    Provisioning,
    Standing,
    standing,
    totals,
)
from localstack_lite.model.alias import Provisioned
from localstack_lite.model.function import Function
from tests.builders import function

DECLARED = function("hello", provisioned=(Provisioned("live", 2),))


def version_of(_: Function, qualifier: str) -> str | None:
    return {"live": "3", "3": "3", "4": "4"}.get(qualifier)


def test_what_the_project_declares_holds_until_a_call_says_otherwise() -> None:
    asked = Provisioning()
    assert asked.configs(DECLARED) == (Config("live", 2),)
    asked.put(DECLARED, "live", 5, now=10.0)
    asked.put(DECLARED, "4", 1, now=20.0)
    assert asked.configs(DECLARED) == (Config("live", 5, 10.0), Config("4", 1, 20.0))
    assert asked.total(DECLARED) == 6
    asked.delete(DECLARED, "live")
    assert asked.config(DECLARED, "live") is None
    assert asked.config(DECLARED, "4") == Config("4", 1, 20.0)


def test_whoever_keeps_the_environments_is_told_of_every_change_and_of_nothing_else() -> None:
    asked, told = Provisioning(), list[str]()
    asked.changed = lambda: told.append("changed")
    asked.delete(DECLARED, "nobody")
    assert told == []
    asked.put(DECLARED, "4", 1, now=0.0)
    asked.delete(DECLARED, "4")
    assert told == ["changed", "changed"]


def test_environments_belong_to_the_version_that_an_alias_points_to() -> None:
    asked = Provisioning()
    asked.put(DECLARED, "3", 1, now=0.0)
    asked.put(DECLARED, "gone", 7, now=0.0)
    wanted = asked.wanted([DECLARED, function("other")], version_of)
    assert wanted == {("Hello", "3"): 3}
    assert totals({("Hello", "3"): 3, ("Hello", "4"): 1, ("Other", "1"): 2}) == {"Hello": 4, "Other": 2}


def test_it_is_in_progress_then_ready() -> None:
    assert standing(2, 0) == Standing(ProvisionedStatus.IN_PROGRESS, 0)
    assert standing(2, 1) == Standing(ProvisionedStatus.IN_PROGRESS, 1)
    assert standing(2, 3) == Standing(ProvisionedStatus.READY, 2)


def test_what_failed_stays_so_until_it_is_asked_for_again_or_the_code_changes() -> None:
    asked = Provisioning()
    config = Config("live", 2)
    asked.failed("Hello", "3")
    asked.stands({("Hello", "3"): 1})
    assert asked.standing(DECLARED, "3", config) == Standing(ProvisionedStatus.FAILED, 1, INIT_FAILURE)
    asked.retry(["Other"])
    assert asked.failure("Hello", "3") == INIT_FAILURE
    asked.retry(["Hello"])
    assert asked.standing(DECLARED, "3", config) == Standing(ProvisionedStatus.IN_PROGRESS, 1)
    asked.failed("Hello", "3")
    asked.put(DECLARED, "live", 2, now=0.0)
    assert asked.failure("Hello", "3") == ""


def test_what_the_project_declares_is_in_force_since_the_start_of_the_run() -> None:
    asked = Provisioning(started=7.0)
    assert [config.modified for config in asked.configs(DECLARED)] == [7.0] * len(DECLARED.provisioned)
    asked.put(DECLARED, "live", 2, now=9.0)
    config = asked.config(DECLARED, "live")
    assert config is not None
    assert config.modified == 9.0
