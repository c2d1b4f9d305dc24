"""`alb` events of a service → target groups and listener rules. Pure. Recorded with osls 3.77."""

from __future__ import annotations

import re
from hashlib import md5
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, Values, arn_of, as_list, as_mapping
from localstack_lite.config.serverless.names import normalized, permission_id, plain
from localstack_lite.config.yaml_cfn import KeyPath

_LISTENER = re.compile(r":listener/app/[^/]+/([^/]+)/[^/]+$")
_GROUP, _RULE = "AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::ListenerRule"
_PRINCIPAL = "elasticloadbalancing.amazonaws.com"


def add_load_balancer(made: Made, function: str, event: object, origin: KeyPath) -> None:
    said = as_mapping(event)
    listener = said.get("listenerArn")
    balancer = _balancer(listener)
    several = said.get("multiValueHeaders") is True
    infix = "MultiValue" if several else ""
    group = f"{normalized(function)}Alb{infix}TargetGroup{balancer}"
    if group not in made.resources:
        _target_group(made, group, function, balancer, said, origin)
    priority = as_text(said.get("priority"))
    conditions = _conditions(as_mapping(said.get("conditions")))
    if not conditions:
        made.tell(
            origin,
            f"function {function}: alb has no conditions",
            "give it conditions: {path: /...}",
            normalized(function),
        )
    actions = [{"Type": "forward", "TargetGroupArn": {"Ref": group}}]
    if said.get("authorizer"):  # it must not come to stand open
        what = f"function {function}: authorizers of a load balancer are not read by this version"
        made.tell((*origin, "authorizer"), what, "the rule is left out", normalized(function), warning=False)
        return
    properties = {
        "Actions": actions,
        "Conditions": conditions,
        "ListenerArn": listener,
        "Priority": said.get("priority"),
    }
    rule = f"{normalized(function)}AlbListenerRule{plain(priority)}"
    made.add(rule, _RULE, properties, origin, {"Conditions": (*origin, "conditions")})


def _balancer(listener: object) -> str:
    match listener:
        case {"Ref": str(logical_id)}:
            return logical_id
        case str(arn) if found := _LISTENER.search(arn):
            return found[1]
    return "Listener"


def _target_group(made: Made, logical_id: str, function: str, balancer: str, said: Values, origin: KeyPath) -> None:
    service = made.service
    several = said.get("multiValueHeaders") is True
    tag = f"{service.name}-{function}-{balancer}-{service.stage}"
    prefix = as_text(service.provider.get("albTargetGroupPrefix")) or as_text(
        as_mapping(service.provider.get("alb")).get("targetGroupPrefix")
    )
    whole = f"{service.name}-{function}-{balancer}-{'multi-value-' if several else ''}{service.stage}"
    name = (prefix + md5(whole.encode(), usedforsecurity=False).hexdigest())[:32]
    check = said.get("healthCheck")
    properties: dict[str, Any] = {
        "TargetType": "lambda",
        "Targets": [{"Id": arn_of(function)}],
        "Name": name,
        "Tags": [{"Key": "Name", "Value": tag}],
        "TargetGroupAttributes": [{"Key": "lambda.multi_value_headers.enabled", "Value": several}],
        "HealthCheckEnabled": bool(check),
    }
    if check:
        health = as_mapping(check)
        properties |= {
            "HealthCheckPath": health.get("path", "/"),
            "HealthCheckIntervalSeconds": health.get("intervalSeconds", 35),
            "HealthCheckTimeoutSeconds": health.get("timeoutSeconds", 30),
            "HealthyThresholdCount": health.get("healthyThresholdCount", 5),
            "UnhealthyThresholdCount": health.get("unhealthyThresholdCount", 5),
            "Matcher": {"HttpCode": as_text(as_mapping(health.get("matcher")).get("httpCode", "200"))},
        }
    register = permission_id(function, "RegisterTarget")
    made.permission(function, "RegisterTarget", _PRINCIPAL, origin)
    made.add(logical_id, _GROUP, properties, origin, DependsOn=[register])
    made.permission(function, "Alb", _PRINCIPAL, origin, SourceArn={"Ref": logical_id})


def _conditions(said: Values) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if paths := as_list(said.get("path")):
        found.append({"Field": "path-pattern", "Values": paths})
    if hosts := as_list(said.get("host")):
        found.append({"Field": "host-header", "HostHeaderConfig": {"Values": hosts}})
    if methods := as_list(said.get("method")):
        found.append({"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": methods}})
    for header in as_list(said.get("header")):
        one = as_mapping(header)
        config = {"HttpHeaderName": one.get("name"), "Values": as_list(one.get("values"))}
        found.append({"Field": "http-header", "HttpHeaderConfig": config})
    if query := as_mapping(said.get("query")):
        values = [{"Key": key, "Value": value} for key, value in query.items()]
        found.append({"Field": "query-string", "QueryStringConfig": {"Values": values}})
    if addresses := as_list(said.get("ip")):
        found.append({"Field": "source-ip", "SourceIpConfig": {"Values": addresses}})
    return found
