"""Which route a message gets."""

from __future__ import annotations

from tests.gateway.sockets.shared import chat, served


def key(text: str, *routes: str) -> tuple[str, str | None]:
    sockets = served(chat(dict.fromkeys(routes, "Fn"))).sockets
    assert sockets is not None
    asked, found = sockets.of(text)
    return asked, found.key if found is not None else None


def test_a_message_gets_the_route_that_it_asks_for() -> None:
    assert key('{"action":"join"}', "join", "$default") == ("join", "join")


def test_others_get_the_default_route_or_none() -> None:
    assert key('{"action":"leave"}', "join", "$default") == ("leave", "$default")
    assert key("text", "join", "$default") == ("", "$default")
    assert key('{"action":"leave"}', "join") == ("leave", None)
    assert key('{"action":"$connect"}', "$connect", "$default") == ("", "$default")


def test_coming_and_going_have_their_routes_where_they_are_declared() -> None:
    sockets = served(chat()).sockets
    assert sockets is not None
    assert sockets.connect is not None
    assert sockets.disconnect is not None
    bare = served(chat({"join": "Fn"})).sockets
    assert bare is not None
    assert bare.connect is None
    assert bare.disconnect is None
