"""Which WSGI or ASGI app a folder has, seen without importing it. Pure: files come in as text.

An app is a name at the top level of a module: made by a framework, wrapped around another app, imported, a plain
function of the right form, or made by a factory without arguments. What cannot be told from the text (an imported app)
is told when it runs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from localstack_lite.config import zero
from localstack_lite.config.app_names import FACTORIES, FRAMEWORKS, MAKERS, NAMES, Origins, kind_named
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import AppKind

#: Modules that may have the app, in a folder.
FILES = ("app.py", "main.py", "wsgi.py", "asgi.py", "application.py", "server.py", "api.py", "run.py", "web.py")
#: A folder of sources, which is searched for modules itself unless it is a package.
SOURCES = "src"
_WRITTEN = re.compile(r"^(app|application)\b[^=\n]*=[^=]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class WebApp:
    """`name` is an attribute of `module`, or a call of a factory: `create_app()`. `kind` is None when the text does not
    tell. `made`: whether the text shows that an app is made here, and not imported. `paths` are folders that have to
    be searched for modules beside the root."""

    file: str
    module: str
    name: str
    kind: AppKind | None
    framework: str = ""
    made: bool = True
    paths: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        return f"{self.module}:{self.name}"


def find_app(texts: Mapping[str, str]) -> WebApp | None:
    """The app of a folder. `texts` is by path relative to it; what lies higher wins. A UserError names the two when
    there is more than one that could be meant."""
    for level in _levels(texts):
        found = [app for file in level if (app := app_in(file, texts[file], tuple(texts))) is not None]
        if chosen := _of_several(found, texts):
            return chosen
    return None


def app_in(file: str, text: str, there: tuple[str, ...] = ()) -> WebApp | None:
    """The app of one module. `there` are the paths of the other files."""
    found = apps_in(text)
    if not found:
        return None
    module, paths = module_of(file, there)
    found = [replace(app, file=file, module=module, paths=paths) for app in found]
    if len(found) > 1:
        raise _ambiguous(found[0], found[1])
    return found[0]


def module_of(file: str, there: tuple[str, ...] = ()) -> tuple[str, tuple[str, ...]]:
    """How a file is imported, and which folders have to be searched for that: a folder without `__init__.py` may be
    where its program is started."""
    path = PurePosixPath(file).with_suffix("")
    parts = path.parts[:-1] if path.name == "__init__" else path.parts
    if len(parts) > 1 and parts[0] == SOURCES and f"{SOURCES}/__init__.py" not in there:
        return ".".join(parts[1:]), (SOURCES,)
    folder = str(path.parent)
    loose = folder != "." and path.name != "__init__" and f"{folder}/__init__.py" not in there
    return ".".join(parts), (folder,) if loose else ()


def apps_in(text: str) -> list[WebApp]:
    """The apps of a module that may be meant: none, one, or those between which the text does not choose. File and
    module are left empty."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # One that does not parse at the moment still counts, so that the server is up when it is mended.
        return [WebApp("", "", name, None) for name in _WRITTEN.findall(text)[:1]]
    origins = Origins(body)
    found: dict[str, WebApp] = {}
    inside: set[str] = set()  # mounted in, or wrapped by, another one
    for statement in _statements(body):
        for name, app, within in _assigned(statement, origins, found):
            found[name] = app
            inside |= within - {name}
        inside |= _mounted(statement, found)
    apps = [app for name, app in found.items() if name not in inside] or list(found.values())
    made = [app for app in apps if app.made] or apps
    if len(made) > 1:
        usual = [app for app in made if app.name in NAMES]
        made = usual or made
    return made or _factories(body, origins)


