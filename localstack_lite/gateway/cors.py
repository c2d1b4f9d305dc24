"""CORS that API Gateway or Lambda answers for the function: HTTP APIs and function URLs.

The headers are made once per API; a request only picks. Recorded: names and values of header lists are in lower case,
`expose` and `credentials` are sent though no origin is configured. Documented: an HTTP API answers the preflight
itself and ignores all CORS headers of the integration; a function URL lets its own configuration win. Without an
`Origin` nothing is added. The status of a preflight has no first-class source; 204 is used for HTTP APIs, 200 for
function URLs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from localstack_lite.model.api import ApiKind, Cors
from localstack_lite.wire.messages import Request

_PREFIX = "access-control-"
Line = tuple[str, str]


class CorsPolicy:
    def __init__(self, cors: Cors, kind: ApiKind) -> None:
        self.preflight_status = 200 if kind is ApiKind.FUNCTION_URL else 204
        self._keeps_others = kind is ApiKind.FUNCTION_URL
        self._any_origin = "*" in cors.allow_origins
        self._credentials = cors.allow_credentials
        self._origins = [_pattern(origin) for origin in cors.allow_origins if origin != "*"]
        self._nobody = not cors.allow_origins
        self._always: tuple[Line, ...] = _lines(
            ("access-control-allow-credentials", "true" if cors.allow_credentials else ""),
            ("access-control-expose-headers", ",".join(cors.expose_headers).lower()),
        )
        self._preflight: tuple[Line, ...] = _lines(
            ("access-control-allow-headers", ",".join(cors.allow_headers).lower()),
            ("access-control-allow-methods", ",".join(cors.allow_methods).upper()),
            ("access-control-max-age", "" if cors.max_age is None else str(cors.max_age)),
        )

    def preflight(self, origin: str) -> tuple[Line, ...]:
        """The headers of the answer to a preflight; none for an origin that is not allowed."""
        shared = self._shared(origin)
        return (*shared, *self._preflight) if shared or self._nobody else ()

    def applied(self, headers: Iterable[Line], origin: str | None) -> tuple[Line, ...]:
        """The function's headers with those of this policy in place of its own."""
        own = self._shared(origin) if origin is not None else ()
        if self._keeps_others:
            names = {name for name, _ in own}
            return (*(line for line in headers if line[0].lower() not in names), *own)
        return (*(line for line in headers if not line[0].lower().startswith(_PREFIX)), *own)

    def kept_from(self, request: Request) -> str:
        """Why a browser keeps the reply from the page that asked, for people; empty when it does not, as far as the
        configuration alone says: a function URL's function may let it in itself, and a page's own server needs
        nobody's leave."""
        origin = request.headers.get("origin")
        if origin is None or self._shared(origin) or (self._keeps_others and request.method != "OPTIONS"):
            return ""
        if origin.partition("://")[2].lower() == (request.headers.get("host") or "").lower():
            return ""
        return f"the API's CORS settings do not allow the origin {origin!r}: a browser hides the reply from that page"

    def _shared(self, origin: str) -> tuple[Line, ...]:
        if self._nobody:
            return self._always
        if self._any_origin and not self._credentials:
            return (("access-control-allow-origin", "*"), *self._always)
        # an origin goes back as a header, so it must be able to
        sendable = origin.isascii() and origin.isprintable()
        if sendable and (self._any_origin or any(pattern.fullmatch(origin) for pattern in self._origins)):
            return (("access-control-allow-origin", origin), *self._always)
        return ()


def is_preflight(request: Request) -> bool:
    return (
        request.method == "OPTIONS"
        and "origin" in request.headers
        and "access-control-request-method" in request.headers
    )


def _pattern(origin: str) -> re.Pattern[str]:
    """An origin, where `*` stands for anything: `https://*`."""
    return re.compile(".*".join(re.escape(part) for part in origin.rstrip("/").split("*")), re.IGNORECASE)


def _lines(*lines: Line) -> tuple[Line, ...]:
    return tuple(line for line in lines if line[1])
