"""Stack deploys: a change set is made, looked at, executed or dropped, and followed event by event."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.stage import Stage
from localstack_lite.ports import Moved
from localstack_lite.sync import keys
from localstack_lite.sync.answers import STACK, changes_of, first_failure, is_of_stack, progress_of, stack_of
from localstack_lite.sync.bucket import Bucket
from localstack_lite.sync.calls import Answered, Ask, Calls, telling
from localstack_lite.sync.doors import ChangeSet, StackProgress
from localstack_lite.sync.refusals import of_reason, refusal
from localstack_lite.sync.remote import RemoteStack
from localstack_lite.sync.steps import Change, DeployStack
from localstack_lite.sync.waits import CHANGE_SET, is_over, went_well
from localstack_lite.sync.waits import STACK as FOLLOWING

#: Bytes of a template that CloudFormation takes in the call itself (AWS quotas).
MOST_DIRECT = 51_200
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
_UNBORN = "REVIEW_IN_PROGRESS"
#: Looks at a stack that is over without an event that says so: events may come late, or never from other clouds.
_QUIET_LOOKS = 3
_STOPPED = "CloudFormation goes on by itself: `devserve status` says how far it is"

Told = Callable[[StackProgress], None]


class StackCalls:
    """One stack deploy at a time."""

    def __init__(self, calls: Calls, bucket: Bucket) -> None:
        self._calls = calls
        self._bucket = bucket
        self._session = calls.session

    def change_set(self, step: DeployStack, stage: Stage, bucket: str, moved: Moved) -> ChangeSet:
        name = f"devserve-{self._session.token()}"
        wanted = self._request(step, stage, bucket, name, moved)
        moved(step.kind, step.id, "waiting")
        waits = telling(moved, step.kind, step.id)
        expect = ("AlreadyExistsException", "ValidationError")
        ask = Ask("cloudformation", "CreateChangeSet", stage.stack_name, wanted, True, expect=expect, waits=waits)
        where = {"ChangeSetName": name, "StackName": stage.stack_name}
        try:
            answer = self._calls.make(ask)
            where = {"ChangeSetName": str(answer.get("Id") or name), "StackName": stage.stack_name}
        except Answered as answered:
            # The name is ours alone: when it is there, an earlier try whose answer was lost made it.
            if answered.failure.code != "AlreadyExistsException":
                raise refusal(answered.failure, stage.stack_name, stage.name) from None
        return self._described(step, stage, where, moved)

    def _request(self, step: DeployStack, stage: Stage, bucket: str, name: str, moved: Moved) -> dict[str, Any]:
        text = json.dumps(step.template, separators=(",", ":"), default=str, ensure_ascii=False)
        wanted: dict[str, Any] = {
            "StackName": stage.stack_name,
            "ChangeSetName": name,
            "ClientToken": name,
            "ChangeSetType": "CREATE" if step.create else "UPDATE",
            "Description": "devserve sync",
            "Parameters": [
                *({"ParameterKey": key, "ParameterValue": value} for key, value in step.parameters.items()),
                *({"ParameterKey": key, "UsePreviousValue": True} for key in step.kept if key not in step.parameters),
            ],
            "Capabilities": list(stage.capabilities),
            "Tags": [{"Key": key, "Value": value} for key, value in stage.tags.items()],
        }
        if stage.role_arn:
            wanted["RoleARN"] = stage.role_arn
        if step.create:
            # A stack that never came to be can only be deleted: it is, and the next run starts afresh.
            wanted["OnStackFailure"] = "DELETE"
        size = len(text.encode())
        if size <= MOST_DIRECT:
            return {**wanted, "TemplateBody": text}
        moved(step.kind, step.id, "uploading", 0, size)
        key = keys.template_key(keys.prefix(stage), text)
        self._bucket.text(bucket, key, text, stage.stack_name)
        moved(step.kind, step.id, "uploading", size, size)
        return {**wanted, "TemplateURL": keys.object_url(bucket, key, self._session.region)}

    def _described(self, step: DeployStack, stage: Stage, where: Mapping[str, str], moved: Moved) -> ChangeSet:
        began = self._session.now()
        while True:
            answer = self._calls.make(Ask("cloudformation", "DescribeChangeSet", stage.stack_name, where))
            status, reason = str(answer.get("Status")), str(answer.get("StatusReason") or "")
            stack = str(answer.get("StackId") or stage.stack_name)
            made = ChangeSet(str(answer.get("ChangeSetId") or where["ChangeSetName"]), stack, step.create)
            if status == "CREATE_COMPLETE":
                return ChangeSet(made.id, stack, step.create, self._changes(where, answer, stage))
            if status == "FAILED":
                self._drop_quietly(made)
                if any(words in reason for words in _NO_CHANGES):
                    return made
                raise of_reason(reason or "the change set failed", stage.stack_name, stage.name)
            moved(step.kind, step.id, "waiting")
            self._rest(CHANGE_SET.pause(self._session.now() - began), stage.stack_name, "its change set is not made")

    def _changes(self, where: Mapping[str, str], answer: Mapping[str, Any], stage: Stage) -> tuple[Change, ...]:
        found = list(answer.get("Changes") or ())
        while answer.get("NextToken"):
            wanted = {**where, "NextToken": answer["NextToken"]}
            answer = self._calls.make(Ask("cloudformation", "DescribeChangeSet", stage.stack_name, wanted))
            found += answer.get("Changes") or ()
        # Outputs and tags are of no resource: something is to be done all the same.
        return changes_of(found) or (Change(stage.stack_name, STACK, "modify", properties=("Outputs",)),)

    def execute(self, change_set: ChangeSet, told: Told) -> RemoteStack:
        last = self._last_event(change_set.stack)
        wanted = {
            "ChangeSetName": change_set.id,
            "StackName": change_set.stack,
            "ClientRequestToken": f"devserve-{self._session.token()}",
        }
        where = _name(change_set.stack)
        code = "InvalidChangeSetStatus"
        try:
            self._calls.make(Ask("cloudformation", "ExecuteChangeSet", where, wanted, True, expect=(code,)))
        except Answered as answered:
            if not answered.unsure:
                raise refusal(answered.failure, where, self._session.stage.name) from None
        events, status = self._follow(change_set.stack, last, told)
        if went_well(status) and not status.startswith("DELETE"):
            return self._stack(change_set.stack)
        raise self._failed(change_set.stack, status, events)

    def drop(self, change_set: ChangeSet) -> None:
        where = {"ChangeSetName": change_set.id, "StackName": change_set.stack}
        gone = ("ChangeSetNotFound", "ChangeSetNotFoundException", "ValidationError")
        try:
            self._calls.make(
                Ask("cloudformation", "DeleteChangeSet", _name(change_set.stack), where, True, expect=gone)
            )
        except Answered as answered:
            if answered.failure.code == "ValidationError" and "does not exist" not in answered.failure.message:
                raise refusal(answered.failure, _name(change_set.stack), self._session.stage.name) from None
        # Deleted is only what never was more than a name: somebody else may have made a stack of it meanwhile.
        if change_set.create and self._status(change_set.stack) == _UNBORN:
            self._delete(change_set.stack)

    def _drop_quietly(self, change_set: ChangeSet) -> None:
        """What it failed for is said, not that it could not be cleaned up."""
        try:
            self.drop(change_set)
        except (RemoteError, UserError):
            return

    def delete_stack(self, stack: RemoteStack, told: Told, retain: Sequence[str] = ()) -> None:
        last = self._last_event(stack.id)
        self._delete(stack.id, retain)
        events, status = self._follow(stack.id, last, told)
        if status != "DELETE_COMPLETE":
            raise self._failed(stack.id, status, events)

    def _delete(self, stack: str, retain: Sequence[str] = ()) -> None:
        wanted: dict[str, Any] = {"StackName": stack, "ClientRequestToken": f"devserve-{self._session.token()}"}
        if retain:
            wanted["RetainResources"] = list(retain)
        self._calls.make(Ask("cloudformation", "DeleteStack", _name(stack), wanted, True))

    def _follow(self, stack: str, last: str, told: Told) -> tuple[list[Mapping[str, Any]], str]:
        """All events after the event `last`, each told once and in order, and the status that the stack ends in."""
        began, seen, quiet = self._session.now(), list[Mapping[str, Any]](), 0
        while True:
            fresh = self._events(stack, last)
            for event in fresh:
                told(progress_of(event))
            if fresh:
                last, quiet = str(fresh[-1].get("EventId")), 0
                seen += fresh
                ends = [str(one.get("ResourceStatus")) for one in fresh if is_of_stack(one)]
                if ends and is_over(ends[-1]):
                    return seen, ends[-1]
            elif is_over(status := self._status(stack)):
                quiet += 1
                if quiet >= _QUIET_LOOKS or status == "DELETE_COMPLETE":
                    return seen, status
            self._rest(FOLLOWING.pause(self._session.now() - began), _name(stack), "CloudFormation is not through")

    def _rest(self, pause: float | None, where: str, why: str) -> None:
        if pause is None:
            raise RemoteError(where, f"{why} after a long time", _STOPPED)
        if self._session.pause(pause):
            raise RemoteError(where, "stopped while CloudFormation works", _STOPPED)

    def _last_event(self, stack: str) -> str:
        ask = Ask("cloudformation", "DescribeStackEvents", _name(stack), {"StackName": stack})
        newest: Mapping[str, Any] = next(iter(self._calls.make(ask).get("StackEvents") or ()), {})
        return str(newest.get("EventId") or "")

    def _events(self, stack: str, last: str) -> list[Mapping[str, Any]]:
        """Those after the event `last`, oldest first. AWS answers the newest first, page by page."""
        found: list[Mapping[str, Any]] = []
        wanted = {"StackName": stack}
        while True:
            ask = Ask("cloudformation", "DescribeStackEvents", _name(stack), wanted, expect=("ValidationError",))
            try:
                page = self._calls.make(ask)
            except Answered as answered:
                if "does not exist" in answered.failure.message:
                    return []
                raise refusal(answered.failure, _name(stack), self._session.stage.name) from None
            for event in page.get("StackEvents") or ():
                if event.get("EventId") == last:
                    return found[::-1]
                found.append(event)
            if not page.get("NextToken"):
                return found[::-1]
            wanted = {"StackName": stack, "NextToken": page["NextToken"]}

    def _status(self, stack: str) -> str:
        found = self._described_stack(stack)
        return str(found.get("StackStatus")) if found else "DELETE_COMPLETE"

    def _stack(self, stack: str) -> RemoteStack:
        found = self._described_stack(stack)
        if found is None:
            raise RemoteError(_name(stack), "the stack is gone: somebody deleted it meanwhile", "run it again")
        return stack_of(found)

    def _described_stack(self, stack: str) -> Mapping[str, Any] | None:
        ask = Ask("cloudformation", "DescribeStacks", _name(stack), {"StackName": stack}, expect=("ValidationError",))
        try:
            answer = self._calls.make(ask)
        except Answered as answered:
            if "does not exist" in answered.failure.message:
                return None
            raise refusal(answered.failure, _name(stack), self._session.stage.name) from None
        return next(iter(answer.get("Stacks") or ()), None)

    def _failed(self, stack: str, status: str, events: list[Mapping[str, Any]]) -> RemoteError:
        """With the reason of what failed first, in a nested stack that of what failed first in it."""
        cause = first_failure(events)
        path = ""
        for _ in range(10):
            nested = str(cause.get("PhysicalResourceId") or "") if cause and cause.get("ResourceType") == STACK else ""
            if cause is None or not nested or is_of_stack(cause):
                break
            inner = first_failure(self._events(nested, ""))
            if inner is None:
                break
            path += f"{cause.get('LogicalResourceId')}/"
            cause = inner
        hint = "the stack was removed again" if status.startswith("DELETE") else f"the stack is {status} now"
        if cause is None:
            return RemoteError(_name(stack), f"CloudFormation ended in {status} and gives no reason", hint)
        reason = " ".join(str(cause.get("ResourceStatusReason") or "it gives no reason").split())
        what = f"{path}{cause.get('LogicalResourceId')} ({cause.get('ResourceType')}) failed: {reason}"
        return RemoteError(_name(stack), what, hint)


def _name(stack: str) -> str:
    """A stack's name, of its id as well."""
    return stack.split("/")[1] if stack.startswith("arn:") and "/" in stack else stack
