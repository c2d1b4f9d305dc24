"""Starts commands of devserve without importing everything anew: half of the time of the tests that push to a stage.

A process that has imported what `devserve sync` needs, and done nothing else, forks for every command; the fork has the
arguments, folder, environment and streams of that command, and is as good as a fresh process from there on. That a
command can be started from nothing is what all the other live tests show.

    ended = starter.run(["sync", "dev", "--yes"], folder, environ, seconds=60)
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.live.devserver import SOURCE, environment

_WANTED = (
    "localstack_lite.cli.sync",
    "localstack_lite.app.cloud",
    "localstack_lite.config.blueprints",
    "localstack_lite.config.opening",
    "localstack_lite.builds.packager",
    "localstack_lite.sync.push",
    "localstack_lite.observe.push_terminal",
    "boto3",
    "botocore.httpsession",
    "samtranslator.translator.translator",
)


class Starter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        environ = environment("starter", Path(tempfile.gettempdir()))
        environ["PYTHONPATH"] = str(SOURCE)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from tests.live import starter; starter.serve()"],
            cwd=SOURCE,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float
    ) -> tuple[int, str, str]:
        """Exit code (negative: the signal), stdout and stderr. A TimeoutError when it does not end."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with tempfile.TemporaryDirectory(prefix="devserve-command-") as streams, self._lock:
            asked = [list(arguments), str(folder), dict(environ), streams, seconds]
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            assert answer, "the starter has ended"
            code = json.loads(answer)
            out, err = ((Path(streams) / name).read_text(errors="replace") for name in ("out", "err"))
            if code is None:
                raise TimeoutError(f"{arguments} still ran after {seconds:g} s\n{out}\n{err}")
            return code, out, err

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


_only: Starter | None = None


def run(arguments: Sequence[str], folder: Path, environ: Mapping[str, str], seconds: float) -> tuple[int, str, str]:
    """By the one starter of this process, which ends with it."""
    global _only
    if _only is None:
        _only = Starter()
        atexit.register(_only.close)
    return _only.run(arguments, folder, environ, seconds)


def serve() -> None:
    """The starter's own process: a request is a line, so is its answer. Ends with its stdin."""
    for name in _WANTED:
        importlib.import_module(name)
    for line in sys.stdin:
        arguments, folder, environ, streams, seconds = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(arguments, folder, environ, Path(streams))
        sys.stdout.write(json.dumps(_waited(child, seconds)) + "\n")
        sys.stdout.flush()


def _become(arguments: Sequence[str], folder: str, environ: Mapping[str, str], streams: Path) -> None:
    """The command, from here to its end."""
    for number, flags, name in (
        (0, os.O_RDONLY, "/dev/null"),
        (1, os.O_WRONLY | os.O_CREAT, str(streams / "out")),
        (2, os.O_WRONLY | os.O_CREAT, str(streams / "err")),
    ):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.pycache_prefix = environ.get("PYTHONPYCACHEPREFIX")
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


def _waited(child: int, seconds: float) -> int | None:
    """Its exit code; None when it had to be killed."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        os.kill(child, signal.SIGKILL)

    timer = threading.Timer(seconds, kill)
    timer.start()
    _, status = os.waitpid(child, 0)
    timer.cancel()
    timer.join()
    return None if late.is_set() else os.waitstatus_to_exitcode(status)
