"""AWS endpoints of the user that are on this machine, for functions that run in containers.

`AWS_ENDPOINT_URL=http://127.0.0.1:4566` is this machine's loopback, and a container's loopback is its own: each such
address is given a door that containers reach. Other addresses are the same for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

PREFIX = "AWS_ENDPOINT_URL"
_LOOPBACK = ("127.0.0.1", "localhost", "::1", "0.0.0.0")
_PORTS = {"http": 80, "https": 443}


def on_this_machine(settings: Mapping[str, str]) -> set[int]:
    """The ports of this machine that the user's endpoints name."""
    parts = (_local(value) for name, value in settings.items() if name.startswith(PREFIX))
    return {_port(part) for part in parts if part is not None}


def for_containers(settings: Mapping[str, str], name: str, doors: Mapping[int, int]) -> dict[str, str]:
    """The settings as containers need them: they know this machine as `name`, and its port by `doors`."""
    changed = dict(settings)
    for key, value in settings.items():
        part = _local(value) if key.startswith(PREFIX) else None
        if part is not None:
            changed[key] = part._replace(netloc=f"{name}:{doors.get(_port(part), _port(part))}").geturl()
    return changed


def _local(url: str) -> SplitResult | None:
    try:
        part = urlsplit(url)
        known = part.hostname in _LOOPBACK or (part.hostname or "").endswith(".localhost")
        return part if part.scheme in _PORTS and known and part.port != 0 else None
    except ValueError:
        return None


def _port(part: SplitResult) -> int:
    return part.port or _PORTS[part.scheme]
