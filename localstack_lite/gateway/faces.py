"""As which address an API knows itself: the headers of requests and replies rewritten between the address that the
browser uses and the one that the app would have on AWS. Pure.

The browser talks http to this machine; an app with a face sees its own host, https and port 443, so that what depends
on them (the stage in front of links, secure cookies, the check of a form's Origin, a redirect to https) does what it
does on AWS. On the way in `Host` is replaced (the browser's goes into `X-Devserve-Host`) and so are `Origin` and
`Referer` where they name the address that the request itself was sent to. On the way out what names the app's host is
turned back: `Location`, `Content-Location`, `Access-Control-Allow-Origin`, `Refresh`. Other hosts, relative addresses,
queries and bodies are never touched.

A cookie's `Domain` that means the app's host is left out, which makes it the cookie of exactly the host that the
browser asked. `Secure` stays: Chromium stores and sends such cookies for `http://localhost`, `http://127.0.0.1` and
`http://*.localhost` (tried), which count as trustworthy; the cookie jars of scripts, and browsers under any other name
of this machine, do not. With `plain_cookies` it is taken off, and what is
refused without it (`SameSite=None`, `Partitioned`) with it; names that demand it (`__Secure-`, `__Host-`) keep it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from localstack_lite.model.api import Api, ApiKind, Face
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Headers, Request

Line = tuple[str, str]

#: Where the app can still see which host the browser asked.
SIDE_HEADER = "X-Devserve-Host"
#: Of the CloudFront server before an edge-optimised REST API, the last entry of `X-Forwarded-For` there. No real one:
#: an address kept for documentation (RFC 5737).
EDGE = "198.51.100.1"

_ADDRESSES = frozenset(("location", "content-location", "access-control-allow-origin"))
_BOUND = r"(?=[/?#]|$)"
_REFRESH = re.compile(r"""\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?""", re.IGNORECASE)
_BOUND_TO_SECURE = ("__secure-", "__host-")


def aws_host(project: Project, api: Api) -> str:
    """AWS's own name for it: `requestContext.domainName`."""
    match api.kind:
        case ApiKind.REST | ApiKind.HTTP | ApiKind.WEBSOCKET:
            return f"{api.id}.execute-api.{project.region}.amazonaws.com"
        case ApiKind.FUNCTION_URL:
            return f"{api.id}.lambda-url.{project.region}.on.aws"
        case ApiKind.ALB:
            return f"{api.id}.{project.region}.elb.amazonaws.com"


def domain_name(project: Project, api: Api) -> str:
    """`requestContext.domainName`: the custom domain where that is the face."""
    return api.domain if api.face is Face.DOMAIN and api.domain else aws_host(project, api)


def mask_of(project: Project, api: Api, *, plain_cookies: bool = False, aws_form: bool = False) -> Mask | None:
    """What is rewritten for an API; None where nothing is. `aws_form`: for requests to `APIID.execute-api.localhost`,
    which know no custom domain."""
    edge = api.kind is ApiKind.REST
    if api.face is Face.DOMAIN and api.domain and not aws_form:
        return Mask(api.domain, edge=edge, parents=True, plain_cookies=plain_cookies)
    if api.face is Face.AWS or (api.face is Face.DOMAIN and api.domain):
        return Mask(aws_host(project, api), edge=edge, plain_cookies=plain_cookies)
    return Mask("", plain_cookies=True) if plain_cookies else None


class Mask:
    """The rewriting for one API, made once. `host` is the app's own, empty when it keeps the browser's; `edge`: a
    CloudFront server stands before it; `parents`: it may set cookies for the domains above its own."""

    __slots__ = ("_names", "_parents", "_plain", "_there", "edge", "host")

    def __init__(self, host: str, *, edge: bool = False, parents: bool = False, plain_cookies: bool = False) -> None:
        self.host = host
        self.edge = edge
        self._parents = parents
        self._plain = plain_cookies
        self._there = f"https://{host}"
        name = re.escape(host)
        pattern = rf"(?:(?:https:)?//{name}(?::443)?|http://{name}(?::80)?){_BOUND}"
        self._names = re.compile(pattern, re.IGNORECASE)

    def inward(self, request: Request) -> Request:
        """The request as it would reach the app on AWS."""
        if not self.host:
            return request
        here = address(request).lower()
        lines: list[Line] = [("Host", self.host)]
        for name, value in request.headers.lines:
            match name.lower():
                case "host" | "x-devserve-host":
                    continue
                case "origin" if value.lower() == here:
                    value = self._there
                case "referer" if _begins(value, here):
                    value = self._there + value[len(here) :]
            lines.append((name, value))
        lines.append((SIDE_HEADER, request.headers.get("host") or ""))
        return Request(
            request.method,
            request.path,
            request.query,
            Headers(tuple(lines)),
            request.body,
            request.client,
            request.protocol,
        )

    def outward(self, lines: Iterable[Line], request: Request) -> tuple[Line, ...]:
        """Header lines of the reply to `request` (as the browser sent it), as the browser can use them."""
        here = address(request)
        return tuple([self._line(name, value, here) for name, value in lines])

    def insecure(self, lines: Iterable[Line], request: Request) -> str:
        """The remark on a cookie that is `Secure` though the browser talks http; else empty."""
        if self._plain or not address(request).startswith("http:"):
            return ""
        for name, value in lines:
            if name.lower() == "set-cookie" and "secure" in (part.strip().lower() for part in value.split(";")[1:]):
                cookie = value.partition("=")[0].strip()
                return f"cookie {cookie} is Secure: browsers keep it on localhost, other clients need --plain-cookies"
        return ""

    def _line(self, name: str, value: str, here: str) -> Line:
        lower = name.lower()
        if lower == "set-cookie":
            return name, self._cookie(value)
        if self.host:
            if lower in _ADDRESSES:
                return name, self._address(value, here)
            if lower == "refresh" and (wait := _REFRESH.match(value)):
                return name, value[: wait.end()] + self._address(value[wait.end() :], here, quoted=True)
        return name, value

    def _address(self, value: str, here: str, *, quoted: bool = False) -> str:
        bare = value.rstrip("\"'") if quoted else value
        found = self._names.match(bare)
        return here + value[found.end() :] if found else value

    def _cookie(self, cookie: str) -> str:
        first, *parts = cookie.split(";")
        plain = self._plain and not first.lstrip().lower().startswith(_BOUND_TO_SECURE)
        return ";".join([first, *(part for part in parts if not self._left_out(part, plain))])

    def _left_out(self, attribute: str, plain: bool) -> bool:
        name, _, value = attribute.partition("=")
        match name.strip().lower():
            case "domain":
                return self._owns(value.strip().lstrip(".").lower())
            case "secure" | "partitioned":
                return plain
            case "samesite":
                return plain and value.strip().lower() == "none"
        return False

    def _owns(self, domain: str) -> bool:
        """Whether a cookie for that domain is one that this app may set."""
        host = self.host.lower()
        if domain == host:
            return bool(host)
        return self._parents and "." in domain and host.endswith(f".{domain}")


def address(request: Request) -> str:
    """Where the browser sent it: `http://HOST`, with https also when a proxy before this machine says so."""
    said = (request.headers.get("x-forwarded-proto") or "").lower()
    scheme = "https" if said == "https" else request.scheme
    return f"{scheme}://{request.headers.get('host') or ''}"


def _begins(url: str, origin: str) -> bool:
    """Whether a URL is at that origin (lower case)."""
    return url[: len(origin)].lower() == origin and (url[len(origin) : len(origin) + 1] or "/") in "/?#"
