"""A scripted external extension: it asks for its next event again and again, and does what its script says."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.scripted_exchange import ScriptedExchange
from localstack_lite.sandbox.scripted_steps import Exit, Hang, Register, Report, Script, Scripted, Step, Write

_API = "/2020-01-01/extension/"


class ScriptedExtension:
    """`later` takes the next step, `send` brings a request to devserve, `wrote` takes output, `ended` is told the
    end."""

    def __init__(
        self,
        name: str,
        script: Script,
        spec: SandboxSpec,
        *,
        later: Callable[[Callable[[], None]], None],
        send: Callable[[ScriptedExchange], None],
        wrote: Callable[[list[str]], None],
        ended: Callable[[ScriptedExtension, Exit], None],
    ) -> None:
        self.name = name
        self.alive = True
        self._script = script
        self._spec = spec
        self._later = later
        self._send = send
        self._wrote = wrote
        self._ended = ended
        self._identifier = ""
        self._steps: deque[Step] = deque()

    @property
    def listens(self) -> bool:
        return self.alive

    def begin(self) -> None:
        self._follow(self._script(Scripted(self._spec)))

    def _follow(self, steps: Sequence[Step]) -> None:
        self._steps = deque(steps)
        self._later(self._next_step)

    def _next_step(self) -> None:
        if not self.alive:
            return
        if not self._steps:
            self._ask("GET", "event/next")
            return
        match self._steps.popleft():
            case Register(events=events):
                self._ask("POST", "register", json.dumps({"events": events}).encode())
            case Write(text=text):
                self._wrote([text])
                self._later(self._next_step)
            case Report(where=where, error_type=error_type):
                self._ask("POST", f"{where}/error", b"{}", {"lambda-extension-function-error-type": error_type})
            case Exit() as ending:
                self.exit(ending)
            case Hang():
                self._steps.clear()
            case step:
                raise TypeError(f"an extension does not {step!r}")

    def _ask(self, method: str, path: str, body: bytes = b"", more: Mapping[str, str] | None = None) -> None:
        own = {"lambda-extension-name": self.name, "lambda-extension-identifier": self._identifier}
        headers = {name: value for name, value in own.items() if value} | dict(more or {})
        self._send(ScriptedExchange(self, method, _API + path, headers, body))

    def replied(self, exchange: ScriptedExchange, headers: Mapping[str, str], body: bytes) -> None:
        self._identifier = headers.get("lambda-extension-identifier", self._identifier)
        if exchange.method == "GET" and exchange.status == 200:
            self._follow(self._script(Scripted(self._spec, payload=body, headers=headers)))
        elif exchange.status in (200, 202):
            self._later(self._next_step)

    def exit(self, ending: Exit) -> None:
        if self.alive:
            self.alive = False
            self._steps.clear()
            self._ended(self, ending)
