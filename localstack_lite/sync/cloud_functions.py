"""Functions of a stage, invoked there: the real memory, architecture, network and scale behind a local URL. I/O.

What the function wrote (the tail of its log, which the call brings back) and what it took are told as facts, so a
request that ran in the cloud looks on the terminal as one that ran here.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

from localstack_lite.errors import RemoteError
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import Fact, InvocationEnded, InvocationRefused, InvocationStarted, LogWritten
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Report, Status
from localstack_lite.sync import tail_log
from localstack_lite.sync.refusals import remote_error

STREAM = "cloud"


class CloudFunctions:
    """`names` are physical names by logical id, `stage` what the environment is called after the `@`. `client` is
    boto3's for Lambda; it is shared by threads."""

    def __init__(
        self,
        client: Callable[[], Any],
        stage: str,
        names: Mapping[str, str],
        publish: Callable[[Fact], None],
        now: Callable[[], float],
    ) -> None:
        self._client = client
        self._stage = stage
        self._names = dict(names)
        self._publish = publish
        self._now = now

    def invoke(self, invocation: Invocation, shown: str = "", chunk: Callable[[bytes], None] | None = None) -> Outcome:
        """Blocking; called on a worker thread. `shown` is what people call the function. With `chunk` the answer is
        streamed: each piece is handed over as it comes, and the outcome has all of it."""
        from botocore.exceptions import BotoCoreError, ClientError

        environment = f"{shown or invocation.function}@{self._stage}"
        began = self._now()
        self._publish(self._started(invocation, environment, began))
        try:
            answer = self._plain(invocation) if chunk is None else self._streamed(invocation, chunk)
        except ClientError as error:
            return self._refused(invocation, error)
        except BotoCoreError as error:
            told = remote_error(error, self._names.get(invocation.function, invocation.function))
            if isinstance(told, RemoteError):
                body = json.dumps({"Message": told.what}).encode()
                return self._not_run(invocation, 503, "ServiceException", body, told.what)
            raise told from error
        return self._answered(invocation, environment, answer, (self._now() - began) * 1000)

    def _started(self, invocation: Invocation, environment: str, at: float) -> InvocationStarted:
        return InvocationStarted(at, invocation.function, environment, STREAM, invocation.request_id, LATEST)

    def _arguments(self, invocation: Invocation) -> dict[str, Any]:
        name = self._names.get(invocation.function)
        if name is None:
            what = f"the stage {self._stage} has no such function"
            raise RemoteError(invocation.function, what, f"push it first: devserve sync {self._stage}")
        wanted: dict[str, Any] = {"FunctionName": name, "LogType": "Tail", "Payload": invocation.payload}
        if invocation.client_context:
            wanted["ClientContext"] = base64.b64encode(invocation.client_context.encode()).decode()
        if invocation.qualifier not in ("", LATEST):
            wanted["Qualifier"] = invocation.qualifier
        return wanted

    def _plain(self, invocation: Invocation) -> dict[str, Any]:
        answer = self._client().invoke(**self._arguments(invocation))
        return {
            "payload": answer["Payload"].read(),
            "error": str(answer.get("FunctionError") or ""),
            "log": str(answer.get("LogResult") or ""),
            "version": str(answer.get("ExecutedVersion") or ""),
            "type": "application/json",
        }

    def _streamed(self, invocation: Invocation, chunk: Callable[[bytes], None]) -> dict[str, Any]:
        answer = self._client().invoke_with_response_stream(**self._arguments(invocation))
        found: dict[str, Any] = {"payload": b"", "error": "", "log": ""}
        found["version"] = str(answer.get("ExecutedVersion") or "")
        found["type"] = str(answer.get("ResponseStreamContentType") or "application/json")
        pieces: list[bytes] = []
        for event in answer["EventStream"]:
            if "PayloadChunk" in event:
                piece = bytes(event["PayloadChunk"].get("Payload") or b"")
                pieces.append(piece)
                chunk(piece)
            elif "InvokeComplete" in event:
                end = event["InvokeComplete"]
                found["log"] = str(end.get("LogResult") or "")
                if end.get("ErrorCode"):
                    found["error"] = str(end["ErrorCode"])
        found["payload"] = b"".join(pieces)
        return found

    def _answered(self, invocation: Invocation, environment: str, answer: Mapping[str, Any], took: float) -> Answered:
        text = base64.b64decode(answer["log"]).decode("utf-8", "replace") if answer["log"] else ""
        tail = tail_log.read(text, invocation.request_id)
        payload: bytes = answer["payload"]
        error = _error_type(payload) if answer["error"] else ""
        status = Status.ERROR if error else Status.SUCCESS
        read = tail.report or Report(invocation.request_id, took, 0, 0, 0, status=status)
        report = Report(
            invocation.request_id,
            read.duration_ms,
            read.billed_ms,
            read.memory_mb,
            read.max_memory_mb,
            read.init_ms,
            read.status if read.status is not Status.SUCCESS else status,
            read.error_type or error,
        )
        at, cold = self._now(), report.init_ms is not None
        for message in tail.messages:
            self._publish(LogWritten(at, invocation.function, environment, STREAM, invocation.request_id, message))
        failure = payload.decode("utf-8", "replace") if error else ""
        self._publish(InvocationEnded(at, invocation.function, environment, STREAM, report, cold, failure))
        version = answer["version"] or tail.version or LATEST
        return Answered(invocation.request_id, payload, report, error, version, environment, cold, answer["type"], text)

    def _refused(self, invocation: Invocation, error: Any) -> Refused:
        """As Lambda said it: callers of a local gateway get the answer that they would get in the cloud."""
        problem = error.response.get("Error", {})
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 500)
        code = str(problem.get("Code") or "ServiceException")
        body: dict[str, Any] = {"Message": str(problem.get("Message") or code)}
        for name in ("Reason", "Type"):
            if said := error.response.get(name):
                body[name] = said
        reason = str(error.response.get("Reason") or code)
        return self._not_run(invocation, status, code, json.dumps(body).encode(), reason)

    def _not_run(self, invocation: Invocation, status: int, code: str, body: bytes, reason: str) -> Refused:
        self._publish(InvocationRefused(self._now(), invocation.function, invocation.request_id, reason))
        return Refused(invocation.request_id, status, code, body, reason, (("x-amzn-ErrorType", code),))


def _error_type(payload: bytes) -> str:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return "Unhandled"
    found = value.get("errorType") if isinstance(value, dict) else None
    return found if isinstance(found, str) and found else "Unhandled"
