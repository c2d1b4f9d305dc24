"""A command in a function's environment as a process of this machine, on devserve's own terminal.

It stays in devserve's process group: what is typed (Ctrl-C, Ctrl-Z) reaches it as it reaches any program of a
pipeline, and devserve only has to leave it alone. Signals that somebody sends to devserve itself are handed on. When it
has ended, whatever it started and left goes too; when devserve is killed, a guardian sees to that.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from localstack_lite import shipped
from localstack_lite.errors import UserError
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem
from localstack_lite.ports import Publish, SandboxSpec, TerminalTask
from localstack_lite.sandbox import guardian, interpreter, terminal_plan
from localstack_lite.sandbox.guard import Guard
from localstack_lite.sandbox.remarks import remark
from localstack_lite.sandbox.spec import Impossible, Launch, bytecode_folder, variables

#: What is handed on. The rest ends or stops devserve as any program.
PASSED = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
#: What the terminal itself sends, to devserve and to the command at once.
_TYPED = frozenset({signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
#: `si_code` of a signal from the kernel (Linux, asm-generic/siginfo.h).
_KERNEL = 0x80
_STDIN = 0
#: Seconds after which the command is looked at although nothing was heard.
_LOOK = 1.0
_STEP = 0.01


class ProcessTerminal:
    """A `ports.Terminal`. `root` is the project's folder; `environ` devserve's own environment, unless given."""

    def __init__(self, root: Path, environ: Mapping[str, str] | None = None) -> None:
        self._root = root
        self._environ = os.environ if environ is None else environ

    async def prepare(self, function: Function, told: Publish) -> Problem | None:  # noqa: ARG002  (nothing to do)
        """Python is installed here, perhaps another version than on AWS."""
        found = interpreter.find(function.runtime, function.code.folder, self._root, self._environ)
        return remark(function, found, os.uname().machine)

    async def run(self, spec: SandboxSpec, task: TerminalTask) -> int:
        """Blocks the event loop: nothing else goes on meanwhile."""
        guard = Guard(f"devserve-{os.getpid()}-{secrets.token_hex(6)}/")
        plan = self._launch(spec, task, f"{guard.run}{spec.tag}/1")
        try:
            _make(spec.scratch, guard)
            guard.start()
            with _as_it_was():
                return terminal_plan.status(_attended(plan))
        finally:
            _sweep(guard.run)
            guard.close()

    def _launch(self, spec: SandboxSpec, task: TerminalTask, mark: str) -> Launch:
        if spec.image is not None or not spec.runtime.startswith("python"):
            what = "is a container image" if spec.image is not None else f"runs on {spec.runtime}"
            hint = "--sandbox docker runs the image" if spec.image is not None else "only Python has a prompt here"
            raise UserError(spec.function, what, hint)
        if not spec.folder.is_dir():
            raise UserError(spec.function, f"the function's code is not there: {spec.folder}")
        found = interpreter.find(spec.runtime, spec.folder, self._root, self._environ)
        folder = shipped.runtimes() / "python"
        command = (str(found.path), "-B", "-u", str(folder / terminal_plan.FOLDER), *terminal_plan.words(spec, task))
        environ = variables(spec, mark, folder, found, self._environ)
        environ["DEVSERVE_BYTECODE"] = str(bytecode_folder(self._root))
        plan = Launch(command, terminal_plan.variables(environ, self._environ), spec.folder)
        if not spec.strict_fs:
            return plan
        from localstack_lite.sandbox.confining import confine

        confined = confine(plan, spec, self._root)
        if isinstance(confined, Impossible):
            raise UserError("--strict-fs", confined.why)
        return confined


def _attended(plan: Launch) -> int:
    """Start it and wait; its return code, negative for a signal."""
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        process = subprocess.Popen(plan.command, cwd=plan.folder, env=dict(plan.environ))
    except OSError as error:
        raise UserError(plan.command[0], f"cannot be started: {error.strerror or error}") from None
    watched = {*PASSED, signal.SIGCHLD}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    try:
        while (code := process.poll()) is None:
            number = _sent(watched)
            if number is not None:
                process.send_signal(number)
        return code
    finally:
        _swallow()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _sent(watched: set[signal.Signals]) -> signal.Signals | None:
    """Waits for a signal, or for a while. The one to hand on: None for news of the command, and for what the terminal
    has sent to everybody already."""
    if not hasattr(signal, "sigtimedwait"):  # macOS: who sent it is not known there
        time.sleep(_STEP)
        if not (pending := signal.sigpending() & PASSED):
            return None
        heard = signal.Signals(signal.sigwait(pending))
        return None if heard in _TYPED and _in_foreground() else heard
    about = signal.sigtimedwait(watched, _LOOK)
    if about is None or about.si_signo == signal.SIGCHLD or about.si_code == _KERNEL:
        return None
    return signal.Signals(about.si_signo)


def _swallow() -> None:
    """A Ctrl-C that the command has answered is over: it must not interrupt devserve afterwards."""
    for number in signal.sigpending() & PASSED:
        signal.sigwait({number})


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(_STDIN) == os.getpgrp()
    except OSError:
        return False


@contextlib.contextmanager
def _as_it_was() -> Iterator[None]:
    """A command that was killed while it edited a line leaves the terminal as no shell wants it."""
    try:
        before = termios.tcgetattr(_STDIN)
    except termios.error:
        yield
        return
    try:
        yield
    finally:
        # From the background this would stop devserve.
        if _in_foreground():
            with contextlib.suppress(termios.error):
                termios.tcsetattr(_STDIN, termios.TCSADRAIN, before)


def _make(folder: Path, guard: Guard) -> None:
    """Whatever of the path of its `/tmp` is new goes in the end."""
    made = folder
    while not made.parent.exists():
        made = made.parent
    folder.mkdir(parents=True, exist_ok=True)
    guard.folder_made(made)


def _sweep(mark: str) -> None:
    """End what the command started and left running."""
    end = time.monotonic() + guardian.PATIENCE
    while (left := guardian.marked(mark)) and time.monotonic() < end:
        for pid in left:
            guardian.kill(pid)
        time.sleep(_STEP)
