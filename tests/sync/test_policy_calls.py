"""Every call that the source makes has its right in the policy, and every right is of a call that the source makes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from botocore import xform_name
from botocore.session import Session

import localstack_lite.sync
from localstack_lite.model.stage import Stage
from localstack_lite.sync.policy import policy
from tests.sync.modelled_stage import blueprint, function, layer

FOLDER = Path(localstack_lite.sync.__file__).parent
#: The modules that say which rights and limits there are: what they name is no call.
TABLES = {"policy.py", "deploy_rights.py", "pace.py"}
#: boto3's names of the services that are called, and the prefixes of their rights.
SERVICES = {
    "apigateway": "apigateway",
    "apigatewayv2": "apigateway",
    "cloudformation": "cloudformation",
    "cloudwatch": "cloudwatch",
    "ecr": "ecr",
    "lambda": "lambda",
    "logs": "logs",
    "s3": "s3",
    "stepfunctions": "states",
    "sts": "sts",
}
#: Rights that are not called as their call is (AWS, Service Authorization Reference).
RIGHTS = {
    "lambda:Invoke": "lambda:InvokeFunction",
    "lambda:InvokeWithResponseStream": "lambda:InvokeFunction",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:UploadPart": "s3:PutObject",
    "sts:GetCallerIdentity": "",  # needs none
}
#: What is called with the caller's rights by somebody else: the Docker engine at ECR; AWS itself, that passes roles on.
BY_OTHERS = {
    *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:CompleteLayerUpload"),
    *("ecr:GetDownloadUrlForLayer", "ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:UploadLayerPart"),
    "iam:PassRole",
}
RESOURCES: dict[str, Any] = {
    "A": function("A"),
    "L": layer("L"),
    "Rest": {"Type": "AWS::ApiGateway::RestApi"},
    "Http": {"Type": "AWS::ApiGatewayV2::Api"},
    "Flow": {"Type": "AWS::StepFunctions::StateMachine"},
}
#: With a service role the policy has none of CloudFormation's own calls.
STAGE = Stage(
    "dev",
    "shop-dev",
    region="eu-west-2",
    role_arn="arn:aws:iam::111122223333:role/cfn",
    image_repository="111122223333.dkr.ecr.eu-west-2.amazonaws.com/devserve/shop",
)


@cache
def right(service: str) -> Mapping[str, str]:
    """The right that each operation of that service takes, by AWS's name and by boto3's."""
    model = Session().get_service_model(service)
    found: dict[str, str] = {}
    for name in model.operation_names:
        named = f"{SERVICES[service]}:{name}"
        if SERVICES[service] == "apigateway":
            named = f"apigateway:{model.operation_model(name).http['method']}"
        found[name] = found[xform_name(name)] = RIGHTS.get(named, named)
    return found


def named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a module names that may be a call: texts such as `UpdateAlias`, and methods of a client
    that are called. With the service where it stands beside."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Name(id="Ask"), args=[ast.Constant(value=str(one)), ast.Constant(value=str(name)), *_]
            ):
                yield one, name
            case ast.Constant(value=str(name)) if name.isalnum() and name[:1].isupper():
                yield "", name
            case ast.Call(func=ast.Attribute(value=of, attr=name)) if "client" in ast.unparse(of):
                yield "", name


def called() -> dict[str, set[str]]:
    """Rights by what takes them: `MODULE: OPERATION`. A name that several services know counts for each of those that
    its module speaks of."""
    found: dict[str, set[str]] = {}
    for file in sorted(FOLDER.glob("*.py")):
        if file.name in TABLES:
            continue
        tree = ast.parse(file.read_text())
        spoken = {each.value for each in ast.walk(tree) if isinstance(each, ast.Constant) and each.value in SERVICES}
        for service, name in named(tree):
            for one in [service] if service else sorted(spoken or SERVICES):
                if taken := right(one).get(name):
                    found.setdefault(f"{file.name}: {name}", set()).add(taken)
    return found


def allowed(*parts: str) -> set[str]:
    document = policy(STAGE, blueprint(RESOURCES), "111122223333").document
    return {action for each in document["Statement"] if each["Sid"].startswith(parts) for action in each["Action"]}


def test_the_calls_are_found() -> None:
    rights = set().union(*called().values())
    assert {"cloudwatch:GetMetricData", "logs:FilterLogEvents", "lambda:InvokeFunction", "s3:DeleteObject"} <= rights
    assert {"apigateway:PUT", "apigateway:POST", "states:UpdateStateMachine", "ecr:CreateRepository"} <= rights
    assert len(rights) > 35


def test_every_call_of_the_source_has_its_right() -> None:
    has = allowed("Read", "Push", "Deploy")
    assert {call: taken - has for call, taken in called().items() if taken - has} == {}


def test_every_right_is_of_a_call() -> None:
    rights = set().union(*called().values())
    assert allowed("Read", "Push", "Deploy") - rights - BY_OTHERS == set()
