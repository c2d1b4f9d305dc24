"""devserve as a user starts it: a real process on a real project, talked to over its two ports.

    with devserve(tmp_path, {"template.yaml": ..., "app.py": ...}) as server:
        assert server.get("/hello").status == 200

Leaving the block stops it with SIGTERM and checks the promise of every run: exit code 0 or 130 within the deadline, and
no process left behind.
"""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.live import processes, starter
from tests.live.commands import SOURCE as SOURCE
from tests.live.commands import command as command
from tests.live.commands import environment as environment
from tests.live.deadline import eventually
from tests.live.wire import Reply, send

Files = Mapping[str, str | bytes]

START_SECONDS = 30.0
STOP_SECONDS = 15.0
GOOD_EXITS = (0, 130)
PROCESS, DOCKER = "process", "docker"


def write(folder: Path, files: Files) -> Path:
    """Puts the files (relative paths) into the folder, which is made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content, encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True)
class Invoked:
    """An answer of the Invoke API. `log` is the decoded tail, empty when it was not asked for."""

    reply: Reply

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def payload(self) -> Any:
        return self.reply.json()

    @property
    def error(self) -> str | None:
        return self.reply.header("X-Amz-Function-Error")

    @property
    def request_id(self) -> str:
        return self.reply.header("x-amzn-RequestId") or ""

    @property
    def log(self) -> str:
        return base64.b64decode(self.reply.header("X-Amz-Log-Result") or "").decode("utf-8", "replace")


@dataclass
class Devserve:
    """A running devserve. `gateway` and `lambdas` are the addresses it announced."""

    folder: Path
    mark: str
    process: subprocess.Popen[bytes] | starter.Forked
    out: Path
    err: Path
    ready: dict[str, Any] = field(default_factory=dict)

    @property
    def gateway(self) -> str:
        return str(self.ready["gateway"])

    @property
    def lambdas(self) -> str:
        return str(self.ready["lambda"])

    @property
    def port(self) -> str:
        return self.gateway.rpartition(":")[2]

    @property
    def stderr(self) -> str:
        return self.err.read_text(encoding="utf-8", errors="replace")

    def facts(self, kind: str = "") -> list[dict[str, Any]]:
        """What was said on stdout so far; each whole line must be one JSON object."""
        text = self.out.read_text(encoding="utf-8", errors="replace")  # the last line may be half written
        facts = [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
        return [fact for fact in facts if not kind or fact["type"] == kind]

    def fact(
        self, kind: str, which: Callable[[dict[str, Any]], bool] = bool, *, seconds: float = 10.0
    ) -> dict[str, Any]:
        """The first such fact, waited for."""
        found = eventually(
            lambda: [fact for fact in self.facts(kind) if which(fact)], seconds=seconds, what=f"a fact {kind!r}"
        )
        return found[0]

    def request(
        self, method: str, target: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"", *, host: str = ""
    ) -> Reply:
        """To the gateway port; `host` is a virtual host name without port."""
        lines = list(headers)
        if host:
            lines.insert(0, ("Host", f"{host}:{self.port}"))
        return send(self.gateway, method, target, lines, body)

    def get(self, target: str, *headers: tuple[str, str], host: str = "") -> Reply:
        return self.request("GET", target, headers, host=host)

    def invoke(self, name: str, payload: Any = None, *, kind: str = "", tail: bool = False) -> Invoked:
        """Through the Lambda port, as an SDK does; a payload of None is sent as no body at all."""
        headers = [("X-Amz-Invocation-Type", kind)] if kind else []
        if tail:
            headers.append(("X-Amz-Log-Type", "Tail"))
        body = b"" if payload is None else json.dumps(payload).encode()
        return Invoked(send(self.lambdas, "POST", f"/2015-03-31/functions/{name}/invocations", headers, body))

    def log(self, function: str) -> list[str]:
        """The log events of a function, as CloudWatch would hold them."""
        reply = send(self.lambdas, "GET", f"/_devserve/api/logs?function={function}")
        assert reply.status == 200, reply.text
        return [event["message"] for event in reply.json()["events"]]

    def save(self, name: str, text: str) -> None:
        """Writes a file of the project as the simplest editor does."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def own_processes(self) -> list[processes.Seen]:
        return processes.descendants(self.process.pid) + processes.marked([self.mark, str(self.folder)])

    def kill(self) -> None:
        """`kill -9`, which devserve cannot answer."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """SIGTERM and the promises that go with it."""
        children = processes.descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running {STOP_SECONDS:g} s after SIGTERM\n{self.stderr}") from None
        assert code in GOOD_EXITS, f"exit code {code}\n{self.stderr}"
        assert "Traceback" not in self.stderr, self.stderr
        self.nothing_is_left(children)

    def nothing_is_left(self, children: Iterable[processes.Seen] = (), *, seconds: float = 5.0) -> None:
        marks = [self.mark, str(self.folder)]
        known = list(children)

        def left() -> list[processes.Seen]:
            return [child for child in known if processes.alive(child)] + processes.marked(marks)

        eventually(lambda: not left(), seconds=seconds, what=f"all processes gone, left: {left()}")


@contextmanager
def devserve(
    folder: Path,
    files: Files | None = None,
    *arguments: str,
    target: str = ".",
    environ: Mapping[str, str] | None = None,
    sandbox: str = PROCESS,
    start_seconds: float = START_SECONDS,
    fresh: bool = False,
) -> Iterator[Devserve]:
    """Starts devserve in `folder/project` and waits until it says that it is ready. In the process sandbox unless it is
    told otherwise, so that a test means the same on a machine with a Docker engine and on one without. It is forked off
    by the starter, unless it is to be a `fresh` process."""
    project = write(folder / "project", files or {})
    mark = uuid.uuid4().hex
    out, err = folder / "stdout.ndjson", folder / "stderr.txt"
    typed = [target, "--port", "0", "--lambda-port", "0", "--json", "--sandbox", sandbox, *arguments]
    process = _started(typed, project, environment(mark, folder) | dict(environ or {}), out, err, fresh=fresh)
    server = Devserve(project, mark, process, out, err)
    try:
        eventually(
            lambda: process.poll() is not None or server.facts(), seconds=start_seconds, what=f"ready\n{server.stderr}"
        )
        facts = server.facts()
        if not facts:
            raise AssertionError(f"devserve ended with {process.returncode} before it was ready\n{server.stderr}")
        assert facts[0]["type"] == "ready", f"the first fact is {facts[0]}"
        server.ready = facts[0]
        yield server
        if process.poll() is None:
            server.stop()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(STOP_SECONDS)


def _started(
    typed: Sequence[str], project: Path, environ: Mapping[str, str], out: Path, err: Path, *, fresh: bool
) -> subprocess.Popen[bytes] | starter.Forked:
    if not fresh and _forks(environ):
        return starter.start(typed, project, environ, out, err)
    with out.open("wb") as stdout, err.open("wb") as stderr:
        return subprocess.Popen(
            command(*typed), cwd=project, env=environ, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )


def _forks(environ: Mapping[str, str]) -> bool:
    """Whether nothing in the environment is for an interpreter that is about to start."""
    usual = environment("", Path("/"))
    names = {name for name in {*environ, *usual} if name.startswith(("PYTHON", "LC_", "LANG", "LD_"))}
    return all(environ.get(name) == usual.get(name) for name in names)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended by itself."""

    code: int
    stdout: str
    stderr: str


def run(
    folder: Path,
    *arguments: str,
    stdin: str = "",
    seconds: float = 30.0,
    environ: Mapping[str, str] | None = None,
    fresh: bool = False,
) -> Ran:
    """Any devserve command that ends by itself, in that folder; forked off, unless it is to be a `fresh` process."""
    given = environment(uuid.uuid4().hex, folder) | dict(environ or {})
    if not fresh and _forks(given):
        return Ran(*starter.run(arguments, folder, given, seconds, stdin))
    done = subprocess.run(
        command(*arguments),
        cwd=folder,
        env=given,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
