from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.replies import Trouble
from localstack_lite.gateway.result import (
    RESPONSE_LIMIT,
    Malformed,
    body_text,
    cookie_headers,
    flag,
    multi_headers,
    parsed,
    respond,
    single_headers,
    status_code,
    unpacked,
)


@pytest.mark.parametrize(("value", "code"), [(200, 200), ("201", 201), ("418", 418), (599, 599)])
def test_status_is_a_number_or_one_as_text(value: object, code: int) -> None:
    assert status_code(value) == code


@pytest.mark.parametrize("value", ["test", 0, 201.5, 200.0, True, None, [], "²00", "-200", 199, 600, 10**400])
def test_other_statuses_are_refused_and_named(value: object) -> None:
    with pytest.raises(Malformed, match="statusCode is"):
        status_code(value)


def test_header_values_become_text_and_null_ones_go() -> None:
    given_headers = {"a": "x", "b": True, "c": False, "d": 3, "e": 1.5, "f": None}
    assert single_headers(given_headers) == [("a", "x"), ("b", "true"), ("c", "false"), ("d", "3"), ("e", "1.5")]
    assert single_headers(None) == []


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ([], "headers is [], not an object"),
        ({"a": ["x"]}, 'headers["a"] is ["x"], not a string'),
        ({"a": "x\r\nEvil: 1"}, "the value of header a has a line break or control character"),
        ({"a": "\u2615"}, "the value of header a has characters that a header cannot carry"),
        ({"a b": "x"}, '"a b" is not a header name'),
        ({"": "x"}, '"" is not a header name'),
    ],
)
def test_wrong_headers_are_named(value: object, what: str) -> None:
    with pytest.raises(Malformed) as caught:
        single_headers(value)
    assert caught.value.what == what


def test_latin_1_passes_and_edges_are_trimmed() -> None:
    assert single_headers({"a": " caf\u00e9\t"}) == [("a", "caf\u00e9")]


def test_multi_values_are_lists() -> None:
    assert multi_headers({"a": ["1", 2], "b": None}) == [("a", "1"), ("a", "2")]
    with pytest.raises(Malformed, match="not a list"):
        multi_headers({"a": "value1"})


def test_cookies_are_a_list_of_texts() -> None:
    assert cookie_headers(["a=1", "b=2"]) == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
    assert cookie_headers(None) == []
    with pytest.raises(Malformed, match="cookies is"):
        cookie_headers({"a": "1"})


def test_flag_takes_truth_values_only() -> None:
    assert [flag(v) for v in (True, "true", False, None, "false")] == [True, True, False, False, False]
    with pytest.raises(Malformed, match="isBase64Encoded"):
        flag("yes")


def test_body_is_text_or_nothing() -> None:
    assert (body_text("x"), body_text(None)) == ("x", "")
    with pytest.raises(Malformed, match=r"body is \{\}, not a string"):
        body_text({})


def test_base64_is_checked() -> None:
    assert unpacked("3q2+7w==") == b"\xde\xad\xbe\xef"
    for bad in ("a", "3q2+7w==x", "\u00e9"):
        with pytest.raises(Malformed) as caught:
            unpacked(bad)
        assert caught.value.trouble is Trouble.BAD_BASE64


def test_listeners_headers_are_left_out_and_own_ones_replace() -> None:
    lines = [("content-length", "9"), ("Date", "x"), ("Apigw-RequestId", "mine"), ("X-A", "1")]
    reply = respond(200, lines, b"hi", "text/plain", (("apigw-requestid", "real"),))
    assert reply.headers == (("X-A", "1"), ("Content-Type", "text/plain"), ("apigw-requestid", "real"))


def test_statuses_without_body_lose_it() -> None:
    assert [respond(s, (), b"x", "text/plain", ()).body for s in (200, 204, 304)] == [b"x", b"", b""]


def test_body_over_the_limit_is_malformed() -> None:
    with pytest.raises(Malformed, match="more than"):
        respond(200, (), bytes(RESPONSE_LIMIT + 1), "text/plain", ())


def test_what_is_not_json_is_a_value_error() -> None:
    for payload in (b"", b"{", b"NaN", b'"\\ud800"', b"\xff"):
        with pytest.raises(ValueError):
            parsed(payload)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, JSON)
def test_any_json_gives_headers_that_can_be_sent_or_is_refused(single: object, several: object) -> None:
    for read, value in ((single_headers, single), (multi_headers, several), (cookie_headers, several)):
        try:
            lines = read(orjson.loads(orjson.dumps(value)))
        except Malformed:
            continue
        for name, text in lines:
            assert name.isascii()
            assert name
            assert not set(text.encode("latin-1")) & {0, 10, 13}
