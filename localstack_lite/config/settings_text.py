"""Text of a settings file (TOML, YAML, JSON as Zappa writes it) → values, and the line that a key stands in. Pure.

Which of them it is, the file's name says. Lines are for messages: exact for YAML, else as well as a search in the text
can tell.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from localstack_lite.errors import UserError

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsText:
    """`name` is the file's, for messages; `line` gives the line of a key by its path, None when it is not known."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    line: Callable[[KeyPath], int | None] = lambda _: None

    def place(self, *path: str) -> str:
        """`file:line` of a key, or the file."""
        line = self.line(path)
        return f"{self.name}:{line}" if line else self.name


def parse_text(text: str, name: str) -> SettingsText:
    """A UserError at `file:line` for what the format does not allow. An empty file has no values."""
    text = text.lstrip("\ufeff")
    if all(not line.strip() or line.lstrip().startswith("#") for line in text.splitlines()):
        return SettingsText(name)
    match name.rpartition(".")[2].lower():
        case "toml":
            return parse_toml(text, name)
        case "json":
            return _parse_json(text, name)
    from localstack_lite.config.yaml_cfn import parse

    document = parse(text, name, "settings are tables of names and values")
    return SettingsText(name, document.values, lambda path: document.line(*path))


def parse_toml(text: str, name: str) -> SettingsText:
    text = text.lstrip("\ufeff")
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except ValueError as error:  # a number of thousands of digits is one that is no TOMLDecodeError
        line = re.search(r"line (\d+)", str(error))
        what = str(error).split(" (at ")[0]
        place = f"{name}:{line[1]}" if line else name
        raise UserError(place, f"not valid TOML: {what}", "look at this line") from None
    except RecursionError:
        _too_deep(name)
    lines = text.splitlines()
    return SettingsText(name, values, lambda path: _toml_line(lines, path))


def _parse_json(text: str, name: str) -> SettingsText:
    """JSON, or Hjson where it is none: comments, commas and quotes left out, as Zappa itself reads it."""
    try:
        values = json.loads(text)
    except RecursionError:
        _too_deep(name)
    except ValueError:
        values = _hjson(text, name)
    if not isinstance(values, dict):
        raise UserError(name, "not an object of names and values", "settings stand in { }")
    lines = text.splitlines()
    return SettingsText(name, values, lambda path: _json_line(lines, path))


def _hjson(text: str, name: str) -> object:
    import hjson

    try:
        return hjson.loads(text)
    except hjson.HjsonDecodeError as error:
        raise UserError(f"{name}:{error.lineno}", f"not valid JSON: {error.msg}", "look at it and before it") from None
    except ValueError as error:
        raise UserError(name, f"not valid JSON: {error}") from None
    except RecursionError:
        _too_deep(name)


def _too_deep(name: str) -> NoReturn:
    raise UserError(name, "nested too deep to be read")


def _toml_line(lines: Sequence[str], path: KeyPath) -> int | None:
    """The line of the table's title, or of the key below the nearest title that is there."""
    start = 0
    for end in range(len(path), 0, -1):
        title = re.compile(rf"\s*\[\s*{re.escape('.'.join(path[:end]))}\s*\]", re.IGNORECASE)
        found = next((n for n, line in enumerate(lines) if title.match(_without_quotes(line))), None)
        if found is not None and end == len(path):
            return found + 1
        if found is not None:
            start = found
            break
    key = re.compile(rf"\s*[\"']?{re.escape(path[-1])}[\"']?\s*[=.]") if path else None
    for number in range(start, len(lines) if key else 0):
        if key and key.match(lines[number]):
            return number + 1
    return start + 1 if start else None


def _without_quotes(line: str) -> str:
    return line.replace('"', "").replace("'", "")


def _json_line(lines: Sequence[str], path: KeyPath) -> int | None:
    """The line of the last key of the path that is found, each looked for after the one that it stands in."""
    at: int | None = None
    for part in path:
        key = re.compile(rf"(?:^|[\s{{,])[\"']?{re.escape(part)}[\"']?\s*:")
        at, before = next((n for n in range(at or 0, len(lines)) if key.search(lines[n])), None), at
        if at is None:
            at = before
            break
    return None if at is None else at + 1
