"""What a Python file says about what it needs and where it writes, read without running it. Pure.

Only what stands there literally counts: a path that is computed says nothing, and is not guessed at.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

#: Exceptions by which code says that it can do without a module.
_WITHOUT = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
#: What has a `run` that serves until it is ended.
_APPS = frozenset({"Flask", "FastAPI", "Quart", "Sanic", "Bottle", "OpenAPI", "APIFlask"})
_SERVERS = frozenset({"uvicorn", "hypercorn", "bottle"})
#: A file or folder in somebody's home folder: `/home/me/x`, and not a path of the site (`/home/`).
_PERSONAL = re.compile(r"(?:/home/[^/]+/[^/]+|/Users/[^/]+/[^/]+|/root/[^/]+|[A-Z]:\\Users\\)")


@dataclass(frozen=True, slots=True)
class Import:
    """`module` is a dotted name, absolute. `names` are what is taken out of it: attributes or modules below it. `late`:
    inside a function, so that it counts only when that runs."""

    module: str
    line: int
    names: tuple[str, ...] = ()
    late: bool = False

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Written:
    """A file that is opened to be written. `kind` is `file`, `sqlite` or `url` (`sqlite:///…`), `path` as it stands."""

    path: str
    line: int
    kind: str = "file"


@dataclass(frozen=True, slots=True)
class Source:
    """`path` is relative to the code's folder. `problem` says why it cannot be read (a syntax error)."""

    path: str
    imports: tuple[Import, ...] = ()
    written: tuple[Written, ...] = ()
    personal: tuple[tuple[str, int], ...] = ()
    """Paths in somebody's home folder, with their lines."""
    served: tuple[tuple[str, int], ...] = ()
    """Calls that start a server as soon as the file is imported, `app.run` with its line."""
    problem: tuple[str, int] | None = None


def module_name(path: str) -> str:
    """`shop/wsgi.py` → `shop.wsgi`, `shop/__init__.py` → `shop`."""
    parts = path.removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read(path: str, text: str) -> Source:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None) or 0
        return Source(path, problem=(getattr(error, "msg", None) or str(error), line))
    package = module_name(path) if path.endswith("__init__.py") else module_name(path).rpartition(".")[0]
    imports: list[Import] = []
    written: list[Written] = []
    personal: list[tuple[str, int]] = []
    for node, late in _walk(tree.body, late=False):
        match node:
            case ast.Import(names=names):
                imports += [Import(one.name, node.lineno, (), late) for one in names]
            case ast.ImportFrom(names=names):
                module = _absolute(node.module or "", node.level, package)
                if module:
                    imports.append(Import(module, node.lineno, tuple(one.name for one in names), late))
            case ast.Call():
                written += _opened(node)
            case ast.Constant(value=str(value)):
                written += [Written(value, node.lineno, "url")] if value.startswith("sqlite:///") else []
                personal += [(value, node.lineno)] if _is_personal(value) else []
    return Source(path, tuple(imports), tuple(written), tuple(personal), _served(tree.body))


def _walk(body: list[ast.stmt], *, late: bool) -> Iterator[tuple[ast.AST, bool]]:
    """All nodes that count: not those for type checkers, not what code can do without, not what only `main` runs."""
    open_ends: list[tuple[ast.AST, bool]] = [(node, late) for node in reversed(body)]
    while open_ends:
        node, inside = open_ends.pop()
        match node:
            case ast.If(test=test) if "TYPE_CHECKING" in ast.unparse(test) or "__main__" in ast.unparse(test):
                open_ends += [(one, inside) for one in reversed(node.orelse)]
                continue
            case ast.Try() if any(_catches(handler) for handler in node.handlers):
                open_ends += [(one, inside) for one in (*node.orelse, *node.finalbody)]
                open_ends += [(one, inside) for one in node.body if not isinstance(one, ast.Import | ast.ImportFrom)]
                continue
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                inside = True
        yield node, inside
        open_ends += [(child, inside) for child in reversed(list(ast.iter_child_nodes(node)))]


def _catches(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _WITHOUT) for kind in kinds)


def _absolute(module: str, level: int, package: str) -> str:
    if not level:
        return module
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, *([module] if module else [])])


def _opened(call: ast.Call) -> list[Written]:
    name = ast.unparse(call.func)
    first = call.args[0] if call.args else None
    if not (isinstance(first, ast.Constant) and isinstance(first.value, str) and first.value):
        return []
    if name in ("sqlite3.connect", "aiosqlite.connect") and first.value != ":memory:":
        return [] if first.value.startswith("file:") else [Written(first.value, call.lineno, "sqlite")]
    if name not in ("open", "io.open", "codecs.open"):
        return []
    given = [call.args[1]] if len(call.args) > 1 else [word.value for word in call.keywords if word.arg == "mode"]
    mode = given[0].value if given and isinstance(given[0], ast.Constant) else ""
    return [Written(first.value, call.lineno)] if isinstance(mode, str) and set(mode) & set("wax+") else []


def _served(body: list[ast.stmt]) -> tuple[tuple[str, int], ...]:
    """`X.run(...)` that runs with the import, where X is an app that the file makes, or a server's module."""
    runners: set[str] = set()
    served: list[tuple[str, int]] = []
    for node, late in _walk(body, late=False):
        match node:
            case ast.Import(names=names):
                runners |= {one.asname or one.name for one in names if one.name in _SERVERS}
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made)) if not late:
                if ast.unparse(made).rpartition(".")[2] in _APPS:
                    runners.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="run")) if not late and name in runners:
                served.append((f"{name}.run", node.lineno))
    return tuple(served)


def _is_personal(value: str) -> bool:
    return _PERSONAL.match(value) is not None and not any(c.isspace() for c in value)
