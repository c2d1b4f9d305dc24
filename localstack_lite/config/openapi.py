"""The OpenAPI body of an API, with Amazon's extensions → routes. Pure.

REST APIs carry Swagger 2, HTTP APIs OpenAPI 3; the parts that count are the same. Intrinsics may stand anywhere in it,
so every part is resolved on its own: one that cannot be costs one route.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from localstack_lite.config.integrations import (
    HTTP_TIMEOUT,
    REST_TIMEOUT,
    Targets,
    fixed_reply,
    lambda_proxy,
    protected,
    seconds,
)
from localstack_lite.config.intrinsics import NO_VALUE, Resolver
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import DEFAULT_ROUTE, ApiKind, Integration, Route, Unsupported

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"
#: SAM writes this name where a route opts out of the default authorizer.
_OPEN = "NONE"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one API. `variables` are its stage variables."""

    owner: Resource
    kind: ApiKind
    targets: Targets
    content: Mapping[str, object]
    variables: Mapping[str, str] = field(default_factory=dict)

    def routes(self) -> tuple[Route, ...]:
        paths = self._part(self.content.get("paths"))
        return tuple(
            route
            for path, item in (paths.items() if isinstance(paths, Mapping) else ())
            for route in self._of_path(str(path), item)
        )

    def extension(self, name: str) -> object:
        """A part of the body resolved; None when it is not there or cannot be."""
        try:
            return self.owner.resolve(self.content.get(name), ("Body", name))
        except Refusal as refusal:
            self.owner.warn(refusal)
            return None

    def title(self) -> str:
        """The title when it was written out; SAM's own is the stack's name, which says nothing."""
        info = self.content.get("info")
        title = info.get("title") if isinstance(info, Mapping) else None
        return title if isinstance(title, str) else ""

    def _of_path(self, path: str, item: object) -> Iterator[Route]:
        try:
            operations = self._part(item)
        except Refusal as refusal:
            yield Route("ANY", path, Unsupported(f"{path}: {refusal.what}"))
            return
        for name, operation in operations.items() if isinstance(operations, Mapping) else ():
            method = "ANY" if name == _ANY else str(name).upper() if str(name).lower() in _METHODS else ""
            if path == DEFAULT_ROUTE:
                method = "ANY" if method else ""
            if method:
                yield self._route(method, path, operation)

    def _route(self, method: str, path: str, operation: object) -> Route:
        route = Route(method, path, Unsupported(f"{method} {path} has no integration"))
        try:
            declared = self._part(operation)
            if not isinstance(declared, Mapping):
                return route
            name = as_text(declared.get("operationId"))
            route = replace(route, operation_name=name)
            if authorizer := self._authorizer(declared):
                behind = protected(route.key, authorizer, lambda: self._declared(route, declared))
                return replace(route, integration=behind, authorizer=authorizer)
            return replace(route, integration=self._declared(route, declared))
        except Refusal as refusal:
            return replace(route, integration=Unsupported(f"{route.key}: {refusal.what}"))

    def _integration(self, route: Route, declared: Mapping[str, object]) -> Integration:
        kind = self._text(declared.get("type")).upper()
        rest = self.kind is ApiKind.REST
        if kind == "AWS_PROXY" and "uri" in declared:
            return lambda_proxy(
                self.targets,
                self.owner,
                Resolver(self.owner.stack.scope).choice(declared["uri"]),
                payload="1.0" if rest else self._text(declared.get("payloadFormatVersion")) or "1.0",
                timeout=seconds(self._whole(declared.get("timeoutInMillis")), REST_TIMEOUT if rest else HTTP_TIMEOUT),
                method=(self._text(declared.get("httpMethod")) or "POST").upper() if rest else "POST",
                variables=self.variables,
                streamed=rest and self._text(declared.get("responseTransferMode")) == "STREAM",
                parameters=self._whole(declared.get("requestParameters")) if rest else None,
            )
        if kind == "MOCK":
            return fixed_reply(self._mock(declared), route.method)
        return Unsupported(
            f"{route.key} has an integration of type {kind or 'unknown'}, which this version does not run"
        )

    def _mock(self, declared: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
        responses = self._whole(declared.get("responses"))
        listed = dict(responses) if isinstance(responses, Mapping) else {}
        default = [listed.pop("default")] if "default" in listed else []
        for response in [*default, *listed.values()]:
            if isinstance(response, Mapping):
                yield {
                    "status": response.get("statusCode"),
                    "headers": response.get("responseParameters"),
                    "templates": response.get("responseTemplates"),
                }

    def _declared(self, route: Route, operation: Mapping[str, object]) -> Integration:
        """What the operation calls; what the route has when it calls nothing."""
        integration = self._linked(self._part(operation.get(_INTEGRATION)))
        return self._integration(route, integration) if isinstance(integration, Mapping) else route.integration

    def _authorizer(self, operation: Mapping[str, object]) -> str:
        """The name of what protects the operation, its own security before the body's."""
        auth = self._whole(operation.get("x-amazon-apigateway-auth"))
        if isinstance(auth, Mapping) and as_text(auth.get("type")).upper() == "AWS_IAM":
            return "AWS_IAM"
        security = operation["security"] if "security" in operation else self.content.get("security")
        needs = self._whole(security)
        names = (
            [str(name) for need in needs if isinstance(need, Mapping) for name in need]
            if isinstance(needs, list)
            else []
        )
        return next((name for name in names if name != _OPEN), "")

    def _linked(self, value: object) -> object:
        """Follows `$ref: "#/components/..."` inside the body."""
        for _ in range(5):
            if not isinstance(value, Mapping) or not isinstance(link := value.get("$ref"), str):
                break
            value = self.content
            for key in link.removeprefix("#/").split("/"):
                value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def _part(self, value: object) -> object:
        head = Resolver(self.owner.stack.scope).head(value)
        return None if head is NO_VALUE else head

    def _whole(self, value: object) -> object:
        return self.owner.resolve(value, ("Body",))

    def _text(self, value: object) -> str:
        return as_text(self._whole(value))
