from __future__ import annotations

import pytest

from localstack_lite.model.stage import Stage
from localstack_lite.sync.readiness import refusal, there
from localstack_lite.sync.remote import RemoteStack

STAGE = Stage("dev", "shop-dev")


def stack(status: str) -> RemoteStack:
    return RemoteStack(
        "arn:aws:cloudformation:eu-west-2:111122223333:stack/shop-dev/1", "shop-dev", status, "role broken"
    )


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"]
)
def test_a_stack_at_rest_can_be_pushed_to(status: str) -> None:
    assert refusal(STAGE, stack(status)) is None
    assert there(stack(status)) == stack(status)


def test_no_stack_and_an_unborn_one_are_made() -> None:
    for one in (None, stack("REVIEW_IN_PROGRESS")):
        assert refusal(STAGE, one) is None
        assert there(one) is None


@pytest.mark.parametrize("status", ["UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_stack_that_is_being_changed_is_waited_for(status: str) -> None:
    error = refusal(STAGE, stack(status))
    assert error is not None
    assert status in error.what
    assert "wait" in error.hint


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"])
def test_a_stack_that_can_only_be_deleted_says_so_and_how(status: str) -> None:
    error = refusal(STAGE, stack(status))
    assert error is not None
    assert "role broken" in error.what
    assert "devserve delete dev" in error.hint


def test_a_failed_rollback_has_to_be_continued() -> None:
    error = refusal(STAGE, stack("UPDATE_ROLLBACK_FAILED"))
    assert error is not None
    assert "continue-update-rollback --stack-name shop-dev" in error.hint
