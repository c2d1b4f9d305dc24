"""Whether a stack can be pushed to as it stands. Pure.

States as AWS documents them for `StackStatus`.
"""

from __future__ import annotations

from localstack_lite.errors import RemoteError
from localstack_lite.model.stage import Stage
from localstack_lite.sync.remote import RemoteStack

#: There is a name and nothing else: a change set that was never executed.
UNBORN = "REVIEW_IN_PROGRESS"


def refusal(stage: Stage, stack: RemoteStack | None) -> RemoteError | None:
    """Why not, and what to do; None when it can."""
    if stack is None or stack.status == UNBORN:
        return None
    why = f" ({stack.status_reason})" if stack.status_reason else ""
    if stack.status.endswith("_IN_PROGRESS"):
        what = f"the stack {stack.name} is being changed: {stack.status}"
        return RemoteError(stage.name, what, "wait until CloudFormation is through with it, then run it again")
    if stack.status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"):
        what = f"the stack {stack.name} is in {stack.status}{why}: AWS only lets it be deleted"
        return RemoteError(stage.name, what, f"`devserve delete {stage.name}` removes it; then push again")
    if stack.status == "UPDATE_ROLLBACK_FAILED":
        what = f"the stack {stack.name} is in {stack.status}{why}: AWS takes no change of it"
        hint = f"repair what stopped it, then `aws cloudformation continue-update-rollback --stack-name {stack.name}`"
        return RemoteError(stage.name, what, hint)
    return None


def there(stack: RemoteStack | None) -> RemoteStack | None:
    """The stack, unless it is nothing but a name."""
    return None if stack is None or stack.status == UNBORN else stack
