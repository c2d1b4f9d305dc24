"""`devserve.toml` and `[tool.devserve]` of `pyproject.toml` → settings. Pure: text in, values out.

A key that is unknown or of the wrong kind is a problem and changes nothing; the rest counts.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

TABLE = "tool.devserve"

_TEXT, _WHOLE, _TABLE_OF, _LIST = "text", "a whole number", "a table", "a list of text"
_TOP = {
    "template": _TEXT,
    "sandbox": _TEXT,
    "region": _TEXT,
    "account": _TEXT,
    "functions": _TABLE_OF,
    "images": _TABLE_OF,
    "stages": _TABLE_OF,
}
_FUNCTION = {
    "handler": _TEXT,
    "runtime": _TEXT,
    "code": _TEXT,
    "payload": _TEXT,
    "memory": _WHOLE,
    "timeout": _WHOLE,
    "reserved_concurrency": _WHOLE,
    "ephemeral_storage": _WHOLE,
    "architecture": _TEXT,
    "environment": _TABLE_OF,
    "layers": _LIST,
    "image": _TEXT,
    "dockerfile": _TEXT,
    "routes": _LIST,
}
_KINDS: Mapping[str, type] = {_TEXT: str, _WHOLE: int, _TABLE_OF: dict, _LIST: list}


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """One `functions.NAME` table. None and empty mean: not given. `where` is `file:line`."""

    name: str
    where: str = ""
    handler: str = ""
    runtime: str = ""
    code: str = ""
    payload: str = ""
    memory: int | None = None
    timeout: int | None = None
    reserved_concurrency: int | None = None
    ephemeral_storage: int | None = None
    architecture: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    image: str = ""
    dockerfile: str = ""
    routes: tuple[str, ...] = ()

    @property
    def stands_alone(self) -> bool:
        """Whether it says what runs: a handler, a program of a custom runtime, or an image."""
        return bool(self.handler or self.image or self.dockerfile or self.runtime.startswith("provided"))


@dataclass(frozen=True, slots=True)
class StageSettings:
    """What a stage says about reading the project; the rest is for pushing to it."""

    stack_name: str = ""
    region: str = ""
    parameter_overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settings:
    where: str = ""
    template: str = ""
    sandbox: str = ""
    region: str = ""
    account: str = ""
    functions: tuple[FunctionSettings, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, StageSettings] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def declares_functions(self) -> bool:
        """Whether it stands on its own: a function that says what runs, not only additions to a template."""
        return any(function.stands_alone for function in self.functions)


def parse_settings(text: str, where: str) -> Settings | None:
    """None when `pyproject.toml` has nothing for devserve. `where` is the file's name; bad syntax is a UserError."""
    try:
        whole: dict[str, Any] = tomllib.loads(text.lstrip("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        what = str(error).split(" (at ")[0]
        place = f"{where}:{line[1]}" if line else where
        raise UserError(place, f"not valid TOML: {what}", "look at this line") from None
    prefix = ""
    if where.endswith("pyproject.toml"):
        prefix = TABLE
        match whole:
            case {"tool": {"devserve": dict() as ours}}:
                whole = ours
            case _:
                return None
    return _Reader(text, where, prefix).settings(whole)


class _Reader:
    def __init__(self, text: str, where: str, prefix: str) -> None:
        self._lines = text.splitlines()
        self._where = where
        self._prefix = prefix
        self._problems: list[Problem] = []

    def settings(self, whole: Mapping[str, Any]) -> Settings:
        top = self._checked(whole, _TOP, ())
        functions = tuple(self._function(name, table) for name, table in self._tables(top, "functions"))
        stages = {name: self._stage(table) for name, table in self._tables(top, "stages")}
        if (sandbox := top.get("sandbox", "")) not in ("", "auto", "process", "docker"):
            self._tell(("sandbox",), f"sandbox is {sandbox!r}", "auto, process or docker")
            sandbox = ""
        return Settings(
            where=self._where,
            template=top.get("template", ""),
            sandbox=sandbox,
            region=top.get("region", ""),
            account=top.get("account", ""),
            functions=functions,
            images={name: as_text(image) for name, image in top.get("images", {}).items()},
            stages=stages,
            problems=tuple(self._problems),
        )

    def _function(self, name: str, table: Mapping[str, Any]) -> FunctionSettings:
        path = ("functions", name)
        given = self._checked(table, _FUNCTION, path)
        if (payload := given.get("payload", "")) not in ("", "1.0", "2.0"):
            self._tell((*path, "payload"), f"payload of {name} is {payload!r}", '"1.0" or "2.0"')
            del given["payload"]
        if (architecture := given.get("architecture", "")) not in ("", "x86_64", "arm64"):
            self._tell((*path, "architecture"), f"architecture of {name} is {architecture!r}", '"x86_64" or "arm64"')
            del given["architecture"]
        for key in ("routes", "layers"):
            given[key] = tuple(map(as_text, given.get(key, ())))
        given["environment"] = {key: as_text(value) for key, value in given.get("environment", {}).items()}
        return FunctionSettings(name=name, where=self._place(path), **given)

    def _stage(self, table: Mapping[str, Any]) -> StageSettings:
        overrides = table.get("parameter_overrides")
        return StageSettings(
            stack_name=as_text(table.get("stack_name")),
            region=as_text(table.get("region")),
            parameter_overrides={key: as_text(value) for key, value in overrides.items()}
            if isinstance(overrides, dict)
            else {},
        )

    def _tables(self, top: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
        tables: list[tuple[str, Mapping[str, Any]]] = []
        for key, table in top.get(name, {}).items():
            if isinstance(table, dict):
                tables.append((key, table))
            else:
                self._tell((name, key), f"{name}.{key} is not a table", f"write [{self._title((name, key))}]")
        return tables

    def _checked(self, table: Mapping[str, Any], known: Mapping[str, str], path: tuple[str, ...]) -> dict[str, Any]:
        good: dict[str, Any] = {}
        for key, value in table.items():
            name = ".".join((*path, key))
            if key not in known:
                hint = did_you_mean(key, known, f"known are {', '.join(known)}")
                self._tell((*path, key), f"there is no setting {name}", hint)
            elif not isinstance(value, _KINDS[known[key]]) or isinstance(value, bool):
                self._tell((*path, key), f"{name} is {value!r}", f"it is {known[key]}")
            else:
                good[key] = value
        return good

    def _tell(self, path: tuple[str, ...], what: str, hint: str) -> None:
        self._problems.append(Problem(self._place(path), what, hint, ".".join(path), warning=True))

    def _title(self, path: tuple[str, ...]) -> str:
        return ".".join((self._prefix, *path) if self._prefix else path)

    def _place(self, path: tuple[str, ...]) -> str:
        """`file:line` of a key, as well as plain text search can tell."""
        start = 0
        for end in range(len(path), 0, -1):
            title = re.compile(rf"\s*\[\s*{re.escape(self._title(path[:end]))}\s*\]", re.IGNORECASE)
            found = next((n for n, line in enumerate(self._lines) if _unquoted(title, line)), None)
            if found is not None:
                if end == len(path):
                    return f"{self._where}:{found + 1}"
                start = found
                break
        key = re.compile(rf"\s*[\"']?{re.escape(path[-1])}[\"']?\s*[=.]")
        for number in range(start, len(self._lines)):
            if key.match(self._lines[number]):
                return f"{self._where}:{number + 1}"
        return f"{self._where}:{start + 1}" if start else self._where


def _unquoted(title: re.Pattern[str], line: str) -> bool:
    return title.match(line.replace('"', "").replace("'", "")) is not None
