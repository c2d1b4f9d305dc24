"""Which version of Node.js a project wants, and which of those that are installed it gets. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.sandbox.interpreter import Interpreter

#: Files that say which version a project wants, as version managers read them.
PINS = (".nvmrc", ".node-version", ".tool-versions", "package.json")
_VERSION = re.compile(r"v?(\d+(?:\.\d+){0,2})\Z")
_TOOL = re.compile(r"^node(?:js)?\s+v?(\d+(?:\.\d+){0,2})\s*$", re.MULTILINE)
_DEFINED = re.compile(r"#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)")


@dataclass(frozen=True, slots=True)
class Installed:
    """A Node.js on this machine. `version` is `X.Y.Z` as far as known; `reason` says to a person where it was found;
    `ordinary` when it is the one that the user's shell would run."""

    path: Path
    version: str
    reason: str
    ordinary: bool = False


def pinned(name: str, text: str) -> str:
    """The version that a file of `PINS` asks for (`20`, `20.11.1`); empty when it names none or an alias."""
    if name == ".tool-versions":
        found = _TOOL.search(text)
        return found[1] if found else ""
    if name == "package.json":
        return _volta(text)
    found = _VERSION.match(text.strip())
    return found[1] if found else ""


def defined(header: str) -> str:
    """The version in the text of `node_version.h`, which is installed beside Node."""
    parts = dict(_DEFINED.findall(header))
    return ".".join(parts[part] for part in ("MAJOR", "MINOR", "PATCH")) if len(parts) == 3 else ""


def choose(runtime: str, pin: str, installed: Sequence[Installed]) -> Interpreter | None:
    """The Node for `runtime` (`nodejs22.x`), by this order: the pinned version, the user's own when its major version
    is the runtime's, another of that major version, the user's own with a warning, any with a warning."""
    asked = re.sub(r"\D", "", runtime)
    newest = sorted(installed, key=lambda node: _numbers(node.version), reverse=True)
    wanted = pin and next((node for node in newest if _is(node.version, pin)), None)
    if wanted:
        return _named(wanted, asked)
    ordered = [*(node for node in newest if node.ordinary), *(node for node in newest if not node.ordinary)]
    first = next((node for node in ordered if _is(node.version, asked)), None) or next(iter(ordered), None)
    return _named(first, asked) if first is not None else None


def _named(node: Installed, asked: str) -> Interpreter:
    warning = ""
    if asked and node.version and not _is(node.version, asked):
        warning = f"nodejs{asked}.x asked, running {node.version} from {node.reason}"
    return Interpreter(node.path, node.version, node.reason, warning)


def _is(version: str, wanted: str) -> bool:
    """Whether `version` is `wanted` as far as that goes: 20.11.1 is 20."""
    return f"{version}.".startswith(f"{wanted}.")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _volta(text: str) -> str:
    try:
        wanted = json.loads(text)["volta"]["node"]
    except (ValueError, KeyError, TypeError):
        return ""
    found = _VERSION.match(wanted) if isinstance(wanted, str) else None
    return found[1] if found else ""


def first_pin(files: Iterable[tuple[str, str]]) -> str:
    """The version of the first of `(name, text)` that asks for one."""
    return next((version for name, text in files if (version := pinned(name, text))), "")
