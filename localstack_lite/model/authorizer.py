"""Who may call a route: authorizers as the project declares them, and the identities that a developer can put on.

Identity sources are written as their API kind writes them: `method.request.header.NAME`,
`method.request.querystring.NAME`, `stageVariables.NAME`, `context.NAME` (REST); `$request.header.NAME`,
`$request.querystring.NAME`, `$context.NAME`, `$stageVariables.NAME` (HTTP APIs); `route.request.header.NAME`,
`route.request.querystring.NAME` and so on (WebSocket).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Seconds that a result is kept when nobody says (AWS docs).
DEFAULT_TTL = 300.0


@dataclass(frozen=True, slots=True)
class LambdaAuthorizer:
    """A function of this project decides. `function` is its logical id; `token`: REST's TOKEN type, whose only source
    is one header; `ttl` in seconds, 0: nothing is kept; `validation` a regular expression that a token must match
    before the function is asked; `payload` `"1.0"` or `"2.0"` and `simple` (`{"isAuthorized": ...}`) of HTTP APIs."""

    name: str
    function: str
    token: bool = False
    sources: tuple[str, ...] = ()
    ttl: float = DEFAULT_TTL
    validation: str = ""
    payload: str = "1.0"
    simple: bool = False
    qualifier: str = ""


@dataclass(frozen=True, slots=True)
class JwtIssuer:
    """`issuer` is what `iss` must say; `audiences` what `aud` or `client_id` may (empty: any). `jwks` is where its keys
    are when that is not where its discovery document says: a URL, or a file of this machine."""

    issuer: str
    audiences: tuple[str, ...] = ()
    jwks: str = ""


@dataclass(frozen=True, slots=True)
class JwtAuthorizer:
    """`algorithms`: those that a REST API allows (empty: the gateway's own); `claims`: further ones that a token must
    have, each with the values that will do (empty: any)."""

    name: str
    issuers: tuple[JwtIssuer, ...]
    source: str = "$request.header.Authorization"
    algorithms: tuple[str, ...] = ()
    claims: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CognitoAuthorizer:
    """`COGNITO_USER_POOLS` of a REST API. `pools` are the issuers that the pools' ARNs stand for; `arns` those ARNs."""

    name: str
    pools: tuple[JwtIssuer, ...]
    arns: tuple[str, ...] = ()
    source: str = "method.request.header.Authorization"
    validation: str = ""


@dataclass(frozen=True, slots=True)
class IamAuthorizer:
    """`AWS_IAM`: requests are signed."""

    name: str = "AWS_IAM"


@dataclass(frozen=True, slots=True)
class BrokenAuthorizer:
    """One that cannot be asked: its function is not in the project, or what it says cannot be read. Its routes are
    refused as AWS refuses when an authorizer is misconfigured (500), and never stand open."""

    name: str
    why: str


Authorizer = LambdaAuthorizer | JwtAuthorizer | CognitoAuthorizer | IamAuthorizer | BrokenAuthorizer


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands before a route. `scopes`: a token needs one of them; with a Cognito authorizer they mean that an
    access token is wanted, and an identity token without."""

    authorizer: Authorizer
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TestIdentity:
    """A person to be for one request, by the header `X-Devserve-Identity`: what an authorizer would have found.

    `principal` is a policy's `principalId` or a token's `sub`; `context` what a Lambda authorizer would have given;
    `claims` and `scopes` those of a token; `arn` the caller's where requests are signed."""

    __test__ = False  # its name begins as those of pytest's classes do

    name: str
    principal: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    arn: str = ""
    usage_key: str = ""
    """The API key that it comes with (`usageIdentifierKey`)."""
