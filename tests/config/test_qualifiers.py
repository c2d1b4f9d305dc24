from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets
from localstack_lite.config.qualifiers import read_qualifiers, with_qualifiers
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.function import Code, Function
from tests.config.samples import stack_of

F = Function("F", "hello", "python3.13", "a.b", Code(Path("/")))


def read_all(resources):
    stack = stack_of(f"""\
        Resources:
          F: {{Type: AWS::Lambda::Function}}
          V: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref F}}}}
          {resources}
        """)
    found = list(read_qualifiers(stack, Targets(stack, {"F": F}, {})))
    return found, [problem.what for problem in stack.found]


def alias(rest):
    return f"A: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Ref F, Name: live, {rest}}}}}"


@pytest.mark.parametrize(
    ("version", "number"),
    [("!GetAtt V.Version", ""), ("$LATEST", ""), ("'3'", "3"), ("3", "3")],
)
def test_an_alias_of_a_declared_version_stands_for_the_code_as_it_is(version, number):
    assert read_all(alias(f"FunctionVersion: {version}")) == ([("F", Alias("live", number))], [])


def test_weights_are_those_of_other_versions():
    routing = "RoutingConfig: {AdditionalVersionWeights: [{FunctionVersion: '2', FunctionWeight: 0.25}]}"
    found, _ = read_all(alias(f"FunctionVersion: '1', Description: canary, {routing}"))
    assert found == [("F", Alias("live", "1", "canary", {"2": 0.25}))]


def test_provisioned_concurrency_belongs_to_its_alias():
    provisioned = "ProvisionedConcurrencyConfig: {ProvisionedConcurrentExecutions: 5}"
    found, _ = read_all(alias(f"FunctionVersion: '1', {provisioned}"))
    assert found[1] == ("F", Provisioned("live", 5))


def invoke(rest):
    return f"E: {{Type: AWS::Lambda::EventInvokeConfig, Properties: {{FunctionName: !Ref F, {rest}}}}}"


@pytest.mark.parametrize(
    ("properties", "config"),
    [
        ("Qualifier: $LATEST", EventInvoke()),
        ("Qualifier: live, MaximumRetryAttempts: 0", EventInvoke("live", retries=0)),
        ("MaximumEventAgeInSeconds: 60", EventInvoke(age=60)),
        (
            "DestinationConfig: {OnSuccess: {Destination: 'arn:a'}, OnFailure: {Destination: 'arn:b'}}",
            EventInvoke(on_success="arn:a", on_failure="arn:b"),
        ),
    ],
)
def test_how_events_are_treated(properties, config):
    assert read_all(invoke(properties)) == ([("F", config)], [])


@pytest.mark.parametrize(
    ("properties", "config", "what"),
    [
        ("MaximumRetryAttempts: 3", EventInvoke(retries=2), "AWS takes 0 to 2, not 3; 2 is used"),
        ("MaximumEventAgeInSeconds: 10", EventInvoke(age=60), "AWS takes 60 to 21600, not 10; 60 is used"),
    ],
)
def test_figures_that_aws_refuses_are_told(properties, config, what):
    found, (told,) = read_all(invoke(properties))
    assert found == [("F", config)]
    assert what in told


def test_what_is_declared_for_a_function_that_is_not_there_is_told():
    found, (told,) = read_all("A: {Type: AWS::Lambda::Alias, Properties: {FunctionName: Nobody, Name: a}}")
    assert found == []
    assert "Nobody" in told


def test_functions_get_what_was_declared_for_them():
    other = Function("G", "other", "python3.13", "a.b", Code(Path("/")))
    found = [("F", Alias("live")), ("F", Provisioned("live", 2)), ("F", EventInvoke(retries=1))]
    one, same = with_qualifiers((F, other), found)
    assert (one.aliases, one.provisioned, one.event_invokes) == (
        (Alias("live"),),
        (Provisioned("live", 2),),
        (EventInvoke(retries=1),),
    )
    assert same is other
