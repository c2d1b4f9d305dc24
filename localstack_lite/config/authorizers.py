"""Authorizers of REST and HTTP APIs → model, whether a resource or a security scheme of a body declares them. Pure.

Whatever is wrong with one makes it a `BrokenAuthorizer`, which is told: its routes are refused, and never stand open.
Sources: the CloudFormation reference, `x-amazon-apigateway-authorizer`, JWT authorizers of REST APIs (2026).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from localstack_lite.config.integrations import Targets
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import (
    DEFAULT_TTL,
    Authorizer,
    BrokenAuthorizer,
    CognitoAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
)
from localstack_lite.model.project import Problem

#: What an authorizer is called whose very name could not be read.
UNREADABLE = "(unreadable)"
_POOL = re.compile(r"arn:(aws[\w-]*):cognito-idp:([\w-]+):\d*:userpool/([\w-]+)")
#: Seconds that a result may be kept at most (AWS docs).
_LONGEST = 3600.0
_HTTP_SOURCE = "$request.header.Authorization"
_REST_SOURCE = "method.request.header."


def read_authorizer(
    declared: Part,
    kind: ApiKind,
    targets: Targets,
    name: str,
    variables: Mapping[str, str],
    header: str = "",
) -> Authorizer:
    """`declared` is the authorizer's resource, or what a security scheme has in `x-amazon-apigateway-authorizer`;
    `header` is the one that such a scheme names. `variables` are the API's stage variables."""
    try:
        return _read(declared, kind, targets, name, variables, header)
    except Refusal as refusal:
        return broken(declared, name, refusal)


def broken(declared: Part, name: str, refusal: Refusal) -> BrokenAuthorizer:
    """An authorizer that cannot be asked, told once."""
    owner = declared.owner
    hint = refusal.hint or "routes behind it are refused with 500; --disable-authorizer opens them here"
    what = f"{owner.id}: authorizer {name}: {refusal.what}"
    problem = Problem(_where(declared, name, refusal.path), what, hint, owner.id, warning=True)
    if problem not in owner.stack.found:
        owner.stack.found.append(problem)
    return BrokenAuthorizer(name, refusal.what)


def sources_of(declared: Part) -> tuple[str, ...]:
    """Identity sources: a list, or one text with commas."""
    return tuple(one.strip() for text in declared.texts("identitySource") for one in text.split(",") if one.strip())


def pool_issuer(arn: str) -> JwtIssuer | None:
    """What the tokens of a Cognito user pool say in `iss`, by the pool's ARN; None when it is none."""
    found = _POOL.fullmatch(arn.strip())
    if found is None:
        return None
    suffix = "amazonaws.com.cn" if found[1] == "aws-cn" else "amazonaws.com"
    return JwtIssuer(f"https://cognito-idp.{found[2]}.{suffix}/{found[3]}")


def _read(
    declared: Part, kind: ApiKind, targets: Targets, name: str, variables: Mapping[str, str], header: str
) -> Authorizer:
    rest = kind is ApiKind.REST
    match declared.text("authorizerType", "type").lower():
        case "jwt":
            return _jwt_of_rest(declared, name, header) if rest else _jwt(declared, name)
        case "cognito_user_pools" if rest:
            return _cognito(declared, name, header)
        case ("token" | "request") as form:
            uri = declared.raw("authorizerUri")
            if uri is None:
                raise Refusal("has no AuthorizerUri", "it names the function to ask")
            token = rest and form == "token"
            sources = sources_of(declared)
            if token:
                sources = sources[:1] or (_REST_SOURCE + (header or "Authorization"),)
            return LambdaAuthorizer(
                name,
                targets.function(declared.owner, uri, variables),
                token,
                sources,
                _ttl(declared, DEFAULT_TTL if rest else 0.0),
                declared.text("identityValidationExpression") if token else "",
                "1.0" if rest else version(declared.text("authorizerPayloadFormatVersion")),
                not rest and declared.flag("enableSimpleResponses"),
                targets.qualifier(declared.owner, uri, variables),
            )
        case other:
            raise Refusal(f"is of the type {other or 'nobody knows'}, which {kind.value} APIs do not have")


def version(text: str) -> str:
    """A payload format version; YAML makes a number of it."""
    return f"{text}.0" if text in ("1", "2") else text or "1.0"


def _ttl(declared: Part, otherwise: float) -> float:
    found = declared.number("authorizerResultTtlInSeconds")
    if found is not None and not 0 <= found <= _LONGEST:
        raise Refusal(f"keeps results for {found:g} s; AWS allows 0 to {_LONGEST:g}")
    return otherwise if found is None else found


def _jwt(declared: Part, name: str) -> JwtAuthorizer:
    configured = declared.child("jwtConfiguration")
    issuer = configured.text("issuer") if configured else ""
    audiences = configured.texts("audience") if configured else ()
    if not issuer:
        raise Refusal("names no issuer")
    if not audiences:
        raise Refusal("names no audience", "AWS wants one at least")
    return JwtAuthorizer(name, (JwtIssuer(issuer, audiences),), next(iter(sources_of(declared)), _HTTP_SOURCE))


def _jwt_of_rest(declared: Part, name: str, header: str) -> JwtAuthorizer:
    configured = declared.child("jwtConfiguration")
    issuers: list[JwtIssuer] = []
    rules: list[dict[str, tuple[str, ...]]] = []
    for each in configured.children("issuers") if configured else ():
        issuer, audiences = each.text("issuer"), each.texts("audiences")
        if not issuer or not audiences:
            raise Refusal(f"has an issuer without {'a name' if not issuer else 'audiences'}")
        issuers.append(JwtIssuer(issuer, audiences))
        rules.append(
            {
                claim.text("claimName"): claim.texts("expectedValues")
                for claim in each.children("additionalClaims")
                if claim.flag("required") or claim.has("expectedValues")
            }
        )
    if configured is None or not issuers:
        raise Refusal("names no issuer")
    if any(rule != rules[0] for rule in rules):
        raise Refusal("asks for other claims of one issuer than of another, which this version does not do")
    return JwtAuthorizer(
        name, tuple(issuers), _header(declared, header), configured.texts("defaultAlgorithms"), rules[0]
    )


def _cognito(declared: Part, name: str, header: str) -> CognitoAuthorizer:
    arns = declared.texts("providerARNs")
    pools: list[JwtIssuer] = []
    for arn in arns:
        if (pool := pool_issuer(arn)) is None:
            raise Refusal(f"names {arn or 'nothing'}, which is no ARN of a user pool")
        pools.append(pool)
    if not pools:
        raise Refusal("names no user pool")
    validation = declared.text("identityValidationExpression")
    return CognitoAuthorizer(name, tuple(pools), arns, _header(declared, header), validation)


def _header(declared: Part, header: str) -> str:
    return next(iter(sources_of(declared)), "") or _REST_SOURCE + (header or "Authorization")


def _where(declared: Part, name: str, path: tuple[str, ...]) -> str:
    """Where the user wrote it: SAM's `Auth`, its Globals, or the body itself."""
    owner = declared.owner
    lines = owner.stack.source.lines
    auth = ("Auth", "Authorizers", name)
    own = ("Resources", owner.logical_id, "Properties")
    for place in ((*own, *auth), ("Globals", "Api", *auth), ("Globals", "HttpApi", *auth)):
        if place in lines:
            return owner.stack.where(*place)
    return owner.where(*(path or declared.path))
