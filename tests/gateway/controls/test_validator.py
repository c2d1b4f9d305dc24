from __future__ import annotations

import subprocess
import sys
import zlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.controls.validator import Validator
from localstack_lite.gateway.denial import Denial
from localstack_lite.model.api import Api
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.validation import Validation
from tests.gateway.tale import project, request, rest, tell, visit

SUM = {"type": "object", "properties": {"a": {"type": "number"}, "b": {"type": "number"}}, "required": ["a", "b"]}
JSON = ("Content-Type", "application/json")
PARAMETERS = ("method.request.path.test", "method.request.querystring.qs1", "method.request.header.x-header-param")
OTHER_PATH = ("method.request.path.issuer", *PARAMETERS[1:])


def api(validation: Validation) -> Api:
    made = rest({"GET /nested/{test}": "Fn", "POST /nested/{test}": "Fn"}, stage="local")
    return replace(made, routes=tuple(replace(route, validation=validation) for route in made.routes))


def denial(validation: Validation, body: bytes = b"", *headers: tuple[str, str], target: str = "/") -> Denial | None:
    passed = Validator(validation).admitted(visit(request("POST", target, headers, body)))
    return passed if isinstance(passed, Denial) else None


def model(schema: dict[str, Any], kind: str = "application/json") -> Validation:
    return Validation(models={kind: schema})


@pytest.mark.parametrize(
    ("required", "method", "target", "headers", "body", "status", "said"),
    [
        (PARAMETERS, "POST", "?qs1=test", [("x-header-param", "test"), JSON], b'{"a":1,"b":2}', 200, b""),
        (PARAMETERS, "GET", "?qs1=test", [], b"", 400, b"Missing required request parameters: [x-header-param]"),
        (PARAMETERS, "GET", "", [("x-header-param", "t")], b"", 400, b"Missing required request parameters: [qs1]"),
        (
            OTHER_PATH,
            "POST",
            "",
            [JSON],
            b'{"test":"test"}',
            400,
            b"Missing required request parameters: [x-header-param, issuer, qs1]",
        ),
        (
            PARAMETERS,
            "POST",
            "?qs1=test",
            [("x-header-param", "t"), JSON],
            b'{"test":"x"}',
            400,
            b"Invalid request body",
        ),
        (PARAMETERS, "GET", "?qs1=test", [("x-header-param", "test")], b"", 400, b"Invalid request body"),
    ],
)
def test_as_recorded(
    required: tuple[str, ...],
    method: str,
    target: str,
    headers: list[tuple[str, str]],
    body: bytes,
    status: int,
    said: bytes,
) -> None:
    served = project(api(Validation(required, {"application/json": SUM})))
    call, answer = tell(served, request(method, f"/nested/value{target}", headers, body))
    assert answer.response.status == status
    assert (call is None) == (status == 400)
    if said:
        assert answer.response.body == b'{"message":"' + said + b'"}'


@pytest.mark.parametrize(
    ("name", "target", "headers", "missing"),
    [
        ("method.request.header.X-A", "/", [("x-a", "1")], False),  # names of headers have no case
        ("method.request.header.X-A", "/", [("X-A", "  ")], True),  # blank is missing
        ("method.request.querystring.q", "/?q=", [], True),
        ("method.request.querystring.q", "/?q", [], True),
        ("method.request.querystring.q", "/?q=&q=1", [], False),
        ("method.request.querystring.a b", "/?a%20b=1", [], False),
        ("method.request.querystring.q", "/?Q=1", [], True),
        ("method.request.header.a.b", "/", [("a.b", "1")], False),
    ],
)
def test_a_parameter_must_be_there_and_not_blank(
    name: str, target: str, headers: list[tuple[str, str]], missing: bool
) -> None:
    assert (denial(Validation((name,)), b"", *headers, target=target) is not None) == missing


