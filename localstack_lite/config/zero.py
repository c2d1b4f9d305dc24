"""Zero configuration: a Python or JavaScript file with a handler is a project. Pure: files come in as text.

The file is read, never imported; one that does not parse at the moment still counts, so that the server is up when the
mistake is mended.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.function import Code, Function

#: In the order they are looked at.
FILES = ("lambda_function.py", "handler.py", "app.py", "main.py", "index.mjs", "index.js")
SCRIPTS = (".mjs", ".js", ".cjs")
#: What scripts run on when nobody says.
NODE = "nodejs22.x"
NAMES = ("lambda_handler", "handler")
#: Roomier than Lambda's own 128 MB and 3 s: nobody chose them here.
MEMORY, TIMEOUT = 512, 30
_EXPORTED = re.compile(
    r"^\s*export\s+(?:async\s+function\s*\*?|function\s*\*?|const|let|var|class)\s+handler\b"
    r"|^\s*export\s*\{[^}]*\bhandler\s*[,}]"
    r"|\bexports\.handler\s*="
    r"|\bmodule\.exports\s*=\s*\{[^}]*\bhandler\b",
    re.MULTILINE,
)
_WRITTEN = re.compile(r"^(?:async\s+)?(?:def\s+)?(lambda_handler|handler)\b\s*[(=:]", re.MULTILINE)


def find_handler(texts: Mapping[str, str]) -> str:
    """`module.function` of the first file with a handler, empty when there is none. `texts` is by file name."""
    for file in FILES:
        if file in texts and (name := handler_of(file, texts[file])):
            return f"{file.rpartition('.')[0]}.{name}"
    return ""


def handler_of(file: str, text: str) -> str:
    """The name of the handler in a file of either language, or nothing."""
    if file.endswith(SCRIPTS):
        return "handler" if _EXPORTED.search(text) else ""
    return handler_in(text)


def handler_in(text: str) -> str:
    """The name of the handler at the top level of a Python module; `lambda_handler` before `handler`."""
    try:
        names = set(_names(ast.parse(text).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        names = set(_WRITTEN.findall(text))
    return next((name for name in NAMES if name in names), "")


def web_app_in(text: str) -> str:
    """The name under which a WSGI or ASGI app seems to stand in a module, for a better message; or nothing."""
    try:
        names = set(_names(ast.parse(text).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return next((name for name in ("app", "application") if name in names), "")


def function_name(folder: str) -> str:
    """A folder's name with the characters that Lambda takes."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", folder).strip("-")[:64] or "function"


def file_of(handler: str, there: Collection[str]) -> str:
    """The file that a handler is in, of those that are there."""
    module = handler.rpartition(".")[0].replace(".", "/")
    return next((name for ending in SCRIPTS if (name := module + ending) in there), module + ".py")


def one_function(
    name: str, handler: str, code: Code, runtime: str, environment: Mapping[str, str], file: str = ""
) -> Function:
    return Function(
        logical_id=name,
        name=name,
        runtime=runtime,
        handler=handler,
        code=code,
        memory=MEMORY,
        timeout=TIMEOUT,
        environment=environment,
        where=file or file_of(handler, ()),
    )


def one_api(function: Function) -> Api:
    """Every request goes to the function, so that opening the address in a browser works."""
    route = Route("ANY", DEFAULT_ROUTE, LambdaProxy(function.logical_id))
    return Api("HttpApi", function.name, ApiKind.HTTP, (route,), where=function.where)


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)
            case ast.If() | ast.Try() | ast.With():
                yield from _names(statement.body)
                yield from _names(getattr(statement, "orelse", []))
