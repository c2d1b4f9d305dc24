from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.query import all_values, joined_values, last_values, pairs


def test_values_are_decoded_and_a_plus_is_a_space() -> None:
    query = (
        "dateTimeOffset=2023-06-12T18:05:10.123456+00:00&email=test%2Balias@gmail.com&plus=test+alias@gmail.com"
        "&url=https://www.google.com/&whitespace=foo%20bar&zhash=abort/"
    )
    assert last_values(pairs(query)) == {
        "dateTimeOffset": "2023-06-12T18:05:10.123456 00:00",
        "email": "test+alias@gmail.com",
        "plus": "test alias@gmail.com",
        "url": "https://www.google.com/",
        "whitespace": "foo bar",
        "zhash": "abort/",
    }


def test_several_values_of_a_name_last_all_and_joined() -> None:
    items = pairs("category=electronics&category=books&price=10&price=20&price=30")
    assert last_values(items) == {"category": "books", "price": "30"}
    assert all_values(items) == {"category": ["electronics", "books"], "price": ["10", "20", "30"]}
    assert joined_values(items) == {"category": "electronics,books", "price": "10,20,30"}


def test_no_query_is_null_in_the_old_format_and_empty_in_the_new() -> None:
    assert (last_values(pairs("")), all_values(pairs("")), joined_values(pairs(""))) == (None, None, {})


def test_name_without_value_is_empty() -> None:
    assert pairs("a&b=&c=1") == [("a", ""), ("b", ""), ("c", "1")]


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_query_is_read(query: str) -> None:
    for name, value in pairs(query):
        (name + value).encode("utf-8")
