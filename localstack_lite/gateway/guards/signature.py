"""Whether a request was signed by who has the secret (SigV4). Pure: time and secret are passed in; botocore's own code
computes what the signature must be and is imported with the first one.

The canonical request is made of the request as it was sent: the path still percent-encoded and encoded once more, the
query sorted, all values of a signed header, the digest of the body that came. The body counts whatever
`x-amz-content-sha256` says: neither API Gateway nor Lambda takes an unsigned payload (AWS docs; re:Post for function
URLs). Two forms of a query will do, because clients differ in what they encode: as sent, and encoded anew.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote_plus

from localstack_lite.gateway.guards.signed_request import Flaw, SignedRequest
from localstack_lite.gateway.wiretext import readable
from localstack_lite.wire.messages import Request

INVALID = "InvalidSignatureException"
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
#: Seconds that a signature's time may be off.
_SKEW = 300.0
_FORMAT = "%Y%m%dT%H%M%SZ"


def ill_scoped(signed: SignedRequest, service: str, now: float) -> Flaw | None:
    """What is wrong with a signature before any key is known: its time, its scope, what it signs."""
    return _out_of_time(signed, now) or _out_of_scope(signed, service)


def mismatched(request: Request, signed: SignedRequest, secret: str) -> Flaw | None:
    """A signature that is not the one which the secret gives."""
    wanted = signed.signature.encode("ascii", "replace")
    right = any(hmac.compare_digest(one.encode(), wanted) for one in _signatures(request, signed, secret))
    return None if right else Flaw(INVALID, _MISMATCH)


def unsigned_payload(request: Request) -> bool:
    """Whether the client left the body out of its signature, for the note."""
    return (request.headers.get("x-amz-content-sha256") or "").upper().startswith("UNSIGNED")


def _out_of_time(signed: SignedRequest, now: float) -> Flaw | None:
    try:
        then = datetime.strptime(signed.moment, _FORMAT).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return Flaw(INVALID, "Signature expired: its date is none.")
    here = _moment(now)
    if then > now + _SKEW:
        latest = f"{_moment(now + _SKEW)} ({here} + 5 min.)"
        return Flaw(INVALID, f"Signature not yet current: {signed.moment} is still later than {latest}")
    good = _SKEW if signed.expires is None else float(signed.expires)
    if then < now - good:
        span = "5 min." if signed.expires is None else f"{signed.expires} s"
        return Flaw(
            INVALID, f"Signature expired: {signed.moment} is now earlier than {_moment(now - good)} ({here} - {span})"
        )
    return None


def _out_of_scope(signed: SignedRequest, service: str) -> Flaw | None:
    wrong = []
    if signed.service != service:
        wrong.append(f"Credential should be scoped to correct service: '{service}'.")
    if signed.terminator != "aws4_request":
        wrong.append("Credential should be scoped with a valid terminator: 'aws4_request'.")
    if signed.date != signed.moment[:8]:
        wrong.append("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
    if "host" not in signed.headers:
        wrong.append("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    return Flaw(INVALID, " ".join(wrong)) if wrong else None


def _signatures(request: Request, signed: SignedRequest, secret: str) -> Iterator[str]:
    """What the secret gives for the request, for each form that its query may have been signed in."""
    auth = _auth(signed, secret, request)
    path = readable(request.path).replace("#", "%23")
    url = f"https://host{path if path.startswith('/') else f'/{path}'}"
    pairs = [pair for pair in readable(request.query).split("&") if pair and not pair.startswith("X-Amz-Signature=")]
    parted = [pair.partition("=") for pair in pairs]
    decoded = [
        (unquote_plus(name, errors="replace"), unquote_plus(value, errors="replace")) for name, _, value in parted
    ]
    as_sent = "&".join(pairs).replace("#", "%23")
    for address, params in ((f"{url}?{as_sent}", None), (url, decoded)):
        asked = SimpleNamespace(
            method=request.method,
            url=address,
            params=params,
            headers={},
            body=request.body,
            context={"timestamp": signed.moment},
        )
        yield auth.signature(auth.string_to_sign(asked, auth.canonical_request(asked)), asked)


def _auth(signed: SignedRequest, secret: str, request: Request) -> Any:
    """botocore's signer, which signs the headers that were signed."""
    from email.message import Message  # what botocore's own headers are made of

    from botocore.auth import SigV4Auth

    named: Any = Message()
    for name in dict.fromkeys(signed.headers):
        for value in request.headers.get_all(name) or ("",):
            named[name] = readable(value)

    class Again(SigV4Auth):  # type: ignore[misc]  # botocore has no types
        def headers_to_sign(self, _request: Any) -> Any:
            return named

    return Again(SimpleNamespace(access_key=signed.key_id, secret_key=secret), signed.service, signed.region)


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_FORMAT)
