"""Errors as the caller and the log get them: the function's exceptions, and what the runtime finds wrong itself."""

import os
import sys
import time
import traceback

from devserve_runtime import Fault, late, output, payload
from devserve_runtime.output import JSON_ERROR, TEXT_ERROR

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_ADAPTERS = os.path.join(_OURS, "adapters") + os.sep
_NBSP = "\u00a0"

WARNING = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see "
    "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)


def current(request_id: str) -> dict:
    """The exception that is being handled, as Lambda's error object."""
    error = sys.exc_info()[1]
    if isinstance(error, Fault):
        return _told(error.text, error.kind, error.trace, request_id)
    frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in _without_ours(_stack(error))]
    text = _text(error)
    if isinstance(error, AttributeError) and not frames:
        # Our own code failed, which it does when Python's modules are not what they should be.
        text += late("shadows").hidden()
    return _told(text, type(error).__name__, traceback.format_list(frames), request_id)


def hook_for(error: BaseException):
    """A `sys.excepthook` that lets Python print this error without the frames that are ours: they come first. All is
    looked up now: code that is compiled within the hook makes Python 3.13 forget that a signal has to end it."""
    trace, frames = error.__traceback__, _stack(error)
    for _ in range(len(frames) - len(_without_ours(frames))):
        trace = trace.tb_next
    return lambda kind, raised, _whole: sys.__excepthook__(kind, raised.with_traceback(trace), trace)


def log(error: dict, sink) -> None:
    """One log event: in JSON mode the error object with its time, else the lines that Python itself would print, with
    no-break spaces for indents, as AWS writes them."""
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON":
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        sink.error([payload.dumps({"timestamp": now, "level": "ERROR", **error})], JSON_ERROR)
        return
    kind, text = error["errorType"], error["errorMessage"]
    lines = ["[ERROR]" + (f" {kind}" if kind else "") + (":" if kind and text else "") + (f" {text}" if text else "")]
    lines.append("Traceback (most recent call last):")
    for entry in error["stackTrace"]:
        for line in entry.splitlines() or [""]:
            bare = line.lstrip(" ")
            lines.append(_NBSP * (len(line) - len(bare)) + bare)
    sink.error(lines, TEXT_ERROR)


def warn_about_init() -> None:
    import logging

    logging.warning(WARNING)


def log_refusal(what: str, status: int, sink) -> None:
    """The line that AWS's runtime leaves when the Runtime API does not take what it posts."""
    line = f"[ERROR] [{int(time.time() * 1000)}] LAMBDA_RUNTIME Failed to {what}. Http response code: {status}."
    sink.log(line + "\n", output.TEXT)


def _told(text: str, kind: str, trace: list, request_id: str) -> dict:
    return {"errorMessage": text, "errorType": kind, "requestId": request_id, "stackTrace": trace}


def _stack(error: BaseException) -> list:
    try:
        return traceback.extract_tb(error.__traceback__)
    except RecursionError:
        return []


def _without_ours(frames) -> list:
    """Those that the user's code begins with."""
    # Of an app that an adapter calls, what was called before the app is not the user's either.
    frames = list(frames)
    called = max((index for index, frame in enumerate(frames) if frame.filename.startswith(_ADAPTERS)), default=-1)
    del frames[: called + 1]
    while frames and frames[0].filename.startswith(_OURS):
        del frames[0]
    return frames


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return f"<unprintable {type(error).__name__} object>"
