import pytest

from localstack_lite.errors import UserError
from tests.config.services import service_from


def told(service):
    return [(problem.where, problem.what) for problem in service.problems]


def test_functions_and_resources_may_be_lists_of_mappings():
    service = service_from("""
functions:
  - a: {handler: m.a}
  - {b: {handler: m.b}}
resources:
  - Resources: {T: {Type: AWS::SNS::Topic}}
  - Resources: {Q: {Type: AWS::SQS::Queue}}
    Outputs: {O: {Value: 1}}
""")
    assert list(service.functions) == ["a", "b"]
    assert service.paths["b"] == ("functions", "1", "b")
    assert list(service.resources["Resources"]) == ["T", "Q"]
    assert service.resource_paths["Resources", "Q"] == ("resources", "1", "Resources", "Q")
    assert service.resources["Outputs"] == {"O": {"Value": 1}}


def test_the_service_may_be_a_mapping_and_the_provider_a_name():
    service = service_from("service: {name: shop}\nprovider: aws\n")
    assert (service.name, service.stage, service.region, service.stack_name) == ("shop", "dev", "us-east-1", "shop-dev")


def test_stage_and_stack_are_as_the_command_line_and_the_provider_say():
    service = service_from("provider: {name: aws, stackName: mine}\nservice: shop\n", options={"stage": "prod"})
    assert (service.stage, service.stack_name) == ("prod", "mine")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("service: s\nprovider: {name: google}\n", "the provider is google"),
        ("provider: {name: aws} # service:\n", "has no name"),
        ("- service: s\n", "not a mapping"),
    ],
)
def test_what_is_no_service_of_aws_is_the_users_error(text, what):
    with pytest.raises(UserError, match=what) as caught:
        service_from(text)
    assert caught.value.hint


def test_an_unknown_section_is_told_with_the_nearest_and_the_rest_counts():
    service = service_from("function: {a: {handler: m.a}}\nfunctions: {b: {handler: m.b}}\n")
    assert told(service) == [("serverless.yml:3", "there is no section function")]
    assert service.problems[0].hint == "did you mean functions?"
    assert list(service.functions) == ["b"]


def test_only_plugins_that_are_not_known_are_told_in_one_note():
    service = service_from("plugins: [serverless-offline, ./mine, serverless-foo]\n")
    assert [what for _, what in told(service)] == ["plugins are not run: ./mine, serverless-foo"]
    assert service.has_plugin("serverless-offline")


def test_what_has_a_wrong_form_is_told_and_left_out():
    service = service_from("functions: {a: m.a, b: {handler: m.b}}\nlayers: [x]\n")
    assert service.functions == {"a": {}, "b": {"handler": "m.b"}}
    assert [what for _, what in told(service)] == [
        "functions.a is no mapping of names to values",
        "layers is no mapping of names to values",
    ]


def test_a_problem_of_an_included_function_is_told_in_its_file():
    service = service_from("functions: ${file(f.yml)}\n", files={"f.yml": "\n\na: m.a\n"})
    assert told(service) == [("f.yml:3", "functions.a is no mapping of names to values")]


def test_the_line_of_a_part_is_that_of_the_nearest_key():
    service = service_from("functions:\n  a:\n    handler: m.a\n")
    assert service.line(("functions", "a", "handler", "x")) == 5
    assert service.line(("nowhere",)) == 0
