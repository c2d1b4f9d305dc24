"""What frameworks call their apps, and where the names of a module come from. Pure.

Which of them are WSGI and which ASGI: the frameworks' documentation.
"""

from __future__ import annotations

import ast

from localstack_lite.model.adapter import AppKind

#: How the app is usually called, in the order that servers look for it.
NAMES = ("app", "application")
#: Functions that make one, without arguments.
FACTORIES = ("create_app", "make_app", "create_application", "make_application", "build_app", "get_app", "app_factory")
_WSGI, _ASGI = AppKind.WSGI, AppKind.ASGI
#: Classes and functions whose result is an app: its kind (None: depends on the version) and the framework's name.
FRAMEWORKS: dict[str, tuple[AppKind | None, str]] = {
    "flask.Flask": (_WSGI, "Flask"),
    "apiflask.APIFlask": (_WSGI, "APIFlask"),
    "flask_openapi3.OpenAPI": (_WSGI, "Flask"),
    "bottle.Bottle": (_WSGI, "Bottle"),
    "bottle.default_app": (_WSGI, "Bottle"),
    "falcon.App": (_WSGI, "Falcon"),
    "falcon.API": (_WSGI, "Falcon"),
    "falcon.asgi.App": (_ASGI, "Falcon"),
    "fastapi.FastAPI": (_ASGI, "FastAPI"),
    "fastapi.applications.FastAPI": (_ASGI, "FastAPI"),
    "starlette.applications.Starlette": (_ASGI, "Starlette"),
    "quart.Quart": (_ASGI, "Quart"),
    "litestar.Litestar": (_ASGI, "Litestar"),
    "litestar.app.Litestar": (_ASGI, "Litestar"),
    "starlite.Starlite": (_ASGI, "Starlite"),
    "sanic.Sanic": (_ASGI, "Sanic"),
    "blacksheep.Application": (_ASGI, "BlackSheep"),
    "blacksheep.server.Application": (_ASGI, "BlackSheep"),
    "esmerald.Esmerald": (_ASGI, "Esmerald"),
    "connexion.FlaskApp": (None, "Connexion"),
    "connexion.App": (None, "Connexion"),
    "connexion.AsyncApp": (_ASGI, "Connexion"),
    "socketio.ASGIApp": (_ASGI, "Socket.IO"),
    "socketio.WSGIApp": (_WSGI, "Socket.IO"),
    "cherrypy.Application": (_WSGI, "CherryPy"),
    "web.application": (_WSGI, "web.py"),
    "responder.API": (_ASGI, "Responder"),
    "django.core.wsgi.get_wsgi_application": (_WSGI, "Django"),
    "django.core.asgi.get_asgi_application": (_ASGI, "Django"),
    "configurations.wsgi.get_wsgi_application": (_WSGI, "Django"),
    "configurations.asgi.get_asgi_application": (_ASGI, "Django"),
}
#: Methods and functions of whatever object, whose result is an app.
MAKERS = {
    "make_wsgi_app": _WSGI,
    "get_wsgi_application": _WSGI,
    "get_asgi_application": _ASGI,
    "ProtocolTypeRouter": _ASGI,
}


class Origins:
    """Where the names of a module come from."""

    def __init__(self, body: list[ast.stmt]) -> None:
        self._names: dict[str, str] = {}
        self._functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
        self._learn(body)

    def of(self, expression: ast.expr) -> str:
        """The dotted name of what an expression refers to: `Flask` after `from flask import Flask` is `flask.Flask`.
        Empty when it is no name."""
        match expression:
            case ast.Name(id=name):
                return self._names.get(name, name)
            case ast.Attribute(value=value, attr=attribute):
                before = self.of(value)
                return f"{before}.{attribute}" if before else ""
            case ast.Constant(value=str(name)):
                return self._names.get(name, name)
        return ""

    def returned_by(self, name: str) -> tuple[AppKind | None, str]:
        """The app that a function of the module makes; nothing is known of one that is imported."""
        function = self._functions.get(name)
        if function is None:
            return None, ""
        inner = Origins([])
        inner._names = dict(self._names)
        inner._learn([node for node in ast.walk(function) if isinstance(node, ast.stmt)])
        if function.returns is not None and (annotated := inner.of(function.returns)) in FRAMEWORKS:
            return FRAMEWORKS[annotated]
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                origin = inner.of(node.func)
                if origin in FRAMEWORKS:
                    return FRAMEWORKS[origin]
                if origin.rpartition(".")[2] in MAKERS:
                    return MAKERS[origin.rpartition(".")[2]], ""
        return None, ""

    def _learn(self, body: list[ast.stmt]) -> None:
        for node in body:
            match node:
                case ast.Import(names=names):
                    for alias in names:
                        first = alias.name.partition(".")[0]
                        self._names[alias.asname or first] = alias.name if alias.asname else first
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    for alias in names:
                        self._names[alias.asname or alias.name] = f"{module}.{alias.name}"
                case ast.If(body=inner) | ast.Try(body=inner) | ast.With(body=inner):
                    self._learn(inner)


def kind_named(origin: str) -> AppKind | None:
    """What a wrapper makes, when its name says so: `SentryAsgiMiddleware`, `WsgiToAsgi`."""
    last = origin.rpartition(".")[2].lower()
    if last.endswith(("toasgi", "2asgi")) or "asgi" in last:
        return AppKind.ASGI
    return AppKind.WSGI if "wsgi" in last else None
