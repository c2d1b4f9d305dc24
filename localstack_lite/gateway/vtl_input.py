"""`$input` of mapping templates: the payload and the request's parameters. Pure.

Recorded: an empty body reads as `{}`, and what is not there as an empty text. A body that is not JSON is one text, as
the lenient parser takes it that AWS uses.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from localstack_lite.gateway.jsonpath import MISSING, BadPath, find
from localstack_lite.gateway.vtl_values import CannotGoOn, Value, of_json, text_of, to_json


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


class Input:
    """Made for one template's run."""

    def __init__(
        self, body: str, path: Mapping[str, str], query: Mapping[str, str], headers: Mapping[str, str]
    ) -> None:
        self._body = body
        self._given = {
            "path": Parameters(path),
            "querystring": Parameters(query),
            "header": Parameters(headers, any_case=True),
        }
        self._json: Value = MISSING

    def member(self, name: str) -> Value:
        return (self._body or "{}") if name == "body" else None

    def call(self, name: str, arguments: list[Value]) -> Value:
        match name, arguments:
            case "body", []:
                return self._body or "{}"
            case "params", []:
                return self._given
            case "params", [wanted]:
                return self._parameter(text_of(wanted))
            case "path", [path]:
                return self._found(text_of(path))
            case "json", [path]:
                return to_json(self._found(text_of(path)))
            case (("json" | "path" | "params"), _):
                raise CannotGoOn(f"$input.{name} cannot be called with {len(arguments)} arguments")
        return None

    def _parameter(self, name: str) -> str:
        for kind in self._given.values():
            value = kind.get(name)
            if value != "":
                return text_of(value)
        return ""

    def _found(self, path: str) -> Value:
        if self._json is MISSING:
            self._json = of_json(read_json(self._body))
        try:
            found = find(path, self._json)
        except BadPath as error:
            raise CannotGoOn(f"JSONPath {error}") from None
        return "" if found is MISSING else of_json(found)


def read_json(body: str) -> object:
    """The body as JSON: `{}` when it is empty, the text itself when it is none."""
    if not body.strip():
        return {}
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return body
    return parsed
