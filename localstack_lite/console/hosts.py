"""Who may talk to the console: a page on the internet may not, whatever name it gave this machine's address.

A browser sends the name that the page was opened under as Host, and the page's own address as Origin with requests
that change something. Loopback addresses, `*.localhost` and names the user gave are ours; everything else is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from localstack_lite.wire.messages import Request

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def refusal(request: Request, allowed: Iterable[str]) -> str:
    """Why the request is not served; empty when it is. `allowed` are the user's host names, `*` is all."""
    named = frozenset(name.lower() for name in allowed)
    host = request.headers.get("host") or ""
    if not ours(host, named):
        return f"Host {host or '(none)'} is not this machine: start devserve with its name as an allowed host"
    origin = request.headers.get("origin")
    if request.method not in READING and origin is not None and not ours(_host_of(origin), named):
        return f"Origin {origin} may not change anything here"
    return ""


def ours(host: str, named: frozenset[str] = frozenset()) -> bool:
    """Whether a Host header names this machine. With or without a port, IPv6 in brackets."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if not name:
        return False
    if "*" in named or name in named or host.lower() in named or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _host_of(origin: str) -> str:
    """`null` and everything that is no web address has none."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return parts.netloc if parts.scheme in ("http", "https") else ""
