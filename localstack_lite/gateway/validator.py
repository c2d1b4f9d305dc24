"""Whether a request is what a REST method demands: its parameters first, then its body. Pure.

Recorded: the parameters that are missing are named together, headers before path before query, and the body is not
looked at then; a request without a body is taken for `{}`; what does not fit the model is `Invalid request body` and
nothing more. AWS docs: a parameter must be there and not blank; the model is that of the request's content type, else
that of `$default`, and without either nothing is validated. A missing content type is `application/json`.

jsonschema is imported with the first body that is validated. No reference in a schema is ever followed to the outside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.query import pairs
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import media_type
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.validation import Validation

if TYPE_CHECKING:
    from jsonschema.protocols import Validator as SchemaValidator

_JSON = "application/json"
_ANY_TYPE = "$default"
_PREFIX = "method.request."
_MISSING = "Missing required request parameters: [{}]"
_INVALID = "Invalid request body"


class Validator:
    """Looks at the visits of one route."""

    def __init__(self, validation: Validation) -> None:
        places = [name.removeprefix(_PREFIX).partition(".") for name in validation.required]
        self._headers, self._path, self._query = (
            [name for place, _, name in places if place.removeprefix("multivalue") == wanted]
            for wanted in ("header", "path", "querystring")
        )
        self._models = {kind.lower(): _Model(schema) for kind, schema in validation.models.items()}

    def admitted(self, visit: Visit) -> Visit | Denial:
        """The same visit, or why it goes no further."""
        return self.refusal(visit) or visit

    def refusal(self, visit: Visit) -> Denial | None:
        return self._parameters(visit) or self._body(visit)

    def _parameters(self, visit: Visit) -> Denial | None:
        headers, params = visit.request.headers, visit.params
        missing = [name for name in self._headers if not any(map(str.strip, headers.get_all(name)))]
        missing += [name for name in self._path if not params.get(name, "").strip()]
        if self._query:
            sent = {name for name, value in pairs(visit.request.query) if value.strip()}
            missing += [name for name in self._query if name not in sent]
        if not missing:
            return None
        message = _MISSING.format(", ".join(missing))
        return Denial(ResponseType.BAD_REQUEST_PARAMETERS, message, message, validation=message)

    def _body(self, visit: Visit) -> Denial | None:
        if not self._models:
            return None
        kind = media_type(visit.request.headers.get("content-type") or _JSON)
        model = self._models.get(kind) or self._models.get(_ANY_TYPE)
        if model is None:
            return None
        try:
            errors = model.errors(visit.request.body)
        except _Unusable as unusable:
            return Denial(ResponseType.API_CONFIGURATION_ERROR, f"the request model cannot be used: {unusable}")
        if not errors:
            return None
        said = f"[{', '.join(errors)}]"
        return Denial(ResponseType.BAD_REQUEST_BODY, f"{_INVALID}: {said}", _INVALID, validation=said)


class _Unusable(Exception):
    """No body can be validated by this schema."""


class _Model:
    """A JSON schema of draft 4, made ready at its first body."""

    def __init__(self, schema: Mapping[str, object]) -> None:
        self._schema = schema
        self._ready: SchemaValidator | None = None

    def errors(self, body: bytes) -> list[str]:
        """What is wrong with a body, as AWS words it; nothing: it fits. Raises _Unusable."""
        from referencing.exceptions import Unresolvable

        from localstack_lite.gateway.schema_words import worded

        validator = self._ready or self._made()
        try:
            value = orjson.loads(body.strip() or b"{}")
        except ValueError:
            return ["the body is not valid JSON"]
        try:
            return worded(validator.iter_errors(value))
        except RecursionError:
            return ["the body is nested too deeply"]
        except Unresolvable as unresolvable:
            raise _Unusable(f"nothing is at {unresolvable.ref}") from unresolvable
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as wrong:
            raise _Unusable(str(wrong)) from wrong

    def _made(self) -> SchemaValidator:
        from jsonschema import Draft4Validator, SchemaError
        from referencing import Registry

        # A registry of its own fetches nothing; without one jsonschema would ask the network.
        make: Callable[..., SchemaValidator] = Draft4Validator
        registry: Registry[Any] = Registry()
        schema = {key: value for key, value in self._schema.items() if key not in ("$schema", "id")}
        try:
            Draft4Validator.check_schema(schema)
        except SchemaError as error:
            raise _Unusable(error.message) from error
        self._ready = make(schema, registry=registry)
        return self._ready
