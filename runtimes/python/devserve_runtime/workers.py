"""Managed instances: several invocations at once, each in a process of its own, as AWS's runtime has it.

This process forks `AWS_LAMBDA_MAX_CONCURRENCY` workers before any of the function's code is read; each initialises the
function and polls for itself. A worker that dies takes only its own invocation with it, which this process then
answers; the others go on. When the last one has ended, this process ends as it did.
"""

import fcntl
import io
import mmap
import os
import signal
import sys
import tempfile

from devserve_runtime import payload
from devserve_runtime.api import Closed, Refused, RuntimeApi

_INVOCATION = "/2018-06-01/runtime/invocation/"
#: Bytes for the request id that a worker is at.
_ROOM = 128


def run(count: int, address: str, sink, work) -> None:
    """`work(api, sink)` is the life of one worker."""
    marks = mmap.mmap(-1, _ROOM * count)
    lock = _Lock()
    workers = {}
    for number in range(count):
        process = os.fork()
        if process == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            _share_output(sink, lock)
            work(_WorkersApi(address, marks, number), sink)
            sys.exit(0)
        workers[process] = number
        # From the first one on: whoever asks this process to end means all of them.
        signal.signal(signal.SIGTERM, lambda *_, living=workers: _pass_on(living))
    api = RuntimeApi(address)
    status = 0
    while workers:
        process, status = os.wait()
        number = workers.pop(process, None)
        if number is not None and (request_id := _read(marks, number)):
            _answer(api, request_id, status)
    _end_as(status)


def _pass_on(workers: "dict[int, int]") -> None:
    for process in workers:
        try:
            os.kill(process, signal.SIGTERM)
        except ProcessLookupError:
            pass


class _WorkersApi(RuntimeApi):
    """Leaves word of the invocation that its worker is at. What is refused does not end a worker (as AWS's)."""

    def __init__(self, address: str, marks: mmap.mmap, number: int) -> None:
        super().__init__(address)
        self._marks = marks
        self._at = number * _ROOM

    def next(self):
        self._mark(b"")
        headers, body = super().next()
        self._mark(headers.get("lambda-runtime-aws-request-id", "").encode())
        return headers, body

    def post(self, path, body, content_type="application/json", error_type="", ask_next=False) -> None:  # noqa: ARG002
        try:
            super().post(path, body, content_type, error_type)
        except Refused as refused:
            if not path.startswith(_INVOCATION):
                raise
            sys.stderr.write(
                f"devserve: {path} was refused: {refused.status} {refused.body.decode('utf-8', 'replace')}\n"
            )

    def _mark(self, text: bytes) -> None:
        text = text[: _ROOM - 1]
        self._marks[self._at : self._at + len(text) + 1] = text + b"\0"


def _read(marks: mmap.mmap, number: int) -> str:
    whole = marks[number * _ROOM : (number + 1) * _ROOM]
    return whole[: whole.index(b"\0")].decode()


def _answer(api: RuntimeApi, request_id: str, status: int) -> None:
    text = f"RequestId: {request_id} Error: {_told(status)}"
    body = payload.dumps({"errorType": "Runtime.ExitError", "errorMessage": text}).encode()
    try:
        api.post(f"{_INVOCATION}{request_id}/error", body, error_type="Runtime.ExitError")
    except (Refused, Closed):
        pass  # it was answered, or nobody is there any more


def _told(status: int) -> str:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = (signal.strsignal(number) or f"signal {number}").lower()
        return f"Runtime exited with error: signal: {name}"
    code = os.WEXITSTATUS(status)
    return f"Runtime exited with error: exit status {code}" if code else "Runtime exited without providing a reason"


def _end_as(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number != signal.SIGKILL:
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.WEXITSTATUS(status))


class _Lock:
    """Between the workers. The kernel takes it from one that dies."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (as long as the process)

    def __enter__(self) -> None:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
        except (OSError, ValueError):
            pass  # the function closed it: its output may get mixed up with others'

    def __exit__(self, *_) -> None:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        except (OSError, ValueError):
            pass


class _SharedOutput(io.FileIO):
    def __init__(self, descriptor: int, lock: _Lock) -> None:
        super().__init__(descriptor, "wb", closefd=False)
        self._shared = lock

    def write(self, data):
        with self._shared:
            return super().write(data)


def _share_output(sink, lock: _Lock) -> None:
    """What one worker writes in one go is not torn apart by another's: all write to the same pipe."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None:
            raw = _SharedOutput(stream.fileno(), lock)
            shared = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", write_through=True)
            setattr(sys, name, shared)
    log = sink.log

    def log_alone(message, frame_type=None):
        with lock:
            log(message, frame_type)

    if hasattr(sink, "descriptor"):
        sink.log = log_alone
