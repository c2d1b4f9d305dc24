"""Expected values were recorded from the parser of osls 3.77."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.config.serverless.syntax import (
    Literal,
    Malformed,
    Source,
    Text,
    Variable,
    has_variables,
    parse_text,
)


def source(kind, address="", *params):
    return Source(kind, tuple(Text((param,)) for param in params), Text((address,)) if address else None)


def variable(text, *sources):
    return Text((Variable(sources, text),))


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        ("${self:}", [source("self")]),
        ("${env:A:B}", [source("env", "A:B")]),
        ("${opt:a,self:b}", [source("opt", "a"), source("self", "b")]),
        ("${strToBool(x)}", [source("strToBool", "", "x")]),
        ('${file(a, "b"):c}', [source("file", "c", "a", "b")]),
        ("${ssm:/a/b~true}", [source("ssm", "/a/b~true")]),
        ("${self:custom./x}", [source("self", "custom./x")]),
        ("${self:\n a}", [source("self", "a")]),
        ("${self:a, 1.5}", [source("self", "a"), Literal(1.5)]),
        ("${self:a, -1}", [source("self", "a"), Literal(-1)]),
        ("${self:a, true}", [source("self", "a"), Literal(True)]),
        ("${self:a, null}", [source("self", "a"), Literal(None)]),
        ("${env:A, ''}", [source("env", "A"), Literal(Text(()))]),
        ('${param:x, "a, b"}', [source("param", "x"), Literal(Text(("a, b",)))]),
    ],
)
def test_a_variable_is_a_list_of_sources(text, sources):
    assert parse_text(text) == variable(text, *sources)


@pytest.mark.parametrize("text", ["${foo}", "${AWS::Region}", "${a-b}", "$", "${", "${}", "${ self:a }", "${Foo.Arn}"])
def test_everything_else_is_left_alone(text):
    assert parse_text(text).plain == text
    assert not has_variables(text)


def test_a_backslash_keeps_a_variable_as_text_and_two_are_one():
    assert parse_text(r"a\${self:x}").plain == "a${self:x}"
    assert parse_text(r"a\\${self:x}").parts[0] == "a\\"


def test_a_dollar_before_a_variable_is_swallowed():
    assert parse_text("a$${self:x}b").parts == ("a", Variable((source("self", "x"),), "${self:x}"), "b")


def test_variables_stand_inside_of_addresses_parameters_and_texts():
    path = Text(("./", Variable((source("opt", "stage"), Literal(Text(("dev",)))), '${opt:stage, "dev"}'), ".yml"))
    text = '${file(./${opt:stage, "dev"}.yml):a.${self:b}}'
    inner = Text(("a.", Variable((source("self", "b"),), "${self:b}")))
    assert parse_text(text) == variable(text, Source("file", (path,), inner))


def test_a_variable_among_the_fallbacks_is_taken():
    found = parse_text("${opt:a, ${opt:b}}")
    assert found == variable("${opt:a, ${opt:b}}", source("opt", "a"), Variable((source("opt", "b"),), "${opt:b}"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("${sls:stage", "} is missing"),
        ("${env:X,}", "is no source"),
        ("${self:a, b}", "b is no source"),
        ("${self:a, [1]}", "is no source"),
        ("${foo(", "not closed"),
        ("${self:a, 'x}", "quote is not closed"),
        ("${self:a" * 60, "too deep"),
    ],
)
def test_what_is_malformed_says_how(text, what):
    with pytest.raises(Malformed, match=what):
        parse_text(text)


@given(st.text(alphabet="${}:,()'\"\\ab ", max_size=40))
def test_any_text_is_parsed_or_refused(text):
    with suppress(Malformed):
        found = parse_text(text)
        assert found.plain is None or len(found.plain) <= len(text)
