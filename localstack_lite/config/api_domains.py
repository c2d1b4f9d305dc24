"""Custom domain names that lead to an API: mappings of both API versions (a REST API may have either). Pure."""

from __future__ import annotations

from collections.abc import Iterator

from localstack_lite.config.belonging import belonging
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import DomainName

#: The kinds of mappings: the property that names the API, and the one with the path.
_MAPPINGS = (
    ("AWS::ApiGateway::BasePathMapping", "RestApiId", "BasePath"),
    ("AWS::ApiGateway::BasePathMappingV2", "RestApiId", "BasePath"),
    ("AWS::ApiGatewayV2::ApiMapping", "ApiId", "ApiMappingKey"),
)
#: AWS's name for no path.
_NO_PATH = "(none)"


def domains_of(api: Resource) -> tuple[DomainName, ...]:
    """Those whose name can be told; another one costs itself, with a warning."""
    return tuple(dict.fromkeys(_domains(api)))


def _domains(api: Resource) -> Iterator[DomainName]:
    for kind, of, path in _MAPPINGS:
        for mapping in belonging(api, kind, of):
            try:
                name = _name(mapping)
                base = mapping.text(path)
                stage = mapping.text("Stage")
            except Refusal as refusal:
                mapping.warn(refusal, "; its address does not lead here")
                continue
            yield DomainName(name.lower(), "" if base == _NO_PATH else base.strip("/"), stage)


def _name(mapping: Resource) -> str:
    for place in ("DomainName", "DomainNameArn"):
        # arn:aws:apigateway:REGION::/domainnames/NAME+ID of private ones
        text = mapping.text(place).rpartition("/domainnames/")[2].partition("+")[0]
        if text:
            return text
    raise Refusal("names no domain", "", ("DomainName",))
