"""Mapping templates: texts in Velocity's language, as API Gateway runs them. Pure.

A template is read when it is first used, once, and runs any number of times. What goes wrong in it, in reading or in
running, is a `TemplateFailed` that says where; AWS answers 500 then and tells only its log.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.gateway.templates.expressions import Block
from localstack_lite.gateway.templates.input import Input
from localstack_lite.gateway.templates.program import Unreadable, program
from localstack_lite.gateway.templates.run import Broken, Located, Run, Stopped
from localstack_lite.gateway.templates.util import Functions
from localstack_lite.gateway.templates.values import Value

_UTIL = Functions()


class TemplateFailed(Exception):
    """`note` is one line for the user: which template, which line of it, and why."""

    def __init__(self, note: str) -> None:
        super().__init__(note)
        self.note = note


class Template:
    """`name` is what notes call it: `request template application/json of POST /orders`."""

    __slots__ = ("_program", "_unreadable", "name", "text")

    def __init__(self, text: str, name: str) -> None:
        # recorded: blanks around a template do not count
        self.text = text.strip()
        self.name = name
        self._program: Block | None = None
        self._unreadable = ""

    def render(self, variables: Mapping[str, Value]) -> str:
        """What the template writes; it may change what is in the variables. Raises `TemplateFailed`."""
        work = self._read()
        run = Run(dict(variables))
        try:
            work(run)
        except (Stopped, Broken):
            pass
        except Located as error:
            raise TemplateFailed(f"{self.name}, line {self._line(error.at)}: {error.cause}") from None
        except (ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise TemplateFailed(f"{self.name}: {' '.join(str(error).split())[:200]}") from None
        except (RecursionError, MemoryError):
            raise TemplateFailed(f"{self.name}: a value is too large, or is inside of itself") from None
        return "".join(run.parts)

    def _read(self) -> Block:
        if self._program is None:
            if not self._unreadable:
                try:
                    self._program = program(self.text)
                except Unreadable as error:
                    self._unreadable = str(error)
            if self._program is None:
                raise TemplateFailed(f"{self.name}: {self._unreadable}")
        return self._program

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1


def problems(text: str) -> str:
    """What is wrong with a template's syntax, in one line; empty when it can be read."""
    try:
        program(text.strip())
    except Unreadable as error:
        return str(error)
    return ""


def variables(given: Input, context: dict[str, Value], stage: Mapping[str, str]) -> dict[str, Value]:
    """What a template of API Gateway knows."""
    return {"input": given, "context": context, "stageVariables": dict(stage), "util": _UTIL}
