"""The OpenAPI body of an API, with Amazon's extensions → routes. Pure.

REST APIs carry Swagger 2, HTTP APIs OpenAPI 3; the parts that count are the same. Intrinsics may stand anywhere in it,
so every part is resolved on its own: one that cannot be costs one route.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from localstack_lite.config.http_integrations import http_integration
from localstack_lite.config.integrations import Targets, lambda_proxy, seconds
from localstack_lite.config.intrinsics import NO_VALUE, Resolver
from localstack_lite.config.parameters import as_text
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.schemas import Schemas
from localstack_lite.config.security import Demand, Security
from localstack_lite.config.stack import Resource
from localstack_lite.config.templated import operation_responses, responses_of, templated
from localstack_lite.config.validations import BodyValidations
from localstack_lite.model.api import DEFAULT_ROUTE, ApiKind, Integration, Route, Unsupported
from localstack_lite.model.integration import REST_TIMEOUT

_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
_ANY = "x-amazon-apigateway-any-method"
_INTEGRATION = "x-amazon-apigateway-integration"


@dataclass(frozen=True, slots=True)
class Body:
    """The body of one API. `variables` are its stage variables."""

    owner: Resource
    kind: ApiKind
    targets: Targets
    content: Mapping[str, object]
    variables: Mapping[str, str] = field(default_factory=dict)
    schemas: Schemas = field(default_factory=Schemas)
    """The API's models."""

    def routes(self) -> tuple[Route, ...]:
        paths = self._part(self.content.get("paths"))
        rest = self.kind is ApiKind.REST
        rules = _Rules(
            Security(self.owner, self.kind, self.targets, self.content, self.variables),
            BodyValidations(self.owner, self.content, self.schemas) if rest else None,
        )
        return tuple(
            route
            for path, item in (paths.items() if isinstance(paths, Mapping) else ())
            for route in self._of_path(str(path), item, rules)
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

    def _of_path(self, path: str, item: object, rules: _Rules) -> Iterator[Route]:
        try:
            operations = self._part(item)
        except Refusal as refusal:
            yield Route("ANY", path, Unsupported(f"{path}: {refusal.what}"))
            return
        if not isinstance(operations, Mapping):
            return
        for name, operation in operations.items():
            method = "ANY" if name == _ANY else str(name).upper() if str(name).lower() in _METHODS else ""
            if path == DEFAULT_ROUTE:
                method = "ANY" if method else ""
            if method:
                yield self._route(Route(method, path, _nothing(method, path)), operations, operation, rules)

    def _route(self, route: Route, item: Mapping[str, object], operation: object, rules: _Rules) -> Route:
        try:
            declared = self._part(operation)
            if not isinstance(declared, Mapping):
                return _demanding(route, rules.security.of({}))
            route = _demanding(route, rules.security.of(declared))
            checked = rules.validations.of(item, declared) if rules.validations else None
            route = replace(route, operation_name=as_text(declared.get("operationId")), validation=checked)
            return replace(route, integration=self._declared(route, declared))
        except Refusal as refusal:
            return replace(route, integration=Unsupported(f"{route.key}: {refusal.what}"))

    def _declared(self, route: Route, operation: Mapping[str, object]) -> Integration:
        """What the operation calls; what the route has when it calls nothing."""
        integration = self._linked(self._part(operation.get(_INTEGRATION)))
        if not isinstance(integration, Mapping):
            return route.integration
        declared = Part(self.owner, integration, ("Body", "paths", route.path))
        if self.kind is ApiKind.REST:
            found = self._rest(declared, operation)
        else:
            found = http_integration(declared, self.targets, self.variables)
        return replace(found, why=f"{route.key}: {found.why}") if isinstance(found, Unsupported) else found

    def _rest(self, declared: Part, operation: Mapping[str, object]) -> Integration:
        if declared.text("type").upper() == "AWS_PROXY":
            return lambda_proxy(
                self.targets,
                self.owner,
                declared.raw("uri"),
                payload="1.0",
                timeout=seconds(declared.value("timeoutInMillis"), REST_TIMEOUT),
                method=declared.text("httpMethod", default="POST").upper(),
                variables=self.variables,
                streamed=declared.text("responseTransferMode") == "STREAM",
                parameters=declared.value("requestParameters"),
            )
        around = Part(self.owner, operation, declared.path)
        listed = self._whole(operation.get("produces", self.content.get("produces")))
        produces = tuple(map(as_text, listed)) if isinstance(listed, list) else ("application/json",)
        answers = tuple(operation_responses(around, produces))
        return templated(declared, self.targets, self.variables, responses_of(declared), answers)

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


@dataclass(frozen=True, slots=True)
class _Rules:
    """What the body says of its operations beside what they call."""

    security: Security
    validations: BodyValidations | None


def _nothing(method: str, path: str) -> Unsupported:
    return Unsupported(f"{method} {path} has no integration")


def _demanding(route: Route, demand: Demand) -> Route:
    guard = demand.guard
    name = guard.authorizer.name if guard else ""
    return replace(route, guard=guard, authorizer=name, api_key=demand.api_key)
