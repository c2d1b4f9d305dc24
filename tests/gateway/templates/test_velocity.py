"""Templates: what fails is said where, and nothing but `TemplateFailed` ever comes out."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from localstack_lite.gateway.templates.velocity import Template, TemplateFailed, problems
from tests.gateway.templates.shared import run


def test_a_failure_names_the_template_the_line_and_the_cause() -> None:
    with pytest.raises(TemplateFailed) as found:
        run("{\n  #set($x = [1])\n  $x.get(4)\n}")
    assert found.value.note == "the template, line 3: index 4 of a list with 1 items"


def test_a_syntax_error_is_told_at_every_use() -> None:
    broken = Template("#if(", "request template of GET /x")
    for _ in range(2):
        with pytest.raises(TemplateFailed, match="request template of GET /x: it cannot be read: line 1: #if"):
            broken.render({})


def test_a_template_runs_any_number_of_times_on_its_own() -> None:
    template = Template("#set($n = $n + 1)$n", "t")
    assert [template.render({"n": 1}) for _ in range(3)] == ["2", "2", "2"]


def test_syntax_can_be_checked_beforehand() -> None:
    assert problems("{\"a\": $input.json('$')}") == ""
    assert problems("#foreach($x in $y)").startswith("line 1, column")


@pytest.mark.parametrize(
    ("template", "empty", "found", "raw"),
    [
        ("#set($result = $input.body)$result", "{}", '{"some": "value"}', "some raw data"),
        (
            "Action=SendMessage&MessageBody=$input.body",
            "Action=SendMessage&MessageBody={}",
            'Action=SendMessage&MessageBody={"some": "value"}',
            "Action=SendMessage&MessageBody=some raw data",
        ),
        ("#set($result = $input.body.testAccess)$result", "", "", ""),
        (
            "EncodedBody=$util.urlEncode($input.body)&EncodedBodyAccess=$util.urlEncode($input.body.testAccess)",
            "EncodedBody=%7B%7D&EncodedBodyAccess=",
            "EncodedBody=%7B%22some%22%3A+%22value%22%7D&EncodedBodyAccess=",
            "EncodedBody=some+raw+data&EncodedBodyAccess=",
        ),
    ],
)
def test_bodies_are_shown_as_recorded(template: str, empty: str, found: str, raw: str) -> None:
    assert [run(template, body) for body in ("", '{"some": "value"}', "some raw data")] == [empty, found, raw]


PIECES = st.sampled_from(
    [
        "#set($x = ",
        "#if(",
        ")",
        "#end",
        "#else",
        "#foreach($i in ",
        "$input.path('$.a')",
        '$input.json("$")',
        "$x",
        "$i",
        "$x.get(",
        "'text'",
        '"q $x"',
        "[1..3]",
        "{",
        "}",
        "1",
        " + ",
        " == ",
        "#macro(m $a)",
        "#m(1)",
        "#define($d)",
        "$d",
        "#break",
        "#stop",
        "#evaluate(",
        ".size()",
        "[0]",
        "$util.parseJson(",
        "$context.responseOverride.status",
        "\\",
        "#",
        "$",
        "\n",
    ]
)
TEMPLATES = st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join)
BODIES = st.text(max_size=12) | st.dictionaries(st.sampled_from("ab"), st.integers() | st.text(max_size=3)).map(
    json.dumps
)


@settings(max_examples=300)
@given(template=TEMPLATES, body=BODIES)
def test_whatever_a_template_says_only_its_failure_comes_out(template: str, body: str) -> None:
    outcome = ""
    try:
        run(template, body, context={"responseOverride": {"status": 0, "header": {}}})
    except TemplateFailed as failed:
        outcome = failed.note
    assert "\n" not in outcome
