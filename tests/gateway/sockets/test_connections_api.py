"""`@connections`: which requests it is for, and its answers."""

from __future__ import annotations

import json

import pytest

from localstack_lite.gateway.sockets import connections_api
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.sockets.shared import LINK
from tests.gateway.tale import STAMP, header


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/dev/@connections/L0SM9cOFvHcCIhw%3D", ("dev", LINK.id)),
        ("/dev/%40connections/L0SM9cOFvHcCIhw=", ("dev", LINK.id)),
        ("/@connections/abcd", ("", "abcd")),
        ("//dev//@connections/abcd/", ("dev", "abcd")),
        ("/dev/connections/abcd", None),
        ("/a/dev/@connections/abcd", None),
        ("/dev/@connections", None),
        ("/", None),
    ],
)
def test_the_path_names_stage_and_connection(path: str, found: tuple[str, str] | None) -> None:
    assert connections_api.asked(path) == found


@pytest.mark.parametrize(
    ("method", "connection", "size", "status", "error"),
    [
        ("PUT", LINK.id, 0, 403, "MissingAuthenticationTokenException"),
        ("POST", "no id", 0, 400, "BadRequestException"),
        ("GET", "abc", 0, 400, "BadRequestException"),
        ("POST", LINK.id, 131_073, 413, "PayloadTooLargeException"),
    ],
)
def test_what_cannot_be_is_refused(method: str, connection: str, size: int, status: int, error: str) -> None:
    found = connections_api.refusal(method, connection, size, STAMP)
    assert found is not None
    assert (found.status, header(found, "x-amzn-ErrorType")) == (status, error)


def test_128_kb_may_be_posted() -> None:
    assert connections_api.refusal("POST", LINK.id, 131_072, STAMP) is None


def test_gone_and_full_have_awss_names() -> None:
    gone, full = connections_api.gone(LINK.id, STAMP), connections_api.full(LINK.id, STAMP)
    assert (gone.status, header(gone, "x-amzn-ErrorType")) == (410, "GoneException")
    assert json.loads(gone.body)["connectionId"] == LINK.id
    assert (full.status, header(full, "x-amzn-ErrorType")) == (429, "LimitExceededException")
    assert (connections_api.deleted(STAMP).status, connections_api.sent(STAMP).status) == (204, 200)


def test_a_connection_is_described_with_times_that_sdks_read() -> None:
    found = json.loads(connections_api.described(LINK, STAMP.now, STAMP).body)
    assert found == {
        "connectedAt": "2024-08-02T23:34:33.250Z",
        "identity": {"sourceIp": "192.0.2.7", "userAgent": "browser"},
        "lastActiveAt": "2024-08-02T23:34:43.250Z",
    }


@pytest.mark.parametrize(
    ("request_", "signed"),
    [
        (Request("POST", "/"), False),
        (Request("POST", "/", headers=Headers((("authorization", "AWS4-HMAC-SHA256 x"),))), True),
        (Request("POST", "/", headers=Headers((("Authorization", "Bearer x"),))), False),
        (Request("POST", "/", "X-Amz-Signature=1"), True),
    ],
)
def test_a_signature_is_there_or_not(request_: Request, signed: bool) -> None:
    assert connections_api.signed(request_) is signed
    assert connections_api.unsigned(STAMP).status == 403
