import pytest

from localstack_lite.config.dynamic import Reference, Unknown, filled, found_in, looked_up, nobody, parse_reference
from tests.builders import function

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-west-1:123456789012:parameter/db"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        ("ssm:/a/b", Reference("ssm", "/a/b")),
        ("ssm:/a/b:3", Reference("ssm", "/a/b", "3")),
        ("ssm-secure:name:12", Reference("ssm-secure", "name", "12")),
        (f"ssm:{PARAMETER}:2", Reference("ssm", PARAMETER, "2")),
        ("secretsmanager:db", Reference("secretsmanager", "db")),
        ("secretsmanager:db:SecretString", Reference("secretsmanager", "db")),
        ("secretsmanager:db:SecretString:user", Reference("secretsmanager", "db", key="user")),
        ("secretsmanager:db:SecretString:user:OLD", Reference("secretsmanager", "db", key="user", stage="OLD")),
        ("secretsmanager:db:SecretString:::v1", Reference("secretsmanager", "db", version="v1")),
        ("secretsmanager:db::::", Reference("secretsmanager", "db")),
        (f"secretsmanager:{ARN}:SecretString:user", Reference("secretsmanager", ARN, key="user")),
        (f"secretsmanager:{ARN}", Reference("secretsmanager", ARN)),
    ],
)
def test_the_forms_of_the_documentation_are_understood(inside, expected):
    assert parse_reference(inside) == expected


@pytest.mark.parametrize(
    "inside",
    ["", "ssm", "ssm:", "ssm:a:b", "ssm:a:1:2", "vault:a", "secretsmanager:db:SecretBinary", "secretsmanager:a:::::1"],
)
def test_other_forms_are_not_understood(inside):
    assert parse_reference(inside) is None


VALUES = {Reference("ssm", "/host"): "db.local", Reference("secretsmanager", "db", key="user"): "me{{resolve:ssm:/x}}"}


def test_a_text_may_hold_several_and_a_value_is_not_looked_into():
    text = "{{resolve:ssm:/host}}:{{resolve:secretsmanager:db:SecretString:user}}/{{resolve:ssm:/gone}}{{x}}"
    assert filled(text, VALUES) == "db.local:me{{resolve:ssm:/x}}/{{resolve:ssm:/gone}}{{x}}"
    assert [reference for _, reference in found_in(text)] == [*VALUES, Reference("ssm", "/gone")]


def test_all_references_of_all_functions_are_asked_for_at_once():
    asked = []

    def look_up(references):
        asked.append(list(references))
        return VALUES

    one = function("one", environment={"A": "{{resolve:ssm:/host}}", "B": "b"}, role="{{resolve:ssm:/host}}")
    two = function("two", environment={"C": "{{resolve:secretsmanager:db:SecretString:user}}"})
    functions, problems = looked_up([one, two], look_up)
    assert functions[0].environment == {"A": "db.local", "B": "b"}
    assert functions[0].role == "db.local"
    assert functions[1].environment == {"C": "me{{resolve:ssm:/x}}"}
    assert problems == ()
    assert [set(references) for references in asked] == [VALUES.keys()]


def test_nobody_is_asked_when_there_is_no_reference():
    def look_up(references):
        raise AssertionError

    functions, problems = looked_up([function("one", environment={"A": "{{x}}"})], look_up)
    assert functions[0].environment == {"A": "{{x}}"}
    assert problems == ()


def test_what_is_not_known_stays_and_is_told_once_with_all_its_places():
    text = "{{resolve:ssm:/host}}"
    one = function("one", environment={"A": text, "B": f"{text}/b"}, where="template.yaml:3")
    (kept,), (problem,) = looked_up([one], lambda references: dict.fromkeys(references, Unknown("it is away")))
    assert kept == one
    assert (problem.where, problem.subject, problem.warning) == ("template.yaml:3", "One", True)
    assert problem.what == (
        f"One: Environment.Variables.A, Environment.Variables.B: {text} is not looked up: it is away; it stays as it is"
    )
    assert "--env-vars" in problem.hint
    assert "AWS_ENDPOINT_URL" in problem.hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{{resolve:vault:a}}", "of no form"),
        ("{{resolve:ssm:/a}}", "nobody is asked"),
        ("{{resolve:ssm-secure:/a}}", "nobody is asked"),
    ],
)
def test_every_reason_has_its_sentence(text, says):
    (_,), (problem,) = looked_up([function("one", environment={"A": text})], nobody)
    assert says in problem.what


def test_a_secret_is_never_in_a_problem():
    text = "{{resolve:ssm-secure:/a}}"
    (kept,), (problem,) = looked_up(
        [function("one", environment={"A": text})], lambda references: {Reference("ssm-secure", "/a"): "hush"}
    )
    assert kept.environment == {"A": "hush"}
    assert "no property of a function" in problem.what
    assert "hush" not in repr(problem)
