"""The error payloads that Lambda itself makes, byte for byte as recorded in November 2025."""

from __future__ import annotations

import signal as signals

import orjson

from localstack_lite.model.invocation import Refused

#: 6 MiB and 100 bytes: what a runtime may answer (recorded).
MAX_RESPONSE = 6_291_556

_SIGNAL_NAMES: dict[int, str] = {
    signals.SIGKILL: "killed",
    signals.SIGSEGV: "segmentation fault",
    signals.SIGABRT: "aborted",
    signals.SIGTERM: "terminated",
    signals.SIGBUS: "bus error",
    signals.SIGFPE: "floating point exception",
    signals.SIGILL: "illegal instruction",
    signals.SIGINT: "interrupt",
    signals.SIGPIPE: "broken pipe",
    signals.SIGHUP: "hangup",
    signals.SIGQUIT: "quit",
    signals.SIGTRAP: "trace/breakpoint trap",
    signals.SIGALRM: "alarm clock",
    signals.SIGUSR1: "user defined signal 1",
    signals.SIGUSR2: "user defined signal 2",
    signals.SIGXCPU: "cpu time limit exceeded",
    signals.SIGXFSZ: "file size limit exceeded",
}


def timed_out(request_id: str, seconds: float) -> bytes:
    """The function timeout was reached; `seconds` is the configured one."""
    return _body("Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds:.2f} seconds")


def exit_message(code: int | None, signal: int | None) -> str:
    """How the runtime ended, in AWS's (Go's) words."""
    if signal is not None:
        return f"Runtime exited with error: signal: {_SIGNAL_NAMES.get(signal, f'signal {signal}')}"
    if code:
        return f"Runtime exited with error: exit status {code}"
    return "Runtime exited without providing a reason"


def exited(request_id: str, code: int | None, signal: int | None) -> bytes:
    return _body("Runtime.ExitError", f"RequestId: {request_id} Error: {exit_message(code, signal)}")


def extension_message(party: str, code: int | None, signal: int | None, *, denied: bool = False) -> str:
    """How an extension ended, in AWS's words (as people saw them in their logs); neither: it could not be started, as
    its file may not be run (`denied`) or is no program."""
    if signal is not None:
        return f"signal: {_SIGNAL_NAMES.get(signal, f'signal {signal}')}"
    if code is None:
        why = "permission denied" if denied else "no such file or directory"
        return f"fork/exec /opt/extensions/{party}: {why}"
    return f"exit status {code}" if code else "exit code 0"


def extension_failed(request_id: str, error_type: str, message: str) -> bytes:
    return _body(error_type, f"RequestId: {request_id} Error: {message}")


def response_too_large() -> bytes:
    message = f"Response payload size exceeded maximum allowed payload size ({MAX_RESPONSE} bytes)."
    return orjson.dumps({"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"})


def _body(error_type: str, message: str) -> bytes:
    return orjson.dumps({"errorType": error_type, "errorMessage": message})


def stopping(request_id: str) -> Refused:
    """devserve ends while the invocation waits: what a caller of the Lambda API gets for a service fault."""
    body = b'{"Type":"Service","Message":"devserve is stopping"}'
    return Refused(request_id, 500, "ServiceException", body, "Stopping", (("x-amzn-ErrorType", "ServiceException"),))


def restore_timed_out(request_id: str, seconds: float) -> Refused:
    """After-restore hooks took too long: the invocation is not run (408 in botocore's service model)."""
    code = "SnapStartTimeoutException"
    what = f"Restoring the runtime from its snapshot timed out after {seconds:.2f} seconds."
    body = orjson.dumps({"Type": "User", "Message": what})
    return Refused(request_id, 408, code, body, code, (("x-amzn-ErrorType", code),))
