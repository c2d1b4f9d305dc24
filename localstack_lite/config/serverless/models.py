"""What requests have to be: `request.schemas` and `request.parameters` of `http` events → models and the one validator.
Pure. Ids and names recorded with osls 3.77.
"""

from __future__ import annotations

import re
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, Values, as_mapping
from localstack_lite.config.serverless.names import normalized, plain, rest_method_id, upper_first
from localstack_lite.config.yaml_cfn import KeyPath

_PLACES = {"querystrings": "querystring", "headers": "header", "paths": "path"}
_SHARED = ("provider", "apiGateway", "request", "schemas")


def parameters_of(request: Values) -> dict[str, Any]:
    """Whether each parameter has to be there, by `method.request.PLACE.NAME`."""
    return {
        f"method.request.{_PLACES[place]}.{name}": value.get("required", False) if isinstance(value, dict) else value
        for place, names in as_mapping(request.get("parameters")).items()
        if place in _PLACES
        for name, value in as_mapping(names).items()
    }


def validation(made: Made, path: str, method: str, request: Values, api: Any, origin: KeyPath) -> dict[str, Any]:
    """The properties of a method that has something to check; the resources that they name are made."""
    schemas = as_mapping(request.get("schemas") or request.get("schema"))
    demanded = any(value is True for value in parameters_of(request).values())
    if not schemas and not demanded:
        return {}
    place = (*origin, "request", "schemas" if request.get("schemas") else "schema")
    models = {
        str(kind): {"Ref": _model(made, path, method, str(kind), schema, api, (*place, str(kind)))}
        for kind, schema in schemas.items()
    }
    found: dict[str, Any] = {"RequestValidatorId": {"Ref": _validator(made, api)}}
    return {**found, "RequestModels": models} if models else found


def _validator(made: Made, api: Any) -> str:
    service = made.service
    logical_id = f"ApiGateway{normalized(service.name)}RequestValidator"
    properties = {
        "RestApiId": api,
        "ValidateRequestBody": True,
        "ValidateRequestParameters": True,
        "Name": f"{service.name}-{service.stage} | Validate request body and querystring parameters",
    }
    made.add(logical_id, "AWS::ApiGateway::RequestValidator", properties, ("provider",))
    return logical_id


def _model(made: Made, path: str, method: str, kind: str, schema: object, api: Any, origin: KeyPath) -> str:
    """`schema` is written out, or with a name, or is the name of one of the provider's."""
    if isinstance(schema, str):
        shared = as_mapping(
            as_mapping(as_mapping(made.service.provider.get("apiGateway")).get("request")).get("schemas")
        )
        declared = shared.get(schema)
        logical_id = f"ApiGateway{plain(upper_first(schema))}Model"
        if declared is None:
            hint = "define it in provider.apiGateway.request.schemas; until then nothing gets past it"
            made.tell(origin, f"there is no schema {schema}", hint, schema)
            declared, origin = {"not": {}}, origin
        else:
            origin = (*_SHARED, schema)
    else:
        declared = schema
        logical_id = f"{rest_method_id(path, method)}{_of_kind(kind)}Model"
    said = as_mapping(declared)
    named = "schema" in said
    properties = {
        "RestApiId": api,
        "Schema": said.get("schema") if named else said,
        "ContentType": kind,
        "Name": as_text(said.get("name")) or None if named else None,
        "Description": said.get("description") if named else None,
    }
    made.add(logical_id, "AWS::ApiGateway::Model", properties, origin)
    return logical_id


def _of_kind(kind: str) -> str:
    """`application/json` → `ApplicationJson`."""
    return "".join(map(upper_first, re.split(r"[^0-9A-Za-z]+", kind)))
