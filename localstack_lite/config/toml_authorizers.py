"""`authorizer = "NAME"` of a function in `devserve.toml` → what stands before its routes. Pure.

The APIs of this file are HTTP APIs and WebSocket APIs, so authorizers are as those have them. One that cannot be used
is told once and keeps its routes closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from localstack_lite.config.gateway_settings import AuthorizerSettings
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import (
    Authorizer,
    BrokenAuthorizer,
    Guard,
    IamAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
)
from localstack_lite.model.project import Problem

#: The authorizer that needs no table.
IAM = "AWS_IAM"
_TYPES = ("request", "jwt", "iam")
_HTTP_SOURCE, _SOCKET_SOURCE = "$request.", "route.request."
_HEADER = "header.Authorization"
_LONGEST = 3600.0


@dataclass(frozen=True, slots=True)
class Authorizers:
    """`functions` are logical ids by the names that settings may call them."""

    declared: Mapping[str, AuthorizerSettings]
    functions: Mapping[str, str]
    problems: list[Problem]

    def guard(self, name: str, where: str, kind: ApiKind) -> Guard | None:
        """What stands before routes of a function, whose table is at `where`; None when it names nothing."""
        if not name:
            return None
        given = self.declared.get(name)
        if given is None and name.upper() in (IAM, "IAM"):
            return Guard(IamAuthorizer())
        try:
            if given is None:
                hint = did_you_mean(name, self.declared, f"write [authorizers.{name}], or {IAM}")
                raise Refusal(f"there is no authorizer {name}", hint)
            return Guard(self._authorizer(given, kind), given.scopes)
        except Refusal as refusal:
            place = given.where if given is not None else where
            what = refusal.what if given is None else f"authorizer {name}: {refusal.what}"
            problem = Problem(place, f"{what}; its routes are closed", refusal.hint, name)
            if problem not in self.problems:
                self.problems.append(problem)
            return Guard(BrokenAuthorizer(name, refusal.what))

    def _authorizer(self, given: AuthorizerSettings, kind: ApiKind) -> Authorizer:
        match given.type:
            case "iam" | "aws_iam":
                return IamAuthorizer()
            case "jwt" if kind is ApiKind.WEBSOCKET:
                raise Refusal("is of the type jwt, which WebSocket APIs do not have", "type = 'request'")
            case "jwt":
                return _jwt(given)
            case "request":
                return self._function(given, kind)
            case "token":
                hint = "type = 'request', identity_source = '$request.header.Authorization'"
                raise Refusal("is of the type token, which only REST APIs have", hint)
        what = f"is of the type {given.type}" if given.type else "has no type"
        raise Refusal(what, did_you_mean(given.type, _TYPES, f"one of {', '.join(_TYPES)}"))

    def _function(self, given: AuthorizerSettings, kind: ApiKind) -> LambdaAuthorizer:
        function = self.functions.get(given.function)
        if function is None:
            what = f"there is no function {given.function}" if given.function else "it names no function"
            raise Refusal(what, did_you_mean(given.function, self.functions, "function is one of the project's"))
        if given.validation:
            raise Refusal("validation is for tokens of REST APIs", "check the token in the function")
        made = LambdaAuthorizer(given.name, function, sources=tuple(_source(one, kind) for one in given.sources))
        if kind is ApiKind.WEBSOCKET:
            return replace(made, ttl=0.0)
        ttl = 0.0 if given.ttl is None else float(given.ttl)
        if not 0 <= ttl <= _LONGEST:
            raise Refusal(f"it keeps results for {ttl:g} s", f"0 to {_LONGEST:g}")
        if ttl and not made.sources:
            raise Refusal("it keeps results without an identity_source", "name what tells one caller from another")
        if given.payload not in ("", "1.0", "2.0"):
            raise Refusal(f"payload is {given.payload!r}", '"1.0" or "2.0"')
        if given.simple and given.payload == "1.0":
            raise Refusal("simple answers come with payload 2.0 only", 'payload = "2.0"')
        return replace(made, ttl=ttl, payload=given.payload or "2.0", simple=given.simple)


def _source(written: str, kind: ApiKind) -> str:
    """A source as the API's kind writes it; the same setting may be for both."""
    if kind is ApiKind.WEBSOCKET and written.startswith(_HTTP_SOURCE):
        return _SOCKET_SOURCE + written.removeprefix(_HTTP_SOURCE)
    if kind is ApiKind.HTTP and written.startswith(_SOCKET_SOURCE):
        return _HTTP_SOURCE + written.removeprefix(_SOCKET_SOURCE)
    return written


def _jwt(given: AuthorizerSettings) -> JwtAuthorizer:
    if not given.issuer:
        raise Refusal("it names no issuer", "issuer = what `iss` of its tokens says")
    if not given.audience:
        raise Refusal("it names no audience", "audience = what `aud` or `client_id` of its tokens says")
    source = next(iter(given.sources), _HTTP_SOURCE + _HEADER)
    return JwtAuthorizer(given.name, (JwtIssuer(given.issuer, given.audience),), source)
