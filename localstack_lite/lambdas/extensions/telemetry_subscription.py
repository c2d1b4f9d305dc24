"""What an extension asks for when it subscribes to telemetry, checked.

`PUT /2022-07-01/telemetry` (Telemetry API) and `PUT /2020-08-15/logs` (Logs API, which came before): shapes, ranges and
defaults are those of the guide's "Lambda Telemetry API reference" and of AWS's own emulator. All that is wrong with a
request is told in one answer, as AWS does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import orjson

from localstack_lite.lambdas.environments.runtime_api import JSON, Reply, failure
from localstack_lite.model.platform_events import LOGS_API, Schema

TYPES: Final = ("platform", "function", "extension")
PORTS: Final = range(1024, 65536)
RUNTIME_API_PORT: Final = 9001
"""The Runtime API's on AWS: nothing else can listen there."""
HOSTS: Final = frozenset({"sandbox.localdomain", "sandbox"})

#: A field of `buffering`: its default, and from where to where it may be set.
_RANGES: Final = {
    "maxItems": (10_000, 1_000, 10_000),
    "maxBytes": (262_144, 262_144, 1_048_576),
    "timeoutMs": (1_000, 25, 30_000),
}


@dataclass(frozen=True, slots=True)
class Buffering:
    """A batch is sent when it has that many events or bytes, or when its first event is that old (ms)."""

    max_items: int = 10_000
    max_bytes: int = 262_144
    timeout_ms: int = 1_000


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the subscriber listens, as the sandbox sees it. `method` and `path` are for HTTP; over TCP each event is a
    line."""

    port: int
    http: bool = True
    host: str = "sandbox.localdomain"
    path: str = "/"
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Subscription:
    destination: Destination
    types: tuple[str, ...]
    schema: Schema
    buffering: Buffering = Buffering()

    @property
    def legacy(self) -> bool:
        """Whether the Logs API was asked."""
        return self.schema in LOGS_API


ACCEPTED = Reply(200, b'"OK"', (JSON,))


def invalid(*messages: str) -> Reply:
    return failure(400, "ValidationError", "; ".join(messages))


def other_api(legacy: bool) -> Reply:
    """Somebody of this environment has subscribed with the other API already."""
    used, asked = ("Telemetry", "Logs") if legacy else ("Logs", "Telemetry")
    return invalid(f"the {asked} API cannot be used: an extension has subscribed with the {used} API")


def subscription(body: bytes, *, legacy: bool = False, managed: bool = False) -> Subscription | Reply:
    """`legacy`: it came to the Logs API. `managed`: the function runs on managed instances, which know the newest
    schema only."""
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return invalid(f"the body is no JSON: {error}")
    if not isinstance(asked, dict):
        return invalid("the body is no JSON object")
    wrong: list[str] = []
    schema = _schema(asked, legacy, managed, wrong)
    destination = _destination(asked.get("destination"), legacy, wrong)
    types = _types(asked.get("types"), wrong)
    buffering = _buffering(asked.get("buffering"), wrong)
    if wrong or schema is None or destination is None:
        return invalid(*wrong)
    return Subscription(destination, types, schema, buffering)


def _schema(asked: Mapping[str, object], legacy: bool, managed: bool, wrong: list[str]) -> Schema | None:
    """The Logs API may be asked without one."""
    value = asked.get("schemaVersion", Schema.LOGS_2020.value if legacy else None)
    allowed = [each for each in Schema if (each in LOGS_API) == legacy]
    if managed:
        allowed = [Schema.NEWEST]
    for each in allowed:
        if value == each.value:
            return each
    wrong.append("schemaVersion should be one of " + ", ".join(each.value for each in allowed))
    return None


def _types(value: object, wrong: list[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        wrong.append("types should be a list")
        return ()
    if not value:
        wrong.append("types should not be empty")
    for each in value:
        if each not in TYPES:
            wrong.append(f"type {each!r} should be one of {', '.join(TYPES)}")
    return tuple(dict.fromkeys(each for each in value if isinstance(each, str)))


def _buffering(value: object, wrong: list[str]) -> Buffering:
    if value is None:
        return Buffering()
    if not isinstance(value, dict):
        wrong.append("buffering should be an object")
        return Buffering()
    found = []
    for name, (default, least, most) in _RANGES.items():
        number = value.get(name)
        if number is None:
            number = default
        elif not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            wrong.append(f"{name} should be a whole number from {least} to {most}")
            number = default
        found.append(number)
    return Buffering(*found)


def _destination(value: object, legacy: bool, wrong: list[str]) -> Destination | None:
    if not isinstance(value, dict):
        wrong.append("destination should be an object")
        return None
    protocol = value.get("protocol")
    if protocol not in ("HTTP", "TCP"):
        wrong.append("protocol should be HTTP or TCP")
        return None
    http = protocol == "HTTP"
    method = value.get("method", "POST") if legacy else "POST"
    if method not in ("POST", "PUT"):
        wrong.append("method should be POST or PUT")
        method = "POST"
    if value.get("encoding", "JSON") != "JSON":
        wrong.append("encoding should be JSON")
    host, port, path = "sandbox.localdomain", value.get("port"), "/"
    uri = value.get("URI")
    if isinstance(uri, str) and uri and (http or port is None):
        found = _uri(uri, "http" if http else "tcp", wrong)
        if found is None:
            return None
        host, port, path = found
    elif http:
        wrong.append("URI is not provided")
        return None
    if port is None:
        wrong.append("URI port is not provided" if http else "port is not provided")
        return None
    if not isinstance(port, int) or isinstance(port, bool) or port not in PORTS or port == RUNTIME_API_PORT:
        wrong.append(f"port should be from {PORTS.start} to {PORTS.stop - 1}, and not {RUNTIME_API_PORT}")
        return None
    return Destination(port, http, host, path, method)


def _uri(uri: str, scheme: str, wrong: list[str]) -> tuple[str, int | None, str] | None:
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        wrong.append(f"URI cannot be read: {error}")
        return None
    if parts.scheme != scheme:
        wrong.append(f"URI should begin with {scheme}://")
        return None
    if host not in HOSTS:
        wrong.append("URI host should be sandbox.localdomain")
        return None
    path = parts.path or "/"
    return host, port, f"{path}?{parts.query}" if parts.query else path
