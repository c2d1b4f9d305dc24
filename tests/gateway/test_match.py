"""Route choice, from the recorded and documented cases."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.match import Matcher, without_trailing_slash


def matcher(*keys: str, trailing_slash: bool = True) -> Matcher[str]:
    def split() -> Iterable[tuple[str, str, str]]:
        for key in keys:
            method, _, path = key.rpartition(" ")
            yield method or "ANY", path, key

    return Matcher(split(), trailing_slash=trailing_slash)


PETS = matcher("GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default")


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/pets/dog/1", "GET /pets/dog/1"),
        ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
        ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
        ("POST", "/test/5", "ANY /{proxy+}"),
        ("POST", "/pets/dog/1", "ANY /{proxy+}"),
        ("GET", "/", "$default"),
    ],
)
def test_most_specific_route_wins_as_the_guide_lists(method: str, path: str, key: str) -> None:
    found = PETS.find(method, path)
    assert found is not None
    assert found.target == key


def test_method_that_is_missing_falls_through_to_a_greedy_sibling() -> None:
    routes = matcher("POST /test", "ANY /test/any", "OPTIONS /{proxy+}", trailing_slash=False)
    assert [
        found.target if (found := routes.find(method, path)) else None
        for method, path in (
            ("OPTIONS", "/test"),
            ("POST", "/test"),
            ("OPTIONS", "/test/any"),
            ("GET", "/test/any"),
            ("GET", "/test"),
        )
    ] == ["OPTIONS /{proxy+}", "POST /test", "ANY /test/any", "ANY /test/any", None]


def test_order_of_declaration_does_not_matter() -> None:
    routes = matcher("GET /{param+}", "GET /part1", "GET /part1/hardcoded-value", trailing_slash=False)
    found = [routes.find("GET", p) for p in ("/part1", "/part1/hardcoded-value", "/part1/random-value")]
    assert [f.target if f else None for f in found] == ["GET /part1", "GET /part1/hardcoded-value", "GET /{param+}"]


def test_method_comes_before_any() -> None:
    routes = matcher("ANY /a", "GET /a")
    assert [(f := routes.find(m, "/a")) and f.target for m in ("GET", "PUT")] == ["GET /a", "ANY /a"]


def test_full_match_comes_before_a_greedy_one_with_a_longer_static_part() -> None:
    found = matcher("GET /pets/{proxy+}", "GET /{kind}/dog").find("GET", "/pets/dog")
    assert found is not None
    assert (found.target, found.params) == ("GET /{kind}/dog", {"kind": "pets"})


def test_equal_patterns_with_other_names_keep_their_own_names() -> None:
    routes = matcher("GET /a/{x}/b", "GET /a/{y}/c")
    found = routes.find("GET", "/a/1/c")
    assert found is not None
    assert found.params == {"y": "1"}


def test_longest_greedy_prefix_wins_and_takes_all_the_rest() -> None:
    found = matcher("GET /{all+}", "GET /a/{x}/{rest+}").find("GET", "/a/b/c//d")
    assert found is not None
    assert found.params == {"x": "b", "rest": "c//d"}


@pytest.mark.parametrize("path", ["/", "/pets/", "/pets"])
def test_greedy_variable_needs_a_character(path: str) -> None:
    assert matcher("GET /pets/{proxy+}").find("GET", path) is None


def test_variable_does_not_take_an_empty_segment() -> None:
    assert matcher("GET /a/{x}/b").find("GET", "/a//b") is None


def test_http_paths_with_and_without_final_slash_differ() -> None:
    assert matcher("GET /pets").find("GET", "/pets/") is None
    assert matcher("GET /pets/").find("GET", "/pets/") is not None


def test_rest_ignores_one_final_slash_and_the_greedy_variable_loses_it() -> None:
    routes = matcher("GET /pets", "GET /p/{proxy+}", "GET /", trailing_slash=False)
    assert routes.find("GET", "/pets/") is not None
    assert routes.find("GET", "/") is not None
    found = routes.find("GET", "/p/value/")
    assert found is not None
    assert found.params == {"proxy": "value"}


def test_segments_compare_decoded_and_are_handed_out_as_sent() -> None:
    found = matcher("GET /café/{x}").find("GET", "/caf%C3%A9/a%2Fb")
    assert found is not None
    assert found.params == {"x": "a%2Fb"}


def test_first_of_two_equal_routes_counts() -> None:
    routes = Matcher([("GET", "/a", 1), ("GET", "/a", 2)], trailing_slash=True)
    found = routes.find("GET", "/a")
    assert found is not None
    assert found.target == 1


def test_root_keeps_its_slash() -> None:
    assert [without_trailing_slash(p) for p in ("/", "/a/", "/a//", "/a")] == ["/", "/a", "/a/", "/a"]


SEGMENT = st.sampled_from(["a", "b", "ab", "é"])


@given(st.lists(st.tuples(SEGMENT, st.booleans()), min_size=1, max_size=5), st.booleans())
def test_a_pattern_made_from_a_path_matches_it_and_gives_its_parts(path: list[tuple[str, bool]], more: bool) -> None:
    pattern = [f"{{v{at}}}" if variable else segment for at, (segment, variable) in enumerate(path)]
    params = {f"v{at}": segment for at, (segment, variable) in enumerate(path) if variable}
    segments = [segment for segment, _ in path]
    if more:
        pattern, segments, params = [*pattern, "{rest+}"], [*segments, "x", "", "y"], {**params, "rest": "x//y"}
    found = matcher("GET /" + "/".join(pattern)).find("GET", "/" + "/".join(segments))
    assert found is not None
    assert found.params == params


@given(st.text(alphabet=st.characters(max_codepoint=255)), st.text(max_size=5))
def test_any_path_and_method_are_answered(path: str, method: str) -> None:
    found = PETS.find(method, "/" + path)
    assert found is not None
