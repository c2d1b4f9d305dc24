"""What Lambda says about payloads and client contexts that are not JSON. Two messages are recorded, see below."""

from __future__ import annotations

import base64
import json

import pytest

from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.payload import client_context, payload_error

PREFIX = "Could not parse request body into json: Could not parse payload into json: "
WANTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"


def message(payload: bytes) -> str:
    error = payload_error(payload)
    assert error is not None
    assert (error.status, error.code) == (400, "InvalidRequestContentException")
    assert error.message.startswith(PREFIX)
    return error.message.removeprefix(PREFIX)


def at(column: int, line: int = 1) -> str:
    return (
        "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); "
        f"line: {line}, column: {column}]"
    )


@pytest.mark.parametrize(
    "payload",
    [b"{}", b"[1, 2]", b"null", b"true", b" 1 ", b'"x"', '{"a": "é🥳"}'.encode(), b'"\\ud83e"', b"1" * 40, b"1e400"],
)
def test_any_json_value_is_a_payload(payload: bytes) -> None:
    assert payload_error(payload) is None


def test_a_bad_byte_inside_a_word_as_recorded() -> None:
    assert message(base64.b64decode("bodynum110num210")) == "Invalid UTF-8 start byte 0x87" + at(3)


def test_a_character_that_begins_no_value_as_recorded() -> None:
    assert message(base64.b64decode("messagehello")) == (
        "Unexpected character ((CTRL-CHAR, code 153)): expected a valid value " + WANTED + at(1)
    )


@pytest.mark.parametrize(
    ("payload", "what"),
    [
        (b"hello", f"Unrecognized token 'hello': was expecting {WANTED}" + at(6)),
        (b"hello world", f"Unrecognized token 'hello': was expecting {WANTED}" + at(7)),
        (b'{\n "a": nope}', f"Unrecognized token 'nope': was expecting {WANTED}" + at(12, line=2)),
        (b"{bad}", "Unexpected character ('b' (code 98)): was expecting double-quote to start field name" + at(2)),
        (b'{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"),
        (b'{"a":}', f"Unexpected character ('}}' (code 125)): expected a valid value {WANTED}" + at(6)),
        (b"[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate entries" + at(4)),
        (b'{"a":1', "Unexpected"),
        (b'{"a":', "Unexpected end-of-input" + at(6)),
        (b'"abc', "Unexpected end-of-input: was expecting closing quote for a string value"),
        (b'"a\nb"', "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash"),
        (b'"\\x"', "Unrecognized character escape"),
        (b"{} {}", "Unexpected character ('{' (code 123))"),
        (b"NaN", "Non-standard token 'NaN'"),
        (b"[-Infinity]", "Non-standard token '-Infinity'"),
        (b"   ", "No content to map due to end-of-input" + at(0)),
        (b'"\xff"', "Invalid UTF-8 start byte 0xff"),
        (b'"\xc3("', "Invalid UTF-8 middle byte 0x28"),
        (b'{"a": "\xff", }', "Invalid UTF-8 start byte 0xff"),
        (b'{"a" "\xff"}', "Unexpected character ('\"' (code 34))"),
        (b"x" * 300, "Unrecognized token '" + "x" * 256 + "...'"),
        (b"[" * 100_000, "Document nesting depth exceeds"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_the_first_mistake_is_told_with_its_place(payload: bytes, what: str) -> None:
    assert message(payload).startswith(what)


def test_a_client_context_is_handed_on_as_text_that_fits_into_a_header() -> None:
    sent = {"custom": {"key": "é\nx"}, "client": {}, "env": {}}
    text = client_context(base64.b64encode(json.dumps(sent, indent=1, ensure_ascii=False).encode()).decode())
    assert isinstance(text, str)
    assert text.isascii()
    assert text.isprintable()
    assert json.loads(text) == sent


def test_without_a_client_context_nothing_is_handed_on() -> None:
    assert client_context(None) == ""
    assert client_context("") == ""


@pytest.mark.parametrize(
    "header", ["no base64!", base64.b64encode(b"no json").decode(), base64.b64encode(b"[1]").decode(), "e30", "/w=="]
)
def test_a_client_context_that_is_no_json_object_is_refused(header: str) -> None:
    assert client_context(header) == ApiError(
        400, "InvalidRequestContentException", "Client context must be a valid Base64-encoded JSON object."
    )


def test_a_client_context_has_a_longest_length() -> None:
    def context(length: int) -> str:
        return base64.b64encode(json.dumps({"k": "x" * (length - 9)}).encode()).decode()

    assert isinstance(client_context(context(3583 // 4 * 3)), str)
    refused = client_context(context(3583 // 4 * 3 + 3))
    assert isinstance(refused, ApiError)
    assert refused.message == "Client context must not be longer than 3583 bytes."
