"""Headers on both sides of a REST integration that is no Lambda proxy: which of them a project may not set, which are
left out, which get another name on their way to the client. Pure.

Recorded with 27 standard headers (LocalStack's recordings of AWS): a reply of an AWS or HTTP integration keeps most
names and gets `x-amzn-Remapped-NAME` for those below, `Transfer-Encoding` is left out; mapping one of the forbidden
request headers is 500. Of an HTTP proxy's reply `Date`, `Content-Length` and the backend's own ids were recorded; AWS
docs have the others ("Amazon API Gateway important notes").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from localstack_lite.gateway import differences
from localstack_lite.model.difference import Difference
from localstack_lite.model.integration import IntegrationKind

Line = tuple[str, str]

_REMAPPED: Final = frozenset(
    (
        "authorization",
        "connection",
        "content-length",
        "content-md5",
        "date",
        "expect",
        "host",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "trailer",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-amz-apigw-id",
        "x-amzn-requestid",
    )
)
_PROXY_DROPPED: Final = frozenset(
    ("expect", "host", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade", "keep-alive")
)
_FORBIDDEN: Final = frozenset(("content-length", "transfer-encoding", "x-amzn-apigateway-api-id", "x-amzn-trace-id"))
_FORBIDDEN_FOR_AWS: Final = _FORBIDDEN | {"authorization", "connection", "expect", "proxy-authenticate", "te"}
#: Whatever a mapping says, these are not sent on.
_UNSENT: Final = frozenset(("expect", "proxy-authenticate", "te"))
#: What of a client's request does not reach the server behind an HTTP proxy: made anew, or between two only.
_UNPROXIED: Final = frozenset(
    (
        "connection",
        "content-encoding",
        "content-length",
        "content-md5",
        "expect",
        "host",
        "keep-alive",
        "max-forwards",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
        "www-authenticate",
        "x-amzn-trace-id",
        "x-devserve-host",
        "x-devserve-identity",
    )
)


def forbidden(kind: IntegrationKind, names: Iterable[str]) -> str:
    """The first header that an integration of this kind may not be given; empty when there is none."""
    no = _FORBIDDEN_FOR_AWS if kind is IntegrationKind.AWS else _FORBIDDEN
    return next((name for name in names if name.lower() in no), "")


def sent(kind: IntegrationKind, lines: Iterable[Line]) -> list[Line]:
    """The mapped headers that go to the integration."""
    unsent = _UNSENT | ({"referer"} if kind is IntegrationKind.AWS else {"via"})
    return [line for line in lines if line[0].lower() not in unsent]


def proxied(lines: Iterable[Line]) -> list[Line]:
    """The headers of a client's request that an HTTP proxy sends on."""
    return [line for line in lines if line[0].lower() not in _UNPROXIED]


def returned(kind: IntegrationKind, lines: Iterable[Line], found: list[Difference]) -> list[Line]:
    """The headers as the client gets them; what is otherwise than somebody may think goes to `found`."""
    dropped = _PROXY_DROPPED if kind is IntegrationKind.HTTP_PROXY else {"transfer-encoding"}
    kept: list[Line] = []
    for name, value in lines:
        lower = name.lower()
        if lower in dropped:
            difference = differences.dropped(name)
        elif lower in _REMAPPED:
            kept.append((f"x-amzn-Remapped-{name}", value))
            difference = differences.remapped(name)
        else:
            kept.append((name, value))
            continue
        if difference is not None:
            found.append(difference)
    return kept
