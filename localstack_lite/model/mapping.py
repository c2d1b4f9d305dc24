"""What a REST API's integration takes a value from, as its request parameters say it. Pure.

AWS docs, "API Gateway data mapping reference" (parameters of integration requests): `method.request.header.NAME`,
`.multivalueheader.NAME`, `.querystring.NAME`, `.multivaluequerystring.NAME`, `.path.NAME`, `context.NAME`,
`stageVariables.NAME`, and a text in single quotes. The body of a proxy integration's request is handed on as it is, so
nothing is mapped from it here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Origin(StrEnum):
    HEADER = "method.request.header."
    QUERY = "method.request.querystring."
    PATH = "method.request.path."
    CONTEXT = "context."
    STAGE_VARIABLE = "stageVariables."
    STATIC = "'"


#: Several values of one name: of those the last counts here.
_MULTI: Final = {
    "method.request.multivalueheader.": Origin.HEADER,
    "method.request.multivaluequerystring.": Origin.QUERY,
}

#: What of `context` an integration can be given here.
CONTEXT: Final = frozenset(
    {
        "accountId",
        "apiId",
        "domainName",
        "domainPrefix",
        "extendedRequestId",
        "httpMethod",
        "identity.sourceIp",
        "identity.userAgent",
        "path",
        "protocol",
        "requestId",
        "resourcePath",
        "stage",
    }
)


@dataclass(frozen=True, slots=True)
class Mapped:
    """`name` of a header, a parameter or a variable; of a static text it is the text."""

    origin: Origin
    name: str


def parse(expression: str) -> Mapped | None:
    """None: no value comes from there."""
    if len(expression) > 1 and expression[0] == expression[-1] == Origin.STATIC:
        return Mapped(Origin.STATIC, expression[1:-1])
    starts = {**_MULTI, **{origin.value: origin for origin in Origin if origin is not Origin.STATIC}}
    for start, origin in starts.items():
        name = expression.removeprefix(start)
        if name and name != expression and (origin is not Origin.CONTEXT or name in CONTEXT):
            return Mapped(origin, name)
    return None
