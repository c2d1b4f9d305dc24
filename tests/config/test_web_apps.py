"""Which app a folder has, by the text of its modules."""

from __future__ import annotations

import pytest

from localstack_lite.config.web_apps import app_in, apps_in, find_app, module_of, names_in, needy_factory
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import AppKind

FLASK = "from flask import Flask\napp = Flask(__name__)\n"
FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n"
FACTORY = "def create_app(config=None):\n    from flask import Flask\n    return Flask(__name__)\n"
WSGI, ASGI = AppKind.WSGI, AppKind.ASGI


@pytest.mark.parametrize(
    ("text", "name", "kind", "framework"),
    [
        (FLASK, "app", WSGI, "Flask"),
        ("import flask\nshop = flask.Flask('shop')", "shop", WSGI, "Flask"),
        ("import flask as f\napplication: object = f.Flask('x')", "application", WSGI, "Flask"),
        (FASTAPI, "app", ASGI, "FastAPI"),
        ("from starlette.applications import Starlette\napi = Starlette(routes=[])", "api", ASGI, "Starlette"),
        ("from quart import Quart\napp = Quart(__name__)", "app", ASGI, "Quart"),
        ("from litestar import Litestar\napp = Litestar([index])", "app", ASGI, "Litestar"),
        ("from sanic import Sanic\napp = Sanic('x')", "app", ASGI, "Sanic"),
        ("from bottle import Bottle\napp = Bottle()", "app", WSGI, "Bottle"),
        ("import falcon\napp = falcon.App()", "app", WSGI, "Falcon"),
        ("import falcon.asgi\napp = falcon.asgi.App()", "app", ASGI, "Falcon"),
        ("from falcon.asgi import App\napp = App()", "app", ASGI, "Falcon"),
        ("with Configurator() as config:\n    app = config.make_wsgi_app()", "app", WSGI, ""),
        ("app: FastAPI = make()\nfrom fastapi import FastAPI", "app", ASGI, "FastAPI"),
        ("from x import make\nfrom flask import Flask\napp: 'Flask' = make()", "app", WSGI, "Flask"),
        (
            "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()",
            "application",
            ASGI,
            "Django",
        ),
        ("def application(environ, start_response):\n    return []", "application", WSGI, ""),
        ("def serve(env, start_response):\n    return []", "serve", WSGI, ""),
        ("async def app(scope, receive, send): ...", "app", ASGI, ""),
        (FACTORY, "create_app()", WSGI, "Flask"),
        ("from fastapi import FastAPI\ndef make_app() -> FastAPI:\n    return build()", "make_app()", ASGI, "FastAPI"),
        (FACTORY + "app = create_app()\n", "app", WSGI, "Flask"),
        ("from shop import create_app\napplication = create_app('prod')", "application", None, ""),
        ("from shop import app", "app", None, ""),
        ("try:\n    from flask import Flask\nexcept ImportError:\n    raise\napp = Flask('x')", "app", WSGI, "Flask"),
    ],
)
def test_an_app_is_known_by_what_makes_it(text: str, name: str, kind: AppKind | None, framework: str) -> None:
    (app,) = apps_in(text)
    assert (app.name, app.kind, app.framework) == (name, kind, framework)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1",
        "app = something()",
        "def create_app(config):\n    return 1",
        "def create_app(*, config):\n    return 1",
        "def app(event, context): ...",
        "if __name__ == '__main__':\n    from flask import Flask\n    app = Flask('x')",
        "def make():\n    from flask import Flask\n    app = Flask('x')",
        "app.wsgi_app = ProxyFix(app.wsgi_app)",
        "return (",
        "\0",
    ],
)
def test_what_makes_no_app_is_none(text: str) -> None:
    assert apps_in(text) == []


def test_a_module_that_does_not_parse_keeps_its_app() -> None:
    (app,) = apps_in("app = Flask(__name__)\n@app.get('/'\ndef index(): ...")
    assert (app.name, app.kind) == ("app", None)


