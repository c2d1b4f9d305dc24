import pytest

from localstack_lite.config.dynamic import Reference, Unknown
from tests.config.services import resolver_of

HEAD = "service: s\nprovider: {name: aws, stage: '%s', region: '${opt:region, ''eu-west-1''}'}\n"


def value(text, head=HEAD % "dev", **given):
    resolver = resolver_of(f"{head}value: {text}\n", **given)
    return resolver.whole("value"), [problem.what for problem in resolver.problems]


@pytest.mark.parametrize(
    ("text", "given", "expected"),
    [
        ("${sls:stage}", {}, "dev"),
        ("${sls:stage}", {"options": {"stage": "prod"}}, "prod"),
        ("${sls:instanceId}", {}, "run1"),
        ("${opt:stage, 'none'}", {}, "none"),
        ("${aws:region}", {}, "eu-west-1"),
        ("${aws:region}", {"options": {"region": "us-west-2"}}, "us-west-2"),
        ("${aws:accountId}", {}, "123456789012"),
        ("${env:A}", {"environ": {"A": "1"}}, "1"),
        ("${strToBool('TRUE')}", {}, True),
        ("${strToBool(0)}", {}, False),
        ("${cf:stack.out, 'local'}", {}, "local"),
    ],
)
def test_each_source_answers_what_was_given(text, given, expected):
    assert value(text, **given) == (expected, [])


PARAMS = """
params: {default: {p: d, q: d}, dev: {p: "${self:service}"}}
stages: {default: {params: {r: v4}}}
"""


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("p", {}, "s"),
        ("q", {}, "d"),
        ("p", {"options": {"stage": "prod"}}, "d"),
        ("p", {"params": {"p": "cli"}}, "cli"),
        ("r", {}, "v4"),
    ],
)
def test_parameters_are_the_command_lines_then_the_stages_then_the_default(name, given, expected):
    assert value(f"${{param:{name}}}", HEAD % "dev" + PARAMS, **given) == (expected, [])


def test_a_stored_value_is_looked_up_and_a_secret_of_json_is_one():
    known = {Reference("ssm", "/a"): "text", Reference("secretsmanager", "s"): '{"k": 1}'}

    def look_up(references):
        return {one: known.get(one, Unknown("it is not there")) for one in references}

    assert value("${ssm:/a}", look_up=look_up) == ("text", [])
    assert value("${ssm(us-east-1):/a~true}", look_up=look_up) == ("text", [])
    assert value("${ssm:/aws/reference/secretsmanager/s}", look_up=look_up) == ({"k": 1}, [])
    found, (problem,) = value("${ssm:/b}", look_up=look_up)
    assert found is None
    assert "not looked up: it is not there" in problem


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("${cf:a.b}", "an output of a CloudFormation stack is not known on this machine"),
        ("${s3:a/b}", "an object in a bucket"),
        ("${git:branch}", "asks git"),
        ("${output:a}", "dashboard"),
        ("${param:nope}", "stage dev has no parameter nope"),
        ("${opt:foo}", "there is no option --foo"),
        ("${strToBool(maybe)}", "true, false, 1 or 0"),
        ("${sls:foo}", "there is no sls:foo"),
        ("${envv:A}", "no source of values envv"),
    ],
)
def test_what_is_not_known_says_what_it_would_be(text, what):
    found, problems = value(text)
    assert found is None
    assert what in problems[0]


def test_an_unknown_source_names_the_nearest_one():
    resolver = resolver_of("v: ${envv:A}")
    resolver.whole("v")
    assert resolver.problems[0].hint == "did you mean env?"
