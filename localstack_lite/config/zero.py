"""Zero configuration: a Python or JavaScript file with a handler is a project. Pure: files come in as text.

The file is read, never imported; one that does not parse at the moment still counts, so that the server is up when the
mistake is mended.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping

from localstack_lite.model.api import Api
from localstack_lite.model.exposure import api_for
from localstack_lite.model.function import Code, Function

#: In the order they are looked at.
FILES = ("lambda_function.py", "handler.py", "app.py", "main.py", "lambda_handler.py", "index.mjs", "index.js")
#: Modules where the handler of a web app may stand, made by one of the adapters that people use for that.
ADAPTED = ("asgi.py", "wsgi.py", "application.py", "api.py", "server.py", "lambda.py", "index.py", "run.py")
SERVED = ("wsgi.py", "asgi.py")
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
_LOGGING = ("StreamHandler", "FileHandler", "SysLogHandler", "NullHandler", "RichHandler", "HTTPHandler")
#: Functions that make a handler of an app, and those that call an app from within a handler, by their last name:
#: Mangum, apig-wsgi; serverless-wsgi, awsgi, AWS Powertools' resolvers.
_MAKERS = frozenset({"Mangum", "make_lambda_handler"})
_CALLS = frozenset({"handle_request", "response", "resolve"})


def find_handler(texts: Mapping[str, str]) -> str:
    """`module.function` of the first file with a handler, empty when there is none. `texts` is by file name."""
    for file in FILES:
        if file in texts and (name := handler_of(file, texts[file])):
            return f"{file.rpartition('.')[0]}.{name}"
    return find_adapted(texts)


def find_adapted(texts: Mapping[str, str]) -> str:
    """`module.function` of the first file with a handler that the project's own adapter makes of its web app."""
    for file in (*(file for file in FILES if file.endswith(".py")), *ADAPTED):
        if file in texts and (name := adapted_in(texts[file])):
            return f"{file.rpartition('.')[0]}.{name}"
    return ""


def adapted_in(text: str) -> str:
    """The name of a handler that hands everything to a web app: made of the app by an adapter, or a function of event
    and context that calls one."""
    try:
        statements = list(_statements(ast.parse(text).body))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    found = []
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=called)) if _last(called) in _MAKERS:
                found.append(name)
            case ast.FunctionDef(name=name, args=ast.arguments(args=[_, ast.arg(arg="context" | "ctx" | "_context")])):
                calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
                if any(_last(call) in _CALLS and _through(call) for call in calls):
                    found.append(name)
    return next((name for name in NAMES if name in found), found[0] if found else "")


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
    return next((name for name in NAMES if name in names), "") or adapted_in(text)


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
    return api_for(function.logical_id, "http", name=function.name, where=function.where)


def _names(body: list[ast.stmt]) -> Iterator[str]:
    for statement in _statements(body):
        match statement:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(value=ast.Call(func=called)) if _last(called).endswith(_LOGGING):
                pass  # what logging calls a handler
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (alias.asname or alias.name for alias in names)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of the top level, with what stands under `if`, `try` and `with` there."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _statements(statement.body)
            yield from _statements(getattr(statement, "orelse", []))


def _last(called: ast.expr) -> str:
    """The last part of a dotted name."""
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _through(called: ast.expr) -> bool:
    """Whether it is a method or the adapter's own function: `app.resolve`, `awsgi.response`, `handle_request`."""
    if isinstance(called, ast.Attribute):
        return called.attr != "response" or _last(called.value).startswith("awsgi")
    return _last(called) == "handle_request"