@pytest.mark.parametrize(
    ("kind", "headers", "refused"),
    [
        ("application/json", [JSON], True),
        ("application/json", [("Content-Type", "Application/JSON; charset=utf-8")], True),
        ("application/json", [], True),
        ("application/json", [("Content-Type", "application/xml")], False),
        ("$default", [("Content-Type", "application/xml")], True),
        ("application/xml", [JSON], False),
    ],
)
def test_the_model_is_that_of_the_content_type(kind: str, headers: list[tuple[str, str]], refused: bool) -> None:
    assert (denial(model(SUM, kind), b'{"a":"x"}', *headers) is not None) == refused


def test_without_a_model_any_body_will_do() -> None:
    assert denial(Validation(("method.request.header.x",)), b"{", ("x", "1")) is None


@pytest.mark.parametrize("body", [b"{", b"a=1", b"\xff", b'{"a": NaN}', b"[" * 50_000])
def test_what_is_no_json_is_an_invalid_body(body: bytes) -> None:
    refused = denial(model(SUM), body)
    assert refused is not None
    assert (refused.type, refused.message) == (ResponseType.BAD_REQUEST_BODY, "Invalid request body")
    assert refused.validation == "[the body is not valid JSON]"


def test_the_validation_error_is_for_gateway_responses_and_the_note_shows_no_value() -> None:
    refused = denial(model(SUM), b'{"a":"x","c":1}')
    assert refused is not None
    assert refused.validation == (
        '[instance type (string) does not match any allowed primitive type (allowed: ["integer","number"]), '
        'object has missing required properties (["b"])]'
    )
    assert refused.note == "Invalid request body: $.a (type), $ (required)"


def test_a_model_may_refer_to_others_inside() -> None:
    schema = {"$ref": "#/definitions/Sums", "definitions": {"Sums": {"type": "array", "items": SUM}}}
    assert denial(model(schema), b'[{"a":1,"b":2}]') is None
    assert denial(model(schema), b'[{"a":1}]') is not None


def test_a_body_nested_as_deep_as_its_model_may_be_is_refused_not_a_crash() -> None:
    tree = {"type": "object", "properties": {"c": {"$ref": "#"}}}
    deep = b'{"c":' * 900 + b"{}" + b"}" * 900
    refused = denial(model(tree), deep)
    assert refused is None or refused.validation == "[the body is nested too deeply]"


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"$ref": "https://apigateway.amazonaws.com/restapis/x/models/Other"}, "nothing is at"),
        ({"$ref": "#/definitions/None"}, "nothing is at"),
        ({"type": "objekt"}, "the request model cannot be used"),
        ({"pattern": "("}, "the request model cannot be used"),
        ({"enum": ["\ud800"]}, "the request model cannot be used"),
    ],
)
def test_a_model_that_cannot_be_used_is_a_configuration_error(schema: dict[str, Any], why: str) -> None:
    refused = denial(model(schema), b'"text"')
    assert refused is not None
    assert refused.type is ResponseType.API_CONFIGURATION_ERROR
    assert why in refused.note


def test_a_compressed_body_is_validated_as_what_it_holds() -> None:
    packed = ("Content-Encoding", "deflate")
    assert denial(model(SUM), zlib.compress(b'{"a":1,"b":2}'), packed) is None
    wrong = denial(model(SUM), zlib.compress(b'{"a":1}'), packed)
    assert wrong is not None
    assert wrong.type is ResponseType.BAD_REQUEST_BODY
    broken = denial(model(SUM), b'{"a":1,"b":2}', packed)
    assert broken is not None
    assert broken.type is ResponseType.UNSUPPORTED_MEDIA_TYPE


@given(st.binary(max_size=40), st.dictionaries(st.sampled_from(["type", "enum", "required", "$ref", "x"]), st.text()))
def test_no_body_and_no_model_ever_raises(body: bytes, schema: dict[str, str]) -> None:
    refused = denial(model(dict(schema)), body)
    assert refused is None or refused.message in ("Invalid request body", "")


def test_jsonschema_is_not_read_for_a_route_without_bodies() -> None:
    code = (
        "import sys\n"
        "from localstack_lite.gateway.sites import Sites\n"
        "from localstack_lite.gateway.controls.validator import Validator\n"
        "from localstack_lite.model.validation import Validation\n"
        "Validator(Validation(('method.request.header.x',), {'application/json': {}}))\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('jsonschema', 'referencing')])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
