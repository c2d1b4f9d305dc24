"""The least that somebody has to be allowed for pushing a stage, as an IAM policy. Pure.

In three parts, by the beginning of their Sids: `Read` for looking (a plan, `status`, `logs`), `Push` for direct calls
and releases, `Deploy` for making and changing the stack. Actions are those that this program calls; for a deploy
without a service role also those that CloudFormation makes with the caller's rights (see `deploy_rights`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.stage import Stage
from localstack_lite.sync import keys
from localstack_lite.sync.api_bodies import HTTP, REST
from localstack_lite.sync.canonical import properties, resources
from localstack_lite.sync.deploy_rights import RIGHTS, Names
from localstack_lite.sync.function_needs import FUNCTION
from localstack_lite.sync.layer_versions import LAYER
from localstack_lite.sync.state_machines import STATE_MACHINE

Statement = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """`document` is JSON-able; `remarks` say what it cannot."""

    document: Mapping[str, Any]
    remarks: tuple[str, ...] = ()


def policy(stage: Stage, blueprint: Blueprint, account: str = "", region: str = "", bucket: str = "") -> Policy:
    """`bucket` is the stage's, or the one that would be made. What is not known is `*` in its place."""
    work = _Policy(stage, blueprint, account or "*", region or stage.region or "*", bucket or stage.s3_bucket)
    statements = [*work.read(), *work.push(), *work.deploy()]
    return Policy({"Version": "2012-10-17", "Statement": statements}, tuple(work.remarks()))


