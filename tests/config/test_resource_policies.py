import json

import pytest

from localstack_lite.config.resource_policies import resource_policy
from localstack_lite.config.stack import Resource
from tests.config.samples import stack_of

TEXT = "Resources:\n  Api: {Type: AWS::ApiGateway::RestApi, Properties: %s}\n"
POLICY = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Resource": {"Fn::Sub": "execute-api:/${AWS::Region}/*"}}]
}
RESOLVED = {"Statement": [{"Effect": "Allow", "Principal": "*", "Resource": "execute-api:/us-east-1/*"}]}
EXTENSION = "x-amazon-apigateway-policy"


def policy(properties, body):
    stack = stack_of(TEXT % json.dumps(properties))
    return resource_policy(Resource(stack, "Api"), body), stack.found


@pytest.mark.parametrize(
    ("properties", "body", "expected"),
    [
        ({}, {}, None),
        ({"Policy": POLICY}, {}, RESOLVED),
        ({"Policy": json.dumps(RESOLVED)}, {}, RESOLVED),
        ({}, {EXTENSION: POLICY}, RESOLVED),
        ({"Policy": RESOLVED}, {EXTENSION: {"Statement": []}}, RESOLVED),
        ({"Policy": {"Ref": "AWS::NoValue"}}, {EXTENSION: POLICY}, RESOLVED),
        ({"Policy": {}}, {}, None),
        ({"Policy": ""}, {}, None),
    ],
)
def test_the_policy_of_an_api(properties, body, expected):
    assert policy(properties, body) == (expected, [])


@pytest.mark.parametrize(
    ("properties", "body"),
    [
        ({"Policy": {"Ref": "Nobody"}}, {}),
        ({"Policy": "{"}, {}),
        ({"Policy": "[]"}, {}),
        ({"Policy": [1]}, {}),
        ({}, {EXTENSION: {"Statement": {"Ref": "Nobody"}}}),
    ],
)
def test_a_policy_that_cannot_be_read_denies_everybody(properties, body):
    found, (problem,) = policy(properties, body)
    assert found["Statement"] == [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]
    assert "every request is denied" in problem.what
