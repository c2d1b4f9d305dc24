from __future__ import annotations

import pytest

from localstack_lite.gateway.media import BinaryMediaTypes, is_text


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("application/json", True),
        ("application/json; charset=utf-8", True),
        ("text/csv", True),
        ("application/xml", True),
        ("application/javascript", True),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=x", False),
        ("application/octet-stream", False),
        ("application/problem+json", False),
        ("", False),
    ],
)
def test_http_apis_hand_over_few_types_as_text(content_type: str, text: bool) -> None:
    assert is_text(content_type) is text


@pytest.mark.parametrize(
    ("accept", "decoded"),
    [
        ("image/png", True),
        ("image/png, text/html", True),
        ("text/html, image/png", False),
        ("image/jpg", False),
        ("image/*", False),
        ("*/test", False),
        ("random/test", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_accept_must_be_an_entry_as_recorded(accept: str, decoded: bool) -> None:
    assert BinaryMediaTypes(("image/png", "*/test")).accepted(accept) is decoded


def test_star_matches_everything_and_type_star_its_subtypes() -> None:
    assert BinaryMediaTypes(("*/*",)).accepted("")
    images = BinaryMediaTypes(("image/*",))
    assert [images.match(t) for t in ("image/png", "IMAGE/GIF; q=1", "imagex/png", "text/html")] == [
        True,
        True,
        False,
        False,
    ]


def test_nothing_configured_matches_nothing() -> None:
    assert not BinaryMediaTypes(()).match("image/png")


def test_slash_may_be_escaped_as_in_templates() -> None:
    assert BinaryMediaTypes(("image~1png",)).match("image/png")
