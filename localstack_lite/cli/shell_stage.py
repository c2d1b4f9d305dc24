"""`devserve shell --stage STAGE`: a prompt whose every block is one invocation of the function in the cloud.

Nothing is kept between two blocks: what one of them defines, the next one does not know.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from localstack_lite.cli import cloud_commands, terminal_options
from localstack_lite.cli.complaint import DONE, FUNCTION_FAILED
from localstack_lite.cli.stage_calls import StageCalls
from localstack_lite.errors import UserError

if TYPE_CHECKING:
    from localstack_lite.model.options import ReadOptions


def run(code: str | None, reading: ReadOptions, chosen: dict[str, Any]) -> int:
    from localstack_lite import config

    reading = replace(reading, stage=chosen["stage"])
    target = terminal_options.app_of(config.read(reading), chosen["function"])
    if not cloud_commands.understands(target):
        hint = "Zappa's handler does, and devserve's own adapter of WSGI and ASGI apps"
        raise UserError(target.name, "its handler takes no code to run", hint)
    with StageCalls(reading, target) as calls:

        def send(block: str) -> bool:
            outcome = calls.call(cloud_commands.code(block))
            calls.show(outcome)
            return not cloud_commands.failed(outcome)

        if code is not None or not sys.stdin.isatty():
            return DONE if send(sys.stdin.read() if code is None else code) else FUNCTION_FAILED
        banner = (
            f"devserve shell: {target.name} in stage {reading.stage}. Each block is one invocation; nothing is kept."
        )
        print(banner, file=sys.stderr)
        return prompt(_typed, send)


def prompt(typed: Callable[[str], str], send: Callable[[str], bool]) -> int:
    """Ask with `typed` (which raises EOFError at the end) and send each block when it is whole."""
    block = ""
    while True:
        try:
            line = typed("... " if block else ">>> ")
        except EOFError:
            print(file=sys.stderr)
            return DONE
        except KeyboardInterrupt:
            print("\nKeyboardInterrupt", file=sys.stderr)
            block = ""
            continue
        if not block and line.strip() in ("exit", "exit()", "quit", "quit()"):
            return DONE
        block = f"{block}\n{line}" if block else line
        try:
            ready = cloud_commands.whole(block)
        except (SyntaxError, ValueError, OverflowError) as error:
            print(f"SyntaxError: {error}", file=sys.stderr)
            block = ""
            continue
        if ready:
            if block.strip():
                send(cloud_commands.shown(block))
            block = ""


def _typed(prompt: str) -> str:
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (input() edits its line where this has been imported)
    return input(prompt)
