"""Environment variables from beside the template: SAM's `--env-vars` JSON and dotenv files. Pure.

They win over the template's, and need not be declared in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_lite.config.parameters import as_text
from localstack_lite.errors import UserError

#: The key of SAM's file whose variables go to every function.
EVERY_FUNCTION = "Parameters"
_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, slots=True)
class Variables:
    """`by_function` has logical ids or names; `common` goes to every function; `dotenv` wins over both."""

    by_function: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    common: Mapping[str, str] = field(default_factory=dict)
    dotenv: Mapping[str, str] = field(default_factory=dict)

    def of(self, logical_id: str, name: str) -> dict[str, str]:
        own = {**self.by_function.get(name, {}), **self.by_function.get(logical_id, {})}
        return {**self.common, **own, **self.dotenv}

    def below(self, path: str) -> Variables:
        """The same for the functions of a nested stack, which may be called by their path (`Child/Function`) too."""
        if not path:
            return self
        by_function = {name: dict(own) for name, own in self.by_function.items()}
        for name, own in self.by_function.items():
            if name.startswith(path):
                by_function.setdefault(name.removeprefix(path), {}).update(own)
        return Variables(by_function, self.common, self.dotenv)


def parse_env_vars(text: str, where: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """SAM's file: what goes to every function, and what goes to each."""
    form = 'write {"FunctionName": {"VARIABLE": "value"}}'
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}:{error.lineno}", f"not valid JSON: {error.msg}", form) from None
    if not isinstance(whole, dict):
        raise UserError(where, "not a JSON object", form)
    groups: dict[str, dict[str, str]] = {}
    for name, variables in whole.items():
        if not isinstance(variables, dict):
            raise UserError(where, f"{name} is not a JSON object of variables", form)
        for key, value in variables.items():
            if isinstance(value, list | dict):
                raise UserError(where, f"{name}.{key} is not text", "a variable is text, a number, true or false")
        groups[name] = {key: as_text(value) for key, value in variables.items()}
    return groups.pop(EVERY_FUNCTION, {}), groups


def parse_dotenv(text: str, where: str) -> dict[str, str]:
    """`NAME=value` lines; `export`, comments and quotes as shells have them, nothing is expanded. Quoted values may
    span lines."""
    found: dict[str, str] = {}
    lines = iter(enumerate(text.lstrip("\ufeff").splitlines(), start=1))
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        if not match:
            raise UserError(f"{where}:{number}", "not of the form NAME=value", "comments start with #")
        name, value = match[1], match[2]
        if value[:1] in ("'", '"'):
            quote = value[0]
            while (end := _end(value, quote)) < 0:
                try:
                    value += "\n" + next(lines)[1]
                except StopIteration:
                    raise UserError(f"{where}:{number}", f"the quote of {name} is not closed") from None
            value = value[1:end]
            found[name] = re.sub(r"\\(.)", _unescape, value, flags=re.DOTALL) if quote == '"' else value
        else:
            found[name] = re.split(r"\s+#|^#", value, maxsplit=1)[0].strip()
    return found


def _end(value: str, quote: str) -> int:
    """Where the quoted text ends, or -1."""
    index = 1
    while index < len(value):
        if value[index] == "\\" and quote == '"':
            index += 1
        elif value[index] == quote:
            return index
        index += 1
    return -1


def _unescape(match: re.Match[str]) -> str:
    return _ESCAPES.get(match[1], match[1])
