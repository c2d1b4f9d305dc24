"""`$input`: the body and the parameters of a request."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.templates.input import read_json
from localstack_lite.gateway.templates.velocity import TemplateFailed
from tests.gateway.templates.shared import run

BODY = {"x": {"y": "z"}, "l": [{"a": 1}], "n": None, "t": True, "i": 5}


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("$input.path('$')", '{x={y=z}, l=[{"a":1}], n=null, t=true, i=5}'),
        ("$input.path('$.x')", "{y=z}"),
        ("$input.path('$.l')", '[{"a":1}]'),
        ("$input.path('$.x').y$input.path('$').x.y", "zz"),
        ("$input.path('$.none')|$input.path('$.x.none.more')", "|"),
        ("$input.json('$.x')$input.json('$.i')$input.json('$.t')$input.json('$.n')", '{"y":"z"}5truenull'),
        ("$input.json('$.none')", '""'),
        ('$input.json("$")', '{"x":{"y":"z"},"l":[{"a":1}],"n":null,"t":true,"i":5}'),
        ("$input.json('$..a')", "[1]"),
        ("$input.body", '{"x": {"y": "z"}, "l": [{"a": 1}], "n": null, "t": true, "i": 5}'),
        ("$input.nothing|$input.nothing()", "|"),
    ],
)
def test_the_body_is_read_by_json_paths(expression: str, printed: str) -> None:
    assert run(expression, BODY) == printed


@pytest.mark.parametrize(
    ("body", "printed"),
    [("", "{} {} {}"), ("some raw data", 'some raw data some raw data "some raw data"'), ("5", "5 5 5")],
)
def test_an_empty_body_is_an_object_and_what_is_no_json_a_text(body: str, printed: str) -> None:
    assert run("$input.body $input.path('$') $input.json('$')", body) == printed


def test_parameters_are_those_of_the_path_then_the_query_then_the_headers() -> None:
    given = {"path": {"a": "p"}, "query": {"a": "q", "b": "q"}, "headers": {"a": "h", "b": "h", "C": "h"}}
    template = "$input.params('a')$input.params('b')$input.params('C')$input.params('c')|$input.params('d')|"
    assert run(template, **given) == "pqhh||"  # type: ignore[arg-type]


def test_parameters_of_one_kind_are_a_map() -> None:
    template = (
        "#set($all = $input.params())#foreach($kind in $all.keySet())$kind:#foreach($name in $all.get($kind).keySet())"
        "$name=$all.get($kind).get($name);#end #end"
    )
    assert (
        run(template, path={"id": "1"}, query={"q": "2"}, headers={"H": "3"})
        == "path:id=1; querystring:q=2; header:H=3; "
    )


def test_a_header_that_is_not_there_is_an_empty_text() -> None:
    """CDK's template for several origins relies on it: `#if($origin == "")`."""
    template = '#set($o = $input.params().header.get("Origin"))#if($o == "")none#end'
    assert run(template) == "none"
    assert run(template + "$o", headers={"origin": "https://a"}) == "https://a"


@pytest.mark.parametrize("expression", ["$input.path('$[')", "$input.path()", "$input.json('$', 1)"])
def test_what_cannot_be_read_ends_the_template(expression: str) -> None:
    with pytest.raises(TemplateFailed):
        run(expression, BODY)


def test_a_template_that_changes_its_input_changes_nothing_else() -> None:
    assert run("#set($root = $input.path('$'))#set($x = $root.put('x', 1))$input.json('$.x')", BODY) == '{"y":"z"}'


def test_json_that_is_too_deep_is_a_text() -> None:
    assert read_json("[" * 100_000) == "[" * 100_000
