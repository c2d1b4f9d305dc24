"""The listener for people and SDKs: uvicorn's server on a socket of ours, with `people_protocol` on its connections."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from localstack_lite.errors import Bug, UserError
from localstack_lite.model.socket import OpenSocket
from localstack_lite.model.unread_request import UnreadRequest
from localstack_lite.ports import Handler
from localstack_lite.wire.people_protocol import PATIENCE, Patience, PeopleProtocol

# uvicorn tells this logger of every request that is not HTTP; there is nothing a user could do about it.
logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

_STEP = 0.003
"""Seconds between two looks at the connections that are to end."""


async def _unused(_scope: Any, _receive: Any, _send: Any) -> None:
    """uvicorn wants an application; the protocol answers instead."""
    raise Bug("uvicorn called an application")


class People:
    """A running listener. `port` is the one it got."""

    def __init__(self, server: uvicorn.Server, listening: socket.socket, ticking: asyncio.Task[None]) -> None:
        self._server = server
        self._listening = listening
        self._ticking = ticking
        self.port: int = listening.getsockname()[1]

    async def close(self, patience: float = 2.0) -> None:
        """Answer what is in work, take nothing new; after `patience` seconds connections are left to their end."""
        # As uvicorn's own shutdown, which takes its time: it looks every 100 ms, and each Ctrl-C would wait for that.
        self._ticking.cancel()
        await asyncio.wait([self._ticking])
        for server in self._server.servers:
            server.close()
        self._listening.close()
        connections = self._server.server_state.connections
        for connection in list(connections):
            connection.shutdown()
        now = asyncio.get_running_loop().time
        end = now() + patience
        while connections and now() < end:  # noqa: ASYNC110  # they tell nobody when they are gone
            await asyncio.sleep(_STEP)


def bind(host: str, port: int | None, default: int, what: str) -> socket.socket:
    """A listening socket. `port` None means `default` or the next free one; a port that was asked for and is taken is
    a `UserError` that names it."""
    candidates = [port] if port is not None else [*range(default, min(default + 100, 65536)), 0]
    for candidate in candidates:
        try:
            listening = socket.create_server((host, candidate), family=family_of(host), backlog=1024)
        except OSError as error:
            if port is None and not isinstance(error, socket.gaierror):
                continue
            raise _refused(host, candidate, what, error) from error
        listening.setblocking(False)
        return listening
    raise UserError(f"{host}:{default}", f"no free port for {what}", "stop something or give a port with --port")


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _refused(host: str, port: int, what: str, error: OSError) -> UserError:
    where = f"{host}:{port}"
    if isinstance(error, socket.gaierror):
        return UserError(host, "is not an address of this machine", "use --host 127.0.0.1")
    if isinstance(error, PermissionError):
        return UserError(where, f"not allowed to listen there ({what})", "ports below 1024 need root; choose another")
    found = owner(port)
    by = f" by {found}" if found else ""
    return UserError(where, f"the port for {what} is taken{by}", "stop that or choose another port (0: any free one)")


def owner(port: int) -> str:
    """`name (pid N)` of the process that listens on the port, where the system tells."""
    import psutil

    try:
        for connection in psutil.net_connections("tcp"):
            address = connection.laddr
            if connection.status == psutil.CONN_LISTEN and address and address.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        return ""
    return ""


async def serve(
    handler: Handler,
    listening: socket.socket,
    fault: Callable[[BaseException], None] | None = None,
    *,
    pair: tuple[Path, Path] | None = None,
    sockets: OpenSocket | None = None,
    refused: Callable[[UnreadRequest], None] | None = None,
    patience: Patience = PATIENCE,
) -> People:
    """Serve `handler` on the socket; returns when requests are answered. `pair`: it speaks TLS, with this certificate
    (PEM, with its chain) and key. `sockets` is asked for WebSockets; without it such requests are the handler's.
    `refused` is told of requests that the handler never sees, `patience` how long a client may take."""
    config = uvicorn.Config(
        _unused,
        interface="asgi3",
        http=partial(PeopleProtocol, handler, fault, sockets, patience, refused),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # X-Forwarded-For is the gateway's to read, and never says who the peer is
        server_header=False,
        date_header=True,
        ssl_certfile=pair[0] if pair is not None else None,
        ssl_keyfile=pair[1] if pair is not None else None,
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup(sockets=[listening])
    # uvicorn's life without its signal handlers: those belong to `app`.
    await server.on_tick(0)  # the Date of the first answers
    ticking = asyncio.get_running_loop().create_task(server.main_loop(), name="people")
    return People(server, listening, ticking)
