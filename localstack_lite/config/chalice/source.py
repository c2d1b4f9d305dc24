"""What one module of a Chalice app declares, read from its text: decorated functions, blueprints, names. Pure.

Nothing is imported. Values are literals, names of literals at the top of the module, and Chalice's own small classes
(`Rate`, `Cron`, `CORSConfig`, authorizers); anything else is not known.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_MADE = ("Rate", "Cron", "CORSConfig", "IAMAuthorizer", "CognitoUserPoolAuthorizer", "CustomAuthorizer")
#: Names of the parameters that are given by position.
_POSITIONS = {
    "route": ("path",),
    "schedule": ("expression",),
    "on_cw_event": ("event_pattern",),
    "on_sns_message": ("topic",),
    "on_s3_event": ("bucket",),
    "on_sqs_message": ("queue",),
    "on_kinesis_record": ("stream",),
    "on_dynamodb_record": ("stream_arn",),
    "register_blueprint": ("blueprint", "name_prefix", "url_prefix"),
    "Rate": ("value", "unit"),
    "Cron": ("minutes", "hours", "day_of_month", "month", "day_of_week", "year"),
    "CORSConfig": ("allow_origin", "allow_headers", "expose_headers", "max_age", "allow_credentials"),
    "CognitoUserPoolAuthorizer": ("name", "provider_arns", "header", "scopes"),
    "CustomAuthorizer": ("name", "authorizer_uri", "ttl_seconds", "header", "invoke_role_arn", "scopes"),
}
KINDS = frozenset(
    {
        *("route", "lambda_function", "schedule", "authorizer", "on_sqs_message", "on_s3_event", "on_sns_message"),
        *(
            "on_dynamodb_record",
            "on_kinesis_record",
            "on_cw_event",
            "on_ws_connect",
            "on_ws_message",
            "on_ws_disconnect",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only running the module would tell; `text` is how it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class Named:
    """A function or something else of the module that is named, as an authorizer is."""

    name: str


@dataclass(frozen=True, slots=True)
class Made:
    """`KIND(...)` of Chalice, with its arguments by name."""

    kind: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decorated:
    """One decorator on one function. `owner` is the name before the dot: the app's or a blueprint's."""

    owner: str
    kind: str
    given: Mapping[str, Any]
    function: str
    line: int


@dataclass(frozen=True, slots=True)
class Registered:
    """`OWNER.register_blueprint(...)`; `blueprint` is dotted as it is written."""

    owner: str
    blueprint: str
    name_prefix: str
    url_prefix: str
    line: int


@dataclass(frozen=True, slots=True)
class Module:
    """`imports` are the dotted names behind local ones; `apps` and `blueprints` local names."""

    apps: Mapping[str, str] = field(default_factory=dict)
    """The app's name (empty when it is not written out) by the name of the variable."""
    blueprints: frozenset[str] = frozenset()
    decorated: tuple[Decorated, ...] = ()
    registered: tuple[Registered, ...] = ()
    imports: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    cors: bool = False
    """Whether `app.api.cors = True` switches CORS on for all routes."""
    binary_types: tuple[str, ...] = ()


def parse_module(text: str) -> Module:
    """Raises SyntaxError."""
    body = ast.parse(text).body
    reading = _Reading()
    for statement in _statements(body):
        reading.statement(statement)
    return Module(
        reading.apps,
        frozenset(reading.blueprints),
        tuple(reading.decorated),
        tuple(reading.registered),
        reading.imports,
        reading.names,
        reading.cors,
        tuple(reading.binary_types),
    )


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Those at the top, and those in conditions there."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _statements(statement.body)
            yield from _statements(getattr(statement, "orelse", []))


class _Reading:
    def __init__(self) -> None:
        self.apps: dict[str, str] = {}
        self.blueprints: list[str] = []
        self.decorated: list[Decorated] = []
        self.registered: list[Registered] = []
        self.imports: dict[str, str] = {}
        self.names: dict[str, Any] = {}
        self.cors = False
        self.binary_types: list[str] = []

    def statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import(names=names):
                self.imports |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                self.imports |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in names}
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._assigned(name, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                self._assigned(name, value)
            case ast.Assign(targets=[ast.Attribute(attr="cors")], value=value):
                self.cors = self.value(value) is True or isinstance(value, ast.Call)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(statement)
            case ast.Expr(value=ast.Call() as call):
                self._called(call)

    def _assigned(self, name: str, value: ast.expr) -> None:
        if isinstance(value, ast.Call):
            made = dotted(value.func).rpartition(".")[2]
            if made == "Chalice":
                given = self._arguments(value, ("app_name",)).get("app_name")
                self.apps[name] = given if isinstance(given, str) else ""
                return
            if made == "Blueprint":
                self.blueprints.append(name)
                return
        found = self.value(value)
        if not isinstance(found, Unknown):
            self.names[name] = found

    def _function(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in function.decorator_list:
            if not isinstance(decorator, ast.Call):
                continue
            owner, _, kind = dotted(decorator.func).rpartition(".")
            if owner and kind in KINDS:
                given = self._arguments(decorator, _POSITIONS.get(kind, ()))
                self.decorated.append(Decorated(owner, kind, given, function.name, decorator.lineno))

    def _called(self, call: ast.Call) -> None:
        owner, _, name = dotted(call.func).rpartition(".")
        if name == "register_blueprint" and owner:
            given = self._arguments(call, _POSITIONS[name])
            first = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "blueprint"), None)
            prefixes = [given.get(one) for one in ("name_prefix", "url_prefix")]
            names = [one if isinstance(one, str) else "" for one in prefixes]
            self.registered.append(Registered(owner, dotted(first), names[0], names[1], call.lineno))
        if owner.endswith(".api.binary_types") and name in ("append", "extend") and call.args:
            found = self.value(call.args[0])
            self.binary_types += [
                one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)
            ]

    def _arguments(self, call: ast.Call, positions: tuple[str, ...]) -> dict[str, Any]:
        given = {name: self.value(value) for name, value in zip(positions, call.args, strict=False)}
        return given | {keyword.arg: self.value(keyword.value) for keyword in call.keywords if keyword.arg}

    def value(self, node: ast.expr) -> Any:
        match node:
            case ast.Name(id=name):
                return self.names.get(name, Named(name))
            case ast.Call() if (kind := dotted(node.func).rpartition(".")[2]) in _MADE:
                return Made(kind, self._arguments(node, _POSITIONS.get(kind, ())))
            case ast.Call(func=ast.Attribute(value=owner, attr="with_scopes")):
                scopes = self._arguments(node, ("scopes",)).get("scopes")
                return Made("with_scopes", {"of": self.value(owner), "scopes": scopes})
            case ast.Attribute(value=ast.Name(id="Rate"), attr=unit):
                return unit
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self.value(item) for item in items]
            case ast.Dict(keys=keys, values=values) if all(keys):
                pairs = zip(keys, values, strict=True)
                return {str(self.value(key)): self.value(value) for key, value in pairs if key is not None}
        try:
            return ast.literal_eval(node)
        except ValueError:
            return Unknown(ast.unparse(node)[:60])


def dotted(node: ast.AST | None) -> str:
    """`a.b.c` as it is written; empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            return f"{before}.{attribute}" if (before := dotted(value)) else ""
    return ""
