"""What AWS does otherwise than a function thinks: when it is said, what, and what `--strict` makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localstack_lite.gateway import differences
from localstack_lite.gateway.steps import TimedOut
from localstack_lite.model.api import Api, Cors
from localstack_lite.model.difference import Difference
from localstack_lite.wire.messages import Response
from tests.gateway.tale import http, project, request, rest, returned, tell, url

REST = rest({"GET /x": "Fn"})
PICTURES = rest({"GET /x": "Fn"}, binary_media_types=("image/png",))
HTTP = http({"GET /x": "Fn"})
PACKED = {"statusCode": 200, "body": "aGk=", "isBase64Encoded": True}
OPEN = http({"GET /x": "Fn"}, cors=Cors(("*",)))


def found(api: Api, result: object) -> list[tuple[str, str]]:
    _, answer = tell(project(api), request(target="/x"), returned(result))
    return [(each.kind, each.what) for each in answer.differences]


def with_headers(**headers: str) -> dict[str, Any]:
    return {"statusCode": 200, "headers": {name.replace("_", "-"): value for name, value in headers.items()}}


@pytest.mark.parametrize(
    ("api", "result", "kind", "says"),
    [
        (REST, with_headers(WWW_Authenticate="Basic"), "remapped-header", "x-amzn-Remapped-WWW-Authenticate"),
        (REST, with_headers(Host="x"), "dropped-header", "the header Host"),
        (
            REST,
            PACKED,
            "base64-not-decoded",
            "no binary media types",
        ),
        (
            PICTURES,
            PACKED,
            "base64-not-decoded",
            "no Accept header",
        ),
        (REST, {"statusCode": 200, "wrong": 1}, "malformed-result", "unknown key 'wrong'"),
        (REST, "text", "malformed-result", "not an object"),
        (HTTP, with_headers(X_Shop_Id="7"), "lower-case-name", "leaves AWS as x-shop-id"),
        (url(), with_headers(X_Shop_Id="7"), "lower-case-name", "X-Shop-Id"),
        (HTTP, {"statusCode": 200, "multiValueHeaders": {"a": ["b"]}}, "dropped-multi-values", "multiValueHeaders"),
        (HTTP, {"statusCode": 0}, "malformed-result", "statusCode"),
        (OPEN, with_headers(Access_Control_Allow_Origin="x"), "cors-overridden", "Access-Control-Allow-Origin"),
    ],
)
def test_a_difference_is_on_the_answer(api: Api, result: object, kind: str, says: str) -> None:
    ((said, what),) = found(api, result)
    assert said == kind
    assert says in what


@pytest.mark.parametrize(
    ("api", "result"),
    [
        (REST, {"statusCode": 200, "headers": {"Content-Type": "text/html", "X-Shop-Id": "7"}, "body": "hi"}),
        (REST, with_headers(Content_Length="2", Date="now", Server="mine")),
        (
            rest({"GET /x": "Fn"}, binary_media_types=("*/*",)),
            PACKED,
        ),
        (HTTP, with_headers(Content_Type="text/html", Location="/y", x_shop_id="7", Access_Control_Allow_Origin="*")),
        (HTTP, {"hello": "world"}),
        (OPEN, with_headers(Content_Type="text/html")),
    ],
)
def test_a_usual_answer_has_none(api: Api, result: object) -> None:
    assert found(api, result) == []


def test_a_gateway_that_gave_up_is_one() -> None:
    _, answer = tell(project(REST), request(target="/x"), TimedOut())
    assert [each.kind for each in answer.differences] == ["gateway-timeout"]


def test_what_hurts_nobody_is_no_fault() -> None:
    told = (Difference(differences.LOWER_CASE, "a"), Difference(differences.REMAPPED, "b"))
    assert [each.what for each in differences.faults(told)] == ["b"]


def test_strictly_a_fault_is_500_with_its_reasons() -> None:
    told = (Difference(differences.REMAPPED, "one"), Difference(differences.REMAPPED, "two"))
    reply = differences.strictly(Response(200, (), b"fine"), told)
    assert reply.status == 500
    assert json.loads(reply.body)["differences"] == ["one", "two"]
    assert ("x-devserve-differences", "remapped-header") in reply.headers


def test_strictly_a_reply_that_is_a_failure_already_stays() -> None:
    malformed = Response(502, (), b"{}")
    assert differences.strictly(malformed, (Difference(differences.MALFORMED, "x"),)) is malformed