def names_in(text: str) -> set[str] | None:
    """The names at the top level of a module; None when the text does not tell all of them."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found: set[str] = set()
    for statement in _statements(body):
        match statement:
            case ast.FunctionDef(name="__getattr__"):
                return None
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                if any(alias.name == "*" for alias in names):
                    return None
                found |= {alias.asname or alias.name for alias in names}
            case _:
                stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
                found |= {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    return found


def _assigned(
    statement: ast.stmt, origins: Origins, found: Mapping[str, WebApp]
) -> Iterator[tuple[str, WebApp, set[str]]]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield from _made(target.id, value, "", origins, found)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=ast.expr() as value):
            yield from _made(name, value, origins.of(annotation), origins, found)
        case ast.FunctionDef(name=name, args=arguments):
            names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
            if len(names) == 2 and names[1] == "start_response":
                yield name, WebApp("", "", name, AppKind.WSGI), set()
        case ast.AsyncFunctionDef(name=name, args=arguments):
            names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
            if names == ["scope", "receive", "send"]:
                yield name, WebApp("", "", name, AppKind.ASGI), set()
        case ast.ImportFrom(names=aliases):
            for alias in aliases:
                name = alias.asname or alias.name
                if name in NAMES:
                    yield name, WebApp("", "", name, None, made=False), set()


def _made(
    name: str, value: ast.expr, annotated: str, origins: Origins, found: Mapping[str, WebApp]
) -> Iterator[tuple[str, WebApp, set[str]]]:
    if isinstance(value, ast.Name) and value.id in found:
        # One app under two names: the later one is as good as the first.
        yield name, replace(found[value.id], name=name), {value.id}
        return
    if annotated in FRAMEWORKS:
        yield name, WebApp("", "", name, *FRAMEWORKS[annotated]), set()
        return
    if not isinstance(value, ast.Call):
        return
    origin = origins.of(value.func)
    if origin in FRAMEWORKS:
        yield name, WebApp("", "", name, *FRAMEWORKS[origin]), set()
        return
    if origin.rpartition(".")[2] in MAKERS:
        yield name, WebApp("", "", name, MAKERS[origin.rpartition(".")[2]]), set()
        return
    within = [given.id for given in value.args if isinstance(given, ast.Name) and given.id in found]
    within += [word.value.id for word in value.keywords if isinstance(word.value, ast.Name) and word.value.id in found]
    usual = name in NAMES
    if usual and within:
        first = found[within[0]]
        yield name, replace(first, name=name, kind=kind_named(origin) or first.kind), set(within)
    elif usual and origin.rpartition(".")[2] in FACTORIES:
        kind, framework = origins.returned_by(origin)
        yield name, WebApp("", "", name, kind, framework), set()


def _mounted(statement: ast.stmt, found: Mapping[str, WebApp]) -> set[str]:
    """Apps that are given to a method of another one: `app.mount("/admin", admin)`."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=outer)), args=arguments, keywords=words)):
            given = [*arguments, *(word.value for word in words)]
            names = {value.id for value in given if isinstance(value, ast.Name) and value.id in found}
            return names - {outer}
    return set()


def _factories(body: list[ast.stmt], origins: Origins) -> list[WebApp]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and statement.name in FACTORIES:
            arguments = statement.args
            needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
            if needed or any(default is None for default in arguments.kw_defaults):
                continue
            kind, framework = origins.returned_by(statement.name)
            return [WebApp("", "", f"{statement.name}()", kind, framework)]
    return []


def needy_factory(text: str) -> str:
    """`create_app(config)`: a function that makes apps, by its name, and cannot be called without arguments. Empty when
    a module has none."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    found = (one for one in body if isinstance(one, ast.FunctionDef) and one.name in FACTORIES)
    return next((f"{one.name}({ast.unparse(one.args)})" for one in found), "")


def _levels(texts: Mapping[str, str]) -> Iterator[list[str]]:
    """The files in groups, those that count more first."""

    def depth(file: str) -> tuple[int, bool]:
        folders = PurePosixPath(file).parts[:-1]
        inner = folders[1:] if folders[:1] == (SOURCES,) else folders
        return len(inner), folders[:1] == (SOURCES,)

    for wanted in sorted({depth(file) for file in texts}):
        yield [file for file in texts if depth(file) == wanted]


def _of_several(found: list[WebApp], texts: Mapping[str, str]) -> WebApp | None:
    served = [app for app in found if PurePosixPath(app.file).name in zero.SERVED]
    for group in (served, [app for app in found if app.made and "(" not in app.name], found):
        # One that imports another one is what is served.
        outer = [app for app in group if _imports(texts[app.file], [other.module for other in group if other != app])]
        group = outer or group
        if len(group) > 1 and group is not served and len({app.target for app in group}) > 1:
            raise _ambiguous(group[0], group[1])
        if group:
            return group[0]
    return None


def _imports(text: str, modules: list[str]) -> bool:
    """Whether a module imports one of these, by whatever part of its path."""
    names = {name for module in modules for name in (module, module.rpartition(".")[2])}
    try:
        nodes = ast.walk(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    for node in nodes:
        match node:
            case ast.Import(names=aliases) if any(alias.name in names for alias in aliases):
                return True
            case ast.ImportFrom(module=origin, names=aliases):
                if origin in names or (not origin and any(alias.name in names for alias in aliases)):
                    return True
    return False


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those of the top level, with what stands under `if`, `try` and `with` there; not what is for running the file."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and "__main__" in ast.dump(statement.test):
            continue
        if isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _statements(statement.body)
            yield from _statements(getattr(statement, "orelse", []))


def _ambiguous(first: WebApp, second: WebApp) -> UserError:
    what = f"two apps: {first.target} in {first.file} and {second.target} in {second.file}"
    if first.file == second.file:
        what = f"two apps in {first.file}: {first.name} and {second.name}"
    return UserError(first.file, what, f"say which one: devserve {first.target}")
