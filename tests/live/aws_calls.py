"""Which call of AWS an HTTP request is: service and operation, from the signature's scope, the headers and the path.

The REST services' paths come from botocore's own models, so nothing is listed here that could be out of date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

READS = ("Get", "List", "Describe", "Head", "Filter", "Validate", "BatchGet", "BatchCheck", "Lookup", "StartQuery")
MODELS = {"lambda": "lambda", "s3": "s3", "apigateway": "apigateway"}
SCOPE = re.compile(r"Credential=[^/]*/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Call:
    """`service` is the name in the signature (`lambda`, `s3`); `operation` AWS's (`UpdateFunctionCode`), empty when it
    could not be told. `form` are the fields of a query-protocol body."""

    service: str
    operation: str
    region: str
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def reads(self) -> bool:
        return self.operation.startswith(READS)

    @property
    def invokes(self) -> bool:
        return self.operation.startswith("Invoke")

    @property
    def writes(self) -> bool:
        return not self.reads and not self.invokes

    def __str__(self) -> str:
        return f"{self.service}.{self.operation}"


def recognise(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """`headers` have lower-case names."""
    place = urlsplit(target)
    query = dict(parse_qsl(place.query, keep_blank_values=True))
    signed = SCOPE.search(headers.get("authorization", ""))
    region, service = signed.groups() if signed else ("", "")
    form: dict[str, str] = {}
    operation = headers.get("x-amz-target", "").rpartition(".")[2]
    if not operation and place.path.startswith("/service/") and "/operation/" in place.path:
        operation = place.path.rpartition("/")[2]  # Smithy's RPC protocols
    elif not operation and headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        operation = form.get("Action", "")
    elif not operation and service in MODELS:
        operation = _rest_operation(service, method, place.path, query, frozenset(headers))
    return Call(service, operation, region, method, place.path, query, form, body)


@dataclass(frozen=True, slots=True)
class _Template:
    operation: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    needed: frozenset[str]
    headers: frozenset[str]
    fixed: int

    @property
    def asks(self) -> int:
        return len(self.query.keys() | self.needed) + len(self.headers)

    def fits(self, method: str, path: str, query: Mapping[str, str], headers: frozenset[str]) -> bool:
        return (
            method == self.method
            and self.path.fullmatch(path) is not None
            and all(query.get(name) == value for name, value in self.query.items())
            and self.needed <= query.keys()
            and self.headers <= headers
        )


def _rest_operation(service: str, method: str, path: str, query: Mapping[str, str], headers: frozenset[str]) -> str:
    """The one that asks for most of what the request has."""
    fitting = [one for one in _templates(service) if one.fits(method, path, query, headers)]
    best = max(fitting, key=lambda one: (one.asks, one.fixed), default=None)
    return best.operation if best else ""


@cache
def _templates(service: str) -> tuple[_Template, ...]:
    from botocore.session import Session

    model = Session().get_service_model(MODELS[service])
    operations = [model.operation_model(name) for name in model.operation_names]
    return tuple(_template(one) for one in operations if not one.deprecated)


def _template(operation: Any) -> _Template:
    path, _, query = operation.http["requestUri"].partition("?")
    parts = re.split(r"(\{[^}]+\})", path.rstrip("/"))
    pattern = "".join(
        (r".+" if part.endswith("+}") else r"[^/]+") if part.startswith("{") else re.escape(part) for part in parts
    )
    fixed = {name: value for name, value in parse_qsl(query, keep_blank_values=True) if name != "x-id"}
    shape = operation.input_shape
    asked = [shape.members[name] for name in shape.required_members] if shape else []
    needed: dict[str, set[str]] = {"querystring": set(), "header": set()}
    for member in asked:
        place = member.serialization.get("location")
        if place in needed:
            needed[place].add(member.serialization["name"])
    literal = sum(len(part) for part in parts if not part.startswith("{"))
    return _Template(
        operation.name,
        operation.http["method"],
        re.compile(pattern + "/?"),
        fixed,
        frozenset(needed["querystring"]),
        frozenset(name.lower() for name in needed["header"]),
        literal,
    )
