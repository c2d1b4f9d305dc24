"""The routes of a WebSocket API, computed once: which one a message is for, and the three that have a name. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.gateway.sockets.selection import selector
from localstack_lite.gateway.visit import ServedRoute
from localstack_lite.model.websocket import CONNECT, DEFAULT, DISCONNECT, WebSocket


class SocketRoutes:
    """`routes` by route key."""

    __slots__ = ("_default", "_routes", "_select", "connect", "disconnect", "settings")

    def __init__(self, routes: Mapping[str, ServedRoute], settings: WebSocket) -> None:
        self._routes = routes
        self._select = selector(settings.selection)
        self._default = routes.get(DEFAULT)
        self.connect = routes.get(CONNECT)
        self.disconnect = routes.get(DISCONNECT)
        self.settings = settings

    def of(self, text: str) -> tuple[str, ServedRoute | None]:
        """The key that a message asks for (empty: it cannot be told), and the route that it gets."""
        key = self._select(text)
        return key, (self._routes.get(key) if key else None) or self._default
