"""Settings of asynchronous invocations over the Lambda API: Put, Update, Get, Delete and ListFunctionEventInvokeConfig.

Put replaces all, Update what it names; what is set counts from the next outcome on. The texts are recorded; ranges and
patterns are botocore's service model's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.api_answer import json_response, listed, no_content, page, read_body
from localstack_lite.lambdas.api.api_error import (
    ApiError,
    constraint,
    invalid_content,
    invalid_parameter,
    not_found,
    validation,
)
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.event_invoke_configs import EventInvokeConfigs, Standing
from localstack_lite.lambdas.names import Reference
from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.wire.messages import Request, Response

OPERATIONS = frozenset(
    {
        "GetFunctionEventInvokeConfig",
        "PutFunctionEventInvokeConfig",
        "UpdateFunctionEventInvokeConfig",
        "DeleteFunctionEventInvokeConfig",
        "ListFunctionEventInvokeConfigs",
    }
)

_PATTERN = (
    r"$|kafka://([^.]([a-zA-Z0-9\-_.]{0,248}))|arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:"
    r"((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"
)
_LONGEST_ARN = 350
#: Services that take records of asynchronous invocations, as ARNs name them; S3 of failures only (AWS docs).
_TAKERS = ("sqs", "sns", "events", "lambda")
_RANGES = {"MaximumRetryAttempts": (0, 2), "MaximumEventAgeInSeconds": (60, 21_600)}
_MOST_ITEMS = 50

_NO_FUNCTION = not_found("The function doesn't exist.")
_NOTHING = invalid_parameter("You must specify at least one of error handling or destination setting.")
_ITSELF = invalid_parameter("You can't specify the function as a destination for itself.")

Has = Callable[[Function, str], bool]


def answer(
    call: Call,
    request: Request,
    request_id: str,
    project: Project,
    has: Has,
    configs: EventInvokeConfigs,
    now: float,
) -> Response | ApiError:
    """The reply to one of `OPERATIONS`. `has` says which versions and aliases a function has (`Catalogue.has`); `now`
    is epoch seconds."""
    asked = names.read(project, call.path["FunctionName"], call.query.get("Qualifier"))
    if isinstance(asked, ApiError):
        return asked
    reference, function = asked
    match call.operation:
        case "ListFunctionEventInvokeConfigs":
            return _list(call, request_id, reference, function, configs)
        case "PutFunctionEventInvokeConfig" | "UpdateFunctionEventInvokeConfig":
            return _change(call, request, request_id, project, reference, function, has, configs, now)
    qualifier = reference.qualifier or LATEST
    standing = None if function is None else configs.get(function, qualifier)
    if function is None or standing is None:
        return _without(reference)
    if call.operation == "DeleteFunctionEventInvokeConfig":
        configs.delete(function, qualifier)
        return no_content(request_id)
    return json_response(request_id, _described(reference, function, standing))


def _change(
    call: Call,
    request: Request,
    request_id: str,
    project: Project,
    reference: Reference,
    function: Function | None,
    has: Has,
    configs: EventInvokeConfigs,
    now: float,
) -> Response | ApiError:
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    given = read_config(body)
    if isinstance(given, ApiError):
        return given
    if not given:
        return _NOTHING
    qualifier = reference.qualifier or LATEST
    if function is None or (qualifier != LATEST and not has(function, qualifier)):
        return _NO_FUNCTION
    before = EventInvoke(qualifier)
    if call.operation == "UpdateFunctionEventInvokeConfig":
        standing = configs.get(function, qualifier)
        if standing is None:
            return _without(reference)
        before = standing.config
    config = _with(before, given)
    for target, failure in ((config.on_success, False), (config.on_failure, True)):
        if wrong := _objection(project, function, target, failure=failure):
            return wrong
    return json_response(request_id, _described(reference, function, configs.put(function, config, now)))


def read_config(body: Mapping[str, object]) -> dict[str, object] | ApiError:
    """What a Put or Update names: whole numbers by their names, `OnSuccess` and `OnFailure` as texts (both when there
    is a DestinationConfig)."""
    found: dict[str, object] = {}
    errors = []
    for name, (least, most) in _RANGES.items():
        match body.get(name):
            case None:
                continue
            case int() as number if not isinstance(number, bool):
                member = name[0].lower() + name[1:]
                if number < least:
                    errors.append(constraint(str(number), member, f"have value greater than or equal to {least}"))
                elif number > most:
                    errors.append(constraint(str(number), member, f"have value less than or equal to {most}"))
                found[name] = number
            case _:
                return invalid_content(f"Could not parse request body into json: {name} is not a whole number")
    destinations = body.get("DestinationConfig")
    if destinations is None:
        return validation(errors) if errors else found
    for name in ("OnSuccess", "OnFailure"):
        one = destinations.get(name) if isinstance(destinations, dict) else 0
        target = one.get("Destination") if isinstance(one, dict) else one
        if target is not None and not isinstance(target, str):
            return invalid_content("Could not parse request body into json: DestinationConfig is not as AWS takes it")
        found[name] = target or ""
        errors += _arn_errors(target or "", f"destinationConfig.o{name[1:]}.destination")
    return validation(errors) if errors else found


def _arn_errors(target: str, member: str) -> list[str]:
    errors = []
    if len(target) > _LONGEST_ARN:
        errors.append(constraint(target, member, f"have length less than or equal to {_LONGEST_ARN}"))
    if target and not re.fullmatch(_PATTERN, target, re.ASCII):
        errors.append(constraint(target, member, f"satisfy regular expression pattern: {_PATTERN}"))
    return errors


def _with(before: EventInvoke, given: Mapping[str, object]) -> EventInvoke:
    retries, age = given.get("MaximumRetryAttempts", before.retries), given.get("MaximumEventAgeInSeconds", before.age)
    config = replace(
        before,
        retries=retries if isinstance(retries, int) else None,
        age=age if isinstance(age, int) else None,
    )
    if "OnSuccess" not in given:
        return config
    return replace(config, on_success=str(given["OnSuccess"]), on_failure=str(given["OnFailure"]))


def _objection(project: Project, function: Function, target: str, *, failure: bool) -> ApiError | None:
    if not target:
        return None
    own = function_arn(project.region, project.account, function.name)
    if target == own or target.startswith(f"{own}:"):
        return _ITSELF
    service = target.split(":")[2] if target.startswith("arn:") else ""
    if service in _TAKERS or (service == "s3" and failure):
        return None
    return invalid_parameter(f"The destination ARN {target} is invalid.")


def _list(
    call: Call, request_id: str, reference: Reference, function: Function | None, configs: EventInvokeConfigs
) -> Response | ApiError:
    if function is None:
        return _NO_FUNCTION
    most = call.query.get("MaxItems", "")
    if most.isascii() and most.isdigit() and int(most) > _MOST_ITEMS:
        return validation([constraint(most, "maxItems", f"have value less than or equal to {_MOST_ITEMS}")])
    all_of_it = configs.all(function)
    found = page(all_of_it, call.query, [one.config.qualifier for one in all_of_it])
    if isinstance(found, ApiError):
        return found
    described = [_described(reference, function, one) for one in found[0]]
    return json_response(request_id, listed("FunctionEventInvokeConfigs", described, found[1]))


def _without(reference: Reference) -> ApiError:
    return not_found(f"The function {reference.arn(reference.qualifier or LATEST)} doesn't have an EventInvokeConfig")


def _described(reference: Reference, function: Function, standing: Standing) -> dict[str, object]:
    """`LastModified` is epoch seconds, as SDKs read it."""
    config = standing.config
    numbers = (("MaximumRetryAttempts", config.retries), ("MaximumEventAgeInSeconds", config.age))
    targets = (("OnSuccess", config.on_success), ("OnFailure", config.on_failure))
    return {
        "LastModified": round(standing.modified, 3),
        "FunctionArn": function_arn(reference.region, reference.account, function.name, config.qualifier),
        **{name: number for name, number in numbers if number is not None},
        "DestinationConfig": {name: {"Destination": target} if target else {} for name, target in targets},
    }
