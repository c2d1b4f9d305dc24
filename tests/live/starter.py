"""Starts commands of devserve without importing everything anew, which is most of what a short one does.

A process that has imported what devserve needs, and done nothing else, forks for every command; the fork has the
arguments, folder, environment and streams of that command, and is as good as a fresh process from there on. That a
command can be started from nothing is shown by the tests that ask for `fresh` ones (`tests/live/test_command_line.py`).

    process = starter.start([".", "--port", "0"], folder, environ, out, err)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    ended = starter.run(["sync", "dev", "--yes"], folder, environ, seconds=60)
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from tests.live.commands import SOURCE, environment

_WANTED = (
    "boto3",
    "botocore.httpsession",
    "docker",
    "encodings.idna",
    "hjson",
    "httptools",
    "rich.console",
    "rich.table",
    "samtranslator.translator.translator",
    "sqlite3",
    "uvloop",
    "watchdog.observers",
    "yaml",
)
"""What devserve imports when it is used; its own modules come on top."""
_SERVICES = ("apigateway", "apigatewayv2", "cloudformation", "ecr", "lambda", "logs", "s3", "sts")
"""Whose descriptions boto3 reads again in each process, a tenth of a second for what a sync asks."""
_SCRIPTS = ("localstack_lite.__main__", "localstack_lite.runtimes")

START_SECONDS = 30.0


class Forked:
    """A command that was started; used as `subprocess.Popen` is. `returncode` is None until the end was seen."""

    def __init__(self, starter: Starter, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._starter = starter

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._starter.code(self.pid, 0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code (negative: the signal). A `subprocess.TimeoutExpired` when it does not end."""
        if self.returncode is None:
            self.returncode = self._starter.code(self.pid, timeout)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("devserve", timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Starter:
    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._told = threading.Condition()
        self._started: list[int] = []
        self._codes: dict[int, int] = {}
        self._over = False
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from tests.live import starter; starter.serve()"],
            cwd=SOURCE,
            env=environment("starter", Path(tempfile.gettempdir())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(
        self,
        arguments: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        out: Path,
        err: Path,
        stdin: Path = Path(os.devnull),
        session: bool = False,
    ) -> Forked:
        """With its streams in these files, which exist."""
        assert self._process.stdin is not None
        with self._asking:
            streams = [str(path) for path in (stdin, out, err)]
            line = json.dumps([list(arguments), str(folder), dict(environ), streams, session])
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
            with self._told:
                self._told.wait_for(lambda: self._started or self._over, START_SECONDS)
                assert self._started, "the starter has ended"
                return Forked(self, self._started.pop())

    def code(self, pid: int, seconds: float | None) -> int | None:
        """The exit code of that process, waited for so long; None when it still runs."""
        with self._told:
            self._told.wait_for(lambda: pid in self._codes or self._over, seconds)
            if self._over and pid not in self._codes:
                raise AssertionError("the starter has ended")
            return self._codes.get(pid)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            pid, code = json.loads(line)
            with self._told:
                if code is None:
                    self._codes.pop(pid, None)  # of an earlier process with this number
                    self._started.append(pid)
                else:
                    self._codes[pid] = code
                self._told.notify_all()
        with self._told:
            self._over = True
            self._told.notify_all()


_only: Starter | None = None
_making = threading.Lock()


def the_starter() -> Starter:
    """The one of this process, which ends with it."""
    global _only
    with _making:
        if _only is None:
            _only = Starter()
            atexit.register(_only.close)
        return _only


def start(
    arguments: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    out: Path,
    err: Path,
    stdin: Path = Path(os.devnull),
) -> Forked:
    """A command that runs meanwhile, with its output in two new files."""
    for path in (out, err):
        path.write_bytes(b"")  # there from the start, as a shell's redirection has it
    return the_starter().start(arguments, folder, environ, out, err, stdin)


def start_at(terminal: Path, arguments: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Forked:
    """A command whose streams are this terminal, the controlling one of a session of its own."""
    return the_starter().start(arguments, folder, environ, terminal, terminal, terminal, session=True)


def run(
    arguments: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float, stdin: str = ""
) -> tuple[int, str, str]:
    """Exit code (negative: the signal), stdout and stderr. A TimeoutError when it does not end."""
    with tempfile.TemporaryDirectory(prefix="devserve-command-") as streams:
        out, err, given = (Path(streams) / name for name in ("out", "err", "in"))
        os.mkfifo(given)
        process = start(arguments, folder, environ, out, err, given)
        with contextlib.suppress(BrokenPipeError), given.open("w") as pipe:
            pipe.write(stdin)
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
            process.kill()
            process.wait(10)
        said = [path.read_text(errors="replace") for path in (out, err)]
        if code is None:
            raise TimeoutError(f"{arguments} still ran after {seconds:g} s\n{said[0]}\n{said[1]}")
        return code, said[0], said[1]


def serve() -> None:
    """The starter's own process: a request is a line, and so is the start and the end of every command, as its number
    and its exit code. Ends with its stdin."""
    import localstack_lite

    own = [one.name for one in pkgutil.walk_packages(localstack_lite.__path__, "localstack_lite.")]
    for name in (*_WANTED, *(name for name in own if not name.startswith(_SCRIPTS))):
        importlib.import_module(name)
    _read_what_boto3_reads()
    gc.collect()
    gc.freeze()  # so that the forks share it
    answers = os.dup(1)
    ended, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    children: set[int] = set()
    asked = b""

    def tell(pid: int, code: int | None) -> None:
        os.write(answers, json.dumps([pid, code]).encode() + b"\n")

    while True:
        ready = select.select([0, ended], [], [])[0]
        if ended in ready:
            os.read(ended, 4096)
            for pid in sorted(children):
                done, status = os.waitpid(pid, os.WNOHANG)
                if done:
                    children.discard(pid)
                    tell(pid, os.waitstatus_to_exitcode(status))
        if 0 in ready:
            read = os.read(0, 65536)
            if not read:
                return
            *lines, asked = (asked + read).split(b"\n")
            for line in lines:
                child = os.fork()
                if child == 0:
                    for number in (answers, ended, waker):
                        os.close(number)
                    _become(*json.loads(line))
                children.add(child)
                tell(child, None)


def _read_what_boto3_reads() -> None:
    """The forks find its files read; each has a copy of its own, as memory is copied when it is written to."""
    from botocore.loaders import JSONFileLoader, Loader

    class Remembering(JSONFileLoader):  # type: ignore[misc]
        def __init__(self) -> None:
            self._read: dict[str, Any] = seen

        def load_file(self, file_path: str) -> Any:
            if file_path not in self._read:
                self._read[file_path] = super().load_file(file_path)
            return self._read[file_path]

    seen: dict[str, Any] = {}
    Loader.FILE_LOADER_CLASS = Remembering
    loader = Loader()
    for service in _SERVICES:
        for kind in ("service-2", "endpoint-rule-set-1"):
            loader.load_service_model(service, kind)
    for name in ("endpoints", "partitions", "_retry", "sdk-default-configuration"):
        loader.load_data(name)


def _become(*asked: Any) -> NoReturn:
    """The command, from here to its end."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    arguments, folder, environ, streams, session = asked
    if session:
        os.setsid()  # the terminal that is opened next is its controlling one
    for number, name in enumerate(streams):
        opened = os.open(name, os.O_RDWR if session else os.O_WRONLY if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdout.reconfigure(line_buffering=sys.stdout.isatty())  # type: ignore[union-attr]
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = ["devserve", *arguments]
    from localstack_lite.__main__ import main

    try:
        main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        code = 1
    else:
        code = 0
    # As an interpreter ends: threads that are no daemons are waited for, what was registered runs.
    threading._shutdown()  # type: ignore[attr-defined]  # what Python itself calls
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
