"""A Chalice app with its blueprints → routes and functions. Pure: reading a module is a callable.

Blueprints are followed into the modules that they are imported from, with the prefixes of their names and paths.
Source: Chalice 1.34.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.chalice.authorizers import Protection, protection
from localstack_lite.config.chalice.source import Decorated, Made, Module, Named, Unknown, parse_module
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

#: What `app.route` takes when it says no methods.
_METHODS = ["GET"]
_MOST_LEVELS = 10
LoadModule = Callable[[str], tuple[str, str] | None]
"""The file's name and text of a module, by its dotted name; None when it is not in the project."""


@dataclass(frozen=True, slots=True)
class ChaliceRoute:
    path: str
    methods: tuple[str, ...]
    view: str
    cors: Mapping[str, Any] | None
    protection: Protection
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ChaliceFunction:
    """`kind` is the decorator's name; `handler` is `module.function`."""

    name: str
    kind: str
    handler: str
    given: Mapping[str, Any]
    file: str
    line: int


@dataclass(slots=True)
class ChaliceApp:
    name: str = ""
    variable: str = "app"
    """The handler of all routes."""
    routes: list[ChaliceRoute] = field(default_factory=list)
    functions: list[ChaliceFunction] = field(default_factory=list)
    binary_types: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_chalice_app(load: LoadModule) -> ChaliceApp:
    """The app of `app.py`. A UserError when there is none."""
    found = ChaliceApp()
    module = _parsed("app", load)
    if module is None:
        raise UserError("app.py", "there is no app.py", "a Chalice app is `app = Chalice(app_name=...)` in app.py")
    if not module.apps:
        raise UserError("app.py", "it makes no Chalice app", "write app = Chalice(app_name='...')")
    found.variable, found.name = next(iter(module.apps.items()))
    _Followed(found, load, module.cors).follow("app", found.variable, "", "", 0)
    return found


@dataclass(slots=True)
class _Followed:
    app: ChaliceApp
    load: LoadModule
    cors: bool

    def follow(self, name: str, owner: str, name_prefix: str, url_prefix: str, depth: int) -> None:
        """Everything that a module says of an app or a blueprint, which is called `owner` there."""
        module, loaded = _parsed(name, self.load), self.load(name)
        if module is None or loaded is None or depth > _MOST_LEVELS:
            return
        file = loaded[0]
        self.app.binary_types += module.binary_types
        for one in module.decorated:
            if one.owner == owner:
                self._add(one, name, file, name_prefix, url_prefix)
        for registered in module.registered:
            if registered.owner != owner:
                continue
            where, local = _home(registered.blueprint, name, module)
            inner = _parsed(where, self.load)
            if inner is None or local not in inner.blueprints:
                what = f"the blueprint {registered.blueprint} is not found"
                hint = "its routes and functions are missing here; import it from a module of the project"
                self.app.problems.append(Problem(f"{file}:{registered.line}", what, hint, registered.blueprint))
                continue
            names, urls = name_prefix + registered.name_prefix, url_prefix + (registered.url_prefix or "").rstrip("/")
            self.follow(where, local, names, urls, depth + 1)

    def _add(self, one: Decorated, module: str, file: str, name_prefix: str, url_prefix: str) -> None:
        given = dict(one.given)
        if unknown := [(key, value.text) for key, value in given.items() if isinstance(value, Unknown)]:
            key, text = unknown[0]
            what = f"{one.function}: {key} of {one.kind} is {text}, which only running it would tell"
            problem = Problem(f"{file}:{one.line}", what, "write it out", one.function, warning=one.kind != "route")
            self.app.problems.append(problem)
            if one.kind == "route" and key in ("path", "methods"):
                return
        if one.kind == "route":
            if (source := _parsed(module, self.load)) is not None:
                chosen = protection(self._with_imports(given, source), module, source)
                self._route(one, given, file, url_prefix, chosen)
            return
        named = given.get("name")
        name = named if isinstance(named, str) else one.function
        handler = f"{module}.{one.function}"
        self.app.functions.append(ChaliceFunction(name_prefix + name, one.kind, handler, given, file, one.line))

    def _with_imports(self, given: Mapping[str, Any], source: Module) -> Mapping[str, Any]:
        """The arguments, with an authorizer that another module makes in the place of its name."""
        named = given.get("authorizer")
        if not isinstance(named, Named) or named.name not in source.imports:
            return given
        where, _, name = source.imports[named.name].rpartition(".")
        other = _parsed(where, self.load)
        made = other.names.get(name) if other is not None else None
        return {**given, "authorizer": made} if made is not None else given

    def _route(
        self, one: Decorated, given: Mapping[str, Any], file: str, url_prefix: str, protected: Protection
    ) -> None:
        path = str(given.get("path", "/"))
        path = f"{url_prefix}{path}" if path != "/" or not url_prefix else url_prefix
        methods = tuple(str(method).upper() for method in given.get("methods") or _METHODS)
        cors = given.get("cors", self.cors)
        config = dict(cors.given) if isinstance(cors, Made) else {} if cors is True else None
        route = ChaliceRoute(path, methods, one.function, config, protected, file, one.line)
        self.app.routes.append(route)


def _home(blueprint: str, module: str, source: Module) -> tuple[str, str]:
    """The module of a blueprint and its name there, from how it is written."""
    before, _, local = blueprint.rpartition(".")
    if not before:
        where, _, name = source.imports.get(local, "").rpartition(".")
        return (where, name) if where else (module, local)
    first, _, rest = before.partition(".")
    whole = source.imports.get(first, first)
    if whole == before or whole.startswith(f"{first}."):  # import a.b
        return before, local
    return (f"{whole}.{rest}" if rest else whole), local


def _parsed(name: str, load: LoadModule) -> Module | None:
    loaded = load(name)
    if loaded is None:
        return None
    try:
        return parse_module(loaded[1])
    except SyntaxError as error:
        where = f"{loaded[0]}:{error.lineno}"
        raise UserError(where, f"not valid Python: {error.msg}", "look at this line and the one before") from None
