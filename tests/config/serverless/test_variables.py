"""Expected values were recorded with `print` of osls 3.77 where the documents are silent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.config.services import file_of, resolver_of

CUSTOM = """
service: vars
provider: {name: aws, stage: "${opt:stage, 'dev'}"}
custom:
  a: 1
  t: true
  list: [x, y]
  obj: {p: "${self:custom.a}", q: {r: "${sls:stage}"}}
  copy: ${self:custom.obj}
  name_dev: named
  value: %s
"""


def value(text, **given):
    resolver = resolver_of(CUSTOM % text, **given)
    return resolver.whole("custom", "value"), resolver.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${self:custom.a}", 1),
        ("$${self:custom.a}", 1),
        (r"\${self:custom.a}", "${self:custom.a}"),
        ("x$${sls:stage}y", "xdevy"),
        ("${AWS::Region}-${Foo}", "${AWS::Region}-${Foo}"),
        ("'${self:custom.nope, self:custom.a}'", 1),
        ("${self:custom.nope, 'q, ${self:custom.a} z'}", "q, 1 z"),
        ("'${self:custom.nope, 5}'", 5),
        ("'${self:custom.nope, true}'", True),
        ("${self:custom.nope, ''}", ""),
        ("n=${self:custom.a} b=${self:custom.t}", "n=1 b=true"),
        ("${self:custom.list.1}", "y"),
        ("${self:custom.copy}", {"p": 1, "q": {"r": "dev"}}),
        ("${self:custom.copy.q.r}", "dev"),
        ("${self:custom.name_${sls:stage}}", "named"),
        ("'${opt:stage, self:provider.region, ''dd''}'", "dd"),
        ("${strToBool(${env:FLAG, 'false'})}", False),
        ("${self:service}", "vars"),
        ("'${self:custom.nope, null}'", None),
        ("'${self:custom.nope, ${self:custom.a}}'", 1),
    ],
)
def test_a_variable_alone_keeps_its_type_and_in_a_text_becomes_text(text, expected):
    assert value(text) == (expected, [])


FILES = {
    "f.yml": 'b: {c: "${self:custom.a}-${self:service}"}\nlst: ["${sls:stage}"]\nnested: "${file(./f.yml):b.c}"\n',
    "f.json": '{"k": [1, "${self:service}"]}',
    "t.txt": "text ${self:service}\n",
    "dev.yml": "v: 7\n",
    "list.yml": "- a: 1\n- b\n",
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${file(./f.yml):b.c}", "1-vars"),
        ("${file(./f.yml):nested}", "1-vars"),
        ("${file(f.json):k}", [1, "vars"]),
        ("${file(./t.txt)}", "text vars\n"),
        ("${file(./missing.yml):x, 'gone'}", "gone"),
        ("${file(./${sls:stage}.yml):v}", 7),
        ("${file(./f.yml):lst.0}", "dev"),
        ("${file(./list.yml)}", [{"a": 1}, "b"]),
    ],
)
def test_files_are_read_and_what_they_hold_is_resolved_in_the_service(text, expected):
    assert value(text, files=FILES) == (expected, [])


def test_a_circle_is_told_as_one_and_left_out():
    resolver = resolver_of("a: {x: '${self:a.y}', y: '${self:a.x}', z: 1}")
    assert resolver.whole("a") == {"z": 1}
    (problem,) = resolver.problems
    assert problem.where == "serverless.yml:1"
    assert "a.x: variables lead in a circle: a.x → a.y → a.x" in problem.what


def test_what_stands_inside_of_itself_is_left_out_there():
    resolver = resolver_of("a: {x: '${self:a}', z: 1}")
    assert resolver.whole("a") == {"z": 1}
    assert "a stands inside of itself" in resolver.problems[0].what


def test_what_has_no_value_is_told_at_its_line_and_left_out():
    resolver = resolver_of("a:\n  x: 1\n  y: ${env:NOPE}\n  z: [1, '${env:NOPE}']\n")
    assert resolver.whole("a") == {"x": 1, "z": [1]}
    assert [(problem.where, problem.subject) for problem in resolver.problems] == [
        ("serverless.yml:3", "a.y"),
        ("serverless.yml:4", "a.z.1"),
    ]
    assert "${env:NOPE}: the environment has no NOPE" in resolver.problems[0].what
    assert "export NOPE" in resolver.problems[0].hint


def test_one_problem_stands_for_all_that_comes_from_it():
    resolver = resolver_of("a: {x: '${env:NOPE}', y: '${self:a.x}', z: 'b ${self:a.x}'}")
    assert resolver.whole("a") == {}
    assert len(resolver.problems) == 1


def test_a_fallback_counts_when_the_first_value_could_not_be_had():
    assert value("${self:custom.other, 'd'}")[0] == "d"


def test_a_problem_in_an_included_file_is_told_there():
    resolver = resolver_of("a: ${file(f.yml)}", {"f.yml": "x: 1\ny: ${env:NOPE}\n"})
    assert resolver.whole("a") == {"x": 1}
    assert resolver.problems[0].where == "f.yml:2"


def test_bad_yaml_in_an_included_file_is_told_at_its_line():
    resolver = resolver_of("a: ${file(f.yml)}\nb: 1", {"f.yml": "x: 1\n  y: 2\n"})
    assert resolver.whole("a") is None
    assert (resolver.whole("b"), resolver.problems[0].where) == (1, "f.yml:2")


def test_what_nobody_asks_for_is_not_complained_about():
    resolver = resolver_of("a: 1\ncustom: {prod: '${ssm:/x}'}")
    assert (resolver.whole("a"), resolver.problems) == (1, [])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a ${self:custom.obj}", "is no text"),
        ("${foo:bar}", "no source of values foo"),
        ("${file(x.js):y}", "is a program"),
        ("${file():y}", "names no file"),
        ("${sls:stage", "} is missing"),
        ("${self:custom.nope}", "there is no custom.nope"),
        ("${file(f.yml):nope}", "there is no nope in f.yml"),
    ],
)
def test_what_cannot_be_used_says_why(text, what):
    found, problems = value(text, files=FILES)
    assert found is None
    assert what in problems[0].what
    assert problems[0].hint


def test_long_chains_and_growing_texts_end():
    chain = "\n".join(f"  k{i}: ${{self:c.k{i + 1}}}" for i in range(500))
    assert resolver_of(f"c:\n{chain}\n  k500: end").whole("c", "k0") is None
    grows = "\n".join(f"  k{i}: '${{self:c.k{i + 1}}}${{self:c.k{i + 1}}}'" for i in range(40))
    assert resolver_of(f"c:\n{grows}\n  k40: abc").whole("c", "k0") is None


def test_lines_of_values_count_from_the_file_that_they_stand_in():
    resolver = resolver_of("a:\n  x: ${file(f.yml)}\n  y: 1\n", {"f.yml": "\nm: 1\n"})
    resolver.whole("a")
    assert resolver.lines == {("a",): 1, ("a", "x"): 2, ("a", "y"): 3, ("a", "x", "m"): 1_000_002}


NAMES = ["a", "b", "c", "d"]
PARTS = st.one_of(
    st.sampled_from(["x", " ", "$", "${AWS::Region}"]),
    st.sampled_from(NAMES).map(lambda name: f"${{self:s.{name}}}"),
    st.sampled_from(NAMES).map(lambda name: f"${{self:s.{name}, 'none'}}"),
    st.sampled_from(["${env:X}", "${env:Y}", "${env:Y, 5}", "${sls:stage}", "${foo:x}"]),
)
VALUES = st.one_of(st.integers(), st.booleans(), st.lists(PARTS, max_size=3).map("".join))


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)))
def test_whatever_is_left_of_a_variable_was_told_and_resolving_again_changes_nothing(section):
    import json

    resolver = resolver_of(json.dumps({"service": "x", "s": section}), environ={"X": "1"})
    first = resolver.whole("s")
    assert "${self:" not in json.dumps(first)
    assert "${env:" not in json.dumps(first)
    assert first.keys() == section.keys() or resolver.problems
    again = resolver_of(json.dumps({"service": "x", "s": first}), environ={"X": "1"})
    assert (again.whole("s"), again.problems) == (first, [])


def test_a_file_says_the_line_of_the_nearest_key():
    file = file_of("a:\n  b:\n    - 1\n")
    assert (file.line(("a", "b", "0")), file.line(("x",))) == (2, 0)
