"""Request headers as events show them: both maps of the 1.0 kind, the lower-cased map of the 2.0 kind.

One decision that differs from AWS on purpose: `Host` stays what the client sent, and `X-Forwarded-Port` and
`X-Forwarded-Proto` tell the local truth (the port of that Host, and `http` unless it is TLS). AWS would show its own
domain, 443 and https, and an app behind it would then send the browser away from this machine, or refuse its own forms
because the Origin does not fit. `requestContext.domainName` is AWS's form. An API with a face (see `faces`) gets all of
it as on AWS, and its replies are rewritten.
"""

from __future__ import annotations

from localstack_lite.gateway.faces import EDGE
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.record import record

#: Never reach a REST function (recorded, with a request that carried all of them).
DROPPED_BY_REST = frozenset(
    (
        "connection",
        "content-length",
        "content-md5",
        "expect",
        "max-forwards",
        "proxy-authenticate",
        "server",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    )
)
#: Between client and gateway only (RFC 9110); what HTTP APIs and function URLs keep to themselves.
HOP_BY_HOP = frozenset(
    ("connection", "expect", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade")
)
#: Spelled so by API Gateway whatever the client wrote; the others keep the client's spelling (recorded).
_RESPELLED = {
    "authorization": "Authorization",
    "host": "Host",
    "user-agent": "User-Agent",
    "x-amzn-trace-id": "X-Amzn-Trace-Id",
    "x-forwarded-for": "X-Forwarded-For",
    "x-forwarded-port": "X-Forwarded-Port",
    "x-forwarded-proto": "X-Forwarded-Proto",
}
_REPLACED = frozenset(("x-amzn-trace-id", "x-forwarded-port", "x-forwarded-proto"))


@record
class TwoMaps:
    """`headers` (the last value of each name), `multiValueHeaders`, and the first two names the events repeat."""

    single: dict[str, str]
    multi: dict[str, list[str]]
    content_type: str
    user_agent: str | None


def two_maps(visit: Visit, dropped: frozenset[str]) -> TwoMaps:
    """For REST and payload 1.0."""
    single: dict[str, str] = {}
    multi: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for sent, value in visit.request.headers.lines:
        lower = sent.lower()
        if lower in dropped or lower in _REPLACED:
            continue
        name = spelled.get(lower)
        if name is None:
            spelled[lower] = name = _RESPELLED.get(lower, sent)
            multi[name] = [value]
        else:
            multi[name].append(value)
        single[name] = value
    own = _own(visit, single.get("X-Forwarded-For", ""), single.get("Host", ""))
    for name, value in own:
        single[name] = value
        multi[name] = [value]
    content_type = spelled.get("content-type")
    return TwoMaps(single, multi, single[content_type] if content_type else "", single.get("User-Agent"))


@record
class LowerMap:
    """`headers` with names in lower case and several values of a name joined by a comma; `cookies` split."""

    headers: dict[str, str]
    cookies: list[str]


def lower_map(visit: Visit, *, keep_cookie: bool) -> LowerMap:
    """For payload 2.0. HTTP APIs move the Cookie header to `cookies` (recorded); function URLs show both."""
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for sent, value in visit.request.headers.lines:
        name = sent.lower()
        if name in HOP_BY_HOP or name in _REPLACED:
            continue
        if name == "cookie":
            cookies += [cookie for part in value.split(";") if (cookie := part.strip())]
            if not keep_cookie:
                continue
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    for name, value in _own(visit, headers.get("x-forwarded-for", ""), headers.get("host", "")):
        headers[name.lower()] = value
    return LowerMap(headers, cookies)


def value_lists(visit: Visit, dropped: frozenset[str]) -> dict[str, list[str]]:
    """All values by name in lower case, in the order they came: for load balancers."""
    found: dict[str, list[str]] = {}
    for sent, value in visit.request.headers.lines:
        name = sent.lower()
        if name not in dropped and name not in _REPLACED:
            found.setdefault(name, []).append(value)
    chain, host = ", ".join(found.get("x-forwarded-for", ())), found.get("host", [""])[-1]
    for name, value in _own(visit, chain, host):
        found[name.lower()] = [value]
    return found


def port_of(host: str, scheme: str = "http") -> str:
    """The port that a Host header names, else the scheme's own."""
    port = host.rpartition(":")[2]
    return port if ":" in host and port.isdecimal() else "443" if scheme == "https" else "80"


def _own(visit: Visit, forwarded_for: str, host: str) -> tuple[tuple[str, str], ...]:
    client = visit.request.client
    chain = f"{forwarded_for}, {client}" if forwarded_for else client
    mask = visit.mask
    if mask is not None and mask.host:
        return (
            ("X-Amzn-Trace-Id", visit.trace.sent),
            ("X-Forwarded-For", f"{chain}, {EDGE}" if mask.edge else chain),
            ("X-Forwarded-Port", "443"),
            ("X-Forwarded-Proto", "https"),
        )
    return (
        ("X-Amzn-Trace-Id", visit.trace.sent),
        ("X-Forwarded-For", chain),
        ("X-Forwarded-Port", port_of(host, visit.request.scheme)),
        ("X-Forwarded-Proto", visit.request.scheme),
    )
