"""Where the Docker engine listens, as the `docker` command would find it. Pure: files are read by who calls.

`DOCKER_HOST` first, then the context that `DOCKER_CONTEXT` or `~/.docker/config.json` names, then the usual sockets:
the system's, a rootless engine's, Docker Desktop's (Docker docs, "Docker contexts").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

DEFAULT = "unix:///var/run/docker.sock"
PORTS = {"tcp": 2375, "http": 2375, "https": 2376, "ssh": 22}


@dataclass(frozen=True, slots=True)
class Tls:
    """Certificate files; each empty when there is none."""

    authority: str = ""
    certificate: str = ""
    key: str = ""
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`address` is `unix://PATH`, `tcp://HOST:PORT`, `ssh://[USER@]HOST` or `npipe://…`; `source` says to a person why
    this one."""

    address: str
    source: str
    tls: Tls | None = None

    @property
    def scheme(self) -> str:
        return self.address.partition("://")[0]

    @property
    def path(self) -> str:
        """The socket's file, for `unix` and `npipe`."""
        return self.address.partition("://")[2]

    @property
    def host(self) -> str:
        """The engine's machine; empty for a socket of this one."""
        return "" if self.scheme in ("unix", "npipe") else urlsplit(self.address).hostname or ""

    @property
    def port(self) -> int:
        secured = 2376 if self.tls is not None else 0
        return urlsplit(self.address).port or secured or PORTS.get(self.scheme, 0)


@dataclass(frozen=True, slots=True)
class NoEndpoint:
    why: str
    hint: str


def endpoints(
    environ: Mapping[str, str], home: PurePath, read: Callable[[PurePath], str], system: str = "Linux"
) -> tuple[Endpoint, ...] | NoEndpoint:
    """The one that was named, or else all usual ones: the first that is there counts. `read` gives a file's text,
    empty when there is none; `system` is what `platform.system()` says."""
    folder = type(home)(environ.get("DOCKER_CONFIG") or home / ".docker")
    if named := environ.get("DOCKER_HOST"):
        return _checked(Endpoint(named, "DOCKER_HOST", _tls_of_environment(environ, folder)))
    config = _object(read(folder / "config.json"))
    for context, source in (
        (environ.get("DOCKER_CONTEXT"), "DOCKER_CONTEXT"),
        (config.get("currentContext"), str(folder / "config.json")),
    ):
        if context == "default":
            break
        if isinstance(context, str) and context:
            return _of_context(context, source, folder, read)
    return _usual(environ, home, system)


def _of_context(
    name: str, source: str, folder: PurePath, read: Callable[[PurePath], str]
) -> tuple[Endpoint, ...] | NoEndpoint:
    digest = hashlib.sha256(name.encode()).hexdigest()
    meta = _object(read(folder / "contexts" / "meta" / digest / "meta.json"))
    docker = _object_in(_object_in(meta, "Endpoints"), "docker")
    host = docker.get("Host")
    if not isinstance(host, str) or not host:
        return NoEndpoint(
            f"there is no Docker context {name!r}, which {source} names", "`docker context ls` lists those there are"
        )
    tls = folder / "contexts" / "tls" / digest / "docker"
    files = [str(tls / file) if read(tls / file) else "" for file in ("ca.pem", "cert.pem", "key.pem")]
    skip = docker.get("SkipTLSVerify") is True
    secured = Tls(files[0], files[1], files[2], not skip) if any(files) or skip else None
    return _checked(Endpoint(host, f"the Docker context {name!r}", secured))


def _tls_of_environment(environ: Mapping[str, str], folder: PurePath) -> Tls | None:
    """`DOCKER_TLS_VERIFY` with any text, also an empty one of `DOCKER_CERT_PATH`, as the command reads it."""
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_CERT_PATH"):
        return None
    certificates = type(folder)(environ.get("DOCKER_CERT_PATH") or folder)
    return Tls(str(certificates / "ca.pem"), str(certificates / "cert.pem"), str(certificates / "key.pem"), verify)


def _checked(endpoint: Endpoint) -> tuple[Endpoint, ...] | NoEndpoint:
    known = endpoint.scheme in ("unix", "npipe", *PORTS)
    try:
        complete = bool(endpoint.path if endpoint.scheme in ("unix", "npipe") else endpoint.host) and endpoint.port >= 0
    except ValueError:  # a port that is no number
        complete = False
    if known and complete:
        return (endpoint,)
    return NoEndpoint(
        f"{endpoint.source} names {endpoint.address!r}, which is no address of a Docker engine",
        "use unix:///PATH, tcp://HOST:PORT or ssh://USER@HOST",
    )


def _usual(environ: Mapping[str, str], home: PurePath, system: str) -> tuple[Endpoint, ...]:
    if system == "Windows":
        return (Endpoint("npipe:////./pipe/docker_engine", "the usual pipe"),)
    found = [Endpoint(DEFAULT, "the usual socket")]
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        found.append(Endpoint(f"unix://{PurePosixPath(runtime) / 'docker.sock'}", "the rootless engine's socket"))
    for place in ("run", "desktop"):
        found.append(Endpoint(f"unix://{home / '.docker' / place / 'docker.sock'}", "Docker Desktop's socket"))
    return tuple(found)


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _object_in(value: Mapping[str, Any], key: str) -> dict[str, Any]:
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}
