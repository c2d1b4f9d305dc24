"""Requests that botocore has signed, as they reach the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localstack_lite.wire.messages import Headers, Request

#: AWS's own examples.
KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
HOST = "localhost:3000"


def signed(
    target: str = "/x",
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Sequence[tuple[str, str]] = (),
    service: str = "execute-api",
    region: str = "us-east-1",
    key_id: str = KEY_ID,
    secret: str = SECRET,
    token: str | None = None,
    expires: int | None = None,
    host: str = HOST,
) -> Request:
    """`expires`: the address is signed, for so many seconds."""
    asked = AWSRequest(method, f"http://{host}{target}", data=body)
    for name, value in headers:
        asked.headers[name] = value
    who: tuple[Any, str, str] = (Credentials(key_id, secret, token), service, region)
    (SigV4Auth(*who) if expires is None else SigV4QueryAuth(*who, expires)).add_auth(asked)
    path, _, query = asked.url.removeprefix(f"http://{host}").partition("?")
    return Request(method, path, query, Headers((("Host", host), *asked.headers.items())), body, "192.0.2.7")


def signed_at(request: Request) -> float:
    """When botocore signed it: it asks the clock itself."""
    said = request.headers.get("X-Amz-Date") or request.query.partition("X-Amz-Date=")[2].partition("&")[0]
    return datetime.strptime(said, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()


def changed(request: Request, **headers: str | None) -> Request:
    """With other header lines; `_` stands for a dash, None takes one out."""
    wanted = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    kept = [line for line in request.headers.lines if line[0].lower() not in wanted]
    kept += [(name, value) for name, value in wanted.items() if value is not None]
    return Request(request.method, request.path, request.query, Headers(tuple(kept)), request.body, request.client)