@pytest.mark.parametrize(
    ("more", "name", "kind"),
    [
        ("application = app", "application", ASGI),
        ("application = ProxyFix(app)", "application", ASGI),
        ("app = Middleware(app=app)", "app", ASGI),
        ("application = AsgiToWsgi(app)", "application", ASGI),
        ("from flask import Flask\nadmin = Flask('admin')\napp.mount('/admin', admin)", "app", ASGI),
        ("from flask import Flask\nadmin = Flask('admin')", "app", ASGI),
    ],
)
def test_the_outermost_and_usual_name_is_the_app(more: str, name: str, kind: AppKind) -> None:
    (app,) = apps_in(FASTAPI + more)
    assert app.name == name
    if "AsgiToWsgi" not in more:
        assert app.kind is kind


def test_two_apps_in_one_module_are_both_named() -> None:
    text = "from flask import Flask\nshop = Flask('shop')\nadmin = Flask('admin')\n"
    with pytest.raises(UserError) as caught:
        app_in("web.py", text)
    assert (caught.value.where, caught.value.what) == ("web.py", "two apps in web.py: shop and admin")
    assert caught.value.hint == "say which one: devserve web:shop"


def test_apps_in_two_modules_are_both_named() -> None:
    with pytest.raises(UserError) as caught:
        find_app({"app.py": FLASK, "main.py": FASTAPI})
    assert caught.value.what == "two apps: app:app in app.py and main:app in main.py"
    assert caught.value.hint == "say which one: devserve app:app"


@pytest.mark.parametrize(
    ("texts", "target"),
    [
        ({"app.py": FLASK}, "app:app"),
        ({"app.py": FLASK, "wsgi.py": "from app import app"}, "wsgi:app"),
        ({"main.py": "from api import app as api\n" + FASTAPI, "api.py": FASTAPI}, "main:app"),
        ({"app.py": FLASK, "run.py": "from app import app"}, "app:app"),
        ({"run.py": "from shop import create_app\napp = create_app()", "shop/__init__.py": FACTORY}, "run:app"),
        ({"app.py": FLASK, "shop/main.py": FASTAPI}, "app:app"),
        ({"shop/__init__.py": FACTORY}, "shop:create_app()"),
        ({"app/main.py": FASTAPI, "app/api.py": "x = 1"}, "app.main:app"),
        ({"src/main.py": FASTAPI}, "main:app"),
        ({"src/shop/main.py": FASTAPI, "src/shop/__init__.py": ""}, "shop.main:app"),
        ({"src/main.py": FASTAPI, "src/__init__.py": ""}, "src.main:app"),
    ],
)
def test_what_is_made_to_be_served_and_lies_higher_wins(texts: dict[str, str], target: str) -> None:
    found = find_app(texts)
    assert found is not None
    assert found.target == target


def test_a_folder_without_any_has_none() -> None:
    assert find_app({"app.py": "x = 1"}) is None
    assert find_app({}) is None


@pytest.mark.parametrize(
    ("file", "there", "module", "paths"),
    [
        ("app.py", (), "app", ()),
        ("src/main.py", (), "main", ("src",)),
        ("src/shop/main.py", (), "shop.main", ("src",)),
        ("src/main.py", ("src/__init__.py",), "src.main", ()),
        ("shop/__init__.py", (), "shop", ()),
        ("app/main.py", ("app/__init__.py",), "app.main", ()),
        ("app/main.py", (), "app.main", ("app",)),
    ],
)
def test_how_a_file_is_imported(file: str, there: tuple[str, ...], module: str, paths: tuple[str, ...]) -> None:
    assert module_of(file, there) == (module, paths)


def test_the_names_of_a_module() -> None:
    text = "import a.b\nfrom c import d as e\nx, (y, z) = 1, (2, 3)\ndef f(): ...\nclass G: ...\nfor i in []: ...\n"
    assert names_in(text) is not None
    assert {"e", "x", "y", "z", "f", "G", "i"} <= (names_in(text) or set())
    assert names_in("from x import *") is None
    assert names_in("def __getattr__(name): ...") is None
    assert names_in("(") is None


def test_a_factory_that_needs_arguments_is_known_with_them() -> None:
    assert needy_factory("def create_app(config, *, debug): ...") == "create_app(config, *, debug)"
    assert needy_factory("def create_order(config): ...") == ""
    assert needy_factory("def create_app(") == ""
