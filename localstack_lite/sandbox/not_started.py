"""What stands in for a process that cannot be started: it says why, as its runtime would, and is over."""

from __future__ import annotations

import asyncio
import contextlib
import json

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox.child import ProcessListener
from localstack_lite.sandbox.spec import Impossible

#: The status of a shell that could not start a command.
STATUS = 127
_PATIENCE = 5.0


class NotStarted:
    """A `ports.RunningSandbox`: writes a line, posts the error of initialisation to `runtime_api` (`HOST:PORT`), so
    that the caller gets it, and exits."""

    pending = False
    debugger = None

    def __init__(self, impossible: Impossible, runtime_api: str, listener: ProcessListener) -> None:
        self._listener = listener
        self._impossible = impossible
        self.gone = asyncio.get_running_loop().create_task(self._speak(runtime_api), name="not-started")

    async def _speak(self, runtime_api: str) -> None:
        self._listener.wrote([f"devserve: {self._impossible.why}\n"])
        with contextlib.suppress(OSError, TimeoutError):
            await asyncio.wait_for(self._post(runtime_api), _PATIENCE)
        self._listener.exited(SandboxExited(code=STATUS))

    async def _post(self, runtime_api: str) -> None:
        host, _, port = runtime_api.rpartition(":")
        kind, text = self._impossible.kind, self._impossible.error or self._impossible.why
        body = json.dumps({"errorType": kind, "errorMessage": text})
        head = f"POST /2018-06-01/runtime/init/error HTTP/1.1\r\nHost: {runtime_api}\r\nConnection: close\r\n"
        head += f"Lambda-Runtime-Function-Error-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            writer.write((head + body).encode())
            await reader.read(1)  # an answer is enough, whatever it says
        finally:
            writer.close()

    def drain(self) -> None: ...

    def start_runtime(self) -> None: ...

    def terminate(self) -> None: ...

    def kill(self) -> None: ...

    def freeze(self) -> None: ...

    def thaw(self) -> None: ...

    def inside(self, port: int) -> None:
        """Nothing listens there."""

    def peak_memory(self) -> int:
        return 0
