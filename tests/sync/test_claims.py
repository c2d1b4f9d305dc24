from __future__ import annotations

from localstack_lite.sync.claims import PATIENCE, back, in_the_way, refusal, replaced, replacing, told
from localstack_lite.sync.release import ReleaseState
from localstack_lite.sync.steps import Change, DeployStack, UploadCode
from tests.sync.scripted_cloud import released

NOW = 5000.0
STARTED = released(8, at=NOW - 60)


def test_a_push_that_was_begun_lately_is_in_the_way() -> None:
    assert in_the_way([released(7, state=ReleaseState.DONE), STARTED], "mine", NOW) == STARTED


def test_our_own_claim_is_not_in_the_way() -> None:
    assert in_the_way([STARTED], STARTED.token, NOW) is None


def test_a_push_that_nobody_heard_of_for_long_is_taken_for_dead() -> None:
    assert in_the_way([released(8, at=NOW - PATIENCE)], "mine", NOW) is None


def test_only_the_newest_release_can_be_on_its_way() -> None:
    assert in_the_way([STARTED, released(9, state=ReleaseState.DONE)], "mine", NOW) is None
    assert in_the_way([], "mine", NOW) is None


def test_the_refusal_says_who_and_which() -> None:
    error = refusal("dev", STARTED)
    assert error.where == "dev"
    assert error.what.startswith("mia@desk is pushing release 8 since ")
    assert "15 minutes" in error.hint


def test_what_others_did_is_told_by_how_it_ended() -> None:
    assert told(released(8, state=ReleaseState.DONE)).startswith("mia@desk pushed release 8 at ")
    assert told(released(8, state=ReleaseState.FAILED)).startswith("mia@desk tried and failed to push release 8 at ")
    assert told(released(8)).startswith("mia@desk began and never ended release 8 at ")


OTHERS = [
    released(8, state=ReleaseState.DONE, changed=("Orders", "Report")),
    released(9, state=ReleaseState.FAILED, changed=("Orders",)),
]


def code(id: str) -> UploadCode:
    return UploadCode(id, f"shop-{id}", "sha", "its code changed")


def test_each_function_that_a_plan_replaces_is_of_the_last_release_that_changed_it() -> None:
    found = list(replaced(OTHERS, [code("Orders"), code("Report"), code("Mine")]))
    assert found == [(OTHERS[1], ("Orders",)), (OTHERS[0], ("Report",))]
    assert list(replaced(OTHERS, [code("Mine")])) == []


def test_a_stack_deploy_replaces_the_functions_that_it_changes() -> None:
    change = Change("Report", "AWS::Lambda::Function", "modify", properties=("Code",))
    deploy = DeployStack("shop-dev", "tags", False, {}, changes=(change,))
    assert list(replaced(OTHERS, [deploy])) == [(OTHERS[0], ("Report",))]


def test_what_is_replaced_is_told_with_who_and_the_way_back() -> None:
    what = replacing(OTHERS[0], ("Orders", "Report"))
    assert what.startswith("release 8 by mia@desk at ")
    assert what.endswith(" changed Orders, Report; this push replaces them")
    assert "`devserve rollback dev --to 8`" in back(OTHERS[0], "dev")
    assert "rollback" not in back(OTHERS[1], "dev")
