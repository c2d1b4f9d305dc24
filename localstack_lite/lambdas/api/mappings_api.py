"""Operations on event source mappings: those that the project declares are listed. Nothing is polled here, which their
state says: they can be disabled, and not enabled. The texts of errors are recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import Answer, json_response, listed, not_implemented, page, read_body
from localstack_lite.lambdas.api.api_error import ApiError, invalid_content, invalid_parameter, not_found
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.model.arn import function_arn
from localstack_lite.model.project import Project
from localstack_lite.model.trigger import Service, Trigger
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset(
    {
        "ListEventSourceMappings",
        "GetEventSourceMapping",
        "CreateEventSourceMapping",
        "UpdateEventSourceMapping",
        "DeleteEventSourceMapping",
    }
)

NOT_POLLED = "devserve does not poll event sources: invoke the function with a sample event instead."
_DECLARED = "The mapping is declared by the project: change it there."
_LATER = "devserve does not poll event sources yet: the mapping stays disabled."
_BY_HAND = "User action"
#: What Lambda polls; other services call functions themselves.
_POLLED = frozenset({Service.SQS, Service.KINESIS, Service.DYNAMODB, Service.OTHER})
_QUEUE = {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "FunctionResponseTypes": []}
_STREAM = {
    "BatchSize": 100,
    "MaximumBatchingWindowInSeconds": 0,
    "ParallelizationFactor": 1,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "BisectBatchOnFunctionError": False,
    "TumblingWindowInSeconds": 0,
    "FunctionResponseTypes": [],
    "DestinationConfig": {"OnFailure": {}},
    "LastProcessingResult": "No records processed",
}
#: Members of a mapping that a declaration sets (service model).
_SETTINGS = frozenset(
    {
        *_STREAM,
        "StartingPosition",
        "StartingPositionTimestamp",
        "FilterCriteria",
        "ScalingConfig",
        "Topics",
        "Queues",
        "SourceAccessConfigurations",
        "SelfManagedEventSource",
        "ProvisionedPollerConfig",
    }
)


def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    known = mappings_of(account.project, account.started, account.switched_off)
    mappings = {str(one["UUID"]): one for one in known}
    if call.operation == "ListEventSourceMappings":
        return _list(account, call, request_id, list(mappings.values()))
    if call.operation == "CreateEventSourceMapping":
        return _create(account, request)
    mapping = mappings.get(call.path["UUID"])
    if mapping is None:
        return not_found("The resource you requested does not exist.")
    if call.operation == "GetEventSourceMapping":
        return json_response(request_id, mapping)
    if call.operation == "UpdateEventSourceMapping":
        return _update(account, request, request_id, mapping)
    return not_implemented(call.operation, _DECLARED)


def _update(account: Account, request: Request, request_id: str, mapping: dict[str, object]) -> Answer:
    """Whether it is enabled can be said; all else is the project's to say. AWS answers while it still disables it."""
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    enabled = body.get("Enabled")
    if enabled is not None and not isinstance(enabled, bool):
        return invalid_content("Could not parse request body into json: Enabled is not true or false")
    if enabled is None or body.keys() - {"Enabled", "UUID"}:
        return not_implemented("UpdateEventSourceMapping", _DECLARED)
    if enabled:
        return not_implemented("UpdateEventSourceMapping", _LATER)
    if mapping["StateTransitionReason"] == _BY_HAND:
        return json_response(request_id, mapping, 202)
    account.switched_off[str(mapping["UUID"])] = now = account.clock.now()
    changed = {"State": "Disabling", "StateTransitionReason": _BY_HAND, "LastModified": now}
    return json_response(request_id, {**mapping, **changed}, 202)


def mappings_of(project: Project, since: float, off: Mapping[str, float]) -> list[dict[str, object]]:
    """All that the project declares, as the API describes them. `since` is epoch seconds; `off` are the UUIDs of those
    that a call disabled, and when."""
    described = []
    for number, trigger in enumerate(project.triggers):
        function = project.function(trigger.function)
        if function is not None and trigger.service in _POLLED:
            arn = function_arn(project.region, project.account, function.name)
            one = _described(project, trigger, arn, number, since)
            if (at := off.get(str(one["UUID"]))) is not None:
                one |= {"StateTransitionReason": _BY_HAND, "LastModified": at}
            described.append(one)
    return described


def _described(project: Project, trigger: Trigger, arn: str, number: int, since: float) -> dict[str, object]:
    digest = sha256(f"{trigger.function}\0{trigger.service}\0{trigger.source}\0{number}".encode()).hexdigest()
    uuid = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    usual = _QUEUE if trigger.service is Service.SQS else _STREAM
    return {
        "UUID": uuid,
        **usual,
        **{name: value for name, value in trigger.settings.items() if name in _SETTINGS},
        "EventSourceArn": _source_arn(project, trigger),
        "FunctionArn": arn,
        "LastModified": since,
        "State": "Disabled",
        "StateTransitionReason": NOT_POLLED if trigger.enabled else _BY_HAND,
        "EventSourceMappingArn": f"arn:aws:lambda:{project.region}:{project.account}:event-source-mapping:{uuid}",
    }


def _source_arn(project: Project, trigger: Trigger) -> str:
    """As far as it is known here: a queue is often declared by its name."""
    if trigger.source.startswith("arn:") or trigger.service is not Service.SQS:
        return trigger.source
    return f"arn:aws:sqs:{project.region}:{project.account}:{trigger.source}"


def _list(account: Account, call: Call, request_id: str, mappings: list[dict[str, object]]) -> Answer:
    if (name := call.query.get("FunctionName")) is not None:
        asked = names.read(account.project, name)
        if isinstance(asked, ApiError):
            return asked
        arn = asked[0].arn() if asked[1] is None else _arn(account.project, asked[1].name)
        mappings = [one for one in mappings if one["FunctionArn"] == arn]
    if (source := call.query.get("EventSourceArn")) is not None:
        mappings = [one for one in mappings if one["EventSourceArn"] == source]
    one_page = page(mappings, call.query, [str(one["UUID"]) for one in mappings])
    if isinstance(one_page, ApiError):
        return one_page
    return json_response(request_id, listed("EventSourceMappings", *one_page))


def _create(account: Account, request: Request) -> Answer:
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    if not body.get("EventSourceArn") and not body.get("SelfManagedEventSource"):
        return invalid_parameter("Unrecognized event source.")
    asked = names.read(account.project, str(body.get("FunctionName", "")))
    if isinstance(asked, ApiError):
        return asked
    if asked[1] is None:
        return invalid_parameter("Function does not exist")
    return not_implemented("CreateEventSourceMapping", NOT_POLLED)


def _arn(project: Project, name: str) -> str:
    return function_arn(project.region, project.account, name)
