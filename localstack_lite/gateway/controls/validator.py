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

from localstack_lite.gateway.controls.compression import unpacked
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.query import pairs
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import media_type
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.record import record
from localstack_lite.model.validation import Validation

if TYPE_CHECKING:
    from jsonschema.protocols import Validator as SchemaValidator

_JSON = "application/json"
_ANY_TYPE = "$default"
_PREFIX = "method.request."
_MISSING = "Missing required request parameters: [{}]"
_INVALID = "Invalid request body"
_NO_JSON = "the body is not valid JSON"
_TOO_DEEP = "the body is nested too deeply"


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
        """The visit, its body unpacked if that was looked at, or why it goes no further."""
        if (missing := self._parameters(visit)) is not None:
            return missing
        if not self._models:
            return visit
        plain = unpacked(visit)
        return plain if isinstance(plain, Denial) else self._body(plain) or plain

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
        kind = media_type(visit.request.headers.get("content-type") or _JSON)
        model = self._models.get(kind) or self._models.get(_ANY_TYPE)
        if model is None:
            return None
        try:
            wrong = model.wrong(visit.request.body)
        except _Unusable as unusable:
            return Denial(ResponseType.API_CONFIGURATION_ERROR, f"the request model cannot be used: {unusable}")
        if wrong is None:
            return None
        return Denial(ResponseType.BAD_REQUEST_BODY, f"{_INVALID}: {wrong.note}", _INVALID, validation=wrong.said)


class _Unusable(Exception):
    """No body can be validated by this schema."""


@record
class _Wrong:
    """`said` is as AWS words it, and shows values of the body; `note` shows none, because they may be secret."""

    note: str
    said: str


class _Model:
    """A JSON schema of draft 4, made ready at its first body."""

    def __init__(self, schema: Mapping[str, object]) -> None:
        self._schema = schema
        self._ready: SchemaValidator | None = None

    def wrong(self, body: bytes) -> _Wrong | None:
        """What is wrong with a body. Raises _Unusable."""
        from referencing.exceptions import Unresolvable

        from localstack_lite.gateway.controls.schema_words import places, worded

        validator = self._ready or self._made()
        try:
            value = orjson.loads(body.strip() or b"{}")
        except ValueError:
            return _Wrong(_NO_JSON, f"[{_NO_JSON}]")
        try:
            errors = list(validator.iter_errors(value))
            return _Wrong(places(errors), f"[{', '.join(worded(errors))}]") if errors else None
        except RecursionError:
            return _Wrong(_TOO_DEEP, f"[{_TOO_DEEP}]")
        except Unresolvable as unresolvable:
            raise _Unusable(f"nothing is at {unresolvable.ref}") from unresolvable
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as unfit:
            raise _Unusable(str(unfit)) from unfit

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
