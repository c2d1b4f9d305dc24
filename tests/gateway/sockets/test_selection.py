"""Which route a message asks for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.sockets.selection import selector


@pytest.mark.parametrize(
    ("expression", "message", "key"),
    [
        ("$request.body.action", '{"action": "join"}', "join"),
        ("${request.body.action}", '{"action": "join"}', "join"),
        ("$request.body.a.b", '{"a": {"b": "deep"}}', "deep"),
        ("${request.body.list[1].name}", '{"list": [1, {"name": "two"}]}', "two"),
        ("${request.body.service}/${request.body.verb}", '{"service": "s", "verb": "v"}', "s/v"),
        ("v${request.body.version}-beta", '{"version": 2}', "v2-beta"),
        ("$request.body.on", '{"on": true}', "true"),
        (r"\$default", '{"action": "join"}', "$default"),
        ("always", "{}", "always"),
        ("$request.body.action", '{"action": {"x": 1}}', ""),
        ("$request.body.action", '{"action": null}', ""),
        ("$request.body.action", "{}", ""),
        ("$request.body.action", "no json", ""),
        ("$request.body.action", '["action"]', ""),
        ("$request.body.list[7]", '{"list": []}', ""),
        ("$request.header.x", '{"header": "x"}', ""),
    ],
)
def test_the_expression_of_a_message_is_its_route_key(expression: str, message: str, key: str) -> None:
    assert selector(expression)(message) == key


@pytest.mark.parametrize("reserved", ["$connect", "$disconnect"])
def test_a_client_cannot_ask_for_the_routes_of_its_coming_and_going(reserved: str) -> None:
    assert selector("$request.body.action")(json.dumps({"action": reserved})) == ""


@given(expression=st.text(max_size=40), message=st.text(max_size=60))
def test_nothing_that_is_written_or_sent_raises(expression: str, message: str) -> None:
    assert isinstance(selector(expression)(message), str)
