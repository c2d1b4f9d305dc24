"""What the framework makes beside functions: their common role, and the bucket that it deploys from. Pure.

Recorded with osls 3.77. The bucket stands in the template so that a stack which the framework deployed keeps it.
"""

from __future__ import annotations

from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.functions import ROLE, function_name
from localstack_lite.config.serverless.made import Made, as_list, as_mapping, joined

_BUCKET = "ServerlessDeploymentBucket"
_LOGS = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/lambda/"


def add_role(made: Made) -> None:
    """The role of all functions that have none of their own; none when nobody needs it."""
    wanted = {"Fn::GetAtt": [ROLE, "Arn"]}
    functions = [one for one in made.resources.values() if one["Type"] == "AWS::Lambda::Function"]
    if not any(one["Properties"].get("Role") == wanted for one in functions):
        return
    service = made.service
    said = as_mapping(as_mapping(service.provider.get("iam")).get("role"))
    origin = ("provider", "iam", "role")
    own = [*as_list(said.get("statements")), *as_list(service.provider.get("iamRoleStatements"))]
    for function in service.functions.values():
        own += as_list(function.get("iamRoleStatements"))
    if any(function.get("kmsKeyArn") or service.provider.get("kmsKeyArn") for function in service.functions.values()):
        for function in service.functions.values():
            if key := function.get("kmsKeyArn") or service.provider.get("kmsKeyArn"):
                made.right(("kms:Decrypt",), key)
    for function in service.functions.values():
        if function.get("onError") is not None:
            made.right(("sns:Publish",), function["onError"])
    if any("TracingConfig" in one["Properties"] for one in functions):
        made.right(("xray:PutTraceSegments", "xray:PutTelemetryRecords"), "*")
    statements = [*_logs(made), *({"Effect": "Allow", "Action": list(a), "Resource": r} for a, r in made.rights), *own]
    document = {"Version": "2012-10-17", "Statement": statements}
    managed = as_list(said.get("managedPolicies") or service.provider.get("iamManagedPolicies"))
    if any("VpcConfig" in one["Properties"] for one in functions):
        access = ":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
        managed = [joined("arn:", {"Ref": "AWS::Partition"}, access), *managed]
    name: Any = ["-", [service.name, service.stage, {"Ref": "AWS::Region"}, "lambdaRole"]]
    trusts = {"Effect": "Allow", "Principal": {"Service": list(made.principals)}, "Action": ["sts:AssumeRole"]}
    properties = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trusts]},
        "Policies": [
            {"PolicyName": {"Fn::Join": ["-", [service.name, service.stage, "lambda"]]}, "PolicyDocument": document}
        ],
        "Path": said.get("path") or "/",
        "RoleName": said.get("name") or {"Fn::Join": name},
        "ManagedPolicyArns": managed or None,
        "PermissionsBoundary": said.get("permissionsBoundary") or service.provider.get("rolePermissionsBoundary"),
    }
    made.add(ROLE, "AWS::IAM::Role", properties, origin)


def _logs(made: Made) -> list[dict[str, Any]]:
    service = made.service
    usual = f"{service.name}-{service.stage}"
    names = [function_name(service, name) for name in service.functions]
    groups = [*(name for name in names if not name.startswith(usual)), f"{usual}*"]
    silent = [function_name(service, name) for name, one in service.functions.items() if one.get("disableLogs") is True]
    create = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:TagResource"]
    found = [
        {"Effect": "Allow", "Action": create, "Resource": [{"Fn::Sub": f"{_LOGS}{group}:*"} for group in groups]},
        {
            "Effect": "Allow",
            "Action": ["logs:PutLogEvents"],
            "Resource": [{"Fn::Sub": f"{_LOGS}{group}:*:*"} for group in groups],
        },
    ]
    if silent:
        resources = [{"Fn::Sub": f"{_LOGS}{group}:*"} for group in silent]
        found.append({"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": resources})
    return found


def add_bucket_of_deployments(made: Made) -> None:
    bucket = made.service.provider.get("deploymentBucket")
    said = as_mapping(bucket)
    if bucket is not None and (not said or said.get("name")):
        return
    encrypted = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    made.add(_BUCKET, "AWS::S3::Bucket", {"BucketEncryption": encrypted}, ())
    if as_text(said.get("skipPolicySetup")) == "true":
        return
    whole = joined("arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": _BUCKET})
    inside = joined("arn:", {"Ref": "AWS::Partition"}, ":s3:::", {"Ref": _BUCKET}, "/*")
    statement = {
        "Action": "s3:*",
        "Effect": "Deny",
        "Principal": "*",
        "Resource": [inside, whole],
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }
    policy = {"Bucket": {"Ref": _BUCKET}, "PolicyDocument": {"Statement": [statement]}}
    made.add(f"{_BUCKET}Policy", "AWS::S3::BucketPolicy", policy, ())
    made.outputs[f"{_BUCKET}Name"] = {"Value": {"Ref": _BUCKET}}
