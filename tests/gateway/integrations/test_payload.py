"""Bodies as the tables of AWS's documentation have them, and as recorded."""

from __future__ import annotations

import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.integrations.payload import Inconvertible, returned, sent
from localstack_lite.gateway.media import BinaryMediaTypes
from localstack_lite.model.integration import ContentHandling

PNG = BinaryMediaTypes(("image/png",))
NONE = BinaryMediaTypes(())
RAW = gzip.compress(b"some bytes \xff that are no text", mtime=0)
PACKED = base64.b64encode(RAW)
DESTROYED = RAW.decode("utf-8", "replace").encode()
AS_IS, TEXT, BINARY = ContentHandling.PASSTHROUGH, ContentHandling.TO_TEXT, ContentHandling.TO_BINARY


@pytest.mark.parametrize(
    ("types", "body", "handling", "made"),
    [
        (NONE, RAW, AS_IS, DESTROYED),
        (PNG, RAW, AS_IS, RAW),
        (PNG, RAW, TEXT, PACKED),
        (PNG, RAW, BINARY, RAW),
        (NONE, PACKED, BINARY, RAW),
        (NONE, b"text", TEXT, b"text"),
        (PNG, b"", TEXT, b""),
    ],
)
def test_a_request_of_a_png(types: BinaryMediaTypes, body: bytes, handling: ContentHandling, made: bytes) -> None:
    assert sent(types, body, "image/png", handling)[0] == made


@pytest.mark.parametrize(
    ("kind", "accept", "body", "handling", "made"),
    [
        ("text/plain", "text/plain", b"text", AS_IS, b"text"),
        ("text/plain", "text/plain", RAW, AS_IS, DESTROYED),
        ("text/plain", "text/plain", PACKED, BINARY, RAW),
        ("text/plain", "image/png", PACKED, AS_IS, RAW),
        ("text/plain", "image/png", b"text", TEXT, b"text"),
        ("image/png", "text/plain", RAW, AS_IS, PACKED),
        ("image/png", "text/plain", RAW, BINARY, RAW),
        ("image/png", "text/plain", RAW, TEXT, PACKED),
        ("image/png", "image/png", RAW, AS_IS, RAW),
        ("image/png", "image/png", RAW, TEXT, PACKED),
        ("image/png", "", RAW, AS_IS, PACKED),
        ("image/png", "", b"", AS_IS, b""),
    ],
)
def test_a_reply(kind: str, accept: str, body: bytes, handling: ContentHandling, made: bytes) -> None:
    assert returned(PNG, body, kind, accept, handling) == made


def test_what_is_no_base64_cannot_be_made_binary() -> None:
    with pytest.raises(Inconvertible):
        sent(NONE, b"no base64!", "text/plain", BINARY)
    with pytest.raises(Inconvertible):
        returned(PNG, b"no base64!", "text/plain", "image/png", AS_IS)


@given(st.binary(min_size=1))
def test_binary_bodies_come_back_from_text(body: bytes) -> None:
    text, binary = sent(PNG, body, "image/png", TEXT)
    assert not binary
    assert sent(NONE, text, "text/plain", BINARY) == (body, True)


def test_text_without_binary_types_stays_what_it_is() -> None:
    assert returned(NONE, "é".encode(), "", "*/*", AS_IS) == "é".encode()
