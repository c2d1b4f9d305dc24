"""A client of the Debug Adapter Protocol, as small as an editor can be: attach, one breakpoint, go on.

Messages are JSON behind a `Content-Length` header (the protocol's specification, "Base protocol").
"""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

SECONDS = 20.0


class Editor:
    """Connected to a debugger at `HOST:PORT`."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), SECONDS)
        self._file = self._socket.makefile("rb")
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def attach(self, file: str, line: int, mappings: Sequence[Mapping[str, str]] = ()) -> None:
        """Everything up to the moment when the runtime goes on, with one breakpoint. `mappings` are the
        `pathMappings` of a launch configuration."""
        self.ask("initialize", adapterID="test", clientID="test", pathFormat="path")
        attaching = self.send("attach", justMyCode=False, pathMappings=list(mappings))
        self.event("initialized")
        self.ask("setBreakpoints", source={"path": file}, breakpoints=[{"line": line}])
        self.ask("configurationDone")
        self._until(lambda message: message.get("request_seq") == attaching)

    def send(self, command: str, **arguments: object) -> int:
        self._count += 1
        message = {"seq": self._count, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._count

    def ask(self, command: str, **arguments: object) -> dict[str, Any]:
        number = self.send(command, **arguments)
        found = self._until(lambda message: message.get("request_seq") == number)
        assert found["success"], found
        return found

    def event(self, name: str) -> dict[str, Any]:
        return self._until(lambda message: message.get("event") == name)

    def nothing_for(self, seconds: float) -> None:
        """The debugger says nothing: no thread goes on, no process ends."""
        if select.select([self._socket], [], [], seconds)[0]:
            raise AssertionError(f"the debugger said {self._read()}")

    def frames(self, thread: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("stackTrace", threadId=thread)["body"]["stackFrames"]
        return found

    def resume(self, thread: int) -> None:
        self.ask("continue", threadId=thread)

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    @property
    def cut_off(self) -> bool:
        """Whether the other side closes the connection; what it says before is read."""
        try:
            while self._file.readline():
                pass
        except ConnectionError:
            pass
        return True

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while not wanted(message := self._read()):
            pass
        return message

    def _read(self) -> dict[str, Any]:
        length = 0
        while line := self._file.readline().strip():
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        assert length, "the debugger closed the connection"
        message: dict[str, Any] = json.loads(self._file.read(length))
        return message
