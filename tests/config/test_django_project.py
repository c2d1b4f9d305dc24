"""Which settings and which app a Django project has, by the text of its modules."""

from __future__ import annotations

import pytest

from localstack_lite.config.django_project import app_of, settings_named
from localstack_lite.model.adapter import AppKind

SET = "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', {})\n"


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        (SET.format("'mysite.settings'"), "mysite.settings"),
        ("def main():\n    " + SET.format("'mysite.settings.dev'").replace("\n", "\n    "), "mysite.settings.dev"),
        ("from os import environ\nenviron.setdefault(key='DJANGO_SETTINGS_MODULE', value='a.b')", "a.b"),
        ("os.environ['DJANGO_SETTINGS_MODULE'] = 'a.b'", "a.b"),
        ("KEY = 'DJANGO_SETTINGS_MODULE'\nos.environ.setdefault(KEY, 'a.b')", "a.b"),
        ("S = 'a.b'\n" + SET.format("S"), "a.b"),
        (SET.format("os.getenv('SETTINGS', 'a.default')"), "a.default"),
        (SET.format("os.environ.get('WHICH', 'a.default')"), "a.given"),
        (SET.format("config('SETTINGS', default='a.default')"), "a.default"),
        (SET.format("env('WHICH')"), "a.given"),
        (SET.format("os.environ['WHICH']"), "a.given"),
        (SET.format("f\"mysite.{os.getenv('KIND', 'dev')}\""), "mysite.dev"),
        (SET.format("os.getenv('NONE') or 'a.b'"), "a.b"),
        (SET.format("compute()"), ""),
        (SET.format("os.getenv('NONE')"), ""),
        ("os.environ.setdefault('OTHER', 'a.b')", ""),
        ("S = S\n" + SET.format("S"), ""),
        ("(", ""),
    ],
)
def test_manage_py_names_the_settings(text: str, settings: str) -> None:
    assert settings_named(text, {"WHICH": "a.given"}) == settings


@pytest.mark.parametrize(
    ("settings", "modules", "app", "kind"),
    [
        (
            "mysite.settings",
            {"mysite.settings": "WSGI_APPLICATION = 'mysite.wsgi.application'", "mysite.wsgi": ""},
            "mysite.wsgi:application",
            AppKind.WSGI,
        ),
        (
            "mysite.settings.dev",
            {
                "mysite.settings": "",
                "mysite.settings.dev": "from .base import *",
                "mysite.settings.base": "WSGI_APPLICATION = 'web.app.served'",
                "web.app": "",
            },
            "web.app:served",
            AppKind.WSGI,
        ),
        (
            "mysite.settings",
            {"mysite.settings": "ASGI_APPLICATION = 'mysite.asgi.application'", "mysite.asgi": ""},
            "mysite.asgi:application",
            AppKind.ASGI,
        ),
        (
            "mysite.settings",
            {"mysite.settings": "WSGI_APPLICATION = 'gone.wsgi.application'", "mysite.wsgi": "", "mysite.asgi": ""},
            "mysite.wsgi:application",
            AppKind.WSGI,
        ),
        ("a.b.settings", {"a.b.settings": "", "a.wsgi": ""}, "a.wsgi:application", AppKind.WSGI),
        ("a.settings", {"a.settings": "", "a.asgi": ""}, "a.asgi:application", AppKind.ASGI),
        ("settings", {"settings": "", "wsgi": ""}, "wsgi:application", AppKind.WSGI),
        ("a.settings", {"a.settings": "("}, "django.core.wsgi:get_wsgi_application()", AppKind.WSGI),
        ("a.settings", {}, "django.core.wsgi:get_wsgi_application()", AppKind.WSGI),
        ("a.s", {"a.s": "from a.s import *"}, "django.core.wsgi:get_wsgi_application()", AppKind.WSGI),
    ],
)
def test_the_settings_name_the_app_or_it_stands_beside_them(
    settings: str, modules: dict[str, str], app: str, kind: AppKind
) -> None:
    found = app_of(settings, modules.get)
    assert (found.app, found.kind) == (app, kind)


def test_a_package_of_settings_imports_from_within_itself() -> None:
    modules = {
        "m.settings": "from .base import *",
        "m.settings.__init__": "",
        "m.settings.base": "WSGI_APPLICATION = 'm.serve.app'",
        "m.serve": "",
    }
    assert app_of("m.settings", modules.get).app == "m.serve:app"
