"""Texts of pairs, as people and shells quote them. What parameters look like is in tests/cli/test_overrides.py."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.pairs import NotPairs, parameter_pairs, tag_pairs

NAMES = st.text("ABCxyz019", min_size=1, max_size=4)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def in_double_quotes(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def bare(value: str) -> str:
    return "".join("\\" + each if each.isspace() or each in "\\\"'" else each for each in value)


FORMS = st.sampled_from(
    [
        lambda name, value: f"{name}={in_double_quotes(value)}",
        lambda name, value: f"{name}={bare(value)}",
        lambda name, value: f"ParameterKey={name},ParameterValue={in_double_quotes(value)}",
        lambda name, value: f"ParameterKey={name},ParameterValue={bare(value)}",
    ]
)


@given(
    st.lists(
        st.tuples(NAMES, VALUES, FORMS, st.text(" \t\n", min_size=1, max_size=3)), max_size=6, unique_by=lambda p: p[0]
    )
)
def test_every_way_of_writing_a_parameter_gives_it_back(pairs) -> None:
    text = "".join(form(name, value) + gap for name, value, form, gap in pairs)
    assert parameter_pairs(text) == {name: value for name, value, _, _ in pairs}


@given(st.text(alphabet=st.sampled_from("Ab1=,\\\"' \n-ParameterKeyValue"), max_size=60))
@pytest.mark.parametrize("read", [parameter_pairs, tag_pairs])
def test_any_text_is_pairs_or_is_refused_with_what_is_left_of_it(read, text: str) -> None:
    refused = None
    found: dict[str, str] = {}
    try:
        found = read(text)
    except NotPairs as error:
        refused = error
    if refused is None:
        assert all(found)
        assert bool(found) == bool(text.strip())
    else:
        assert refused.rest
        assert refused.rest in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {}),
        ("team=shop", {"team": "shop"}),
        ("cost-center=7 owner:mail=a@b.c", {"cost-center": "7", "owner:mail": "a@b.c"}),
        ('"cost center"="7 or 8" team=shop', {"cost center": "7 or 8", "team": "shop"}),
        ('"team=shop stage=dev"', {"team": "shop", "stage": "dev"}),
    ],
)
def test_a_tag_may_have_any_name(text: str, expected: dict[str, str]) -> None:
    assert tag_pairs(text) == expected


def test_the_refusal_says_after_which_key_but_not_what_is_there() -> None:
    with pytest.raises(NotPairs) as raised:
        parameter_pairs("Name=shop Password=hunter 2")
    assert str(raised.value) == "after Password"
    assert (raised.value.after, raised.value.rest) == ("Password", "2")
