"""Who may call a method of a service's REST API: `authorizer` of an `http` event. Pure. Recorded with osls 3.77."""

from __future__ import annotations

import json
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, Values, arn_of, as_list, as_mapping, invocation_uri
from localstack_lite.config.serverless.names import normalized, plain
from localstack_lite.config.yaml_cfn import KeyPath

_SOURCE = "method.request.header.Authorization"


def authorization(made: Made, authorizer: object, api: Any, execute: Any, origin: KeyPath) -> dict[str, Any]:
    """The properties of a method; the authorizer is made when nobody did. `execute` is the ARN of all that the API
    calls."""
    if not authorizer:
        return {"AuthorizationType": "NONE"}
    said = as_mapping(authorizer) if not isinstance(authorizer, str) else {"name": authorizer}
    name, arn = said.get("name"), said.get("arn")
    kind = as_text(said.get("type")).upper()
    if "AWS_IAM" in (kind, as_text(name).upper()):
        return {"AuthorizationType": "AWS_IAM"}
    if said.get("authorizerId"):
        scopes = said.get("scopes") if kind == "COGNITO_USER_POOLS" else None
        known = kind if kind in ("COGNITO_USER_POOLS", "JWT") else "CUSTOM"
        return {"AuthorizationType": known, "AuthorizerId": said["authorizerId"], "AuthorizationScopes": scopes}
    if isinstance(name, str) and name.startswith("arn:"):
        arn, name = name, None
    pool = kind == "COGNITO_USER_POOLS" or ":cognito-idp:" in json.dumps(arn)
    shown = as_text(name) or plain(as_text(arn).rpartition(":")[2].rpartition("/")[2]) or "Authorizer"
    logical_id = f"{normalized(shown)}ApiGatewayAuthorizer"
    if logical_id not in made.resources:
        _authorizer(made, logical_id, shown, {**said, "arn": arn}, pool, (api, execute), origin)
    return {
        "AuthorizationType": "COGNITO_USER_POOLS" if pool else "CUSTOM",
        "AuthorizerId": {"Ref": logical_id},
        "AuthorizationScopes": said.get("scopes") if pool else None,
    }


def _authorizer(
    made: Made, logical_id: str, name: str, said: Values, pool: bool, places: tuple[Any, Any], origin: KeyPath
) -> None:
    api, execute = places
    kind = "COGNITO_USER_POOLS" if pool else as_text(said.get("type")).upper() or "TOKEN"
    ttl = said.get("resultTtlInSeconds")
    # A function that is asked anew each time needs nothing that tells requests apart.
    unasked = kind == "REQUEST" and as_text(ttl) == "0"
    properties: dict[str, Any] = {
        "IdentitySource": said.get("identitySource") or (None if unasked else _SOURCE),
        "Name": name,
        "RestApiId": api,
        "Type": kind,
        "AuthorizerResultTtlInSeconds": ttl,
        "IdentityValidationExpression": said.get("identityValidationExpression"),
    }
    if pool:
        properties["ProviderARNs"] = as_list(said.get("arn"))
    elif said.get("arn") is not None:
        properties["AuthorizerUri"] = invocation_uri(said["arn"])
    elif name in made.service.functions:
        properties["AuthorizerUri"] = invocation_uri(arn_of(name))
        made.permission(name, "ApiGateway", "apigateway.amazonaws.com", origin, SourceArn=execute)
    else:
        made.tell(origin, f"there is no function {name} to authorize with", "name a function or an arn", name)
    made.add(logical_id, "AWS::ApiGateway::Authorizer", properties, origin)
