"""What all operations of the Lambda API have in common."""

from __future__ import annotations

import pytest

from localstack_lite.lambdas.api.api_answer import (
    listed,
    no_content,
    not_implemented,
    not_kept,
    one_of,
    page,
    read_body,
    texts,
    unknown_operation,
)
from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.wire.messages import Headers, Request


def request(body: bytes) -> Request:
    return Request("POST", "/x", "", Headers(()), body)


def pages(items: list[str], size: str) -> list[list[str]]:
    found, marker = [], ""
    while True:
        one = page(items, {"MaxItems": size, "Marker": marker}, items)
        assert not isinstance(one, ApiError)
        found.append(list(one[0]))
        marker = one[1]
        if not marker:
            return found


def test_pages_follow_one_another_to_the_end() -> None:
    five = list("abcde")
    assert pages(five, "2") == [["a", "b"], ["c", "d"], ["e"]]
    assert pages(five, "5") == [["a", "b", "c", "d", "e"]]
    assert pages([], "5") == [[]]
    assert [len(one) for one in pages([f"f{n}" for n in range(120)], "10000")] == [50, 50, 20]


@pytest.mark.parametrize("items", ["0", "-1", "x", "10001", "", "²"])
def test_a_page_has_a_size_from_1_to_10000(items: str) -> None:
    refused = page(["a"], {"MaxItems": items}, ["a"])
    assert isinstance(refused, ApiError)
    assert refused.code == "ValidationException"


def test_a_marker_is_one_that_was_given_out() -> None:
    refused = page(["a"], {"Marker": "b"}, ["a"])
    assert refused == ApiError(400, "InvalidParameterValueException", "The provided Marker is not valid.")


def test_the_end_of_a_list_has_no_marker() -> None:
    assert listed("Things", [1], "") == {"Things": [1]}
    assert listed("Things", [1], "next") == {"Things": [1], "NextMarker": "next"}


@pytest.mark.parametrize(
    ("body", "read"), [(b"", {}), (b"{}", {}), (b'{"A": 1}', {"A": 1})], ids=["none", "empty", "member"]
)
def test_a_body_is_a_json_object_or_nothing(body: bytes, read: dict[str, object]) -> None:
    assert read_body(request(body)) == read


@pytest.mark.parametrize("body", [b"[]", b"1", b"{"])
def test_any_other_body_is_refused(body: bytes) -> None:
    refused = read_body(request(body))
    assert isinstance(refused, ApiError)
    assert refused.code == "InvalidRequestContentException"


def test_members_that_should_be_text_are() -> None:
    assert texts({"A": "x", "B": None, "C": 1}, "A", "B", "D") == {"A": "x"}
    refused = texts({"A": 1}, "A")
    assert isinstance(refused, ApiError)
    assert "A is not text" in refused.message


def test_a_value_that_is_none_of_an_enumeration_is_told_all_of_it() -> None:
    assert one_of("x", "member", ("x", "y")) is None
    refused = one_of("z", "member", ("x", "y"))
    assert refused is not None
    assert refused.message == (
        "1 validation error detected: Value 'z' at 'member' failed to satisfy constraint: "
        "Member must satisfy enum value set: [x, y]"
    )


def test_refusals_say_what_was_asked_for() -> None:
    assert not_implemented("Op").message == "devserve does not answer the Lambda operation Op."
    assert not_implemented("Op", "Do this.").message.endswith("Op. Do this.")
    assert "POST /x" in unknown_operation(request(b"")).message
    assert not_kept(OSError(28, "No space")).message == "It cannot be kept: No space"
    assert no_content("r").headers == (("x-amzn-RequestId", "r"),)
