"""Django's settings, read from their text."""

from __future__ import annotations

from localstack_lite.builds.doctor.django_settings import constant, entries, inner, read

BASE = """\
from pathlib import Path
BASE_DIR = Path(__file__).parent
DEBUG: bool = False
MIDDLEWARE = ["a.A"]
DATABASES = {"default": {"ENGINE": "x", "NAME": BASE_DIR / "db.sqlite3"}}
if DEBUG:
    STATIC_URL = "static/"
"""
DEV = """\
from .base import *
DEBUG = True
MIDDLEWARE += ["b.B"]
MIDDLEWARE.insert(0, "c.C")
"""


def test_later_files_win_and_add() -> None:
    settings = read([("base.py", BASE), ("dev.py", DEV)])
    assert settings.literal("DEBUG") is True
    assert settings.where("DEBUG") == "dev.py:2"
    assert settings.texts("MIDDLEWARE") == ("a.A", "b.B", "c.C")
    assert settings.literal("STATIC_URL") == "static/"
    assert settings.stars == (".base",)
    assert settings.files == ("base.py", "dev.py")


def test_what_is_computed_is_there_without_a_value() -> None:
    settings = read([("base.py", BASE)])
    value = settings.get("BASE_DIR")
    assert value is not None
    assert value.literal is None
    assert settings.literal("SECRET") is None
    assert settings.where("SECRET") == "base.py"


def test_dictionaries_can_be_looked_into() -> None:
    databases = entries(read([("base.py", BASE)]).get("DATABASES"))
    default = inner(databases["default"])
    assert constant(default["ENGINE"]) == "x"
    assert constant(default["NAME"]) is None
    assert inner(None) == {}


def test_a_file_that_cannot_be_read_changes_nothing() -> None:
    assert read([("base.py", BASE), ("dev.py", "x = (")]).literal("DEBUG") is False
