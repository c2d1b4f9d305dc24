"""The first process of a container, under the shells that images have: it outlives all but the line to devserve."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from localstack_lite import shipped
from localstack_lite.sandbox import warden
from localstack_lite.sandbox.attach_stream import OUTPUT, AttachStream
from localstack_lite.sandbox.warden import Ended, Message, Ready, Started, Swept
from tests.live import docker_engine
from tests.live.deadline import eventually
from tests.live.docker_stage import PYTHON_IMAGE

pytestmark = docker_engine.MARKS

LABEL = "devserve-test.warden"
SHELLS = ("dash", "bash")


class Line:
    """The raw connection to a container with nothing in it but the warden."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = AttachStream()
        self._said: list[str] = []
        self._rest = ""
        connection.settimeout(15)

    def send(self, text: bytes) -> None:
        self._connection.sendall(text)

    def hear(self) -> Message | None:
        """The next thing it says; None at its end."""
        while not self._said:
            data = self._connection.recv(4096)
            if not data:
                return None
            self._rest += "".join(piece.decode() for kind, piece in self._stream.feed(data) if kind == OUTPUT)
            *self._said, self._rest = self._rest.split("\n")
        found = warden.message(self._said.pop(0))
        return self.hear() if isinstance(found, warden.OutOfMemory) else found


@contextmanager
def container(shell: str) -> Iterator[Line]:
    docker_engine.require_images()
    text = (shipped.runtimes() / "docker" / "warden.sh").read_text().replace("sh -s", f"{shell} -s")
    body = {
        "Image": PYTHON_IMAGE,
        "Entrypoint": [shell, "-c", text],
        "OpenStdin": True,
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Labels": {LABEL: shell},
        "HostConfig": {"AutoRemove": True, "NetworkMode": "none"},
    }
    with docker_engine.connected() as engine:
        api = engine.client.api
        made = api.create_container_from_config(body)["Id"]
        connection = api.attach_socket(made, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        try:
            api.start(made)
            yield Line(connection._sock)
        finally:
            connection._sock.close()
            connection.close()
    eventually(lambda: docker_engine.containers(f"{LABEL}={shell}") == [], what="the container is gone")


def run(number: int, program: str) -> bytes:
    return warden.run(number, ("sh", "-c", program), {"A": "it's"}, "/tmp", warden.OWN_OUTPUT)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_starts_one_after_the_other_and_tells_how_each_ended(shell: str) -> None:
    with container(shell) as line:
        assert line.hear() == Ready()
        for number, (program, ended) in enumerate(
            [("exit 3", Ended(1, 3, None)), ("kill -6 $$", Ended(2, None, 6))], 1
        ):
            line.send(run(number, program))
            assert isinstance(line.hear(), Started)
            assert line.hear() == ended
            line.send(warden.sweep(number))
            assert line.hear() == Swept(number)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_sweep_kills_everything_and_it_goes_on(shell: str) -> None:
    with container(shell) as line:
        assert line.hear() == Ready()
        line.send(run(1, "trap '' TERM; setsid sleep 1000 & sleep 1000"))
        assert isinstance(line.hear(), Started)
        line.send(warden.sweep(1))
        assert line.hear() == Swept(1)
        line.send(run(2, "exit $(cat /proc/[0-9]*/cmdline | tr -d '\\0' | grep -c 'sleep1[0]00')"))
        assert isinstance(line.hear(), Started)
        assert line.hear() == Ended(2, 0, None)


@pytest.mark.parametrize("shell", SHELLS)
def test_it_survives_a_function_that_kills_all_it_can_reach(shell: str) -> None:
    with container(shell) as line:
        assert line.hear() == Ready()
        line.send(run(1, "kill -9 -1; kill -9 1; kill -9 $$"))
        heard = [line.hear()]
        while heard[-1] != Ready():
            heard.append(line.hear())
        assert not any(isinstance(each, Ended) for each in heard), "who would have told is dead, too"
        line.send(warden.sweep(1))
        assert line.hear() == Swept(1)
        line.send(run(2, "exit 0"))
        assert [type(line.hear()), line.hear()] == [Started, Ended(2, 0, None)]


@pytest.mark.parametrize("shell", SHELLS)
def test_orphans_are_reaped(shell: str) -> None:
    with container(shell) as line:
        assert line.hear() == Ready()
        count = "cat /proc/[0-9]*/stat | grep -c ') Z '"
        line.send(run(1, f"for i in 1 2 3 4 5; do (sleep 0.01 &) ; done; sleep 0.3; exit $({count})"))
        assert isinstance(line.hear(), Started)
        assert line.hear() == Ended(1, 0, None)


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("busy", [False, True])
def test_it_ends_with_its_line(shell: str, busy: bool) -> None:
    with container(shell) as line:
        assert line.hear() == Ready()
        if busy:
            line.send(run(1, "trap '' TERM HUP; sleep 1000"))
            assert isinstance(line.hear(), Started)
        # Leaving closes the connection as the kernel does for a process that is killed.
