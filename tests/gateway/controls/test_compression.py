from __future__ import annotations

import gzip
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.controls.compression import packed, unpacked
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.differences import UNPACKED
from localstack_lite.gateway.limits import BODY_LIMIT
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.wire.messages import Response
from tests.gateway.tale import header, http, project, request, response, rest, tell, visit

BODY = b'{"type":"dog","price":249.99}' * 9
TEXT = "a text that is long enough " * 9


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def received(coding: str, body: bytes) -> object:
    """What the function of a REST API gets, or the status and the body of the refusal."""
    sent = request("POST", "/a", [("Content-Encoding", coding), ("Content-Type", "application/json")], body)
    call, answer = tell(project(rest({"POST /a": "Fn"})), sent)
    if call is None:
        return answer.response.status, answer.response.body
    return json.loads(call.invocation.payload)["body"]


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(BODY, mtime=0)),
        ("GZIP", gzip.compress(BODY, mtime=0)),
        ("x-gzip", gzip.compress(BODY, mtime=0)),
        ("gzip", gzip.compress(BODY[:9], mtime=0) + gzip.compress(BODY[9:], mtime=0)),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("identity", BODY),
        ("identity, gzip", gzip.compress(BODY, mtime=0)),
        ("", BODY),
    ],
)
def test_a_packed_request_body_is_unpacked_before_the_event(coding: str, body: bytes) -> None:
    assert received(coding, body) == BODY.decode()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("br", BODY),
        ("gzip", BODY),
        ("gzip", gzip.compress(BODY, mtime=0)[:-9]),
        ("gzip", gzip.compress(BODY, mtime=0) + b"rest"),
        ("deflate", b"\x00" * 20),
        ("gzip, deflate", gzip.compress(zlib.compress(BODY), mtime=0)),
    ],
)
def test_what_is_not_that_coding_is_415(coding: str, body: bytes) -> None:
    assert received(coding, body) == (415, b'{"message":"Unsupported Media Type"}')


def test_a_bomb_is_413_before_it_fills_the_memory() -> None:
    bomb = zlib.compress(b"\x00" * (BODY_LIMIT + 1))
    assert received("deflate", bomb) == (413, b'{"message":"Request Too Long"}')
    whole = unpacked(
        visit(request("POST", "/", [("Content-Encoding", "gzip")], gzip.compress(b"\x00" * BODY_LIMIT, mtime=0)))
    )
    assert not isinstance(whole, Denial)
    assert len(whole.request.body) == BODY_LIMIT


def test_the_header_stays_and_the_difference_is_told() -> None:
    sent = request("POST", "/a", [("Content-Encoding", "gzip")], gzip.compress(BODY, mtime=0))
    call, answer = tell(project(rest({"POST /a": "Fn"})), sent)
    assert call is not None
    assert json.loads(call.invocation.payload)["headers"]["Content-Encoding"] == "gzip"
    assert [one.kind for one in answer.differences] == [UNPACKED]


def test_an_http_api_hands_a_packed_body_on_as_it_is() -> None:
    body = gzip.compress(BODY, mtime=0)
    sent = request("POST", "/a", [("Content-Encoding", "gzip"), ("Content-Type", "text/plain; x")], body)
    call, _ = tell(project(http({"POST /a": "Fn"})), sent)
    assert call is not None
    assert json.loads(call.invocation.payload)["body"] == body.decode("utf-8", "replace")


def test_without_a_body_there_is_nothing_to_unpack() -> None:
    before = visit(request("GET", "/", [("Content-Encoding", "deflate")]))
    assert unpacked(before) is before


@given(st.binary(max_size=60), st.sampled_from(["gzip", "deflate", "br", "gzip;q=1", ",", "identity"]))
def test_no_body_raises(body: bytes, coding: str) -> None:
    found = unpacked(visit(request("POST", "/", [("Content-Encoding", coding)], body)))
    assert not isinstance(found, Denial) or found.type is ResponseType.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip", "gzip"),
        ("deflate", "deflate"),
        ("GZIP", "gzip"),
        ("gzip, deflate, br", "gzip"),
        ("br, gzip", "gzip"),
        ("deflate, gzip", "deflate"),
        ("deflate;q=0.5, gzip;q=0.8", "gzip"),
        ("gzip;q=0.5, br;q=0.8", None),
        ("gzip;q=0.5, identity", None),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("gzip;q=x", None),
        ("gzip;q=-1", None),
        ("gzip; q=0.3", "gzip"),
        ("*", None),
        ("*;q=1, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("br", None),
        ("", None),
        (None, None),
    ],
)
def test_a_reply_is_packed_as_the_client_likes_best(accept: str | None, coding: str | None) -> None:
    served = project(rest({"GET /a": "Fn"}, minimum_compression=0))
    sent = request("GET", "/a", [("Accept-Encoding", accept)] if accept is not None else [])
    answer = response(served, sent, {"statusCode": 200, "body": TEXT})
    assert header(answer, "content-encoding") == coding
    plain = {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(coding or "", bytes)(answer.body)
    assert plain == TEXT.encode()


@pytest.mark.parametrize(
    ("minimum", "method", "result", "small"),
    [
        (0, "GET", {"statusCode": 200, "body": "x"}, True),
        (243, "GET", {"statusCode": 200, "body": TEXT}, True),
        (244, "GET", {"statusCode": 200, "body": TEXT}, False),
        (None, "GET", {"statusCode": 200, "body": TEXT}, False),
        (0, "GET", {"statusCode": 200}, False),
        (0, "GET", {"statusCode": 200, "body": TEXT, "headers": {"content-encoding": "br"}}, False),
        (0, "HEAD", {"statusCode": 200, "body": TEXT}, False),
        (0, "GET", {"statusCode": 404, "body": TEXT}, True),
    ],
)
def test_only_a_body_of_the_minimum_size_that_is_not_packed_yet_is_packed(
    minimum: int | None, method: str, result: object, small: bool
) -> None:
    served = project(rest({"ANY /a": "Fn"}, minimum_compression=minimum))
    answer = response(served, request(method, "/a", [("Accept-Encoding", "gzip")]), result)
    assert (header(answer, "content-encoding") == "gzip") == small


def test_an_http_api_packs_nothing() -> None:
    served = project(http({"GET /a": "Fn"}, minimum_compression=0))
    sent = request("GET", "/a", [("Accept-Encoding", "gzip")])
    assert header(response(served, sent, {"statusCode": 200, "body": TEXT}), "content-encoding") is None


@given(st.binary(min_size=1, max_size=200), st.text(alphabet="gzipdeflate*,;q=01. ", max_size=20))
def test_what_is_packed_is_what_was_there(body: bytes, accept: str) -> None:
    answer = packed(1, request("GET", "/", [("Accept-Encoding", accept)]), Response(200, (), body))
    open_ = {"gzip": gzip.decompress, "deflate": zlib.decompress}.get(header(answer, "content-encoding") or "", bytes)
    assert open_(answer.body) == body
