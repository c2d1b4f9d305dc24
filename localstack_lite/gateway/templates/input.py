"""`$input` of mapping templates: the payload and the request's parameters. Pure.

Recorded: an empty body reads as `{}`, and what is not there as an empty text. A body that is not JSON is one text, as
the lenient parser takes it that AWS uses.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from localstack_lite.gateway.templates.jsonpath import MISSING, BadPath, find
from localstack_lite.gateway.templates.values import CannotGoOn, Thing, Value, limited, of_json, text_of, to_json


class Parameters(dict[str, Value]):
    """Parameters of one kind by name; what is not there is an empty text. Headers are found in any case, because
    clients of HTTP/2 send them in lower case."""

    def __init__(self, values: Mapping[str, str], *, any_case: bool = False) -> None:
        super().__init__(values)
        self._lower = {name.lower(): value for name, value in values.items()} if any_case else {}

    def get(self, name: object, default: Value = "") -> Value:
        if name in self:
            return self[name]  # type: ignore[index]
        return self._lower.get(name.lower(), default) if isinstance(name, str) else default


Kinds = dict[str, Parameters]


def parameters(path: Mapping[str, str], query: Mapping[str, str], headers: Mapping[str, str]) -> Kinds:
    """`$input.params()`, in the order in which `$input.params('name')` looks."""
    return {
        "path": Parameters(path),
        "querystring": Parameters(query),
        "header": Parameters(headers, any_case=True),
    }


class Input(Thing):
    """Made for one template's run. `given` makes the parameters; it is asked when a template wants them."""

    __slots__ = ("_body", "_given", "_json", "_kinds")

    def __init__(self, body: str, given: Callable[[], Kinds]) -> None:
        self._body = body
        self._given = given
        self._kinds: Kinds | None = None
        self._json: object = MISSING

    def member(self, name: str) -> Value:
        return (self._body or "{}") if name == "body" else None

    def call(self, name: str, arguments: list[Value]) -> Value:
        match name, arguments:
            case "body", []:
                return self._body or "{}"
            case "params", []:
                return self._parameters()
            case "params", [wanted]:
                return self._parameter(text_of(wanted))
            case "path", [path]:
                return of_json(self._found(text_of(path)))
            case "json", [path]:
                return limited(to_json(self._found(text_of(path))))
            case (("json" | "path" | "params"), _):
                raise CannotGoOn(f"$input.{name} cannot be called with {len(arguments)} arguments")
        return None

    def _parameters(self) -> Kinds:
        if self._kinds is None:
            self._kinds = self._given()
        return self._kinds

    def _parameter(self, name: str) -> str:
        for kind in self._parameters().values():
            value = kind.get(name)
            if value != "":
                return text_of(value)
        return ""

    def _found(self, path: str) -> object:
        if self._json is MISSING:
            self._json = read_json(self._body)
        try:
            found = find(path, self._json)
        except BadPath as error:
            raise CannotGoOn(f"JSONPath {error}") from None
        return "" if found is MISSING else found


def read_json(body: str) -> object:
    """The body as JSON: `{}` when it is empty, the text itself when it is none."""
    if not body.strip():
        return {}
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return parsed
