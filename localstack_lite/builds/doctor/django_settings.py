"""What Django's settings say, read from their text without running it. Pure.

Settings are a module that assigns names, mostly literally, and often over several files (`from .base import *`). Of
what is computed it is known that it is there, and not what it is; rules leave it alone.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Value:
    """`node` is what stands behind the last `=`; `more` what was added later (`MIDDLEWARE += […]`)."""

    node: ast.expr
    file: str
    more: tuple[ast.expr, ...] = ()

    @property
    def where(self) -> str:
        return f"{self.file}:{self.node.lineno}"

    @property
    def literal(self) -> object:
        """The value when it stands there; None when it is computed."""
        try:
            value: object = ast.literal_eval(self.node)
            return value
        except (ValueError, TypeError, SyntaxError, RecursionError):
            return None

    @property
    def texts(self) -> tuple[str, ...]:
        """All texts in it, wherever: `("django.contrib.admin", …)`."""
        return tuple(text for node in (self.node, *self.more) for text in _texts(node))


@dataclass(frozen=True, slots=True)
class Settings:
    values: dict[str, Value] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    stars: tuple[str, ...] = ()
    """Modules that everything is imported from, as they stand there (`.base`), of the last file that was read."""

    def get(self, name: str) -> Value | None:
        return self.values.get(name)

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.values.get(name)
        return value.texts if value is not None else ()

    def literal(self, name: str) -> object:
        value = self.values.get(name)
        return value.literal if value is not None else None

    def where(self, name: str) -> str:
        value = self.values.get(name)
        return value.where if value is not None else (self.files[-1] if self.files else "settings")


def read(texts: Sequence[tuple[str, str]]) -> Settings:
    """`texts` are files with their text, in the order in which they count: later assignments win."""
    values: dict[str, Value] = {}
    stars: tuple[str, ...] = ()
    for file, text in texts:
        stars = ()
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError):
            continue
        found = list(_statements(body))
        stars = tuple(
            "." * node.level + (node.module or "")
            for node in found
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
        )
        for node in found:
            _assign(node, file, values)
    return Settings(values, tuple(file for file, _ in texts), stars)


def entries(value: Value | None) -> dict[str, ast.expr]:
    """The keys of a dictionary that stands there, with what is behind each."""
    if value is None or not isinstance(value.node, ast.Dict):
        return {}
    return inner(value.node)


def inner(node: ast.expr | None) -> dict[str, ast.expr]:
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: one for key, one in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)}


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of the module, and what stands below `if`, `try` and `with`."""
    for node in body:
        yield node
        for part in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                yield from _statements(getattr(node, part, []))


def _assign(node: ast.stmt, file: str, values: dict[str, Value]) -> None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            values[name] = Value(value, file)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            values[name] = Value(value, file)
        case ast.AugAssign(target=ast.Name(id=name), value=value) if name in values:
            before = values[name]
            values[name] = Value(before.node, before.file, (*before.more, value))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=arguments)) if name in values:
            before = values[name]  # MIDDLEWARE.insert(1, "…")
            values[name] = Value(before.node, before.file, (*before.more, *arguments))


def _texts(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
