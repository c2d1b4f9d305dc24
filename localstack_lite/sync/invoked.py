"""What Lambda's Invoke API answered, as a value. Pure.

Both calls come to the same: Invoke says it in headers, InvokeWithResponseStream in the event that ends its stream.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: The content type of the framing, which says nothing about what is streamed.
_FRAMES = "application/vnd.amazon.eventstream"
_BYTES = "application/octet-stream"
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Invoked:
    """The function ran. `error` is its error's type when it failed, `failure` then its error object; `log` is the tail
    of its log as text; `request_id` is AWS's own."""

    payload: bytes
    request_id: str
    content_type: str = JSON
    version: str = ""
    log: str = ""
    error: str = ""
    failure: bytes = b""


def whole(answer: Mapping[str, Any], payload: bytes) -> Invoked:
    """Of Invoke; `payload` is its body. An asynchronous one has neither payload nor log."""
    failed = bool(answer.get("FunctionError"))
    return Invoked(
        payload,
        request_id(answer),
        _type(_headers(answer).get("content-type")) or JSON,
        str(answer.get("ExecutedVersion") or ""),
        _text(answer.get("LogResult")),
        (_error_type(payload) or "Unhandled") if failed else "",
        payload if failed else b"",
    )


def streamed(answer: Mapping[str, Any], payload: bytes, end: Mapping[str, Any]) -> Invoked:
    """Of InvokeWithResponseStream; `payload` is all of its chunks, `end` its InvokeComplete. What is streamed has a
    content type of its own only where the endpoint says another than that of the framing."""
    stated = _type(answer.get("ResponseStreamContentType"))
    kind = stated if stated not in ("", _FRAMES) else JSON if _is_json(payload) else _BYTES
    code, details = str(end.get("ErrorCode") or ""), str(end.get("ErrorDetails") or "").encode()
    failure = b""
    if code:
        failure = next((one for one in (details, payload) if _error_type(one)), b"") or _described(code, details)
    error = (_error_type(failure) or code) if code else ""
    log = _text(end.get("LogResult"))
    shown = payload or failure
    return Invoked(shown, request_id(answer), kind, str(answer.get("ExecutedVersion") or ""), log, error, failure)


def request_id(answer: Mapping[str, Any]) -> str:
    """AWS's own, of an answer or an error."""
    about = answer.get("ResponseMetadata")
    return str(about.get("RequestId") or "") if isinstance(about, Mapping) else ""


def refusal_body(answer: Mapping[str, Any]) -> bytes:
    """The body of an error, as Lambda sends it: only throttles spell `message` small (recorded)."""
    problem = answer.get("Error")
    problem = problem if isinstance(problem, Mapping) else {}
    code = str(problem.get("Code") or "ServiceException")
    body = {name: str(answer[name]) for name in ("Reason", "Type") if answer.get(name)}
    body["message" if "Reason" in body else "Message"] = str(problem.get("Message") or code)
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def _described(code: str, details: bytes) -> bytes:
    """An error object for an error that has none: a stream that broke off."""
    return json.dumps({"errorType": code, "errorMessage": details.decode("utf-8", "replace")}).encode()


def _headers(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    about = answer.get("ResponseMetadata")
    headers = about.get("HTTPHeaders") if isinstance(about, Mapping) else None
    return headers if isinstance(headers, Mapping) else {}


def _type(value: object) -> str:
    """Without its parameters."""
    return str(value or "").partition(";")[0].strip().lower()


def _text(log: object) -> str:
    try:
        return base64.b64decode(str(log or "")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""


def _is_json(payload: bytes) -> bool:
    try:
        json.loads(payload)
    except (ValueError, RecursionError):
        return False
    return True


def _error_type(payload: bytes) -> str:
    try:
        value = json.loads(payload)
    except (ValueError, RecursionError):
        return ""
    found = value.get("errorType") if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""
