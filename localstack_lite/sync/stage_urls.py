"""Where a stage answers: addresses of its APIs and those among the stack's outputs. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.sync.api_bodies import HTTP, REST
from localstack_lite.sync.canonical import properties, resources
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.values import names

_STAGES = {"AWS::ApiGateway::Stage": "RestApiId", "AWS::ApiGatewayV2::Stage": "ApiId"}


def urls(remote: Remote, templates: Mapping[str, Mapping[str, Any]]) -> Mapping[str, str]:
    """By the output's name or the API's logical id (`Api/prod` when it has several stages), each address once. A
    WebSocket API begins with `wss://`; the stage `$default` has no path."""
    found = dict(_apis(remote, templates))
    outputs = remote.stack.outputs if remote.stack else {}
    for name, value in outputs.items():
        if value.startswith(("https://", "http://", "wss://")) and value.rstrip("/") not in found.values():
            found[name] = value
    return found


def _apis(remote: Remote, templates: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    domain = "amazonaws.com.cn" if remote.region.startswith("cn-") else "amazonaws.com"
    for path, template in templates.items():
        every = resources(template)
        stages = [(api, path + id) for id, each in every.items() for api in _owner(each)]
        for api, stage in stages:
            declared = every.get(api, {})
            id, name = remote.physical(path + api), remote.physical(stage)
            if declared.get("Type") not in (REST, HTTP) or not id or not name:
                continue
            scheme = "wss" if properties(declared).get("ProtocolType") == "WEBSOCKET" else "https"
            several = sum(each == api for each, _ in stages) > 1
            url = f"{scheme}://{id}.execute-api.{remote.region}.{domain}"
            # Of REST stages the physical id is the name, of others it is too; SAM's `$default` needs no path.
            yield (
                f"{path}{api}/{name}" if several else f"{path}{api}",
                url if name == "$default" else f"{url}/{name}",
            )


def _owner(resource: Mapping[str, Any]) -> list[str]:
    property = _STAGES.get(str(resource.get("Type")))
    return list(names(properties(resource).get(property))) if property else []