class _Policy:
    def __init__(self, stage: Stage, blueprint: Blueprint, account: str, region: str, bucket: str) -> None:
        self._stage, self._blueprint = stage, blueprint
        self._account, self._region = account, region
        self._bucket = bucket or f"devserve-artifacts-{account}-{region}"
        self._ours = not stage.s3_bucket
        self._partition = (
            "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"
        )
        self._types = {str(resource.get("Type")) for resource in self._resources()}

    def _resources(self, type: str = "") -> Iterator[Mapping[str, Any]]:
        for stack in self._blueprint.stacks:
            yield from (each for each in resources(stack.template).values() if type in ("", each.get("Type")))

    def _arn(self, service: str, rest: str, region: str | None = None, account: str | None = None) -> str:
        region = self._region if region is None else region
        account = self._account if account is None else account
        return f"arn:{self._partition}:{service}:{region}:{account}:{rest}"

    def _named(self, type: str, property: str) -> list[str]:
        """Patterns for physical names: those that the templates give, and what CloudFormation makes of the stack's."""
        given = {str(properties(each)[property]) for each in self._resources(type) if _text(each, property)}
        made = any(not _text(each, property) for each in self._resources(type))
        # A nested stack's name begins with its parent's.
        return [*([f"{self._stage.stack_name}-*"] if made else []), *sorted(given)]

    def _functions(self) -> list[str]:
        return [self._arn("lambda", f"function:{name}") for name in self._named(FUNCTION, "FunctionName")]

    def _stacks(self) -> list[str]:
        name = self._stage.stack_name
        own = [self._arn("cloudformation", f"stack/{name}/*")]
        return own + ([self._arn("cloudformation", f"stack/{name}-*/*")] if len(self._blueprint.stacks) > 1 else [])

    def _objects(self) -> str:
        return self._arn("s3", f"{self._bucket}/{keys.prefix(self._stage)}/*", "", "")

    def read(self) -> Iterator[Statement]:
        yield _statement(
            "ReadStack", ["DescribeStacks", "GetTemplate", "ListStackResources"], "cloudformation", self._stacks()
        )
        if functions := self._functions():
            yield _statement("ReadFunctionList", ["ListFunctions"], "lambda", ["*"])
            yield _statement("ReadFunctions", ["GetFunction", "GetFunctionConfiguration"], "lambda", functions)
        yield _statement("ReadReleaseList", ["ListBucket"], "s3", [self._arn("s3", self._bucket, "", "")])
        yield _statement("ReadReleases", ["GetObject"], "s3", [self._objects()])
        groups = [f"/aws/lambda/{name}" for name in self._named(FUNCTION, "FunctionName")]
        if groups:
            arns = [self._arn("logs", f"log-group:{group}:*") for group in groups]
            yield _statement("ReadLogs", ["FilterLogEvents"], "logs", arns)
        yield _statement("ReadMetrics", ["GetMetricData"], "cloudwatch", ["*"])

    def push(self) -> Iterator[Statement]:
        if functions := self._functions():
            actions = ["DeleteFunctionConcurrency", "InvokeFunction", "PublishVersion", "PutFunctionConcurrency"]
            actions += ["PutFunctionEventInvokeConfig", "UpdateAlias", "UpdateFunctionCode"]
            actions += ["UpdateFunctionConfiguration"]
            yield _statement("PushFunctions", actions, "lambda", [*functions, *(f"{arn}:*" for arn in functions)])
            yield self._pass_role("PushFunctionRoles", self._named_roles(), "lambda")
        if LAYER in self._types:
            layers = [self._arn("lambda", f"layer:{name}") for name in self._layers()]
            actions = ["GetLayerVersion", "ListLayerVersions", "PublishLayerVersion"]
            yield _statement("PushLayers", actions, "lambda", [*layers, *(f"{arn}:*" for arn in layers)])
        paths = [path for type, path in ((REST, "/restapis/*"), (HTTP, "/apis/*")) if type in self._types]
        if paths:
            arns = [self._arn("apigateway", path, account="") for path in paths]
            yield _statement("PushApis", ["GET", "POST", "PUT"], "apigateway", arns)
        if STATE_MACHINE in self._types:
            machines = [self._arn("states", f"stateMachine:{name}") for name in self._machines()]
            yield _statement("PushStateMachines", ["UpdateStateMachine"], "states", machines)
            yield self._pass_role("PushStateMachineRoles", self._named_roles(), "states")
        yield from self._push_images()
        yield _statement(
            "PushObjects", ["AbortMultipartUpload", "DeleteObject", "GetObject", "PutObject"], "s3", [self._objects()]
        )
        if self._ours:
            actions = [
                "CreateBucket",
                "DeleteBucket",
                "PutBucketPolicy",
                "PutBucketPublicAccessBlock",
                "PutEncryptionConfiguration",
            ]
            actions += ["PutLifecycleConfiguration"]
            yield _statement("PushBucket", actions, "s3", [self._arn("s3", self._bucket, "", "")])

    def _push_images(self) -> Iterator[Statement]:
        repository = self._stage.image_repository
        if not repository:
            return
        registry, _, name = repository.partition("/")
        parts = registry.split(".")
        is_ecr = len(parts) > 4 and parts[1:3] == ["dkr", "ecr"]
        arn = self._arn("ecr", f"repository/{name}", parts[3], parts[0]) if is_ecr else "*"
        yield _statement("PushRegistry", ["GetAuthorizationToken"], "ecr", ["*"])
        actions = ["BatchCheckLayerAvailability", "BatchGetImage", "CompleteLayerUpload", "CreateRepository"]
        actions += ["GetDownloadUrlForLayer", "InitiateLayerUpload", "PutImage", "UploadLayerPart"]
        yield _statement("PushImages", actions, "ecr", [arn])

    def _layers(self) -> list[str]:
        """A layer without a name is called after its logical id."""
        names = {str(properties(each)["LayerName"]) for each in self._resources(LAYER) if _text(each, "LayerName")}
        unnamed = any(not _text(each, "LayerName") for each in self._resources(LAYER))
        return ["*"] if unnamed else sorted(names)

    def _machines(self) -> list[str]:
        """CloudFormation calls a state machine without a name after its logical id, not after the stack."""
        found = []
        for stack in self._blueprint.stacks:
            for id, each in resources(stack.template).items():
                if each.get("Type") == STATE_MACHINE:
                    name = "StateMachineName"
                    found.append(str(properties(each)[name]) if _text(each, name) else f"{id}-*")
        return sorted(set(found))

    def _named_roles(self) -> list[str]:
        names = self._named("AWS::IAM::Role", "RoleName") or [f"{self._stage.stack_name}-*"]
        return [self._arn("iam", f"role/{name}", "") for name in names]

    def _pass_role(self, sid: str, roles: Sequence[str], service: str) -> Statement:
        made = _statement(sid, ["PassRole"], "iam", roles)
        made["Condition"] = {"StringEquals": {"iam:PassedToService": f"{service}.amazonaws.com"}}
        return made

    def deploy(self) -> Iterator[Statement]:
        actions = ["CreateChangeSet", "DeleteChangeSet", "DeleteStack", "DescribeChangeSet", "DescribeStackEvents"]
        yield _statement("DeployStack", [*actions, "ExecuteChangeSet"], "cloudformation", self._stacks())
        if self._stage.role_arn:
            yield self._pass_role("DeployServiceRole", [self._stage.role_arn], "cloudformation")
            return
        if len(self._blueprint.stacks) > 1:
            yield _statement("DeployNestedStacks", ["CreateStack", "UpdateStack"], "cloudformation", self._stacks())
        known = Names(self._stage.stack_name, self._arn, self._named, self._machines(), self._layers())
        for prefix, rights in RIGHTS.items():
            if any(type.startswith(prefix) for type in self._types):
                for right in rights:
                    sid = f"Deploy{right.sid}"
                    yield _statement(sid, right.actions, right.service, right.resources(known))

    def remarks(self) -> Iterator[str]:
        if self._stage.role_arn:
            yield f"the stack is deployed with the rights of {self._stage.role_arn}, so only passing it is allowed here"
            return
        yield "a deploy makes resources with your own rights; with a service role (role_arn) you need only pass it"
        unknown = sorted(
            type
            for type in self._types
            if type.startswith("AWS::")
            and type != "AWS::CloudFormation::Stack"
            and not any(type.startswith(prefix) for prefix in RIGHTS)
        )
        if unknown:
            yield f"not in it: what CloudFormation needs to make {', '.join(unknown)}"
        if any(type.startswith("Custom::") or type == "AWS::CloudFormation::CustomResource" for type in self._types):
            yield "not in it: what calls the providers of custom resources"


def _text(resource: Mapping[str, Any], property: str) -> bool:
    """Whether the name is said, and not made of something."""
    return isinstance(properties(resource).get(property), str)


def _statement(sid: str, actions: Sequence[str], service: str, resources: Sequence[str]) -> Statement:
    named = sorted({f"{service}:{action}" for action in actions})
    return {"Sid": sid, "Effect": "Allow", "Action": named, "Resource": list(dict.fromkeys(resources))}
