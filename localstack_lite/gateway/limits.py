"""How big a request may be (AWS quotas).

A body of more than 10 MB and an event of more than 6 MB (base64 makes a third more) are answered 413. All headers of a
REST API may have 10,240 bytes, and so may its URL (a regional one; 8,192 where CloudFront stands before it); of an HTTP
API request line and headers together. AWS's documents give no status for more: 431 and 414 are used. A cookie jar that
has grown over many local projects is the usual reason, and the note says so. A load balancer hands bodies of 1 MB to a
function at most, and takes 16 KB for the request line or a header, 64 KB for all headers; a longer URL is 414 there.
"""

from __future__ import annotations

from localstack_lite.gateway.replies import Trouble
from localstack_lite.model.api import ApiKind
from localstack_lite.wire.messages import Request

BODY_LIMIT = 10 * 1024 * 1024
#: Lambda's own, for a synchronous invocation.
EVENT_LIMIT = 6 * 1024 * 1024
HEADER_LIMIT = 10_240
#: A regional REST API's, path and query.
URL_LIMIT = 10_240
#: A load balancer's, for a body that goes to Lambda, for one line and for all headers.
ALB_BODY_LIMIT = 1024 * 1024
ALB_LINE_LIMIT = 16 * 1024
ALB_HEADER_LIMIT = 64 * 1024


def excess(kind: ApiKind, request: Request) -> tuple[Trouble, str] | None:
    """What is too large about the request itself, and the note that says so."""
    if kind is ApiKind.ALB:
        return _alb_excess(request)
    if len(request.body) > BODY_LIMIT:
        return Trouble.BODY_TOO_LARGE, f"the request body has {len(request.body)} bytes, API Gateway takes {BODY_LIMIT}"
    if kind is ApiKind.FUNCTION_URL:
        return None
    line = len(request.path) + len(request.query)
    size = 0
    for name, value in request.headers.lines:
        size += len(name) + len(value)
    if kind is ApiKind.HTTP:
        size += len(request.method) + line
        what = "request line and headers have"
    elif line > URL_LIMIT:
        return Trouble.URL_TOO_LONG, f"the URL has {line} bytes, API Gateway takes {URL_LIMIT}"
    else:
        what = "the headers have"
    if size > HEADER_LIMIT:
        note = f"{what} {size} bytes, API Gateway takes {HEADER_LIMIT} (cookies of localhost?)"
        return Trouble.HEADERS_TOO_LARGE, note
    return None


def _alb_excess(request: Request) -> tuple[Trouble, str] | None:
    if len(request.body) > ALB_BODY_LIMIT:
        note = f"the request body has {len(request.body)} bytes, a load balancer gives Lambda {ALB_BODY_LIMIT}"
        return Trouble.BODY_TOO_LARGE, note
    sizes = [len(name) + len(value) for name, value in request.headers.lines]
    if (line := len(request.path) + len(request.query)) > ALB_LINE_LIMIT:
        return Trouble.URL_TOO_LONG, f"the request line has {line} bytes, a load balancer takes {ALB_LINE_LIMIT}"
    if (longest := max(sizes, default=0)) > ALB_LINE_LIMIT:
        return Trouble.HEADERS_TOO_LARGE, f"a header has {longest} bytes, a load balancer takes {ALB_LINE_LIMIT}"
    if (size := sum(sizes)) > ALB_HEADER_LIMIT:
        return Trouble.HEADERS_TOO_LARGE, f"the headers have {size} bytes, a load balancer takes {ALB_HEADER_LIMIT}"
    return None


def event_excess(event: bytes) -> str:
    """The note on an event that Lambda would not take, else empty."""
    if len(event) <= EVENT_LIMIT:
        return ""
    return f"the event has {len(event)} bytes, Lambda takes {EVENT_LIMIT}"
