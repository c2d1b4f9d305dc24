"""Who may pass a door of a Zappa project: authorizers, signatures, API keys, a resource policy. Pure. Source: Zappa
0.63, which makes these of the settings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from localstack_lite.config.authorizers import pool_issuer
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.usage_plans import made_up_key
from localstack_lite.config.zappa.keys import Given
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import (
    DEFAULT_TTL,
    Authorizer,
    BrokenAuthorizer,
    CognitoAuthorizer,
    Guard,
    IamAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
)
from localstack_lite.model.usage import ApiKey, UsagePlan

_NAME = "ZappaAuthorizer"
_LONGEST = 3600.0
#: What is in place of a policy that cannot be read: nobody gets in.
_NOBODY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}],
}


def guard_of(given: Given, kind: ApiKind, function: str) -> Guard | None:
    """What stands before all routes of a door; None: everybody may call them. `function` is the app's."""
    if kind is ApiKind.FUNCTION_URL:
        authorizer = str(given.table("function_url_config").get("authorizer", "NONE")).upper()
        return None if authorizer == "NONE" else Guard(IamAuthorizer())
    if kind not in (ApiKind.REST, ApiKind.HTTP):
        return None
    if given.yes("iam_authorization", False):
        return Guard(IamAuthorizer())
    declared = given.table("authorizer")
    if kind is ApiKind.HTTP or not declared:
        return None
    name = str(declared.get("name") or _NAME)
    try:
        return Guard(_authorizer(declared, name, function))
    except Refusal as refusal:
        what = f"stage {given.stage}: authorizer {name}: {refusal.what}; its routes are closed"
        given.tell("authorizer", what, refusal.hint)
        return Guard(BrokenAuthorizer(name, refusal.what))


def wants_key(given: Given, kind: ApiKind) -> bool:
    return kind is ApiKind.REST and given.yes("api_key_required", False)


def usage_plans(given: Given) -> tuple[UsagePlan, ...]:
    """Zappa makes a key for the stage, or names one that is in AWS: whichever it is, its value is not known here."""
    id = given.text("api_key")
    if id:
        what = f"stage {given.stage}: the value of the API key is in AWS, another one is made up here"
        given.tell("api_key", what, "the table of keys shows it")
    name = id or f"{given.stage}_api"
    key = ApiKey(name, name, made_up_key(f"zappa {name}"), made_up=True)
    return (UsagePlan("zappa", f"stage {given.stage}", (key,)),)


def policy_of(given: Given) -> Mapping[str, object] | None:
    """The resource policy, which is JSON in a text."""
    written = given.values.get("apigateway_policy")
    if not written:
        return None
    try:
        found = written if isinstance(written, Mapping) else json.loads(str(written))
    except ValueError as error:
        found = None
        hint = f"not valid JSON: {error}"
    else:
        hint = "it is a JSON object in a text"
    if isinstance(found, Mapping):
        return {str(key): value for key, value in found.items()}
    given.tell("apigateway_policy", f"stage {given.stage}: apigateway_policy cannot be read: nobody gets in", hint)
    return _NOBODY


def _authorizer(declared: Mapping[str, Any], name: str, function: str) -> Authorizer:
    kind = str(declared.get("type") or "TOKEN").upper()
    source = f"method.request.header.{declared.get('token_header') or 'Authorization'}"
    validation = str(declared.get("validation_expression") or "")
    if kind == "COGNITO_USER_POOLS":
        arns = declared.get("provider_arns")
        listed = tuple(map(str, arns)) if isinstance(arns, list) else ()
        return CognitoAuthorizer(name, _pools(listed), listed, source, validation)
    if kind not in ("TOKEN", "CUSTOM"):
        raise Refusal(f"is of the type {kind}, which Zappa cannot deploy", "TOKEN or COGNITO_USER_POOLS")
    arn = str(declared.get("arn") or "")
    # With a function of the module the app itself is asked; Zappa's handler finds it.
    if arn and arn.partition(":function:")[2].partition(":")[0] != function:
        raise Refusal(f"{arn} is no function of this project", "name one of the app: function = 'module.function'")
    if not arn and not declared.get("function"):
        raise Refusal("names no function", "function = 'module.function'")
    ttl = declared.get("result_ttl", DEFAULT_TTL)
    if isinstance(ttl, bool) or not isinstance(ttl, int | float) or not 0 <= ttl <= _LONGEST:
        raise Refusal(f"result_ttl is {ttl!r}", f"seconds, 0 to {_LONGEST:g}")
    return LambdaAuthorizer(name, function, True, (source,), float(ttl), validation)


def _pools(arns: tuple[str, ...]) -> tuple[JwtIssuer, ...]:
    pools = []
    for arn in arns:
        if (pool := pool_issuer(arn)) is None:
            raise Refusal(f"{arn} is no ARN of a user pool", "arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID")
        pools.append(pool)
    if not pools:
        raise Refusal("names no user pool", "provider_arns = ['arn:aws:cognito-idp:...']")
    return tuple(pools)
