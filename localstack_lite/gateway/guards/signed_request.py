"""What a request says of its signature (SigV4): in its Authorization header, or in its query when its address was
signed beforehand. Pure; whether it is right is `signature`'s business.

The words for what is missing or malformed are AWS's. It used to repeat a header that it did not understand; today it
says the header's SHA-256 digest, and so is done here.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC
from typing import NoReturn
from urllib.parse import parse_qsl

from localstack_lite.gateway.wiretext import readable
from localstack_lite.model.record import record
from localstack_lite.wire.messages import Request

SYMMETRIC = "AWS4-HMAC-SHA256"
#: SigV4a: signed with a key pair that is derived from the secret, for several regions at once.
ASYMMETRIC = "AWS4-ECDSA-P256-SHA256"
INCOMPLETE = "IncompleteSignatureException"

_MOMENT = re.compile(r"\d{8}T\d{6}Z")
_PARTS = re.compile(r"[,\s]+")
_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~:-]+")


@record
class Flaw:
    """Why a signature does not even begin to be one. `error` and `message` as AWS has them."""

    error: str
    message: str


@record
class SignedRequest:
    """`moment` is `YYYYMMDDTHHMMSSZ`, `date` the credential scope's day, `expires` the seconds that a signed address is
    good for (None: signed in a header). `region` is empty with `ASYMMETRIC`. `temporary`: it comes with a session
    token."""

    algorithm: str
    key_id: str
    date: str
    region: str
    service: str
    terminator: str
    headers: tuple[str, ...]
    signature: str
    moment: str
    temporary: bool = False
    expires: int | None = None


class _Flawed(Exception):
    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def signed_request(request: Request) -> SignedRequest | Flaw | None:
    """None: nobody signed it."""
    sent = request.headers.get_all("authorization")
    try:
        if sent:
            return _of_header(request, ",".join(sent))
        return _of_query(request) if "X-Amz-" in request.query else None
    except _Flawed as flawed:
        return Flaw(INCOMPLETE, flawed.message)


def _of_header(request: Request, sent: str) -> SignedRequest:
    algorithm, _, rest = sent.strip().partition(" ")
    pairs = [part for part in _PARTS.split(rest.strip()) if part]
    digest = base64.b64encode(hashlib.sha256(sent.encode("latin-1", "replace")).digest()).decode()
    if "=" in algorithm:
        _flawed("Authorization header must begin with the algorithm name, which cannot include an equal-sign.")
    if not pairs or any("=" not in part for part in pairs):
        what = "(hashed with SHA-256 and encoded with Base64)"
        _flawed(f"Invalid key=value pair (missing equal-sign) in Authorization header {what}: '{digest}'.")
    given = {name: value for name, _, value in (part.partition("=") for part in pairs)}
    moment = _moment(request)
    missing = [
        f"Authorization header requires '{name}' parameter."
        for name in ("Credential", "Signature", "SignedHeaders")
        if not given.get(name)
    ]
    if not moment:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing:
        _flawed(f"{' '.join(missing)} (Hashed with SHA-256 and encoded with Base64) Authorization={digest}")
    temporary = bool(request.headers.get("x-amz-security-token"))
    return _read(algorithm, given, moment, temporary=temporary, expires=None)


def _of_query(request: Request) -> SignedRequest | None:
    pairs = parse_qsl(readable(request.query), keep_blank_values=True, errors="replace")
    given = {name.removeprefix("X-Amz-"): value for name, value in pairs if name.startswith("X-Amz-")}
    if not any(given.get(name) for name in ("Algorithm", "Credential", "Signature")):
        return None
    missing = [
        f"AWS query-string parameters must include 'X-Amz-{name}'."
        for name in ("Algorithm", "Credential", "Signature", "SignedHeaders", "Date")
        if not given.get(name)
    ]
    if missing:
        _flawed(f"{' '.join(missing)} Re-examine the query-string parameters.")
    if not _MOMENT.fullmatch(given["Date"]):
        _flawed(
            "Date must be in ISO-8601 'basic format'. Got something else. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    expires = given.get("Expires", "300")
    if not (expires.isdecimal() and expires.isascii() and 0 < int(expires[:7]) <= 604_800 and len(expires) <= 6):
        _flawed("X-Amz-Expires must be a number of seconds between 1 and 604800")
    temporary = bool(given.get("Security-Token"))
    return _read(given["Algorithm"], given, given["Date"], temporary=temporary, expires=int(expires))


def _read(algorithm: str, given: dict[str, str], moment: str, *, temporary: bool, expires: int | None) -> SignedRequest:
    if algorithm not in (SYMMETRIC, ASYMMETRIC):
        _flawed(f"Unsupported AWS 'algorithm': '{algorithm[:40]}'.")
    scope = given["Credential"].split("/")
    wanted = 5 if algorithm == SYMMETRIC else 4
    if len(scope) != wanted or not all(scope):
        _flawed(f"Credential must have exactly {wanted} slash-delimited elements, e.g. keyid/date/region/service/term.")
    key_id, date, *region, service, terminator = scope
    names = tuple(name for name in given["SignedHeaders"].lower().split(";") if name)
    if not all(map(_NAME.fullmatch, names)):
        _flawed("SignedHeaders must be names of headers with semicolons between them.")
    return SignedRequest(
        algorithm,
        key_id,
        date,
        "".join(region),
        service,
        terminator,
        names,
        given["Signature"],
        moment,
        temporary,
        expires,
    )


def _moment(request: Request) -> str:
    """When the request was signed, as SigV4 writes it; empty when it does not say so."""
    said = request.headers.get("x-amz-date") or ""
    if _MOMENT.fullmatch(said):
        return said
    said = said or request.headers.get("date") or ""
    if _MOMENT.fullmatch(said):
        return said
    from email.utils import parsedate_to_datetime  # few clients sign that header

    try:
        when = parsedate_to_datetime(said)
        when = when if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""
    return f"{when:%Y%m%dT%H%M%SZ}"


def _flawed(message: str) -> NoReturn:
    raise _Flawed(message)
