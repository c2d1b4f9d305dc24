"""What AWS does otherwise than a function's code, or a client on this machine, may take for granted, each as a
sentence. Pure. The replies themselves are as AWS gives them; these say why they look so.

Those that are `FAULTS` make `--strict` fail; the others are worth knowing and hurt nobody.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from localstack_lite.model.difference import Difference
from localstack_lite.wire.messages import Response

MALFORMED = "malformed-result"
REMAPPED = "remapped-header"
DROPPED = "dropped-header"
LOWER_CASE = "lower-case-name"
MULTI_VALUES = "dropped-multi-values"
BASE64 = "base64-not-decoded"
CORS = "cors-overridden"
TIMED_OUT = "gateway-timeout"
TOO_LARGE = "too-large"
OTHER_REGION = "signed-for-other-region"
IAM_USER = "iam-user"
UNSIGNED = "unsigned-connections"
UNPACKED = "unpacked-body"
OVERRIDE = "ignored-override"

FAULTS = frozenset(
    {
        MALFORMED,
        REMAPPED,
        DROPPED,
        MULTI_VALUES,
        BASE64,
        CORS,
        TIMED_OUT,
        TOO_LARGE,
        OTHER_REGION,
        UNSIGNED,
        OVERRIDE,
    }
)

#: Which a client gets from whoever sends the reply, whatever the function says.
_SENDERS = frozenset({"connection", "content-length", "date", "server", "transfer-encoding", "x-amzn-requestid"})
#: Which nobody looks for by their case.
_USUAL = frozenset(
    {
        "Accept-Ranges",
        "Allow",
        "Cache-Control",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "ETag",
        "Etag",
        "Expires",
        "Last-Modified",
        "Link",
        "Location",
        "Pragma",
        "Referrer-Policy",
        "Retry-After",
        "Set-Cookie",
        "Strict-Transport-Security",
        "Vary",
        "WWW-Authenticate",
    }
)


def malformed(what: str) -> Difference:
    return Difference(MALFORMED, what)


def remapped(name: str) -> Difference | None:
    """A REST API gives the header another name. None where the client has one of that name all the same."""
    if name.lower() in _SENDERS:
        return None
    return Difference(REMAPPED, f"a REST API sends the header {name} as x-amzn-Remapped-{name}")


def dropped(name: str) -> Difference | None:
    if name.lower() in _SENDERS:
        return None
    return Difference(DROPPED, f"a REST API does not send the header {name}")


def lower_cased(lines: Iterable[tuple[str, str]]) -> Difference | None:
    """Of a reply of an HTTP API or a function URL."""
    for name, _ in lines:
        if name not in _USUAL and not name.islower() and not name.startswith("Access-Control-"):
            return Difference(LOWER_CASE, f"the header {name} leaves AWS as {name.lower()}")
    return None


def multi_values() -> Difference:
    what = "multiValueHeaders is not looked at in payload format 2.0: join values with a comma, or use cookies"
    return Difference(MULTI_VALUES, what)


def not_decoded(accept: str, has_types: bool) -> Difference:
    """`accept` is the media type that the client wants first."""
    if not has_types:
        what = "the API has no binary media types, so the body goes out as base64 text"
    else:
        what = f"{accept or 'no Accept header'} is none of the API's binary media types, so the body is base64 text"
    return Difference(BASE64, what)


def overridden(names: Iterable[str]) -> Difference | None:
    """Headers of the function's that an API with CORS of its own replaces."""
    found = sorted({name for name in names if name.lower().startswith("access-control-")})
    if not found:
        return None
    return Difference(CORS, f"the API's own CORS settings replace the function's {', '.join(found)}")


def timed_out(seconds: float) -> Difference:
    return Difference(TIMED_OUT, f"the gateway waits for {seconds:g} s and no longer; the function was not done")


def too_large(what: str) -> Difference:
    return Difference(TOO_LARGE, what)


def faults(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Those that `--strict` fails for."""
    return tuple(each for each in found if each.kind in FAULTS)


def strictly(response: Response, found: tuple[Difference, ...]) -> Response:
    """What a client gets with `--strict`; `found` are faults. A reply that says already that something went wrong on
    this side stays as it is."""
    if response.status >= 500:
        return response
    body = orjson.dumps(
        {"message": "AWS would have done otherwise (--strict)", "differences": [each.what for each in found]}
    )
    return Response(500, (("Content-Type", "application/json"), ("x-devserve-differences", _kinds(found))), body)


def _kinds(found: tuple[Difference, ...]) -> str:
    return ", ".join(dict.fromkeys(each.kind for each in found))
