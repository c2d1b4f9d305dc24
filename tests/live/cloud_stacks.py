"""What AWS's CloudFormation has and moto's lacks, added to moto in the server's own process, as far as a SAM project
needs it: the body of a REST API, its stages, aliases, async configuration, ids of layers and versions, the time of the
last update, parameters that keep their value, and what a change set would replace.

Not there, as in moto: API Gateway v2 in stacks, function URLs in stacks, stacks that fail and roll back (a test sets a
stack's status over HTTP, see `cloud_server`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from moto.apigateway import models as apigateway
from moto.awslambda import models as functions
from moto.awslambda.utils import get_backend
from moto.cloudformation import models as stacks
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.parsing import ResourceMap
from moto.core.common_models import CloudFormationModel
from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.stepfunctions.models import StateMachine

REPLACED_BY: dict[str, tuple[str, ...]] = {
    "AWS::Lambda::Function": ("FunctionName", "PackageType"),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::IAM::Role": ("RoleName", "Path"),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SQS::Queue": ("QueueName", "FifoQueue"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "StateMachineType"),
}
"""Properties that cannot change without a new resource (AWS docs, `Update requires: Replacement`)."""


class Stage(CloudFormationModel):
    """AWS::ApiGateway::Stage."""

    def __init__(self, api: str, name: str) -> None:
        self.api = api
        self.name = name

    @property
    def physical_resource_id(self) -> str:
        return self.name

    @staticmethod
    def cloudformation_name_type() -> str:
        return "StageName"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::ApiGateway::Stage"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> Stage:
        properties = cloudformation_json["Properties"]
        api, name = properties["RestApiId"], properties["StageName"]
        backend = apigateway.apigateway_backends[account_id][region_name]
        backend.get_rest_api(api).stages.pop(name, None)
        variables = properties.get("Variables")
        deployment = properties["DeploymentId"]
        identity = deployment if isinstance(deployment, str) else deployment.id
        backend.create_stage(api, name, identity, variables=variables, tracing_enabled=False)
        return cls(api, name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Stage:
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def delete(self, account_id: str, region: str) -> None:
        with suppress(JsonRESTError):  # the API went first
            apigateway.apigateway_backends[account_id][region].get_rest_api(self.api).stages.pop(self.name, None)


class Alias(CloudFormationModel):
    """AWS::Lambda::Alias."""

    def __init__(self, function: str, name: str, arn: str) -> None:
        self.function = function
        self.name = name
        self.arn = arn

    @property
    def physical_resource_id(self) -> str:
        return self.arn

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Name"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::Alias"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> Alias:
        properties = cloudformation_json["Properties"]
        name, function = properties["Name"], properties["FunctionName"]
        backend = get_backend(account_id, region_name)
        alias = backend.create_alias(name, function, str(properties["FunctionVersion"]), "", "")
        return cls(function, name, alias.arn)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> Alias:
        properties = cloudformation_json["Properties"]
        backend = get_backend(account_id, region_name)
        backend.delete_alias(original_resource.name, original_resource.function)
        backend.create_alias(properties["Name"], properties["FunctionName"], str(properties["FunctionVersion"]), "", "")
        return cls(properties["FunctionName"], properties["Name"], original_resource.arn)

    def delete(self, account_id: str, region: str) -> None:
        with suppress(JsonRESTError):  # the function went first
            get_backend(account_id, region).delete_alias(self.name, self.function)


class AsyncConfig(CloudFormationModel):
    """AWS::Lambda::EventInvokeConfig."""

    def __init__(self, function: str, qualifier: str) -> None:
        self.function = function
        self.qualifier = qualifier

    @property
    def physical_resource_id(self) -> str:
        return f"{self.function}|{self.qualifier}"

    @staticmethod
    def cloudformation_name_type() -> str:
        return "Qualifier"

    @staticmethod
    def cloudformation_type() -> str:
        return "AWS::Lambda::EventInvokeConfig"

    @classmethod
    def create_from_cloudformation_json(
        cls, resource_name: str, cloudformation_json: Any, account_id: str, region_name: str, **_: Any
    ) -> AsyncConfig:
        properties = cloudformation_json["Properties"]
        function, qualifier = properties["FunctionName"], properties.get("Qualifier", "$LATEST")
        settings = {name: value for name, value in properties.items() if name not in ("FunctionName", "Qualifier")}
        get_backend(account_id, region_name).put_function_event_invoke_config(function, settings)
        return cls(function, qualifier)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: Any,
        account_id: str,
        region_name: str,
    ) -> AsyncConfig:
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def delete(self, account_id: str, region: str) -> None:
        with suppress(JsonRESTError):  # the function went first
            get_backend(account_id, region).delete_function_event_invoke_config(self.function)


def extend() -> None:
    """Once, before the first request. The classes above are known to moto by being there."""
    api: Any = apigateway.RestAPI
    api.create_from_cloudformation_json = classmethod(_api_from_stack)
    api.update_from_cloudformation_json = classmethod(_api_updated_by_stack)
    api.delete = _delete_api
    gateway: Any = apigateway.APIGatewayBackend
    gateway.put_rest_api = _any_document(gateway.put_rest_api)
    deployment: Any = apigateway.Deployment
    deployment.physical_resource_id = property(lambda self: self.id)
    layer: Any = functions.LayerVersion
    layer.physical_resource_id = property(lambda self: self.arn)
    layer.cloudformation_name_type = staticmethod(lambda: "LayerName")
    version: Any = functions.LambdaVersion
    version.physical_resource_id = property(lambda self: self.arn)
    version.get_cfn_attribute = lambda self, name: {"Version": self.version}[name]
    version.has_cfn_attr = classmethod(lambda cls, name: name == "Version")
    version.create_from_cloudformation_json = classmethod(_version_from_stack)
    machine: Any = StateMachine
    machine.create_from_cloudformation_json = _with_definition(machine.create_from_cloudformation_json)
    machine.update_from_cloudformation_json = _with_definition(machine.update_from_cloudformation_json)
    backend: Any = stacks.CloudFormationBackend
    backend.execute_change_set = _dated(backend.execute_change_set)
    backend.create_change_set = _validated(backend.create_change_set)
    change_set: Any = stacks.ChangeSet
    change_set.diff = _telling_replacements(change_set.diff)
    resources: Any = ResourceMap
    resources.build_resource_diff = _with_dependents(resources.build_resource_diff)


def _delete_api(self: Any, account: str, region: str) -> None:
    with suppress(JsonRESTError):  # gone by hand
        apigateway.apigateway_backends[account][region].delete_rest_api(self.id)


def _api_from_stack(cls: Any, /, name: str, resource: Any, account: str, region: str, **_: Any) -> Any:
    properties = resource["Properties"]
    body = properties.get("Body") or {}
    backend = apigateway.apigateway_backends[account][region]
    api = backend.create_rest_api(
        name=properties.get("Name") or body.get("info", {}).get("title") or name,
        description=properties.get("Description", ""),
        endpoint_configuration=properties.get("EndpointConfiguration"),
    )
    if body:
        backend.put_rest_api(api.id, body, fail_on_warnings=False, mode="overwrite")
    return api


def _api_updated_by_stack(
    cls: Any,
    /,
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: Any,
    account_id: str,
    region_name: str,
) -> Any:
    if body := cloudformation_json["Properties"].get("Body"):
        backend = apigateway.apigateway_backends[account_id][region_name]
        backend.put_rest_api(original_resource.id, body, fail_on_warnings=False, mode="overwrite")
    return original_resource


def _any_document(original: Callable[..., Any]) -> Callable[..., Any]:
    """moto imports OpenAPI 3 alone, and reads nothing but paths, which Swagger 2 has as well."""

    def put_rest_api(self: Any, function_id: str, api_doc: dict[str, Any], *given: Any, **named: Any) -> Any:
        document = {name: value for name, value in api_doc.items() if name != "swagger"}
        document.setdefault("openapi", "3.0.1")
        document["paths"] = {
            path: {method: what for method, what in methods.items() if method != "options"}
            for path, methods in document.get("paths", {}).items()
        }
        return original(self, function_id, document, *given, **named)

    return put_rest_api


def _version_from_stack(cls: Any, /, name: str, resource: Any, account: str, region: str, **_: Any) -> Any:
    function = resource["Properties"]["FunctionName"]
    published = get_backend(account, region).publish_version(function)
    assert published is not None, function
    version = cls({"Version": published.version})
    version.arn = published.function_arn
    return version


def _with_definition(original: Any) -> Any:
    """moto takes `DefinitionString` alone and fills nothing in."""
    plain = original.__func__

    def taken(cls: Any, *given: Any, **named: Any) -> Any:
        resource = next(one for one in (*given, *named.values()) if isinstance(one, dict) and "Properties" in one)
        properties = resource["Properties"]
        account = named.get("account_id") or given[-2]
        properties["DefinitionString"] = _definition(properties, account)
        return plain(cls, *given, **named)

    return classmethod(taken)


def _definition(properties: dict[str, Any], account: str) -> str:
    import json

    from moto.s3.models import s3_backends

    if place := properties.get("DefinitionS3Location"):
        key = s3_backends[account]["aws"].get_object(place["Bucket"], place["Key"])
        assert key is not None, f"there is no object {place}"
        text = key.value.decode()
    elif "Definition" in properties:
        text = json.dumps(properties["Definition"])
    else:
        text = properties.get("DefinitionString", "")
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        text = text.replace("${" + name + "}", str(value))
    return text


def _validated(original: Callable[..., Any]) -> Callable[..., Any]:
    """AWS refuses a template with unknown types or dangling references where moto fails later, or never."""

    def create_change_set(
        self: Any, stack_name: str, change_set_name: str, template: str, *given: Any, **more: Any
    ) -> Any:
        document = stacks.Stack.parse_template(template)
        resources = document.get("Resources", {})
        known = {*resources, *document.get("Parameters", {}), *document.get("Conditions", {})}
        types = sorted({one["Type"] for one in resources.values() if one["Type"].startswith("AWS::Serverless::")})
        if types and not document.get("Transform"):
            raise ValidationError(message=f"Template format error: Unrecognized resource types: [{', '.join(types)}]")
        missing = sorted(name for name in set(_references(resources)) if name not in known and "::" not in name)
        if missing:
            said = f"Unresolved resource dependencies [{', '.join(missing)}] in the Resources block of the template"
            raise ValidationError(message=f"Template format error: {said}")
        return original(self, stack_name, change_set_name, template, *given, **more)

    return create_change_set


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case dict():
            for one in value.values():
                yield from _references(one)
        case list():
            for one in value:
                yield from _references(one)


def _dated(original: Callable[..., None]) -> Callable[..., None]:
    """`LastUpdatedTime`, which moto does not keep."""

    def execute_change_set(self: Any, change_set_name: str, stack_name: str | None = None) -> None:
        before = {name: one.execution_status for name, one in self.change_sets.items()}
        original(self, change_set_name, stack_name)
        for name, one in self.change_sets.items():
            if one.execution_status != before.get(name):
                one.stack.last_updated_time = utcnow()
                one.stack.parameters = one.parameters

    return execute_change_set


def _telling_replacements(original: Callable[..., Any]) -> Callable[..., Any]:
    def diff(self: Any) -> Any:
        changes = original(self)
        old, new = self.stack.resource_map._resource_json_map, self.template_dict.get("Resources", {})
        for change in changes:
            if change.action == "Modify":
                change.replacement = str(_replaced(old, new, change.logical_resource_id))
        return changes

    return diff


def _replaced(old: Any, new: Any, name: str) -> bool:
    was, will = old[name].get("Properties", {}), new[name].get("Properties", {})
    return any(was.get(one) != will.get(one) for one in REPLACED_BY.get(new[name]["Type"], ()))


def _with_dependents(original: Callable[..., dict[str, list[str]]]) -> Callable[..., dict[str, list[str]]]:
    """What refers to a resource that is replaced changes as well."""

    def build_resource_diff(self: Any, other_template: Any, parameters: Any = None) -> dict[str, list[str]]:
        found = original(self, other_template, parameters)
        old, new = self._resource_json_map, other_template["Resources"]
        replaced = [name for name in found["Modify"] if _replaced(old, new, name)]
        for name, resource in new.items():
            if name in old and name not in found["Modify"] and any(_names(resource, one) for one in replaced):
                found["Modify"].append(name)
        return found

    return build_resource_diff


def _names(value: Any, name: str) -> bool:
    match value:
        case {"Ref": str(other)}:
            return other == name
        case {"Fn::GetAtt": [str(other), *_]}:
            return other == name
        case {"Fn::Sub": str(text)} | {"Fn::Sub": [str(text), _]} if f"${{{name}" in text:
            return True
        case dict():
            return any(_names(one, name) for one in value.values())
        case list():
            return any(_names(one, name) for one in value)
    return False
