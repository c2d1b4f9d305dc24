"""Reads what a stage is: calls that change nothing. I/O: boto3, threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from localstack_lite.sync.answers import STACK, function_of, resource_of, stack_of
from localstack_lite.sync.bucket_name import owner_of, record_key, records_prefix
from localstack_lite.sync.calls import Answered, Ask, Calls
from localstack_lite.sync.record import release_of
from localstack_lite.sync.refusals import refusal
from localstack_lite.sync.release import Release
from localstack_lite.sync.remote import RemoteFunction, RemoteResource, RemoteStack
from localstack_lite.sync.session import Session
from localstack_lite.sync.template_body import template_of

#: Up to so many functions are asked for by name, more by listing.
_BY_NAME = 3
#: Functions that ListFunctions answers at most (API reference), and pages that may be in vain: an account may have
#: thousands that are not ours.
_PAGE, _SPARE_PAGES = 50, 4
_AT_ONCE = 16

T = TypeVar("T")
R = TypeVar("R")


class Reader:
    """`doors.RemoteReader`, by boto3."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._calls = Calls(session)
        self._account = ""

    @property
    def calls(self) -> int:
        return self._calls.made

    def account(self) -> str:
        if not self._account:
            answer = self._calls.make(Ask("sts", "GetCallerIdentity", self._session.where))
            self._account = str(answer["Account"])
        return self._account

    def stack(self, name: str) -> RemoteStack | None:
        ask = Ask("cloudformation", "DescribeStacks", name, {"StackName": name}, expect=("ValidationError",))
        try:
            answer = self._calls.make(ask)
        except Answered as answered:
            if "does not exist" in answered.failure.message:
                return None
            raise refusal(answered.failure, name, self._session.stage.name) from None
        found = [stack_of(one) for one in answer.get("Stacks", ())]
        return next((stack for stack in found if stack.status != "DELETE_COMPLETE"), None)

    def resources(self, stack: RemoteStack) -> tuple[RemoteResource, ...]:
        return tuple(self._resources("", stack.id))

    def _resources(self, path: str, stack: str) -> Iterator[RemoteResource]:
        wanted = {"StackName": stack}
        while True:
            page = self._calls.make(Ask("cloudformation", "ListStackResources", stack, wanted))
            found = [resource_of(path, one) for one in page.get("StackResourceSummaries", ())]
            for resource in found:
                if resource.status == "DELETE_COMPLETE":
                    continue
                yield resource
                if resource.type == STACK and resource.physical_id:
                    yield from self._resources(f"{resource.id}/", resource.physical_id)
            if not page.get("NextToken"):
                return
            wanted = {"StackName": stack, "NextToken": page["NextToken"]}

    def templates(self, stack: RemoteStack, resources: Sequence[RemoteResource]) -> Mapping[str, Mapping[str, Any]]:
        nested = {f"{one.id}/": one.physical_id for one in resources if one.type == STACK and one.physical_id}
        return self._each({"": stack.id, **nested}, self._template)

    def _template(self, stack: str) -> Mapping[str, Any]:
        wanted = {"StackName": stack, "TemplateStage": "Processed"}
        return template_of(self._calls.make(Ask("cloudformation", "GetTemplate", stack, wanted)).get("TemplateBody"))

    def functions(self, names: Mapping[str, str]) -> Mapping[str, RemoteFunction]:
        listed = self._listed(names) if len(names) > _BY_NAME else {}
        # What was not listed: there are only a few, or it is gone, or the account has very many functions.
        rest = {id: (id, name) for id, name in names.items() if id not in listed}
        asked = self._each(rest, lambda pair: self.function(*pair))
        found = {**listed, **{id: function for id, function in asked.items() if function is not None}}
        return {id: found[id] for id in names if id in found}

    def _listed(self, names: Mapping[str, str]) -> dict[str, RemoteFunction]:
        ids: dict[str, list[str]] = {}
        for id, name in names.items():
            ids.setdefault(_short(name), []).append(id)
        found: dict[str, RemoteFunction] = {}
        wanted: dict[str, Any] = {"MaxItems": _PAGE}
        for _ in range(-(-len(names) // _PAGE) + _SPARE_PAGES):
            page = self._calls.make(Ask("lambda", "ListFunctions", self._session.where, wanted))
            for one in page.get("Functions", ()):
                found |= {id: function_of(id, one) for id in ids.get(str(one.get("FunctionName")), ())}
            if len(found) == len(names) or not page.get("NextMarker"):
                break
            wanted = {"MaxItems": _PAGE, "Marker": page["NextMarker"]}
        return found

    def function(self, id: str, name: str) -> RemoteFunction | None:
        ask = Ask(
            "lambda", "GetFunctionConfiguration", id, {"FunctionName": name}, expect=("ResourceNotFoundException",)
        )
        try:
            return function_of(id, self._calls.make(ask))
        except Answered:
            return None

    def releases(self, bucket: str, prefix: str, after: int = 0) -> Sequence[Release]:
        numbers = {key: key for key in self._records(bucket, prefix, after)}
        found = self._each(numbers, lambda key: self._record(bucket, key))
        read = (release for release in found.values() if release is not None and release.number > after)
        return sorted(read, key=lambda release: release.number)

    def release(self, bucket: str, prefix: str, number: int) -> Release | None:
        return self._record(bucket, record_key(prefix, number))

    def objects(self, bucket: str, prefix: str = "", most: int = 0) -> Sequence[str]:
        return self._keys(bucket, {"Prefix": prefix} if prefix else {}, most)

    def _records(self, bucket: str, prefix: str, after: int) -> list[str]:
        folder = records_prefix(prefix)
        start = {"StartAfter": record_key(prefix, after)} if after else {}
        keys = self._keys(bucket, {"Prefix": folder, **start})
        return [key for key in keys if key.removeprefix(folder).removesuffix(".json").isdigit()]

    def _keys(self, bucket: str, which: Mapping[str, str], most: int = 0) -> list[str]:
        wanted: dict[str, Any] = {"Bucket": bucket, **which, **owner_of(bucket)}
        keys: list[str] = []
        while True:
            try:
                page = self._calls.make(Ask("s3", "ListObjectsV2", bucket, wanted, expect=("NoSuchBucket",)))
            except Answered:
                return []
            keys += [str(one.get("Key")) for one in page.get("Contents", ())]
            if not page.get("NextContinuationToken") or 0 < most <= len(keys):
                return keys
            wanted["ContinuationToken"] = page["NextContinuationToken"]

    def _record(self, bucket: str, key: str) -> Release | None:
        """None as well for what is no record of this program's: somebody put something else there."""
        wanted = {"Bucket": bucket, "Key": key, **owner_of(bucket)}
        try:
            answer = self._calls.make(Ask("s3", "GetObject", bucket, wanted, expect=("NoSuchKey", "NoSuchBucket")))
        except Answered:
            return None
        try:
            return release_of(answer["Body"].decode("utf-8"))
        except (ValueError, KeyError, TypeError):
            return None

    def _each(self, wanted: Mapping[str, T], ask: Callable[[T], R]) -> dict[str, R]:
        """The answers by name; several at once where there are several."""
        if len(wanted) < 2:
            return {name: ask(value) for name, value in wanted.items()}
        with ThreadPoolExecutor(min(_AT_ONCE, len(wanted)), "read") as pool:
            answers: Iterable[R] = pool.map(ask, wanted.values())
            return dict(zip(wanted, answers, strict=True))


def _short(name: str) -> str:
    """A function's name, of its ARN as well."""
    return name.rpartition(":function:")[2].partition(":")[0]
