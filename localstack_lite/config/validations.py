"""What methods of a REST API demand of requests → `Validation`, as far as their validators look. Pure.

A validator that cannot be found, or a model that cannot be read, costs the check, with a warning: AWS would not have
taken the template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from localstack_lite.config.belonging import belonging, named_by
from localstack_lite.config.parameters import as_text
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.schemas import Model, Schemas
from localstack_lite.config.stack import Resource
from localstack_lite.model.validation import Validation

_VALIDATORS = "x-amazon-apigateway-request-validators"
_VALIDATOR = "x-amazon-apigateway-request-validator"
_JSON = "application/json"
#: How OpenAPI calls the places of parameters, and how API Gateway does.
_PLACES = {"header": "header", "query": "querystring", "path": "path"}


@dataclass(frozen=True, slots=True)
class Looks:
    """What a validator looks at."""

    parameters: bool = False
    body: bool = False


def models_of(api: Resource, body: Mapping[str, object]) -> Schemas:
    """The models of an API: those of its body and those that are resources."""
    found: dict[str, Model] = {}
    around = Part(api, body, ("Body",))
    try:
        components = around.child("components")
        places = (around.child("definitions"), components.child("schemas") if components else None)
        for place in (place for place in places if place is not None):
            for name, schema in place.content.items():
                found[str(name)] = Model(api, schema, True, (*place.path, str(name)))
    except Refusal as refusal:
        api.warn(refusal)
    for resource in belonging(api, "AWS::ApiGateway::Model", "RestApiId"):
        name = resource.text_or("", "Name") or resource.derived_name
        found[name] = Model(resource, resource.raw("Schema"), False, ("Schema",))
    return Schemas(found)


def of_method(method: Resource, schemas: Schemas) -> Validation | None:
    """Of an `AWS::ApiGateway::Method`."""
    declared = Part(method, method.properties)
    try:
        looks = _looks_of(declared)
        required = declared.pairs("requestParameters") if looks.parameters else {}
        models = declared.pairs("requestModels") if looks.body else {}
        found = Validation(
            tuple(name for name, needed in required.items() if needed.lower() == "true"),
            {kind: schemas.named(name) for kind, name in models.items()},
        )
    except Refusal as refusal:
        method.warn(refusal, "; requests are not checked")
        return None
    return found or None


def _looks_of(method: Part) -> Looks:
    value = method.raw("requestValidatorId")
    if value is None:
        return Looks()
    validator = named_by(method.owner, value, "AWS::ApiGateway::RequestValidator")
    if validator is None:
        what = f"there is no request validator {method.text('requestValidatorId')}"
        raise Refusal(what, "", ("RequestValidatorId",))
    return _looks(Part(validator, validator.properties))


def _looks(validator: Part) -> Looks:
    return Looks(validator.flag("validateRequestParameters"), validator.flag("validateRequestBody"))


@dataclass(frozen=True, slots=True)
class BodyValidations:
    """Of the operations of a body (raw) of one API."""

    owner: Resource
    content: Mapping[str, object]
    schemas: Schemas = field(default_factory=Schemas)

    def of(self, item: Mapping[str, object], operation: Mapping[str, object]) -> Validation | None:
        """`item` is what holds the operation: its parameters are the operation's, too."""
        try:
            looks = self._looks_of(operation)
            if looks == Looks():
                return None
            parameters = tuple(self._parameters(item, operation))
            required = tuple(_required(parameters)) if looks.parameters else ()
            models = dict(self._models(parameters, operation)) if looks.body else {}
        except Refusal as refusal:
            self.owner.warn(refusal.at(("Body",)), "; requests are not checked")
            return None
        return Validation(required, models) or None

    def _looks_of(self, operation: Mapping[str, object]) -> Looks:
        around = Part(self.owner, self.content, ("Body",))
        name = Part(self.owner, operation, ("Body",)).text(_VALIDATOR) or around.text(_VALIDATOR)
        if not name:
            return Looks()
        validators = dict(around.named(_VALIDATORS))
        if name not in validators:
            raise Refusal(f"there is no request validator {name}", did_you_mean(name, validators))
        return _looks(validators[name])

    def _parameters(
        self, item: Mapping[str, object], operation: Mapping[str, object]
    ) -> Iterator[Mapping[str, object]]:
        """Those of the operation stand for the item's with the same name and place."""
        found: dict[tuple[str, str], Mapping[str, object]] = {}
        for around in (item, operation):
            listed = self._whole(around.get("parameters"))
            for each in listed if isinstance(listed, list) else ():
                parameter = self._linked(each)
                if isinstance(parameter, Mapping):
                    found[as_text(parameter.get("in")), as_text(parameter.get("name"))] = parameter
        return iter(found.values())

    def _models(
        self, parameters: tuple[Mapping[str, object], ...], operation: Mapping[str, object]
    ) -> Iterator[tuple[str, Mapping[str, object]]]:
        listed = self._whole(operation.get("consumes", self.content.get("consumes")))
        kinds = [as_text(kind) for kind in listed] if isinstance(listed, list) and listed else [_JSON]
        for parameter in parameters:
            if parameter.get("in") == "body" and isinstance(schema := parameter.get("schema"), Mapping):
                yield from ((kind, self.schemas.inline(schema)) for kind in kinds)
        wanted = self._linked(self._whole(operation.get("requestBody")))
        content = wanted.get("content") if isinstance(wanted, Mapping) else None
        for kind, each in content.items() if isinstance(content, Mapping) else ():
            if isinstance(each, Mapping) and isinstance(schema := each.get("schema"), Mapping):
                yield str(kind), self.schemas.inline(schema)

    def _linked(self, value: object) -> object:
        """Follows `$ref: "#/parameters/..."` inside the body."""
        if not isinstance(value, Mapping) or not isinstance(link := value.get("$ref"), str):
            return value
        found: object = self.content
        for key in link.removeprefix("#/").split("/"):
            found = found.get(key) if isinstance(found, Mapping) else None
        return self._whole(found)

    def _whole(self, value: object) -> object:
        return self.owner.resolve(value, ("Body",))


def _required(parameters: tuple[Mapping[str, object], ...]) -> Iterator[str]:
    for parameter in parameters:
        place = _PLACES.get(as_text(parameter.get("in")))
        if place and as_text(parameter.get("required")).lower() == "true":
            yield f"method.request.{place}.{as_text(parameter.get('name'))}"
