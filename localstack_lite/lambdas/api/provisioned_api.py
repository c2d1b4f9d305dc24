"""Provisioned concurrency over the Lambda API: Put, Get, List and DeleteProvisionedConcurrencyConfig.

A qualifier is a published version or an alias, never `$LATEST`. The texts are recorded.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_parameter, not_found, validation
from localstack_lite.lambdas.api.concurrency_api import read_count
from localstack_lite.lambdas.api.configuration import timestamp
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.catalogue import Catalogue
from localstack_lite.lambdas.limits import Limits
from localstack_lite.lambdas.names import Reference
from localstack_lite.lambdas.provisioned import Config, ProvisionedStatus, Provisioning, Standing
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Request, Response

#: ListProvisionedConcurrencyConfigs answers at most this many (service model).
PAGE = 50

_STARTING = Standing(ProvisionedStatus.IN_PROGRESS, 0)


@dataclass(frozen=True, slots=True)
class _Target:
    """`version` is what the qualifier stands for now."""

    reference: Reference
    function: Function
    version: str

    @property
    def qualifier(self) -> str:
        return self.reference.qualifier


def answer(
    call: Call,
    request: Request,
    request_id: str,
    project: Project,
    catalogue: Catalogue,
    provisioning: Provisioning,
    limits: Limits,
    now: float,
) -> Response | ApiError:
    """The reply to one of the four operations. `now` is epoch seconds."""
    if call.operation == "ListProvisionedConcurrencyConfigs":
        return _list(call, request_id, project, catalogue, provisioning)
    target = _target(call, project, catalogue)
    if isinstance(target, ApiError):
        return target
    function, qualifier = target.function, target.qualifier
    match call.operation:
        case "PutProvisionedConcurrencyConfig":
            wanted = read_count(request.body, "ProvisionedConcurrentExecutions", least=1)
            if isinstance(wanted, ApiError):
                return wanted
            objection = _objection(target, wanted, project, catalogue, provisioning, limits)
            if objection is not None:
                return objection
            provisioning.put(function, qualifier, wanted, now)
            return _reply(request_id, _described(Config(qualifier, wanted, now), _STARTING), 202)
        case "DeleteProvisionedConcurrencyConfig":
            provisioning.delete(function, qualifier)
            return Response(204, (("x-amzn-RequestId", request_id),))
    config = provisioning.config(function, qualifier)
    if config is None:
        missing = "ProvisionedConcurrencyConfigNotFoundException"
        return ApiError(404, missing, "No Provisioned Concurrency Config found for this function")
    return _reply(request_id, _described(config, provisioning.standing(function, target.version, config)))


def _target(call: Call, project: Project, catalogue: Catalogue) -> _Target | ApiError:
    """Whose configuration it is about. Missing versions and missing aliases have texts of their own."""
    asked = call.query.get("Qualifier")
    if asked is None and ":" not in call.path["FunctionName"]:
        return validation(["Value null at 'qualifier' failed to satisfy constraint: Member must not be null"])
    found = names.read(project, call.path["FunctionName"], asked)
    if isinstance(found, ApiError):
        return found
    reference, function = found
    if reference.qualifier in ("", LATEST):
        if call.operation == "PutProvisionedConcurrencyConfig":
            return invalid_parameter(
                "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
            )
        return invalid_parameter("The function resource provided must be an alias or a published version.")
    arn = reference.arn(reference.qualifier)
    version = None if function is None else catalogue.version_of(function.logical_id, reference.qualifier)
    if function is None or version is None:
        kind = "Function not found" if reference.qualifier.isdecimal() else "Cannot find alias arn"
        return not_found(f"{kind}: {arn}")
    if version == LATEST:
        return invalid_parameter("Provisioned Concurrency Configs cannot be applied to unpublished function versions.")
    return _Target(reference, function, version)


def _objection(
    target: _Target, wanted: int, project: Project, catalogue: Catalogue, provisioning: Provisioning, limits: Limits
) -> ApiError | None:
    function, qualifier = target.function, target.qualifier
    before = provisioning.config(function, qualifier)
    total = provisioning.total(function) - (0 if before is None else before.requested) + wanted
    reserved = limits.reserved(function)
    if reserved is not None and total > reserved:
        return invalid_parameter(
            "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function"
        )
    if reserved is None:
        if wanted > limits.account:
            return invalid_parameter(
                "Specified ConcurrentExecutions for function is greater than account's unreserved concurrency "
                f"[{limits.account}]."
            )
        others = [other for other in project.functions if other is not function]
        if limits.unreserved(others) - total < limits.minimum:
            return invalid_parameter(
                "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below "
                f"its minimum value of [{limits.minimum}]."
            )
    return _conflict(target, catalogue, provisioning)


def _conflict(target: _Target, catalogue: Catalogue, provisioning: Provisioning) -> ApiError | None:
    """A version has its environments of its own, or of an alias, never of both."""
    function = target.function
    if not target.qualifier.isdecimal():
        if provisioning.config(function, target.version) is None:
            return None
        text = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
        return ApiError(409, "ResourceConflictException", text)
    for config in provisioning.configs(function):
        if config.qualifier.isdecimal():
            continue
        if catalogue.version_of(function.logical_id, config.qualifier) == target.version:
            return ApiError(409, "ResourceConflictException", "Version is pointed by a Provisioned Concurrency alias")
    return None


def _list(
    call: Call, request_id: str, project: Project, catalogue: Catalogue, provisioning: Provisioning
) -> Response | ApiError:
    found = names.read(project, call.path["FunctionName"])
    if isinstance(found, ApiError):
        return found
    reference, function = found
    if function is None:
        return not_found(f"Function not found: {reference.arn()}")
    configs = sorted(provisioning.configs(function), key=lambda one: one.qualifier)
    page = _page(configs, call.query)
    if isinstance(page, ApiError):
        return page
    configs, marker = page
    items = []
    for config in configs:
        version = catalogue.version_of(function.logical_id, config.qualifier)
        stands = _STARTING if version is None else provisioning.standing(function, version, config)
        items.append({"FunctionArn": reference.arn(config.qualifier)} | _described(config, stands))
    return _reply(request_id, {"ProvisionedConcurrencyConfigs": items} | ({"NextMarker": marker} if marker else {}))


def _page(configs: list[Config], query: Mapping[str, str]) -> tuple[list[Config], str] | ApiError:
    """The marker names the next one, so that none is seen twice when others go."""
    text = query.get("MaxItems", str(PAGE))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= PAGE):
        return validation([constraint(text, "maxItems", f"have value between 1 and {PAGE}")])
    first = 0
    if marker := query.get("Marker"):
        markers = [_marker(one) for one in configs]
        if marker not in markers:
            return invalid_parameter("The provided Marker is not valid.")
        first = markers.index(marker)
    behind = first + int(text)
    return configs[first:behind], _marker(configs[behind]) if behind < len(configs) else ""


def _marker(config: Config) -> str:
    return base64.urlsafe_b64encode(config.qualifier.encode()).decode()


def _described(config: Config, stands: Standing) -> dict[str, object]:
    described: dict[str, object] = {
        "RequestedProvisionedConcurrentExecutions": config.requested,
        "AvailableProvisionedConcurrentExecutions": stands.ready,
        "AllocatedProvisionedConcurrentExecutions": stands.ready,
        "Status": str(stands.status),
        "LastModified": timestamp(config.modified),
    }
    if stands.reason:
        described["StatusReason"] = stands.reason
    return described


def _reply(request_id: str, body: dict[str, object], status: int = 200) -> Response:
    headers = (("Content-Type", "application/json"), ("x-amzn-RequestId", request_id))
    return Response(status, headers, orjson.dumps(body))
