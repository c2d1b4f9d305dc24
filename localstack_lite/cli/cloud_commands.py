"""Commands for an app in the cloud: as events that its adapter understands, and what their logs say. Pure.

The events are Zappa's (`command`, `raw_command`, `manage`), which devserve's own adapter takes as well. All that comes
back is the answer, and the last 4 KB of the log.
"""

from __future__ import annotations

import codeop
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from localstack_lite.errors import UserError
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Answered, Outcome

#: The most of a log that an invocation hands back, in bytes (Lambda API reference).
LOG_TAIL = 4096
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
#: Commands that ask somebody, and what makes them not ask.
_ASKING = {"createsuperuser": ("--noinput", "--no-input"), "changepassword": (), "dbshell": (), "testserver": ()}
_PROMPTS = ("-c", "--command")
_PLATFORM = re.compile(r"(?:START|END|REPORT) RequestId: |INIT_START Runtime Version: |XRAY TraceId: ")
_FAILURES = ("Traceback (most recent call last)", "CommandError: ", "[ERROR] CommandError")


def is_dotted(name: str) -> bool:
    """Whether that may be a Python function's name: `shop.tasks.clean`."""
    return _DOTTED.fullmatch(name) is not None


def understands(function: Function) -> bool:
    """Whether it takes the events of this module: it stands behind Zappa's handler, or behind devserve's own."""
    return function.adapter is not None


def call(name: str, payload: Any, where: str = "--payload") -> dict[str, Any]:
    """The event that calls that function. `payload` is an object that is merged into it, as Zappa does."""
    if not isinstance(payload, Mapping):
        raise UserError(
            where, "is not an object, and is merged into the event of a call", "for example '{\"days\": 3}'"
        )
    return {"command": name, **payload}


def code(text: str, payload: Any = None, where: str = "--payload") -> dict[str, Any]:
    """The event that runs this code, with the same kind of `payload`."""
    if payload is not None and not isinstance(payload, Mapping):
        raise UserError(where, "is not an object, and is merged into the event", "leave it out")
    return {"raw_command": text, **(payload or {})}


def manage(arguments: Sequence[str], function: Function) -> dict[str, Any]:
    """The event of a management command. Raises UserError for what cannot be done without a terminal, and for arguments
    that Zappa would take apart: it splits at each space (Zappa 0.63)."""
    if not arguments:
        raise UserError(
            "manage", "which command? there is no prompt in the cloud", "devserve manage --stage NAME migrate"
        )
    name, rest = arguments[0], arguments[1:]
    if (quiet := _ASKING.get(name)) is not None and not any(word in quiet for word in rest):
        hint = f"add {quiet[0]}" if quiet else "run it here, against the stage's database"
        raise UserError(f"manage {name}", "needs a terminal, and a function in the cloud has none", hint)
    if name == "shell" and not any(word.startswith(_PROMPTS) for word in rest):
        raise UserError(
            "manage shell",
            "needs a terminal, and a function in the cloud has none",
            "use devserve shell --stage NAME, or -c CODE",
        )
    if function.adapter is None or function.adapter.kind is not AppKind.ZAPPA:
        return {"manage": shlex.join(arguments)}
    split = next((word for word in arguments if not word or any(char.isspace() for char in word)), None)
    if split is not None:
        what = f"{split!r} would be taken apart: Zappa splits a command at every space"
        raise UserError(f"manage {name}", what, "devserve shell --stage NAME -c takes any code")
    return {"manage": " ".join(arguments)}


def payload(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogateescape")


def printed(log: str) -> str:
    """What the command wrote: the log without Lambda's own lines. A first line that is only the rest of one is kept."""
    lines = [line for line in log.splitlines() if not _PLATFORM.match(line)]
    return "\n".join(lines).strip("\n")


def is_cut(log: str) -> bool:
    """Whether there was more of it than comes back."""
    return len(log.encode()) >= LOG_TAIL - 3  # the first character may have been cut through


def failed(outcome: Outcome) -> bool:
    """Whether the command did not do what it should: the function failed, or its log says so."""
    if not isinstance(outcome, Answered) or outcome.error:
        return True
    return any(sign in outcome.log for sign in _FAILURES)


def shown(block: str) -> str:
    """Code that prints what a prompt would: the value of an expression, else whatever the block prints itself."""
    try:
        compile(block, "<shell>", "eval")
    except (SyntaxError, ValueError):
        return block
    return f"_ = (\n{block}\n)\nif _ is not None: print(repr(_))"


def whole(block: str) -> bool:
    """Whether a prompt would run it now; False when it goes on. Raises SyntaxError for what can never be code."""
    return codeop.compile_command(block, "<shell>", "single") is not None
