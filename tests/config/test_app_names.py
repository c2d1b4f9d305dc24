"""Where a module's names come from."""

from __future__ import annotations

import ast

import pytest

from localstack_lite.config.app_names import FRAMEWORKS, Origins, kind_named
from localstack_lite.model.adapter import AppKind


@pytest.mark.parametrize(
    ("imports", "expression", "origin"),
    [
        ("from flask import Flask", "Flask", "flask.Flask"),
        ("from flask import Flask as F", "F", "flask.Flask"),
        ("import falcon.asgi", "falcon.asgi.App", "falcon.asgi.App"),
        ("import falcon.asgi as fa", "fa.App", "falcon.asgi.App"),
        ("if True:\n    from quart import Quart", "Quart", "quart.Quart"),
        ("from . import Flask", "Flask", "Flask"),
        ("", "f(1).x", ""),
    ],
)
def test_a_name_is_followed_to_its_import(imports: str, expression: str, origin: str) -> None:
    assert Origins(ast.parse(imports).body).of(ast.parse(expression, mode="eval").body) == origin


def test_a_factory_is_known_by_what_it_makes() -> None:
    text = "def create_app():\n    from fastapi import FastAPI\n    return FastAPI()\ndef other(): return 1\n"
    origins = Origins(ast.parse(text).body)
    assert origins.returned_by("create_app") == (AppKind.ASGI, "FastAPI")
    assert origins.returned_by("other") == (None, "")
    assert origins.returned_by("imported") == (None, "")


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        ("sentry_sdk.integrations.asgi.SentryAsgiMiddleware", AppKind.ASGI),
        ("asgiref.wsgi.WsgiToAsgi", AppKind.ASGI),
        ("x.WSGIMiddleware", AppKind.WSGI),
        ("werkzeug.middleware.proxy_fix.ProxyFix", None),
    ],
)
def test_a_wrappers_name_may_say_what_it_makes(origin: str, kind: AppKind | None) -> None:
    assert kind_named(origin) is kind


def test_every_framework_has_a_name_for_people() -> None:
    assert all(name and "." in origin for origin, (_, name) in FRAMEWORKS.items())
