"""What AWS's Lambda has and moto's lacks, added to moto in the server's own process: revisions of functions, updates
that take time, states left out of lists, configuration that a stack gives a function.

The rules are AWS's, as recorded: each update makes a new revision, its end another one; an update that names an old
revision is refused with 412, any update while one is running with 409; ListFunctions has no states. `UPDATES.seconds`
says how long an update of code or configuration takes; a test sets it over HTTP (`cloud_server`).
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from moto.awslambda import models
from moto.awslambda.exceptions import LambdaClientError, PreconditionFailedException
from moto.awslambda.responses import LambdaResponse
from moto.awslambda.utils import get_backend
from moto.core.utils import utcnow

IN_LISTS_MISSING = ("State", "LastUpdateStatus", "LastUpdateStatusReason", "RuntimeVersionConfig")
"""ListFunctions gives a subset of a configuration (AWS docs); versions and Get calls give all."""


class Updates:
    seconds = 0.0


UPDATES = Updates()


class UpdateInProgress(LambdaClientError):
    code = 409

    def __init__(self, arn: str) -> None:
        said = f"The operation cannot be performed at this time. An update is in progress for resource: {arn}"
        super().__init__("ResourceConflictException", said)


class OldRevision(PreconditionFailedException):
    def __init__(self) -> None:
        super().__init__(
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to "
            "retrieve the latest Revision Id"
        )


def extend() -> None:
    """Once, before the first request."""
    function: Any = models.LambdaFunction
    backend: Any = models.LambdaBackend
    responses: Any = LambdaResponse
    function.get_configuration = _configuration(function.get_configuration)
    function.update_configuration = _more_configuration(function.update_configuration)
    function.create_from_cloudformation_json = classmethod(_from_stack)
    function.update_from_cloudformation_json = classmethod(_updated_by_stack)
    backend.update_function_code = _guarded(backend.update_function_code)
    backend.update_function_configuration = _guarded(backend.update_function_configuration)
    backend.publish_version = _after_updates(backend.publish_version)
    backend.put_function_event_invoke_config = _replacing(backend.put_function_event_invoke_config)
    responses.list_functions = _without_states(responses.list_functions)


def _revision(function: Any) -> str:
    """The newest one. The end of an update, which nobody sees but by asking, makes one as well."""
    if getattr(function, "busy_until", None) is not None and not _busy(function):
        function.busy_until = None
        function.revision = str(uuid.uuid4())
    if not hasattr(function, "revision"):
        function.revision = str(uuid.uuid4())
    revision: str = function.revision
    return revision


def _busy(function: Any) -> bool:
    until = getattr(function, "busy_until", None)
    return until is not None and time.monotonic() < until


def _configuration(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def get_configuration(self: Any, on_create: bool = False) -> dict[str, Any]:
        told = original(self, on_create)
        told["RevisionId"] = _revision(self)
        if _busy(self):
            told["LastUpdateStatus"] = "InProgress"
            told["LastUpdateStatusReasonCode"] = "Creating"
        for name, value in getattr(self, "more_configuration", {}).items():
            told[name] = value
        return told

    return get_configuration


def _more_configuration(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """moto forgets some settings of UpdateFunctionConfiguration."""

    def update_configuration(self: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
        original(self, config_updates)
        if "EphemeralStorage" in config_updates:
            self.ephemeral_storage = config_updates["EphemeralStorage"]["Size"]
        if "TracingConfig" in config_updates:
            self.tracing_config = config_updates["TracingConfig"]
        if "LoggingConfig" in config_updates:
            # A copy of its own: published versions share everything else with the function.
            self.more_configuration = {
                **getattr(self, "more_configuration", {}),
                "LoggingConfig": config_updates["LoggingConfig"],
            }
        return self.get_configuration()  # type: ignore[no-any-return]

    return update_configuration


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    """An update by a call of Lambda's API."""

    def update(self: Any, function_name: str, qualifier: str, body: dict[str, Any]) -> Any:
        function = self.get_function(function_name, qualifier)
        if _busy(function):
            raise UpdateInProgress(function.function_arn)
        given = body.get("RevisionId")
        if given and given != _revision(function):
            raise OldRevision
        if body.get("DryRun"):
            return function.get_configuration()
        if architectures := body.get("Architectures"):
            function.architectures = architectures
        original(self, function_name, qualifier, body)
        function.revision = str(uuid.uuid4())
        function.last_modified = f"{utcnow():%Y-%m-%dT%H:%M:%S}.{utcnow().microsecond // 1000:03d}+0000"
        if UPDATES.seconds:
            function.busy_until = time.monotonic() + UPDATES.seconds
        return function.get_configuration()

    return update


def _after_updates(original: Callable[..., Any]) -> Callable[..., Any]:
    def publish_version(self: Any, function_name: str, description: str = "") -> Any:
        function = self.get_function(function_name)
        if _busy(function):
            raise UpdateInProgress(function.function_arn)
        published = original(self, function_name, description)
        if published is not None and published is not function:
            published.revision = str(uuid.uuid4())
        return published

    return publish_version


def _replacing(original: Callable[..., Any]) -> Callable[..., Any]:
    """moto keeps all of them and shows the first."""

    def put(self: Any, function_name: str, config: dict[str, Any]) -> Any:
        self.get_function(function_name).event_invoke_config = []
        return original(self, function_name, config)

    return put


def _without_states(original: Callable[..., str]) -> Callable[..., str]:
    def list_functions(self: Any) -> str:
        told = json.loads(original(self))
        for function in told["Functions"]:
            for name in IN_LISTS_MISSING:
                function.pop(name, None)
        return json.dumps(told)

    return list_functions


def _from_stack(cls: Any, /, name: str, resource: dict[str, Any], account: str, region: str, **_: Any) -> Any:
    """moto's own leaves out layers, architecture and more."""
    properties = dict(resource["Properties"])
    code = dict(properties["Code"])
    if "ZipFile" in code:
        import base64

        code["ZipFile"] = base64.b64encode(cls._create_zipfile_from_plaintext_code(code["ZipFile"])).decode()
    spec = {
        **properties,
        "Code": code,
        "FunctionName": name,
        "Tags": {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])},
    }
    function = get_backend(account, region).create_function(spec)
    if "LoggingConfig" in properties:
        function.more_configuration = {"LoggingConfig": properties["LoggingConfig"]}  # type: ignore[attr-defined]
    return function


def _updated_by_stack(
    cls: Any,
    /,
    original_resource: Any,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> Any:
    """Everything that the template says, and AWS's default for what it does not say any more."""
    properties, function = cloudformation_json["Properties"], original_resource
    if properties.get("FunctionName", function.function_name) != function.function_name:
        new = _from_stack(cls, properties["FunctionName"], cloudformation_json, account_id, region_name)
        function.delete(account_id, region_name)
        return new
    defaults = {"MemorySize": 128, "Timeout": 3, "Description": "", "Environment": {"Variables": {}}, "Layers": []}
    function.update_configuration({**defaults, **properties})
    function.update_function_code(dict(properties["Code"]))
    function.reserved_concurrency = properties.get("ReservedConcurrentExecutions")
    function.revision = str(uuid.uuid4())
    return function
