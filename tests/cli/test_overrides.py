"""Both forms of `--parameter-overrides`, quoted as people quote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.cli.overrides import parsed, spread
from localstack_lite.errors import UserError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], {}),
        (["A=1"], {"A": "1"}),
        (["A=1", "B=2"], {"A": "1", "B": "2"}),
        (["A=1 B=2"], {"A": "1", "B": "2"}),
        (["A=1 A=2"], {"A": "2"}),
        (["A=1", "A=2"], {"A": "2"}),
        (["A="], {"A": ""}),
        (["A=x=y"], {"A": "x=y"}),
        (["A=a,b,c"], {"A": "a,b,c"}),
        (['A="a b" B=c'], {"A": "a b", "B": "c"}),
        (["A='a b' B=c"], {"A": "a b", "B": "c"}),
        (["A=a\\ b"], {"A": "a b"}),
        (['A="say \\"hi\\""'], {"A": 'say "hi"'}),
        (['A={"k":1}'], {"A": '{"k":1}'}),
        (["A=it's"], {"A": "it's"}),
        (["A=C:\\temp"], {"A": "C:\\temp"}),
        (["ParameterKey=A,ParameterValue=1"], {"A": "1"}),
        (["ParameterKey=A,ParameterValue=a,b ParameterKey=B,ParameterValue=2"], {"A": "a,b", "B": "2"}),
        (['ParameterKey=A,ParameterValue="a b"'], {"A": "a b"}),
        (["ParameterKey=A,ParameterValue=1 B=2"], {"A": "1", "B": "2"}),
        (['"A=1 B=2"'], {"A": "1", "B": "2"}),
        (["  A=1  "], {"A": "1"}),
        (['A="two\nlines"'], {"A": "two\nlines"}),
    ],
)
def test_names_and_values_are_read(texts: list[str], expected: dict[str, str]) -> None:
    assert parsed(texts) == expected


@pytest.mark.parametrize("text", ["A", "A B=1", "=1", "A=1 b", "ParameterKey=A", "A-B=1", "A=1, B=2 c"])
def test_what_is_neither_form_is_refused_with_the_word_that_does_not_fit(text: str) -> None:
    with pytest.raises(UserError) as raised:
        parsed([text])
    assert raised.value.where.startswith("--parameter-overrides")
    assert "is not Key=Value" in raised.value.what
    assert raised.value.hint


@given(
    st.dictionaries(
        st.text("ABCxyz019", min_size=1, max_size=4),
        st.text(st.characters(exclude_characters='"\\', exclude_categories=["Cs", "Cc"])),
    )
)
def test_any_value_in_quotes_comes_back_as_it_was(wanted: dict[str, str]) -> None:
    assert parsed([" ".join(f'{name}="{value}"' for name, value in wanted.items())]) == wanted


FLAG = "--parameter-overrides"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], []),
        (["."], ["."]),
        ([FLAG, "A=1", "."], [FLAG, "A=1", "."]),
        ([FLAG, "A=1", "B=2", "-p", "1"], [FLAG, "A=1", FLAG, "B=2", "-p", "1"]),
        ([FLAG, "A=1", "B=2", "folder"], [FLAG, "A=1", FLAG, "B=2", "folder"]),
        ([FLAG, "A=1", FLAG, "B=2"], [FLAG, "A=1", FLAG, "B=2"]),
        ([f"{FLAG}=A=1", "B=2", "x"], [f"{FLAG}=A=1", FLAG, "B=2", "x"]),
        ([FLAG, "A=1", "--", "B=2"], [FLAG, "A=1", "--", "B=2"]),
        (["--region", "x", "A=1"], ["--region", "x", "A=1"]),
        ([FLAG], [FLAG]),
        (
            [FLAG, "ParameterKey=A,ParameterValue=1", "ParameterKey=B,ParameterValue=2"],
            [FLAG, "ParameterKey=A,ParameterValue=1", FLAG, "ParameterKey=B,ParameterValue=2"],
        ),
    ],
)
def test_pairs_after_the_option_belong_to_it(arguments: list[str], expected: list[str]) -> None:
    assert spread(arguments) == expected
