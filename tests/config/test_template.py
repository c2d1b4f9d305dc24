import pytest

from localstack_lite.config.environment import Variables
from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import Refused, Transformed
from localstack_lite.config.template import read_template
from localstack_lite.config.yaml_cfn import parse
from localstack_lite.errors import UserError
from localstack_lite.model.api import LambdaProxy, Unsupported
from tests.config.samples import FilesInMemory, untouched

FUNCTION = "{Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}"


def read_text(text, overrides=None, transform=untouched):
    document = parse(text, "template.yaml")
    return read_template("template.yaml", document, Place(), overrides or {}, transform, FilesInMemory(), Variables())


def test_functions_and_apis_come_in_the_order_of_the_template():
    read = read_text(f"""
Resources:
  Second: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !GetAtt F.Arn }}}}
  First: {{Type: AWS::ApiGateway::RestApi}}
  F: {FUNCTION}
""")
    assert [api.logical_id for api in read.apis] == ["Second", "First"]
    assert read.apis[0].routes[0].integration == LambdaProxy("F")
    assert read.problems == ()


@pytest.mark.parametrize("text", ["A: 1", "Resources: {}", "Resources: [1]", "Resources:"])
def test_what_is_no_template_is_the_users_error(text):
    with pytest.raises(UserError, match="no Resources") as caught:
        read_text(text)
    assert "-t" in caught.value.hint


def test_a_resource_whose_condition_is_false_does_not_exist():
    read = read_text(f"""
Conditions: {{Never: !Equals [a, b]}}
Resources:
  F: {FUNCTION}
  G: {FUNCTION.replace("{Type", "{Condition: Never, Type", 1)}
""")
    assert [function.logical_id for function in read.functions] == ["F"]


def test_a_route_to_a_function_that_was_left_out_says_why():
    read = read_text(f"""
Resources:
  F: {FUNCTION.replace("python3.13", "python9")}
  Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{ProtocolType: HTTP, Target: !GetAtt F.Arn }}}}
""")
    integration = read.apis[0].routes[0].integration
    assert isinstance(integration, Unsupported)
    assert "no runtime python9" in integration.why
    assert [problem.warning for problem in read.problems] == [False, True]


def test_a_circle_is_told_and_everything_runs():
    text = """
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties:
      {Runtime: python3.13, Handler: app.handler, Code: ., Environment: {Variables: {OTHER: !GetAtt G.Arn }}}
  G:
    Type: AWS::Lambda::Function
    Properties: {Runtime: python3.13, Handler: app.handler, Code: ., Environment: {Variables: {OTHER: !Ref F }}}
"""
    read = read_text(text)
    assert len(read.functions) == 2
    (problem,) = read.problems
    assert problem.warning
    assert "circular dependency between F, G" in problem.what


@pytest.mark.parametrize(
    ("text", "overrides", "says", "where"),
    [
        (f"Resources:\n  F: {FUNCTION}\n", {"Nobody": "1"}, "no parameter Nobody", "--parameter-overrides"),
        (f"Resources:\n  F: {FUNCTION}\n  F: {FUNCTION}\n", {}, "Resources.F stands twice", "template.yaml:3"),
        (f"Transform: Mine\nResources:\n  F: {FUNCTION}\n", {}, "macro Mine", "template.yaml:1"),
        (
            f"Resources:\n  F: {FUNCTION}\n  Child: {{Type: AWS::CloudFormation::Stack}}\n",
            {},
            "nested stacks",
            "template.yaml:3",
        ),
    ],
)
def test_what_is_left_undone_is_told(text, overrides, says, where):
    read = read_text(text, overrides)
    assert len(read.functions) == 1
    (problem,) = read.problems
    assert says in problem.what
    assert problem.where == where


def test_what_sam_refused_is_told_at_its_line():
    sam = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function}\n"
    made = Transformed({"Resources": {}}, (Refused("F", "is odd"),))
    (problem,) = read_text(sam, transform=lambda *_: made).problems
    assert (problem.where, problem.what, problem.warning) == ("template.yaml:3", "F: is odd", False)


def test_a_template_that_sam_cannot_translate_is_the_users_error():
    sam = "Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function}\n"
    with pytest.raises(UserError, match="hopeless"):
        read_text(sam, transform=lambda *_: Transformed({}, failure="hopeless"))
