"""What an invocation is aimed at: a function of the project, or Python inside an app."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.cli.aim import aimed
from localstack_lite.cli.event_source import Event
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project

PLAIN = Function("Orders", "orders", "python3.13", "app.handler", Code(Path("/p")))
APP = replace(PLAIN, logical_id="Shop", name="shop-dev", adapter=Adapter(AppKind.ZAPPA, "shop.wsgi:app", "zappa 0.63"))
NOTHING = Event(b"{}", {})
BOTH = Project(Path("/p"), (PLAIN, APP))


def test_a_functions_name_is_that_function_and_the_event_stays_as_it_was_given() -> None:
    event = Event(b'{ "a" : 1 }', {"a": 1})
    assert aimed(BOTH, "orders", event, None) == (PLAIN, "", event)
    assert aimed(BOTH, "Shop:7", event, None) == (APP, "7", event)


def test_a_dotted_name_calls_a_python_function_of_the_app() -> None:
    target, qualifier, event = aimed(BOTH, "shop.tasks.clean", Event(b"", {"days": 3}), None)
    assert (target, qualifier) == (APP, "")
    assert event.value == json.loads(event.payload) == {"command": "shop.tasks.clean", "days": 3}


def test_a_payload_that_is_no_object_cannot_be_merged() -> None:
    with pytest.raises(UserError, match="not an object"):
        aimed(BOTH, "shop.tasks.clean", Event(b"[1]", [1]), None)


def test_a_dotted_name_without_an_app_is_an_unknown_function() -> None:
    with pytest.raises(UserError, match="there is no such function in this project"):
        aimed(Project(Path("/p"), (PLAIN,)), "shop.tasks.clean", NOTHING, None)


def test_a_name_that_could_be_no_python_function_is_an_unknown_function() -> None:
    with pytest.raises(UserError, match="there is no such function in this project"):
        aimed(BOTH, "shop-prod", NOTHING, None)


def test_raw_code_goes_to_the_app() -> None:
    target, _, event = aimed(BOTH, None, NOTHING, "print('a  b')")
    assert (target, event.value) == (APP, {"raw_command": "print('a  b')"})


def test_raw_code_needs_an_app() -> None:
    with pytest.raises(UserError, match="no function of this project is an app"):
        aimed(Project(Path("/p"), (PLAIN,)), None, NOTHING, "1")
    with pytest.raises(UserError, match="orders is a handler of its own"):
        aimed(BOTH, "orders", NOTHING, "1")


def test_of_several_apps_one_has_to_be_named() -> None:
    two = Project(Path("/p"), (APP, replace(APP, logical_id="Blog", name="blog-dev")))
    with pytest.raises(UserError, match="several apps") as refused:
        aimed(two, "shop.tasks.clean", NOTHING, None)
    assert "Shop, Blog" in refused.value.hint
    assert aimed(two, "Blog", NOTHING, "1").target.logical_id == "Blog"


def test_without_a_name_the_event_decides() -> None:
    assert aimed(Project(Path("/p"), (APP,)), None, NOTHING, None) == (APP, "", NOTHING)
