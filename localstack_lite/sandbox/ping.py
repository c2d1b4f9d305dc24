"""Whether a Docker engine answers, and where.

Costs a millisecond and needs no library, so that `--sandbox auto` can look every time.
"""

from __future__ import annotations

import os
import platform
import socket
import ssl
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path, PurePath

from localstack_lite.sandbox.endpoint import Endpoint, NoEndpoint, Tls, endpoints

NEAR, FAR = 0.5, 2.0
"""Seconds to wait for the answer to a ping, at a socket of this machine and elsewhere."""
_NOT_ALLOWED = "may not be used by this user"


def answers(environ: Mapping[str, str]) -> str:
    """Empty when an engine answers; else why none does, in one line."""
    found = found_endpoint(environ)
    return found.why if isinstance(found, NoEndpoint) else ping(found)


def found_endpoint(environ: Mapping[str, str]) -> Endpoint | NoEndpoint:
    """The one that is named, or the first of the usual sockets that is there."""
    found = endpoints(environ, Path.home(), text_of, platform.system())
    if isinstance(found, NoEndpoint):
        return found
    return next((each for each in found if each.scheme != "unix" or os.path.exists(each.path)), found[0])


def ping(endpoint: Endpoint) -> str:
    """Why it does not answer; empty when it does. Of ssh only the port is tried, of a pipe nothing."""
    if endpoint.scheme == "npipe":
        return ""
    try:
        with closing(_open(endpoint)) as connection:
            if endpoint.scheme == "ssh":
                return ""
            connection.sendall(b"GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n")
            status = connection.recv(64).split(b"\r\n")[0]
    except PermissionError:
        return f"the Docker engine at {endpoint.address} {_NOT_ALLOWED}"
    except (FileNotFoundError, ConnectionRefusedError):
        return f"no Docker engine answers at {endpoint.address}"
    except TimeoutError:
        return f"the Docker engine at {endpoint.address} does not answer in time"
    except (OSError, ValueError) as error:
        return f"no Docker engine answers at {endpoint.address}: {one_line(error)}"
    return "" if b" 200" in status else f"what listens at {endpoint.address} is no Docker engine"


def hint_for(endpoint: Endpoint, why: str = "") -> str:
    """What to do when it does not answer."""
    if why.endswith(_NOT_ALLOWED):
        return "add yourself to the group docker and log in again, or use a rootless engine"
    if endpoint.source == "DOCKER_HOST" or endpoint.source.startswith("the Docker context"):
        return f"{endpoint.source} says so; start that engine, or choose another one"
    return "start Docker, or set DOCKER_HOST; --sandbox process needs none"


def one_line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def text_of(path: PurePath) -> str:
    """Empty when it cannot be read."""
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""


def _open(endpoint: Endpoint) -> socket.socket:
    if endpoint.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(NEAR)
        try:
            connection.connect(endpoint.path)
        except OSError:
            connection.close()
            raise
        return connection
    context = _context(endpoint.tls) if endpoint.tls is not None and endpoint.scheme != "ssh" else None
    connection = socket.create_connection((endpoint.host, endpoint.port), timeout=FAR)
    if context is None:
        return connection
    try:
        return context.wrap_socket(connection, server_hostname=endpoint.host)
    except OSError:
        connection.close()
        raise


def _context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=tls.authority or None)
        if tls.certificate and tls.key:
            context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:
        raise ValueError(f"its certificates cannot be used: {one_line(error)}") from error
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
