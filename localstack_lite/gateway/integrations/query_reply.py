"""Replies of AWS's query services as JSON. Pure.

AWS's own endpoints answer JSON to `Accept: application/json`, which is how API Gateway asks them: that is what
response templates are written for. Emulators answer XML all the same; it is turned into the JSON that AWS would have
sent, except for what is not in it (AWS writes null for results that are not there).
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import orjson

from localstack_lite.gateway.wiretext import media_type
from localstack_lite.model.outgoing import Returned, ServiceRequest

_XML = ("text/xml", "application/xml")
JSON_TYPE = "application/json"


def as_asked(request: ServiceRequest, came: Returned) -> Returned:
    """The reply, as JSON where JSON was asked for and a query service answered XML."""
    if not any(name.lower() == "accept" and media_type(value) == JSON_TYPE for name, value in request.headers):
        return came
    types = [media_type(value) for name, value in came.headers if name.lower() == "content-type"]
    if not types or types[0] not in _XML:
        return came
    body = as_json(came.body)
    if body is None:
        return came
    kept = [line for line in came.headers if line[0].lower() not in ("content-type", "content-length")]
    return replace(came, headers=(*kept, ("Content-Type", JSON_TYPE)), body=body)


def as_json(body: bytes) -> bytes | None:
    """None: it is no reply of such a service."""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return None
    name = _name(root)
    if name == "ErrorResponse":
        return orjson.dumps(_value(root))
    return orjson.dumps({name: _value(root)}) if name.endswith("Response") else None


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: ElementTree.Element) -> object:
    """Elements of one name, and those called `member`, are a list."""
    children = list(element)
    if not children:
        return (element.text or "").strip() or None
    names = [_name(child) for child in children]
    if set(names) == {"member"}:
        return [_value(child) for child in children]
    grouped: dict[str, list[object]] = {}
    for name, child in zip(names, children, strict=True):
        grouped.setdefault(name, []).append(_value(child))
    return {name: values[0] if len(values) == 1 else values for name, values in grouped.items()}
