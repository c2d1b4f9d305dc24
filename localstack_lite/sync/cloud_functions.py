"""Functions of a stage, invoked there: the real memory, architecture, network and scale behind a local URL. I/O.

What the function wrote (the tail of its log, which the call brings back) and what it took are told as facts, so a
request that ran in the cloud looks on the terminal as one that ran here. Two kinds of trouble are kept apart: what
Lambda says about this one invocation (throttled, too large) is its outcome; what stands between this machine and the
function (credentials, permissions, the network, a function that is not there) is a RemoteError.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationRefused, InvocationStarted, LogWritten
from localstack_lite.model.invocation import Answered, Invocation, InvocationType, Outcome, Refused, Report, Status
from localstack_lite.sync import invoked, tail_log
from localstack_lite.sync.failure import failure_of
from localstack_lite.sync.invoked import Invoked
from localstack_lite.sync.refusals import remote_error

STREAM = "cloud"
#: Seconds between two looks which functions the stage has.
AGAIN = 10.0
#: Errors of the way to the function that come without a status of their own for it.
_SIGNING = frozenset(
    {"RequestExpired", "IncompleteSignature", "IncompleteSignatureException", "MissingAuthenticationTokenException"}
)
_NOT_STREAMED = frozenset({"UnknownOperationException", "NotImplementedException", "ModeNotSupportedException"})

Chunk = Callable[[bytes], None]


class CloudFunctions:
    """`names` are physical names by logical id, `look` asks for them again (a push may have made a function since);
    `stage` is what the environment is called after the `@`. `client` is boto3's for Lambda, which is shared by threads
    and has to wait for an answer as long as a function may run."""

    def __init__(
        self,
        client: Callable[[], Any],
        stage: str,
        names: Mapping[str, str],
        publish: Callable[[Fact], None],
        now: Callable[[], float],
        look: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        self._client = client
        self._stage = stage
        self._names = dict(names)
        self._publish = publish
        self._now = now
        self._look = look
        self._looked = float("-inf")
        self._streams = True

    def invoke(
        self,
        invocation: Invocation,
        shown: str = "",
        kind: InvocationType = InvocationType.REQUEST_RESPONSE,
        chunk: Chunk | None = None,
    ) -> Outcome:
        """Blocking; called on a worker thread. `shown` is what people call the function. With `chunk`, or when the
        invocation says so, the answer is streamed: each piece is handed over as it comes, and the outcome has all of
        it. An invocation without a request id gets AWS's.

        A RemoteError or UserError when the function is not there or cannot be reached by this machine: told as a
        refusal as well, and never made again by itself, since the function may have run."""
        call = _Call(invocation, shown or invocation.function, kind, chunk, self._now())
        if call.synchronous:
            self._publish(
                InvocationStarted(call.began, *self._whose(call), invocation.request_id, invocation.qualifier or LATEST)
            )
        try:
            found = self._called(call)
        except (RemoteError, UserError) as error:
            self._refuse(call, error.what, 503)
            raise
        if isinstance(found, Refused):
            self._refuse(call, found.reason, found.status)
            return found
        return self._answered(call, found)

    def _whose(self, call: _Call) -> tuple[str, str, str]:
        """Function, environment and log stream, as facts name them."""
        return call.invocation.function, f"{call.shown}@{self._stage}", STREAM

    def _refuse(self, call: _Call, reason: str, status: int) -> None:
        invocation = call.invocation
        self._publish(InvocationRefused(self._now(), invocation.function, invocation.request_id, reason, status=status))

    def _answered(self, call: _Call, found: Invoked) -> Answered:
        tail = tail_log.read(found.log, found.request_id)
        request_id = call.invocation.request_id or found.request_id
        at = self._now()
        report = _report(tail.report, request_id, found.error, (at - call.began) * 1000)
        cold, whose = report.init_ms is not None, self._whose(call)
        if call.synchronous:
            for message in tail.messages:
                self._publish(LogWritten(at, *whose, request_id, message))
            failure = found.failure.decode("utf-8", "replace")
            self._publish(InvocationEnded(at, *whose, report, cold, failure))
        version = found.version or tail.version or LATEST
        return Answered(
            request_id, found.payload, report, found.error, version, whose[1], cold, found.content_type, found.log
        )

    def _called(self, call: _Call) -> Invoked | Refused:
        name = self._name(call.invocation.function)
        if name is None:
            what = f"the stage {self._stage} has no such function"
            raise RemoteError(call.shown, what, f"push it first: devserve sync {self._stage}")
        try:
            return self._tried(name, call)
        except _Gone as gone:
            # Made anew by a deployment, under another name?
            self._look_again()
            other = self._names.get(call.invocation.function, name)
            if other == name:
                raise gone.told from None
        try:
            return self._tried(other, call)
        except _Gone as gone:
            raise gone.told from None

    def _tried(self, name: str, call: _Call) -> Invoked | Refused:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError
        from urllib3.exceptions import HTTPError

        where = f"stage {self._stage}"
        try:
            if call.streamed and self._streams:
                return self._streamed(name, call)
            return self._plain(name, call)
        except ClientError as error:
            failure = failure_of(error)
            if failure.code == "ResourceNotFoundException":
                raise _Gone(remote_error(error, call.shown, self._stage)) from None
            if failure.status in (401, 403) or failure.code in _SIGNING:
                raise remote_error(error, where, self._stage) from None
            return _refused(call.invocation, error)
        except (BotoCoreError, ResponseParserError, HTTPError) as error:
            raise remote_error(error, where, self._stage) from None

    def _plain(self, name: str, call: _Call) -> Invoked:
        answer = self._client().invoke(**_arguments(name, call.invocation), InvocationType=str(call.kind))
        found = invoked.whole(answer, answer["Payload"].read())
        if call.chunk is not None and found.payload:
            call.chunk(found.payload)
        return found

    def _streamed(self, name: str, call: _Call) -> Invoked:
        from botocore.exceptions import ClientError

        try:
            answer = self._client().invoke_with_response_stream(**_arguments(name, call.invocation))
        except ClientError as error:
            if not _does_not_stream(error):
                raise
            # An endpoint that is not AWS: nothing ran. It is not asked for each invocation anew.
            self._streams = failure_of(error).code == "ModeNotSupportedException"
            return self._plain(name, call)
        pieces: list[bytes] = []
        end: Mapping[str, Any] | None = None
        stream = answer["EventStream"]
        try:
            for event in _events(stream, call.shown):
                if "PayloadChunk" in event:
                    pieces.append(bytes(event["PayloadChunk"].get("Payload") or b""))
                    if call.chunk is not None:
                        call.chunk(pieces[-1])
                elif "InvokeComplete" in event:
                    end = event["InvokeComplete"]
        finally:
            stream.close()
        if end is None:
            raise _broken_off(call.shown, "the answer ended before it was whole")
        return invoked.streamed(answer, b"".join(pieces), end)

    def _name(self, function: str) -> str | None:
        if function not in self._names:
            self._look_again()
        return self._names.get(function)

    def _look_again(self) -> None:
        """Not for each of many requests to a function that is not there."""
        now = self._now()
        if self._look is not None and now - self._looked >= AGAIN:
            self._looked = now
            self._names = dict(self._look())


@dataclass(frozen=True, slots=True)
class _Call:
    """What is wanted. `began` is epoch seconds."""

    invocation: Invocation
    shown: str
    kind: InvocationType
    chunk: Chunk | None
    began: float

    @property
    def synchronous(self) -> bool:
        return self.kind is InvocationType.REQUEST_RESPONSE

    @property
    def streamed(self) -> bool:
        return self.synchronous and (self.chunk is not None or self.invocation.streamed)


class _Gone(Exception):
    """Lambda does not know the function by the name that it had."""

    def __init__(self, told: RemoteError | UserError) -> None:
        super().__init__(told)
        self.told = told


def _arguments(name: str, invocation: Invocation) -> dict[str, Any]:
    wanted: dict[str, Any] = {"FunctionName": name, "LogType": "Tail", "Payload": invocation.payload}
    if invocation.client_context:
        wanted["ClientContext"] = base64.b64encode(invocation.client_context.encode()).decode()
    if invocation.qualifier not in ("", LATEST):
        wanted["Qualifier"] = invocation.qualifier
    return wanted


def _events(stream: Iterable[Mapping[str, Any]], shown: str) -> Iterator[Mapping[str, Any]]:
    """boto3 lets through what its HTTP library raises when a stream breaks, and what is wrong with its frames."""
    from botocore.exceptions import BotoCoreError, ClientError

    events = iter(stream)
    while True:
        try:
            event = next(events)
        except StopIteration:
            return
        except (BotoCoreError, ClientError):
            raise
        except Exception as error:
            raise _broken_off(
                shown, f"the connection broke in the middle of the answer ({type(error).__name__})"
            ) from None
        yield event


def _broken_off(shown: str, what: str) -> RemoteError:
    return RemoteError(shown, what, "the function may have run: look at its log (devserve logs STAGE)")


def _report(read: Report | None, request_id: str, error: str, took: float) -> Report:
    """The figures of its REPORT line, under the id that the invocation has here; without one what was seen from here,
    `took` ms."""
    status = Status.ERROR if error else Status.SUCCESS
    if read is None:
        return Report(request_id, took, 0, 0, 0, status=status, error_type=error)
    return Report(
        request_id,
        read.duration_ms,
        read.billed_ms,
        read.memory_mb,
        read.max_memory_mb,
        read.init_ms,
        read.status if read.status is not Status.SUCCESS else status,
        read.error_type or error,
    )


def _refused(invocation: Invocation, error: Any) -> Refused:
    """As Lambda said it: callers of a local gateway get the answer that they would get in the cloud."""
    failure = failure_of(error)
    code = failure.code or "ServiceException"
    headers = [("x-amzn-ErrorType", code)]
    if failure.retry_after is not None:
        headers.append(("Retry-After", f"{failure.retry_after:g}"))
    return Refused(
        invocation.request_id or failure.request_id,
        failure.status or 502,
        code,
        invoked.refusal_body(error.response),
        str(error.response.get("Reason") or code),
        tuple(headers),
    )


def _does_not_stream(error: Any) -> bool:
    """Whether an endpoint that is not AWS does not know the call: no error of Lambda's own is like that."""
    failure = failure_of(error)
    if failure.code in _NOT_STREAMED or failure.status in (405, 501):
        return True
    return failure.status == 404 and not failure.code.endswith("Exception")
