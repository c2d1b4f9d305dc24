"""The fault proxy and the cloud behind it, through the real boto3: what tests of `sync` rely on."""

from __future__ import annotations

import base64
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live import faults
from tests.live.aws_calls import Call
from tests.live.cloud import ACCOUNT, REGION, Cloud
from tests.live.deadline import eventually
from tests.live.fault_proxy import FaultProxy
from tests.live.packing import code_sha256, packed
from tests.live.stage_answers import http_stream

pytestmark = pytest.mark.live

FIRST, SECOND = packed({"app.py": "first = 1\n"}), packed({"app.py": "second = 2\n"})


def client(cloud: Cloud, proxy: FaultProxy, service: str, attempts: int = 1) -> Any:
    from botocore.config import Config

    settings = Config(retries={"mode": "standard", "total_max_attempts": attempts}, read_timeout=10)
    return cloud.session.client(service, endpoint_url=proxy.address, config=settings)


@pytest.fixture
def functions(cloud: Cloud, proxy: FaultProxy) -> Any:
    """Lambda behind the proxy, with one function, `one`."""
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    role = cloud.client("iam").create_role(RoleName="runs", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    cloud.client("lambda").create_function(
        FunctionName="one", Role=role, Handler="app.handler", Runtime="python3.11", Code={"ZipFile": FIRST}
    )
    return client(cloud, proxy, "lambda")


def code_of(error: pytest.ExceptionInfo[Any]) -> tuple[int, str]:
    response = error.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_calls_are_known_by_their_names(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    place = {"LocationConstraint": REGION}
    s3 = client(cloud, proxy, "s3")
    client(cloud, proxy, "sts").get_caller_identity()
    functions.list_functions()
    functions.get_function_configuration(FunctionName="one")
    functions.update_function_code(FunctionName="one", ZipFile=SECOND)
    functions.update_function_configuration(FunctionName="one", MemorySize=256)
    functions.publish_layer_version(LayerName="shared", Content={"ZipFile": FIRST})
    s3.create_bucket(Bucket="shop-artifacts", CreateBucketConfiguration=place)
    s3.put_public_access_block(Bucket="shop-artifacts", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    s3.put_object(Bucket="shop-artifacts", Key="code/1.zip", Body=FIRST)
    s3.list_objects_v2(Bucket="shop-artifacts")
    s3.get_object(Bucket="shop-artifacts", Key="code/1.zip")
    s3.head_object(Bucket="shop-artifacts", Key="code/1.zip")
    client(cloud, proxy, "cloudformation").list_stacks()
    client(cloud, proxy, "logs").describe_log_groups()
    client(cloud, proxy, "stepfunctions").list_state_machines()
    client(cloud, proxy, "apigateway").create_rest_api(name="shop")
    assert [str(call) for call in proxy.calls] == [
        "sts.GetCallerIdentity",
        "lambda.ListFunctions",
        "lambda.GetFunctionConfiguration",
        "lambda.UpdateFunctionCode",
        "lambda.UpdateFunctionConfiguration",
        "lambda.PublishLayerVersion",
        "s3.CreateBucket",
        "s3.PutPublicAccessBlock",
        "s3.PutObject",
        "s3.ListObjectsV2",
        "s3.GetObject",
        "s3.HeadObject",
        "cloudformation.ListStacks",
        "logs.DescribeLogGroups",
        "states.ListStateMachines",
        "apigateway.CreateRestApi",
    ]
    assert proxy.writes() == [
        "lambda.UpdateFunctionCode",
        "lambda.UpdateFunctionConfiguration",
        "lambda.PublishLayerVersion",
        "s3.CreateBucket",
        "s3.PutPublicAccessBlock",
        "s3.PutObject",
        "apigateway.CreateRestApi",
    ]
    assert {call.region for call in proxy.calls} == {REGION}


def test_objects_come_through_as_they_are(cloud: Cloud, proxy: FaultProxy) -> None:
    s3 = client(cloud, proxy, "s3")
    s3.create_bucket(Bucket="shop-artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
    content = bytes(range(256)) * 4096
    s3.put_object(Bucket="shop-artifacts", Key="a key/with spaces", Body=content)
    assert s3.get_object(Bucket="shop-artifacts", Key="a key/with spaces")["Body"].read() == content
    with pytest.raises(s3.exceptions.ClientError) as taken:
        s3.put_object(Bucket="shop-artifacts", Key="a key/with spaces", Body=b"other", IfNoneMatch="*")
    assert code_of(taken) == (412, "PreconditionFailed")


@pytest.mark.parametrize(
    ("service", "ask", "fault", "said"),
    [
        ("lambda", "list_functions", faults.throttled(1), (429, "TooManyRequestsException")),
        ("cloudformation", "list_stacks", faults.throttled(), (400, "Throttling")),
        ("s3", "list_buckets", faults.throttled(), (503, "SlowDown")),
        ("stepfunctions", "list_state_machines", faults.throttled(), (400, "ThrottlingException")),
        ("lambda", "list_functions", faults.broken(), (500, "ServiceException")),
        ("sts", "get_caller_identity", faults.expired(), (403, "ExpiredToken")),
        ("lambda", "list_functions", faults.expired(), (403, "ExpiredTokenException")),
        ("cloudformation", "list_stacks", faults.denied(), (403, "AccessDenied")),
        ("lambda", "list_functions", faults.denied("lambda:ListFunctions"), (403, "AccessDeniedException")),
        ("s3", "list_buckets", faults.denied(), (403, "AccessDenied")),
    ],
)
def test_refusals_have_the_shape_of_their_service(
    cloud: Cloud, proxy: FaultProxy, service: str, ask: str, fault: faults.Refused, said: tuple[int, str]
) -> None:
    from botocore.exceptions import ClientError

    proxy.always("*", fault)
    with pytest.raises(ClientError) as error:
        getattr(client(cloud, proxy, service), ask)()
    assert code_of(error) == said


def test_a_script_is_for_the_next_calls_and_no_others(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    proxy.on("GetFunction", faults.PASSED, faults.broken(), faults.broken(503))
    patient = client(cloud, proxy, "lambda", attempts=3)
    assert patient.get_function(FunctionName="one")
    assert patient.get_function(FunctionName="one")
    assert proxy.count("GetFunction") == 4


def test_a_dropped_connection_is_no_answer_and_may_have_done_its_work(
    cloud: Cloud, proxy: FaultProxy, functions: Any
) -> None:
    from botocore.exceptions import ConnectionClosedError, ConnectionError

    dropped = (ConnectionClosedError, ConnectionError)
    proxy.on("UpdateFunctionCode", faults.Dropped(), faults.Dropped(done=True))
    with pytest.raises(dropped):
        functions.update_function_code(FunctionName="one", ZipFile=SECOND)
    assert functions.get_function_configuration(FunctionName="one")["CodeSha256"] == code_sha256(FIRST)
    with pytest.raises(dropped):
        functions.update_function_code(FunctionName="one", ZipFile=SECOND)
    assert functions.get_function_configuration(FunctionName="one")["CodeSha256"] == code_sha256(SECOND)


def test_a_held_call_waits_for_the_test(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    held = proxy.hold("GetFunction", nth=2)
    functions.get_function(FunctionName="one")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(functions.get_function, FunctionName="one")
        assert held.reached.wait(5)
        assert not waiting.done()
        held.open()
        assert waiting.result(5)["Configuration"]["FunctionName"] == "one"


def test_somebody_else_is_quicker(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    def other(call: Call) -> None:
        cloud.client("lambda").update_function_configuration(FunctionName="one", MemorySize=512)

    revision = functions.get_function_configuration(FunctionName="one")["RevisionId"]
    proxy.on("UpdateFunctionCode", faults.Before(other))
    with pytest.raises(functions.exceptions.PreconditionFailedException) as refused:
        functions.update_function_code(FunctionName="one", ZipFile=SECOND, RevisionId=revision)
    assert code_of(refused)[0] == 412
    now = functions.get_function_configuration(FunctionName="one")
    assert (now["MemorySize"], now["CodeSha256"]) == (512, code_sha256(FIRST))
    functions.update_function_code(FunctionName="one", ZipFile=SECOND, RevisionId=now["RevisionId"])


def test_answers_can_be_made_up(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    def answer(call: Call) -> faults.Answer:
        return faults.Answer(200, json.dumps({"got": json.loads(call.body)}).encode())

    proxy.always("Invoke", faults.Replied(answer))
    reply = functions.invoke(FunctionName="one", Payload=b'{"a": 1}')
    assert json.loads(reply["Payload"].read()) == {"got": {"a": 1}}


def test_streams_are_made_up_as_botocore_reads_them(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    answer = http_stream([b"first ", b"second"], "told")
    proxy.always("InvokeWithResponseStream", faults.Replied(lambda call: answer))
    events = list(functions.invoke_with_response_stream(FunctionName="one")["EventStream"])
    chunks = [event["PayloadChunk"]["Payload"] for event in events if "PayloadChunk" in event]
    assert b"".join(chunks).endswith(b"\0first second")
    assert "told" in base64.b64decode(events[-1]["InvokeComplete"]["LogResult"]).decode()


def test_updates_take_their_time_and_refuse_others_meanwhile(cloud: Cloud, proxy: FaultProxy, functions: Any) -> None:
    cloud.updates_take(1.5)
    answer = functions.update_function_code(FunctionName="one", ZipFile=SECOND)
    assert answer["LastUpdateStatus"] == "InProgress"
    with pytest.raises(functions.exceptions.ResourceConflictException) as busy:
        functions.update_function_configuration(FunctionName="one", MemorySize=256)
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:one"
    assert f"An update is in progress for resource: {arn}" in str(busy.value)
    with pytest.raises(functions.exceptions.ResourceConflictException):
        functions.publish_version(FunctionName="one")
    done = eventually(lambda: _when_done(functions), what="the update is over")
    assert done["RevisionId"] != answer["RevisionId"], "the end of an update makes a revision of its own"
    assert "LastUpdateStatus" not in functions.list_functions()["Functions"][0]


def _when_done(functions: Any) -> Any:
    now = functions.get_function_configuration(FunctionName="one")
    return now if now["LastUpdateStatus"] == "Successful" else None


def test_a_stack_of_sam_s_kind_is_all_there(cloud: Cloud) -> None:
    s3, stacks = cloud.client("s3"), cloud.client("cloudformation")
    s3.create_bucket(Bucket="shop-artifacts", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="shop-artifacts", Key="one", Body=FIRST)
    make = {"StackName": "shop", "ChangeSetName": "one", "Capabilities": ["CAPABILITY_IAM"]}
    stacks.create_change_set(**make, ChangeSetType="CREATE", TemplateBody=json.dumps(STACK))
    stacks.execute_change_set(StackName="shop", ChangeSetName="one")
    found = stacks.list_stack_resources(StackName="shop")["StackResourceSummaries"]
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
    assert names["Live"].endswith(":live")
    assert names["Layer"].endswith(":layer:shared:1")
    functions = cloud.client("lambda")
    assert functions.get_alias(FunctionName=names["Fn"], Name="live")["FunctionVersion"] == "1"
    assert functions.get_function_event_invoke_config(FunctionName=names["Fn"])["MaximumRetryAttempts"] == 1
    assert [layer["Arn"] for layer in functions.get_function(FunctionName=names["Fn"])["Configuration"]["Layers"]] == [
        names["Layer"]
    ]
    api = cloud.client("apigateway")
    assert "/orders" in [one["path"] for one in api.get_resources(restApiId=names["Api"])["items"]]
    assert [one["stageName"] for one in api.get_stages(restApiId=names["Api"])["item"]] == ["dev"]
    machine = cloud.client("stepfunctions").describe_state_machine(stateMachineArn=names["Flow"])
    assert names["Fn"] in machine["definition"]


TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
INTEGRATION = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::GetAtt": ["Fn", "Arn"]}}
OBJECT = {"S3Bucket": "shop-artifacts", "S3Key": "one"}
STACK: dict[str, Any] = {
    "Resources": {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"LayerName": "shared", "Content": OBJECT}},
        "Fn": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": OBJECT,
                "Handler": "app.handler",
                "Runtime": "python3.11",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Layers": [{"Ref": "Layer"}],
            },
        },
        "Version1": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Fn"}}},
        "Live": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "Name": "live",
                "FunctionName": {"Ref": "Fn"},
                "FunctionVersion": {"Fn::GetAtt": ["Version1", "Version"]},
            },
        },
        "Async": {
            "Type": "AWS::Lambda::EventInvokeConfig",
            "Properties": {"FunctionName": {"Ref": "Fn"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 1},
        },
        "Api": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {
                "Name": "shop",
                "Body": {
                    "swagger": "2.0",
                    "paths": {"/orders": {"get": {"x-amazon-apigateway-integration": INTEGRATION}}},
                },
            },
        },
        "Deployed": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployed"}, "StageName": "dev"},
        },
        "Flow": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DefinitionString": json.dumps(
                    {"StartAt": "Go", "States": {"Go": {"Type": "Task", "Resource": "${Fn}", "End": True}}}
                ),
                "DefinitionSubstitutions": {"Fn": {"Fn::GetAtt": ["Fn", "Arn"]}},
            },
        },
    }
}


def test_the_cloud_dies_with_whoever_started_it(tmp_path: Any) -> None:
    """Its standard input is a pipe of ours: when that ends, as after `kill -9`, so does it."""
    from tests.live.cloud import started

    with started(tmp_path) as own:
        assert own.process.stdin is not None
        threading.Thread(target=own.process.stdin.close).start()
        assert own.process.wait(10) == 0
