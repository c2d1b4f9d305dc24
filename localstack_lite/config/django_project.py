"""Which settings and which app a Django project has, seen without importing it. Pure: files come in as text.

`manage.py` names the settings (it is what the user runs), unless `DJANGO_SETTINGS_MODULE` is set; the settings name the
app, or its module stands beside them, as `startproject` makes it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from localstack_lite.model.adapter import AppKind

VARIABLE = "DJANGO_SETTINGS_MODULE"
#: A factory that every Django has, for projects without a module for servers.
_FALLBACK = "django.core.wsgi:get_wsgi_application()"
#: So many `from .base import *` are followed.
_DEEP = 5
#: Functions that look a variable up and take a default beside its name: os.getenv, environ.get, decouple's config,
#: django-environ's env and env.str.
_LOOK_UPS = frozenset({"getenv", "get", "config", "env", "str", "setdefault"})


@dataclass(frozen=True, slots=True)
class DjangoApp:
    app: str
    kind: AppKind


def settings_named(text: str, variables: Mapping[str, str]) -> str:
    """The settings module that a `manage.py` (or a module for servers) sets when nobody has set one. `variables` are
    those that its expression may look up. Empty when the text does not tell."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    constants = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="setdefault"), args=arguments, keywords=words):
                values = _positional(arguments, words)
            case ast.Assign(targets=[ast.Subscript(slice=name)], value=value):
                values = [name, value]
            case _:
                continue
        named = len(values) == 2 and _text(values[0], variables, constants) == VARIABLE
        if named and (found := _text(values[1], variables, constants)):
            return found
    return ""


def app_of(settings: str, text_of: Callable[[str], str | None]) -> DjangoApp:
    """`text_of` gives the source of a module of the project, None when there is none."""
    named = _assigned(settings, text_of, {"WSGI_APPLICATION", "ASGI_APPLICATION"})
    for key, kind in (("WSGI_APPLICATION", AppKind.WSGI), ("ASGI_APPLICATION", AppKind.ASGI)):
        module, _, name = named.get(key, "").rpartition(".")
        if module and text_of(module) is not None:
            return DjangoApp(f"{module}:{name}", kind)
    packages = [settings.rsplit(".", cut)[0] for cut in range(1, settings.count(".") + 1)]
    for kind in (AppKind.WSGI, AppKind.ASGI):
        for package in packages:
            if text_of(f"{package}.{kind}") is not None:
                return DjangoApp(f"{package}.{kind}:application", kind)
        if text_of(str(kind)) is not None and not packages:
            return DjangoApp(f"{kind}:application", kind)
    return DjangoApp(_FALLBACK, AppKind.WSGI)


def _assigned(module: str, text_of: Callable[[str], str | None], wanted: set[str], depth: int = 0) -> dict[str, str]:
    """Texts that a settings module sets, itself or by importing everything from another one."""
    text = text_of(module)
    if text is None or depth > _DEEP:
        return {}
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(value))) if name in wanted:
                found[name] = value
            case ast.ImportFrom(module=origin, names=[ast.alias(name="*")], level=level):
                for other in _absolute(module, origin or "", level, text_of):
                    found.update(_assigned(other, text_of, wanted, depth + 1))
    return found


def _absolute(module: str, origin: str, level: int, text_of: Callable[[str], str | None]) -> Iterator[str]:
    if not level:
        yield origin
        return
    parts = module.split(".")
    # A package's own `__init__` counts the package itself as the first level.
    package = text_of(f"{module}.__init__") is not None
    base = parts[: len(parts) - level + (1 if package else 0)]
    yield ".".join([*base, *([origin] if origin else [])])


def _positional(arguments: list[ast.expr], words: list[ast.keyword]) -> list[ast.expr]:
    by_name = {word.arg: word.value for word in words}
    names = [by_name[name] for name in ("key", "value", "default") if name in by_name]
    return [*arguments, *names][:2]


def _text(value: ast.expr, variables: Mapping[str, str], constants: Mapping[str, ast.expr], depth: int = 0) -> str:
    """What an expression is, as far as that can be known: constants, and variables with their defaults."""
    if depth > _DEEP:
        return ""
    match value:
        case ast.Constant(value=str(text)):
            return text
        case ast.Name(id=name) if name in constants:
            return _text(constants[name], variables, constants, depth + 1)
        case ast.JoinedStr(values=parts):
            inner = [part.value if isinstance(part, ast.FormattedValue) else part for part in parts]
            texts = [_text(part, variables, constants, depth + 1) for part in inner]
            return "".join(texts) if all(texts) else ""
        case ast.BoolOp(op=ast.Or(), values=values):
            return next((text for one in values if (text := _text(one, variables, constants, depth + 1))), "")
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return variables.get(name, "")
        case ast.Call(func=called, args=arguments, keywords=words):
            last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            values = _positional(arguments, words)
            if last not in _LOOK_UPS or not values:
                return ""
            name = _text(values[0], variables, constants, depth + 1)
            default = _text(values[1], variables, constants, depth + 1) if len(values) > 1 else ""
            return variables.get(name, "") or default
    return ""
