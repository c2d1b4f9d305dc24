"""Sends one HTTP request, on the thread that asks for it. I/O: urllib3.

Header lines go out as they are, in their case and order; nothing is added but `Host` and the length. Connections are
kept and used again. Redirects are answers. Bodies come as they are on the wire, never unpacked. What went wrong is said
by host and port only: a path or a query may be secret.
"""

from __future__ import annotations

import http.client
import re
import socket
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass, url2pathname

import urllib3
from urllib3 import exceptions as trouble
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import SKIP_HEADER, Timeout

from localstack_lite.model.outgoing import Outgoing, Returned, Unreached

#: Bytes of an answer that API Gateway hands on (AWS quotas).
LIMIT = 10 * 1024 * 1024
#: Kept connections for each address.
KEPT = 16
#: Sent again when the kept connection that it went out on turns out to be closed, before anything came.
_REPEATABLE = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
_SKIPPED = ("Accept-Encoding", "User-Agent")
_LENGTHS = frozenset(("content-length", "transfer-encoding"))

_under_way = threading.local()


class Flight:
    """One request on its way. `abort` ends it from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connection: HTTPConnection | None = None
        self.aborted = False
        self.reused = False
        """Whether its connection has had requests before."""

    def uses(self, connection: HTTPConnection | None) -> None:
        with self._lock:
            self._connection = connection
            if self.aborted and connection is not None:
                raise ConnectionAbortedError("nobody waits for it any more")

    def abort(self) -> None:
        with self._lock:
            self.aborted = True
            sock = None if self._connection is None else self._connection.sock
            if isinstance(sock, socket.socket):
                with suppress(OSError):
                    # Not the TLS connection's own, which another thread is reading from.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    used = False

    def request(self, *args: Any, **more: Any) -> None:
        _begin(self)
        super().request(*args, **more)

    def close(self) -> None:
        self.used = False
        super().close()


class _Secure(HTTPSConnection):
    used = False

    def request(self, *args: Any, **more: Any) -> None:
        _begin(self)
        super().request(*args, **more)

    def close(self) -> None:
        self.used = False
        super().close()


def _begin(connection: _Plain | _Secure) -> None:
    flight: Flight = _under_way.flight
    flight.reused, connection.used = connection.used, True
    flight.uses(connection)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class Network:
    """Used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._managers: dict[tuple[str, bool], urllib3.PoolManager] = {}
        urllib3.disable_warnings(trouble.InsecureRequestWarning)

    def send(self, request: Outgoing, flight: Flight) -> Returned | Unreached:
        if flight.aborted:
            return Unreached("nobody waits for it any more")
        try:
            parts = urlsplit(request.url)
            if parts.scheme == "file":
                return _file(parts)
            port = parts.port or (443 if parts.scheme == "https" else 80)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                return Unreached(f"{parts.scheme or 'no scheme'}://{parts.hostname or ''} is no address of HTTP")
            where = f"{parts.hostname}:{port}"
            return self._sent(request, parts, where, port, flight)
        except (trouble.LocationValueError, ValueError) as error:
            return Unreached(f"the request cannot be sent: {_line(error)}")

    def close(self) -> None:
        for manager in self._managers.values():
            for key in manager.pools.keys():  # noqa: SIM118  (no dict: it has no __iter__)
                with suppress(KeyError):
                    manager.pools[key].close()
            manager.clear()

    def _manager(self, parts: SplitResult, *, insecure: bool) -> urllib3.PoolManager:
        proxy = _proxy(parts)
        with self._lock:
            manager = self._managers.get((proxy, insecure))
            if manager is None:
                more: Any = {
                    "num_pools": 64,
                    "maxsize": KEPT,
                    "cert_reqs": "CERT_NONE" if insecure else "CERT_REQUIRED",
                }
                manager = urllib3.ProxyManager(proxy, **more) if proxy else urllib3.PoolManager(**more)
                manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
                self._managers[proxy, insecure] = manager
            return manager

    def _sent(
        self, request: Outgoing, parts: SplitResult, where: str, port: int, flight: Flight
    ) -> Returned | Unreached:
        manager = self._manager(parts, insecure=request.insecure)
        pool = manager.connection_from_host(parts.hostname, port, parts.scheme)
        tries = 2 if request.method.upper() in _REPEATABLE else 1
        for left in range(tries - 1, -1, -1):
            try:
                return _exchange(pool, request, parts, flight)
            except trouble.ProtocolError as error:
                if left and flight.reused and not flight.aborted and _closed_early(error):
                    continue
                return Unreached(f"{where} broke off: {_line(error.args[-1] if error.args else error)}")
            except trouble.NameResolutionError:
                return Unreached(f"the name {parts.hostname} has no address (DNS)")
            except trouble.NewConnectionError as error:
                return Unreached(f"no connection to {where}: {_cause(error)}")
            except trouble.ProxyError as error:
                return Unreached(f"the proxy does not lead to {where}: {_cause(error)}")
            except trouble.ConnectTimeoutError:
                return Unreached(f"no connection to {where} within {request.timeout:g} s", timed_out=True)
            except (trouble.ReadTimeoutError, TimeoutError):
                return Unreached(f"no answer of {where} within {request.timeout:g} s", timed_out=True)
            except trouble.SSLError as error:
                return Unreached(f"no TLS with {where}: {_line(error)}")
            except (trouble.HTTPError, http.client.HTTPException, OSError) as error:
                return Unreached(f"{where}: {type(error).__name__}: {_line(error)}")
        return Unreached(f"{where} broke off")


