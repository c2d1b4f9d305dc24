"""A service → the CloudFormation template that the Serverless Framework would deploy, and the line of each part. Pure.

The template is for the one reader of templates: to it a service is a template like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.serverless.alb import add_load_balancer
from localstack_lite.config.serverless.functions import add_functions
from localstack_lite.config.serverless.http_api import API as HTTP_API
from localstack_lite.config.serverless.http_api import HttpApiEvent, add_http_api, http_api_event
from localstack_lite.config.serverless.made import Made, as_list, as_mapping
from localstack_lite.config.serverless.names import function_id
from localstack_lite.config.serverless.rest import API as REST_API
from localstack_lite.config.serverless.rest import HttpEvent, add_rest_api, http_event
from localstack_lite.config.serverless.role import add_bucket_of_deployments, add_role
from localstack_lite.config.serverless.schedules import add_cloudwatch_event, add_event_bridge, add_schedule
from localstack_lite.config.serverless.service import Service
from localstack_lite.config.serverless.sources import (
    add_bucket,
    add_iot,
    add_log,
    add_pool,
    add_queue,
    add_stream,
    add_topic,
)
from localstack_lite.config.serverless.websockets import SocketEvent, add_websocket_api, socket_event
from localstack_lite.config.yaml_cfn import Document, KeyPath
from localstack_lite.model.project import Problem

#: Events that need something this version does not have: the function runs, nothing calls it.
_UNREAD = frozenset(
    {
        "alexaSkill",
        "alexaSmartHome",
        "activemq",
        "rabbitmq",
        "msk",
        "kafka",
        "cloudFront",
        "stepFunctions",
        "documentdb",
    }
)
_EVENTS = frozenset(
    {
        *("http", "httpApi", "websocket", "schedule", "sqs", "sns", "s3", "stream", "alb", "eventBridge"),
        *("cloudwatchEvent", "cloudwatchLog", "cognitoUserPool", "iot"),
        *_UNREAD,
    }
)
#: What `extensions` may set beside properties.
_ATTRIBUTES = (
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "UpdatePolicy",
    "UpdateReplacePolicy",
    "Condition",
)


@dataclass(frozen=True, slots=True)
class ServiceTemplate:
    document: Document
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _Events:
    """What is put together over all functions."""

    http: list[HttpEvent] = field(default_factory=list)
    http_api: list[HttpApiEvent] = field(default_factory=list)
    sockets: list[SocketEvent] = field(default_factory=list)


def template_of(service: Service, has: Callable[[str], bool], *, deploying: bool = False) -> ServiceTemplate:
    """`has` says whether a file of the service's folder is there; `deploying`: what is elsewhere in the cloud is named,
    not stood in for."""
    made = Made(service, deploying)
    add_bucket_of_deployments(made)
    add_functions(made, has)
    events = _Events()
    for name in service.functions:
        _events(made, name, events)
    gateway = as_mapping(service.provider.get("apiGateway"))
    add_rest_api(made, events.http, as_text(gateway.get("stage")) or service.stage)
    add_http_api(made, events.http_api)
    add_websocket_api(made, events.sockets)
    add_role(made)
    template = _with_resources(made)
    return ServiceTemplate(Document(template, made.lines), tuple(made.problems))


def _events(made: Made, name: str, events: _Events) -> None:
    path = (*made.service.paths[name], "events")
    listed = made.service.functions[name].get("events")
    if listed is not None and not isinstance(listed, list):
        made.tell(path, f"function {name}: events is no list", "write one under another, with -", function_id(name))
    counts: dict[str, int] = {}
    for number, event in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(event, str):  # `- alexaSkill`
            event = {event: {}}
        if not isinstance(event, dict):
            continue
        kind = next((key for key in event if key in _EVENTS), next(iter(event), ""))
        origin = (*path, str(number), str(kind))
        counts[kind] = counts.get(kind, 0) + 1
        if kind not in _EVENTS:
            hint = did_you_mean(str(kind), _EVENTS, "a plugin may know it; devserve does not")
            made.tell(origin, f"function {name}: there is no event {kind}", hint, function_id(name))
        elif kind in _UNREAD:
            what = f"function {name}: {kind} events are not read by this version"
            made.tell(origin, what, "invoke the function with a sample event", function_id(name))
        elif kind == "schedule":
            counts["expressions"] = add_schedule(made, name, event[kind], origin, counts.get("expressions", 0))
        else:
            _event(made, name, kind, event[kind], origin, (counts[kind], number + 1), events)


def _event(
    made: Made,
    name: str,
    kind: str,
    event: object,
    origin: KeyPath,
    numbers: tuple[int, int],
    events: _Events,
) -> None:
    """`numbers` are the event's place among those of its kind, and among all of the function's."""
    match kind:
        case "http":
            events.http += [one] if (one := http_event(made, name, event, origin)) else []
        case "httpApi":
            events.http_api += [route] if (route := http_api_event(made, name, event, origin)) else []
        case "websocket":
            events.sockets.append(socket_event(name, event, origin))
        case "sqs":
            add_queue(made, name, event, origin)
        case "sns":
            add_topic(made, name, event, origin)
        case "s3":
            add_bucket(made, name, event, origin)
        case "stream":
            add_stream(made, name, event, origin)
        case "alb":
            add_load_balancer(made, name, event, origin)
        case "eventBridge":
            add_event_bridge(made, name, event, origin, numbers[1])
        case "cloudwatchEvent":
            add_cloudwatch_event(made, name, event, origin, numbers[0])
        case "cloudwatchLog":
            add_log(made, name, event, origin, numbers[0])
        case "cognitoUserPool":
            add_pool(made, name, event, origin)
        case "iot":
            add_iot(made, name, event, origin, numbers[0])


def _with_resources(made: Made) -> dict[str, Any]:
    """The template with what `resources` declares, merged into what was made."""
    service = made.service
    declared = dict(service.resources)
    extensions = as_mapping(declared.pop("extensions", None))
    # The first API is the one that answers at `/`.
    first = {name: made.resources[name] for name in (REST_API, HTTP_API) if name in made.resources}
    own = {"Resources": {**first, **made.resources}, "Outputs": made.outputs}
    for (section, name), path in service.resource_paths.items():
        if section == "Resources":
            _note_lines(made, ("Resources", name), path)
    whole: dict[str, Any] = {"AWSTemplateFormatVersion": "2010-09-09"}
    for section in dict.fromkeys((*own, *declared)):
        merged = _merged(own.get(section, {}), declared.get(section))
        if merged:
            whole[section] = merged
    for logical_id, extension in extensions.items():
        _extend(made, whole.get("Resources", {}), logical_id, as_mapping(extension))
    return whole


def _note_lines(made: Made, at: KeyPath, path: KeyPath) -> None:
    """The lines of everything that stands below a path of the service."""
    for known, line in made.service.lines.items():
        if known[: len(path)] == path:
            made.lines[(*at, *known[len(path) :])] = line


def _extend(made: Made, resources: dict[str, Any], logical_id: str, extension: Mapping[str, Any]) -> None:
    path = next((p for (s, n), p in made.service.resource_paths.items() if (s, n) == ("extensions", logical_id)), ())
    if logical_id not in resources:
        hint = did_you_mean(logical_id, resources, "extensions change what the service declares")
        made.tell(path, f"extensions: there is no resource {logical_id}", hint, logical_id)
        return
    resource = resources[logical_id]
    resource["Properties"] = _merged(resource.get("Properties", {}), extension.get("Properties"))
    for name in _ATTRIBUTES:
        if name not in extension:
            continue
        if name == "DependsOn":
            resource[name] = [*as_list(resource.get(name)), *as_list(extension[name])]
        else:
            resource[name] = extension[name]


def _merged(one: Any, other: Any) -> Any:
    """`other` over `one`: mappings are merged, everything else replaces."""
    if other is None:
        return one
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    both = {key: _merged(value, other.get(key)) for key, value in one.items()}
    return {**both, **{key: value for key, value in other.items() if key not in one}}
