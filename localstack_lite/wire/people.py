"""The listener for people and SDKs: uvicorn's server on a socket of ours, with `people_protocol` on its connections."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn

from localstack_lite.errors import Bug, UserError
from localstack_lite.ports import Handler
from localstack_lite.wire.people_protocol import PeopleProtocol

# uvicorn tells this logger of every request that is not HTTP; there is nothing a user could do about it.
logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


async def _unused(_scope: Any, _receive: Any, _send: Any) -> None:
    """uvicorn wants an application; the protocol answers instead."""
    raise Bug("uvicorn called an application")


class People:
    """A running listener. `port` is the one it got."""

    def __init__(self, server: uvicorn.Server, task: asyncio.Task[None], port: int) -> None:
        self._server = server
        self._task = task
        self.port = port

    async def close(self, patience: float = 2.0) -> None:
        """Answer what is in work, take nothing new; after `patience` seconds connections are cut."""
        self._server.should_exit = True
        done, _ = await asyncio.wait([self._task], timeout=patience)
        if not done:
            self._server.force_exit = True
            await asyncio.wait([self._task], timeout=1.0)
            self._task.cancel()


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
    handler: Handler, listening: socket.socket, fault: Callable[[BaseException], None] | None = None
) -> People:
    """Serve `handler` on the socket; returns when requests are answered."""
    config = uvicorn.Config(
        _unused,
        interface="asgi3",
        http=partial(PeopleProtocol, handler, fault),  # type: ignore[arg-type]
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # X-Forwarded-For is the gateway's to read, and never says who the peer is
        server_header=False,
        date_header=True,
        timeout_keep_alive=75,
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    task = asyncio.get_running_loop().create_task(_run(server, listening), name="people")
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.001)
    return People(server, task, listening.getsockname()[1])


async def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    """uvicorn's life without its signal handlers: those belong to `app`."""
    await server.startup(sockets=[listening])
    if server.should_exit:
        return
    await server.main_loop()
    await server.shutdown(sockets=[listening])
