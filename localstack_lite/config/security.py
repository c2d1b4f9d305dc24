"""What the body of an API says about who may call its operations: `security`, security schemes, Amazon's extensions.
Pure.

A scheme that is not there, or whose kind nobody checks, keeps its operations closed: what should be protected never
stands open by accident.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from localstack_lite.config.authorizers import UNREADABLE, broken, read_authorizer
from localstack_lite.config.integrations import Targets
from localstack_lite.config.intrinsics import NO_VALUE, Resolver
from localstack_lite.config.parameters import as_text
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiKind
from localstack_lite.model.authorizer import Authorizer, Guard, IamAuthorizer

#: SAM writes this name where an operation opts out of the default authorizer.
_OPEN = "NONE"
_AUTHORIZER = "x-amazon-apigateway-authorizer"
_KEY = "api_key"
_UNCHECKED = "API Gateway checks only schemes with x-amazon-apigateway-authorizer; take it out of security to open it"


@dataclass(frozen=True, slots=True)
class Demand:
    """What an operation asks for."""

    guard: Guard | None = None
    api_key: bool = False


@dataclass(frozen=True, slots=True)
class Security:
    """`content` is the body as it stands; `variables` are the API's stage variables."""

    owner: Resource
    kind: ApiKind
    targets: Targets
    content: Mapping[str, object]
    variables: Mapping[str, str] = field(default_factory=dict)
    _known: dict[str, Authorizer] = field(default_factory=dict)

    def of(self, operation: Mapping[str, object]) -> Demand:
        """Never raises: an operation whose security cannot be read is closed."""
        try:
            return self._of(operation)
        except Refusal as refusal:
            return Demand(Guard(broken(self._around(), UNREADABLE, refusal)))

    def _of(self, operation: Mapping[str, object]) -> Demand:
        auth = self._whole(operation.get("x-amazon-apigateway-auth"))
        kind = as_text(auth.get("type")).upper() if isinstance(auth, Mapping) else ""
        if kind == "AWS_IAM":
            return Demand(Guard(IamAuthorizer()), any(key for _, _, key in self._needs(operation)))
        guard: Guard | None = None
        api_key = False
        for authorizer, scopes, key in self._needs(operation):
            api_key = api_key or key
            if authorizer is not None and guard is None:
                guard = Guard(authorizer, scopes)
        if guard is None and kind not in ("", _OPEN):
            raise Refusal(f"an operation asks for authorization {kind}, and security names no authorizer")
        return Demand(guard, api_key)

    def _needs(self, operation: Mapping[str, object]) -> Iterator[tuple[Authorizer | None, tuple[str, ...], bool]]:
        """Authorizer, scopes and whether it is an API key, for each scheme that the operation names."""
        needs = self._whole(operation.get("security"))
        if needs is None:  # not there, or a blank: only a list opts out
            needs = self._whole(self.content.get("security"))
        if needs is None:
            return
        if not isinstance(needs, list) or not all(isinstance(need, Mapping) for need in needs):
            raise Refusal("security is no list of mappings")
        for name, scopes in ((str(name), scopes) for need in needs for name, scopes in need.items()):
            scheme = self._scheme(name)
            if scheme is None and name in (_OPEN, _KEY):
                if name == _KEY:
                    yield None, (), True
                continue
            if scheme is not None and _is_key(scheme):
                yield None, (), True
                continue
            listed = scopes if isinstance(scopes, list) else []
            yield self._authorizer(name, scheme), tuple(map(as_text, listed)), False

    def _authorizer(self, name: str, scheme: Part | None) -> Authorizer:
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._read(name, scheme)
        return found

    def _read(self, name: str, scheme: Part | None) -> Authorizer:
        if scheme is None:
            return broken(self._around(), name, Refusal("the body declares no such security scheme"))
        try:
            declared = scheme.child(_AUTHORIZER)
            if declared is not None:
                header = scheme.text("name") if scheme.text("in").lower() == "header" else ""
                return read_authorizer(declared, self.kind, self.targets, name, self.variables, header)
            if scheme.text("x-amazon-apigateway-authtype").lower() == "awssigv4":
                return IamAuthorizer()
            raise Refusal(f"its scheme of the type {scheme.text('type') or 'nobody knows'} is not checked", _UNCHECKED)
        except Refusal as refusal:
            return broken(scheme, name, refusal)

    def _scheme(self, name: str) -> Part | None:
        """OpenAPI 2 and 3 keep them in different places."""
        body = self._around()
        components = body.child("components")
        places = (body.child("securityDefinitions"), components.child("securitySchemes") if components else None)
        return next((found for place in places if place and (found := _exactly(place, name))), None)

    def _around(self) -> Part:
        return Part(self.owner, self.content, ("Body",))

    def _whole(self, value: object) -> object:
        return self.owner.resolve(value, ("Body",))


def _exactly(place: Part, name: str) -> Part | None:
    """A member by its name as it is written: names of schemes are the user's."""
    if name not in place.content:
        return None
    path = (*place.path, name)
    try:
        found = Resolver(place.owner.stack.scope).head(place.content[name])
    except Refusal as refusal:
        raise refusal.at(path) from None
    return Part(place.owner, found, path) if found is not NO_VALUE and isinstance(found, Mapping) else None


def _is_key(scheme: Part) -> bool:
    if scheme.has(_AUTHORIZER) or scheme.has("x-amazon-apigateway-authtype"):
        return False
    return (scheme.text("type").lower(), scheme.text("in").lower()) == ("apikey", "header") and scheme.text(
        "name"
    ).lower() == "x-api-key"
