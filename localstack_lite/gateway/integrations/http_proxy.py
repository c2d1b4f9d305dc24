"""`HTTP_PROXY` of HTTP APIs: the request goes to another server, its answer comes back as it is. Pure.

AWS docs: a path variable of the route can stand in the address, `{proxy+}` as well; nothing else of the path goes on.
Captured: `Forwarded` and `Via` say where the request came from, `X-Forwarded-*` are not added; `Host` is the server's.
Locally `Forwarded` tells the truth about host and protocol, as `X-Forwarded-*` do in events. The query string goes on
behind that of the address. A server that is out of reach is 503 `Service Unavailable`; one that takes too long 504 (AWS
knowledge centre, 504 errors; the text is chosen after its neighbours).
"""

from __future__ import annotations

import re
from urllib.parse import quote

import orjson

from localstack_lite.errors import Bug
from localstack_lite.gateway.integrations.http_context import HttpContext
from localstack_lite.gateway.integrations.parameter_changes import ParameterMapping
from localstack_lite.gateway.replies import JSON, own_headers
from localstack_lite.gateway.request_headers import HOP_BY_HOP
from localstack_lite.gateway.steps import Came, Telling
from localstack_lite.gateway.visit import Integrated, Visit
from localstack_lite.gateway.wiretext import readable
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.integration import HttpProxy
from localstack_lite.model.outgoing import Outgoing, Returned, Unreached
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Response

Line = tuple[str, str]

#: What a client may not say to the server behind: made anew for each connection, or said by the gateway.
_NOT_SENT = HOP_BY_HOP | {"content-length", "host", "proxy-authorization", "x-amzn-trace-id", "x-devserve-host"}
#: What is between gateway and server only, or the listener's and the gateway's own.
_NOT_RETURNED = HOP_BY_HOP | {"content-length", "date", "proxy-authenticate", "apigw-requestid"}
_JOINED = ("forwarded", "via")
_VIA = "HTTP/1.1 AmazonAPIGateway"
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
_PARAMETER = re.compile(r"\{([^{}$+]+)\+?\}")
_BODILESS = frozenset((204, 205, 304))
#: What stays as it was sent; what is percent-encoded already is not encoded again.
_IN_PATH = "/:@!$&'()*+,;=~%"
_IN_QUERY = f"{_IN_PATH}?"


class HttpProxied:
    """The integration of one route."""

    def __init__(self, project: Project, api: Api, route: Route, proxy: HttpProxy) -> None:
        self._proxy = proxy
        self._variables = api.stage_variables
        self._uri = _VARIABLE.sub(lambda found: api.stage_variables.get(found[1], ""), proxy.uri)
        changes = proxy.changes
        self._mapping = (
            ParameterMapping(changes, HttpContext(project, api, route), api.stage_variables) if changes else None
        )

    def integrate(self, visit: Visit) -> Telling[Integrated]:
        sent = visit if self._mapping is None else self._mapping.request(visit)
        url = self._url(sent)
        if not url.lower().startswith(("http://", "https://")):
            return troubled(visit, 500, f"the integration's address is {self._proxy.uri!r}, which is no http(s) URL")
        method = self._proxy.method.upper() or "ANY"
        request = Outgoing(
            visit.request.method if method == "ANY" else method,
            url,
            _headers(visit, sent),
            visit.request.body,
            self._proxy.timeout,
        )
        came = yield request
        return answered(visit, came, self._mapping)

    def _url(self, visit: Visit) -> str:
        """The address, with the request's query string behind its own."""
        uri = _PARAMETER.sub(lambda found: quote(visit.params.get(found[1], ""), safe=_IN_PATH), self._uri)
        base, _, own = uri.partition("#")[0].partition("?")
        if visit.path_override is not None:
            scheme, _, rest = base.partition("://")
            base = f"{scheme}://{rest.partition('/')[0]}{visit.path_override}"
        query = "&".join(part for part in (own, quote(readable(visit.request.query), safe=_IN_QUERY)) if part)
        return f"{base}?{query}" if query else base


def answered(visit: Visit, came: Came, mapping: ParameterMapping | None) -> Integrated:
    """What the client gets for what came back from a server or a service."""
    match came:
        case Returned():
            if not 200 <= came.status <= 599:
                return troubled(visit, 500, f"the integration answered with the status {came.status}")
            own = own_headers(ApiKind.HTTP, visit.stamp)
            lines = [line for line in came.headers if line[0].lower() not in _NOT_RETURNED]
            response = Response(came.status, tuple(lines), b"" if came.status in _BODILESS else came.body)
            if mapping is not None:
                response = mapping.response(visit, response)
            return Integrated(Response(response.status, (*response.headers, *own), response.body))
        case Unreached(timed_out=True):
            return troubled(visit, 504, f"the integration takes too long: {came.why}")
        case Unreached():
            return troubled(visit, 503, f"the integration is out of reach: {came.why}")
    raise Bug(f"{type(came).__name__} is nothing that comes of a request to a server")


_TEXTS = {400: "Bad Request", 500: "Internal Server Error", 503: "Service Unavailable", 504: "Gateway Timeout"}


def troubled(visit: Visit, status: int, note: str) -> Integrated:
    """The gateway's own answer."""
    body = orjson.dumps({"message": _TEXTS[status]})
    return Integrated(Response(status, (JSON, *own_headers(ApiKind.HTTP, visit.stamp)), body), note)


def _headers(visit: Visit, sent: Visit) -> tuple[Line, ...]:
    """`visit` as the client sent it, `sent` as parameter mapping changed it."""
    request = visit.request
    host = request.headers.get("host") or ""
    lines = [line for line in sent.request.headers.lines if line[0].lower() not in _NOT_SENT]
    overwritten = sent.request.headers.get("host")
    if overwritten and overwritten != host:
        lines.append(("Host", overwritten))
    masked = visit.mask is not None and bool(visit.mask.host)
    forwarded = f"for={_node(request.client)};host={_quoted(host)};proto={'https' if masked else 'http'}"
    before = {name: [value for key, value in lines if key.lower() == name] for name in _JOINED}
    lines = [line for line in lines if line[0].lower() not in _JOINED]
    lines.append(("X-Amzn-Trace-Id", visit.trace.sent))
    lines.append(("Forwarded", ", ".join([*before["forwarded"], forwarded])))
    lines.append(("Via", ", ".join([*before["via"], _VIA])))
    return tuple(lines)


def _node(address: str) -> str:
    """An address as RFC 7239 writes it."""
    return f'"[{address}]"' if ":" in address else address


def _quoted(host: str) -> str:
    """With its port it is no token (RFC 7239)."""
    return f'"{host}"' if ":" in host else host
