"""The listener for people and SDKs: uvicorn, adapted so that nothing of the request is tidied away.

ASGI hands on header names in lower case and a decoded path, but REST events carry both as they were sent. So the
protocol class keeps the raw request line and header spelling beside the scope.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from localstack_lite.errors import UserError
from localstack_lite.ports import Handler
from localstack_lite.wire.messages import Headers, Request, Response

#: What is read of a body at most; gateways refuse earlier, by their own rules.
MAX_BODY = 32 * 1024 * 1024


class OneWrite:
    """A transport that sends head and body of a reply in one system call: what is written waits for the end of the
    reply or, when that is not in sight, of this turn of the loop. All else is the transport's own."""

    def __init__(self, transport: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: list[bytes] = []
        self.is_closing = transport.is_closing
        self.pause_reading = transport.pause_reading
        self.resume_reading = transport.resume_reading
        self.get_extra_info = transport.get_extra_info

    def write(self, data: bytes) -> None:
        if not self._held:
            self._loop.call_soon(self.flush)
        self._held.append(data)

    def flush(self) -> None:
        if self._held:
            held, self._held = self._held, []
            self._transport.write(b"".join(held))

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class RawProtocol(HttpToolsProtocol):
    """uvicorn's httptools protocol, which also remembers target and headers exactly as sent."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(OneWrite(transport, self.loop))  # type: ignore[arg-type]

    def on_response_complete(self) -> None:
        self.transport.flush()  # type: ignore[attr-defined]
        super().on_response_complete()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.raw_headers: list[tuple[str, str]] = []

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self.raw_headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        target = self.url.decode("latin-1")
        self.scope["extensions"] = {"devserve": {"target": target, "headers": tuple(self.raw_headers)}}
        # What uvicorn makes of the path is not used; this keeps targets that it cannot parse (`//a`, `http://…`) alive.
        self.url = b"/"
        super().on_headers_complete()


# uvicorn tells this logger of every request that is not HTTP; there is nothing a user could do about it.
logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


class _TooLarge(Exception):
    pass


def application(handler: Handler, fault: Callable[[BaseException], None] | None = None) -> Any:
    """An ASGI application around a `Handler`. An exception of the handler is a bug of ours: the client gets a plain
    500, `fault` is told."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await _body(receive)
        except _TooLarge:
            await _send(send, Response(413, (("Content-Type", "application/json"),), b'{"message":"Request Too Long"}'))
            return
        raw = scope["extensions"]["devserve"]
        path, query = split_target(raw["target"])
        client = scope["client"]
        request = Request(
            scope["method"],
            path,
            query,
            Headers(raw["headers"]),
            body,
            client[0] if client else "127.0.0.1",
            f"HTTP/{scope['http_version']}",
        )
        try:
            response = await handler(request)
        except Exception as error:
            if fault is not None:
                fault(error)
            response = Response(500, (("Content-Type", "application/json"),), b'{"message":"Internal Server Error"}')
        await _send(send, response)

    return app


def split_target(target: str) -> tuple[str, str]:
    """Path and query of a request target, as sent. The absolute form (`GET http://host/x`) loses scheme and host."""
    if not target.startswith("/") and "://" in target:
        parts = urlsplit(target)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    path, _, query = target.partition("?")
    return path, query


async def _body(receive: Any) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        return body
    parts = [body]
    size = len(body)
    while message.get("more_body", False):
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY:
            raise _TooLarge
        parts.append(part)
    return b"".join(parts)


async def _send(send: Any, response: Response) -> None:
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.status not in (204, 304):
        headers.append((b"content-length", b"%d" % len(response.body)))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    body = b"" if response.status in (204, 304) else response.body
    await send({"type": "http.response.body", "body": body})


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
            listening = socket.create_server((host, candidate), backlog=1024, reuse_port=False)
        except OSError as error:
            if port is None and not isinstance(error, socket.gaierror):
                continue
            raise _refused(host, candidate, what, error) from error
        listening.setblocking(False)
        return listening
    raise UserError(f"{host}:{default}", f"no free port for {what}", "stop something or give a port with --port")


def _refused(host: str, port: int, what: str, error: OSError) -> UserError:
    where = f"{host}:{port}"
    if isinstance(error, socket.gaierror):
        return UserError(host, "is not an address of this machine", "use --host 127.0.0.1")
    if isinstance(error, PermissionError):
        return UserError(where, f"not allowed to listen there ({what})", "ports below 1024 need root; choose another")
    owner = _owner(port)
    by = f" by {owner}" if owner else ""
    return UserError(where, f"the port for {what} is taken{by}", "stop that or choose another port (0: any free one)")


def _owner(port: int) -> str:
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
        application(handler, fault),
        http=RawProtocol,
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
