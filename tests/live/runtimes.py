"""Starts a Python runtime as a sandbox does, ours or AWS's own client, and keeps what it logs as events."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from localstack_lite import shipped
from localstack_lite.sandbox.log_stream import LogStream
from tests.live.fake_runtime_api import FakeRuntimeApi, Posted

OURS, AWS = "ours", "aws"


class RunningRuntime:
    """`log` grows as the process writes; after `wait` it is complete."""

    def __init__(self, process: subprocess.Popen[bytes], pipe: int, api: FakeRuntimeApi) -> None:
        self.api = api
        self.process = process
        self.log: list[str] = []
        self._pipe = pipe
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, event: object = None, **headers: str) -> Posted:
        return self.api.ask(event, headers=headers)

    def wait(self, seconds: float = 15.0) -> int:
        """Its exit status, once it has ended by itself."""
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        return code

    def end(self) -> list[str]:
        """Kill it, and give back all that was logged."""
        self.kill()
        self.wait()
        return self.log

    def kill(self) -> None:
        """With all that it has started: what holds the pipe keeps the log from being complete."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()

    def _read(self) -> None:
        stream = LogStream()
        with open(self._pipe, "rb", buffering=0) as pipe:
            while data := pipe.read(65536):
                self.log += stream.feed(data)
        self.log += stream.end()


@contextmanager
def running(
    folder: Path,
    source: str | None = None,
    handler: str = "app.handler",
    *,
    runtime: str = OURS,
    python: str = sys.executable,
    framed: bool = True,
    environ: Mapping[str, str] | None = None,
) -> Iterator[RunningRuntime]:
    """A runtime for `source`, written to `app.py` in `folder`, on a Runtime API of its own."""
    if source is not None:
        (folder / "app.py").write_text(source, "utf-8")
    commands = {
        OURS: [python, "-B", "-u", str(shipped.runtimes() / "python" / "bootstrap.py")],
        AWS: [python, "-B", "-m", "awslambdaric", handler],
    }
    with FakeRuntimeApi() as api:
        read, write = os.pipe()
        frames = os.dup(write)
        variables = _variables(folder, handler, api.address) | dict(environ or {})
        if framed:
            variables["_LAMBDA_TELEMETRY_LOG_FD"] = str(frames)
        process = subprocess.Popen(
            commands[runtime],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=write,
            pass_fds=(frames,),
            start_new_session=True,
        )
        os.close(write)
        os.close(frames)
        started = RunningRuntime(process, read, api)
        try:
            yield started
        finally:
            started.kill()
            started.wait()


def _variables(folder: Path, handler: str, address: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.11",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
    }
