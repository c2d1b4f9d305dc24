from __future__ import annotations

from localstack_lite.sync.claims import PATIENCE, in_the_way, refusal, told
from localstack_lite.sync.release import ReleaseState
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
