"""Recorded with `package` of osls 3.77."""

from tests.config.services import resources_of

LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"


def role(text):
    return resources_of(text)["IamRoleLambdaExecution"]["Properties"]


def statements(text):
    return role(text)["Policies"][0]["PolicyDocument"]["Statement"]


def test_functions_may_write_their_logs():
    create, put = statements("functions: {a: {handler: m.a}, b: {handler: m.b, name: other}}")
    assert create["Action"] == ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"]
    assert create["Resource"] == [{"Fn::Sub": f"{LOGS}other:*"}, {"Fn::Sub": f"{LOGS}shop-dev*:*"}]
    assert put["Resource"] == [{"Fn::Sub": f"{LOGS}other:*:*"}, {"Fn::Sub": f"{LOGS}shop-dev*:*:*"}]


def test_what_events_and_settings_need_is_allowed():
    text = """
service: shop
provider:
  name: aws
  tracing: {lambda: true}
  iam: {role: {statements: [{Effect: Allow, Action: x, Resource: '*'}], managedPolicies: [arn:p]}}
functions:
  a: {handler: m.a, events: [{sqs: arn:aws:sqs:eu:1:q}], onError: arn:t, kmsKeyArn: arn:k, vpc: {subnetIds: [s]}}
  b: {handler: m.b, disableLogs: true}
"""
    actions = {str(one["Action"]): one["Resource"] for one in statements(text) if one["Effect"] == "Allow"}
    assert actions["['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']"] == ["arn:aws:sqs:eu:1:q"]
    assert actions["['sns:Publish']"] == ["arn:t"]
    assert actions["['kms:Decrypt']"] == ["arn:k"]
    assert actions["['xray:PutTraceSegments', 'xray:PutTelemetryRecords']"] == ["*"]
    assert actions["x"] == "*"
    assert [one["Action"] for one in statements(text) if one["Effect"] == "Deny"] == ["logs:PutLogEvents"]
    assert len(role(text)["ManagedPolicyArns"]) == 2


def test_nobody_needs_the_common_role_when_all_have_their_own():
    assert "IamRoleLambdaExecution" not in resources_of("functions: {a: {handler: m.a, role: arn:r}}")


def test_the_bucket_of_deployments_stays_in_the_stack_unless_another_is_named():
    assert "ServerlessDeploymentBucket" in resources_of("functions: {a: {handler: m.a}}")
    named = "service: s\nprovider: {name: aws, deploymentBucket: mine}\nfunctions: {a: {handler: m.a}}"
    assert "ServerlessDeploymentBucket" not in resources_of(named)
