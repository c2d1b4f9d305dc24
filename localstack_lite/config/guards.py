"""Who may call what a resource declares: `AWS::ApiGateway::Method` and `AWS::ApiGatewayV2::Route`. Pure.

Whatever cannot be read closes the route: the guard is then a `BrokenAuthorizer`.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.config.authorizers import UNREADABLE, broken, read_authorizer
from localstack_lite.config.belonging import named_by
from localstack_lite.config.integrations import Targets
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import Guard, IamAuthorizer

#: Authorization types that name an authorizer.
_NAMED = ("", "CUSTOM", "COGNITO_USER_POOLS", "JWT")
_AUTHORIZERS = ("AWS::ApiGateway::Authorizer", "AWS::ApiGatewayV2::Authorizer")


def guard_of_resource(
    declared: Resource, kind: ApiKind, targets: Targets, variables: Mapping[str, str]
) -> Guard | None:
    """What stands before a method or a route; None when everybody may call it."""
    return guard_of(Part(declared, declared.properties), kind, targets, variables)


def guard_of(own: Part, kind: ApiKind, targets: Targets, variables: Mapping[str, str]) -> Guard | None:
    """The same, of what has a route's properties."""
    declared = own.owner
    name = UNREADABLE
    try:
        authorization = own.text("authorizationType").upper()
        if authorization == "NONE" or not (authorization or own.has("authorizerId")):
            return None
        if authorization == "AWS_IAM":
            return Guard(IamAuthorizer())
        name = authorization or name
        if authorization not in _NAMED:
            raise Refusal(f"there is no authorization type {authorization}", "", ("AuthorizationType",))
        authorizer = named_by(declared, own.raw("authorizerId"), *_AUTHORIZERS)
        if authorizer is None:
            named = own.text("authorizerId")
            raise Refusal(f"there is no authorizer {named}".rstrip(), "", ("AuthorizerId",))
        part = Part(authorizer, authorizer.properties)
        found = read_authorizer(part, kind, targets, _called(authorizer), variables)
        return Guard(found, _scopes(own))
    except Refusal as refusal:
        return Guard(broken(own, name, refusal))


def _called(authorizer: Resource) -> str:
    """By what people know it: its name on AWS, which is one of a kind in its API."""
    return authorizer.text_or("", "Name") or authorizer.logical_id


def _scopes(declared: Part) -> tuple[str, ...]:
    return declared.texts("authorizationScopes")
