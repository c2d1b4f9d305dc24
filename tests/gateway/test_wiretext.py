from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.wiretext import (
    base64_body,
    common_log_time,
    decoded,
    media_type,
    readable,
    text_body,
)


def test_time_is_written_as_in_an_access_log() -> None:
    assert common_log_time(1722641683) == "02/Aug/2024:23:34:43 +0000"
    assert common_log_time(0) == "01/Jan/1970:00:00:00 +0000"


def test_raw_utf8_in_a_target_is_read_as_such() -> None:
    assert readable("/caf\xc3\xa9") == "/café"
    assert readable("/plain%20") == "/plain%20"


def test_percent_encoding_is_decoded_once() -> None:
    assert decoded("/****%20Doe/%E2%98%95/%2525") == "/**** Doe/☕/%25"


def test_media_type_has_no_parameters_and_is_lower_case() -> None:
    assert media_type("Text/HTML; charset=utf-8") == "text/html"


def test_bodies_that_are_not_utf8_lose_their_bytes_as_text_and_keep_them_as_base64() -> None:
    assert text_body(b"a\xffb") == "a�b"
    assert base64_body(b"\xde\xad\xbe\xef") == "3q2+7w=="


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_target_becomes_text_that_json_can_carry(target: str) -> None:
    readable(target).encode("utf-8")
    decoded(target).encode("utf-8")
