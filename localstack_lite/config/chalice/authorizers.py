"""Who may call a route of a Chalice app: `authorizer=` and `api_key_required=` → `security` and its schemes. Pure.

Recorded with `chalice package` 1.34. What is not understood still protects: its scheme is declared nowhere, so the
route is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.chalice.source import Made, Module, Named

_HEADER = "Authorization"
_SIGNED, _KEY = "sigv4", "api_key"
_TYPE, _AUTHORIZER = "x-amazon-apigateway-authtype", "x-amazon-apigateway-authorizer"
Asked = Mapping[str, tuple[str, str, Mapping[str, Any]]]
"""The app's own authorizers: name, logical id and arguments, by their handlers."""
_KINDS = ("IAMAuthorizer", "CognitoUserPoolAuthorizer", "CustomAuthorizer")
UNKNOWN = "an authorizer"


@dataclass(frozen=True, slots=True)
class Protection:
    """`name` is the scheme's, empty: everybody may call it. `made` is the authorizer as the app makes it; of one that
    is a function of the app, `handler` is that function, as `module.function`."""

    name: str = ""
    scopes: tuple[str, ...] = ()
    api_key: bool = False
    made: Made | None = None
    handler: str = ""

    @property
    def security(self) -> list[dict[str, list[str]]]:
        """As an operation says it; empty: nothing is asked for."""
        key: list[dict[str, list[str]]] = [{_KEY: []}] if self.api_key else []
        return [*key, *([{self.name: list(self.scopes)}] if self.name else [])]


def protection(given: Mapping[str, Any], module: str, source: Module) -> Protection:
    """`given` are the arguments of `route`, in a module whose text is `source`."""
    api_key = given.get("api_key_required") not in (None, False)
    authorizer, scopes = given.get("authorizer"), None
    if isinstance(authorizer, Made) and authorizer.kind == "with_scopes":
        scopes, authorizer = authorizer.given.get("scopes"), authorizer.given.get("of")
    match authorizer:
        case None:
            return Protection(api_key=api_key)
        case Made("IAMAuthorizer", _) as made:
            return Protection(_SIGNED, (), api_key, made)
        case Made(kind, arguments) as made if kind in _KINDS and isinstance(arguments.get("name"), str):
            own = arguments.get("scopes") if scopes is None else scopes
            return Protection(arguments["name"], _texts(own), api_key, made)
        case Named(name):
            return _function(name, module, source, _texts(scopes), api_key)
    return Protection(UNKNOWN, (), api_key)


def _function(name: str, module: str, source: Module, scopes: tuple[str, ...], api_key: bool) -> Protection:
    """A name that this module does not make: a function of it, or one that is imported."""
    whole = source.imports.get(name, "")
    handler = whole or f"{module}.{name}"
    return Protection(name, scopes, api_key, None, handler)


def schemes(
    protections: list[Protection], functions: Mapping[str, tuple[str, str, Mapping[str, Any]]]
) -> dict[str, Any]:
    """`functions` are the app's authorizers: name, logical id and arguments by their handlers."""
    found: dict[str, Any] = {}
    for one in protections:
        if one.api_key:
            found[_KEY] = {"type": "apiKey", "name": "x-api-key", "in": "header"}
        if one.made is not None:
            found[one.name] = _made(one.made)
        elif one.handler in functions:
            name, logical_id, given = functions[one.handler]
            found[name] = _asked(given, {"Fn::Sub": _uri(logical_id)}, given.get("ttl_seconds"))
    return found


def named(one: Protection, functions: Asked) -> list[dict[str, list[str]]]:
    """The `security` of an operation, functions by the names that Chalice gives their authorizers."""
    name = functions[one.handler][0] if one.handler in functions else one.name
    return Protection(name, one.scopes, one.api_key).security


def _made(made: Made) -> dict[str, Any]:
    match made.kind:
        case "IAMAuthorizer":
            return {"in": "header", "type": "apiKey", "name": _HEADER, _TYPE: "awsSigv4"}
        case "CognitoUserPoolAuthorizer":
            arns = {"type": "cognito_user_pools", "providerARNs": list(_texts(made.given.get("provider_arns")))}
            return {**_header(made.given), _TYPE: "cognito_user_pools", _AUTHORIZER: arns}
    return _asked(made.given, made.given.get("authorizer_uri"), made.given.get("ttl_seconds", 300))


def _asked(given: Mapping[str, Any], uri: object, ttl: object) -> dict[str, Any]:
    seconds = {} if ttl is None else {"authorizerResultTtlInSeconds": ttl}
    return {**_header(given), _TYPE: "custom", _AUTHORIZER: {"type": "token", "authorizerUri": uri, **seconds}}


def _header(given: Mapping[str, Any]) -> dict[str, Any]:
    header = given.get("header")
    return {"in": "header", "type": "apiKey", "name": header if isinstance(header, str) else _HEADER}


def _uri(logical_id: str) -> str:
    return (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{logical_id}.Arn}}/invocations"
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()