def _proxy(parts: SplitResult) -> str:
    """The proxy that the environment names for an address, as boto3 takes it; of https only, where AWS is."""
    if parts.scheme != "https" or proxy_bypass(parts.hostname or ""):
        return ""
    return getproxies().get("https", "")


def _exchange(pool: HTTPConnectionPool, request: Outgoing, parts: SplitResult, flight: Flight) -> Returned | Unreached:
    """Raises what urllib3 raises."""
    headers = urllib3.HTTPHeaderDict()
    given = {name.lower() for name, _ in request.headers}
    for name, value in request.headers:
        if name.lower() not in _LENGTHS:
            headers.add(name, value)
    for name in _SKIPPED:
        if name.lower() not in given:
            headers[name] = SKIP_HEADER
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    body = request.body or (None if request.method.upper() in ("GET", "HEAD", "OPTIONS", "DELETE") else b"")
    _under_way.flight = flight
    try:
        reply = pool.urlopen(
            request.method,
            target,
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=Timeout(connect=request.timeout, read=request.timeout),
            preload_content=False,
            decode_content=False,
        )
        try:
            content = reply.read(LIMIT + 1, decode_content=False)
            whole = len(content) <= LIMIT
        except BaseException:
            reply.close()
            raise
        if not whole:
            reply.close()
            return Unreached(f"the answer has more than {LIMIT} bytes")
        reply.release_conn()
        return Returned(reply.status, tuple(reply.headers.iteritems()), content)
    finally:
        flight.uses(None)


def _closed_early(error: trouble.ProtocolError) -> bool:
    cause = error.args[-1] if error.args else None
    return isinstance(cause, (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError))


def _cause(error: BaseException) -> str:
    """The system's words for it, without urllib3's."""
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, OSError) and found.strerror:
            return found.strerror
        found = found.__cause__ or found.__context__
    return _line(error)


def _line(error: object) -> str:
    """One line, without the name of the object that urllib3 puts in front, and without what may be secret."""
    text = " ".join(str(error).split())
    text = re.sub(r"<[^>]*object at 0x[0-9a-f]+>:?\s*|https?://\S+", "", text)
    return text[:200] or type(error).__name__


def _file(parts: SplitResult) -> Returned | Unreached:
    path = url2pathname(parts.path)
    try:
        with open(path, "rb") as file:
            content = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        return Unreached(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}")
    if len(content) > LIMIT:
        return Unreached(f"{path} has more than {LIMIT} bytes")
    return Returned(200, (), content)
