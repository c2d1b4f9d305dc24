"""How an API calls an AWS service: the request that an integration's `path/...` or `action/...` means. Pure; it is
signed and sent elsewhere (`ports.Outside`).

AWS docs, "API integration request": with a path the integration's method and body go to it; with an action the
service's one address is asked. What a mapping says wins (`X-Amz-Target`, `Content-Type`, `Action`); what is missing is
filled in as the service wants it. `Accept: application/json` makes the query services answer JSON, as API Gateway has
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, quote, urlencode

from localstack_lite.model.aws_services import SERVICES, AwsApi, Protocol, known, unsupported
from localstack_lite.model.integration import AwsService
from localstack_lite.model.outgoing import ServiceRequest

Line = tuple[str, str]

_PARAMETER = re.compile(r"\{([^{}]+)\}")
#: Characters of a path that stay as they are; what is percent-encoded already is not encoded again.
_IN_PATH = "/:@!$&'()*+,;=~%"
FORM = "application/x-www-form-urlencoded"
#: Made anew for each request: the signature, and what belongs to the connection.
_NOT_SENT = frozenset(("authorization", "connection", "content-length", "host", "transfer-encoding", "x-amz-date"))


def service_request(
    service: AwsService,
    method: str,
    headers: Iterable[Line],
    query: str,
    body: bytes,
    params: Mapping[str, str],
    timeout: float,
) -> ServiceRequest | str:
    """`headers` and `query` (encoded) are what goes to the integration, `params` what its names in braces stand for.
    A text is the reason why there is no such request."""
    if why := unsupported(service):
        return why
    api = known(service)
    if api is None:
        return f"the AWS service {service.service} is not called from here"
    lines = [line for line in headers if line[0].lower() not in _NOT_SENT]
    query = _spelled(query)
    target = any(name.lower() == "x-amz-target" for name, _ in lines)
    name, method = _name(service), method.upper() or "POST"
    if service.action and api.protocol is Protocol.JSON:
        action = _filled(service.action, params).partition("&")[0]
        # JSON services take POST only, whatever the integration says.
        lines = _as_json(lines, api, action)
        return ServiceRequest(name, service.region, "POST", "/", action, tuple(lines), query, body, timeout)
    path = f"/{quote(_filled(service.path, params, encoded=True), safe=_IN_PATH).lstrip('/')}"
    action = ""
    if api.client == "s3" and service.subdomain:
        path = f"/{service.subdomain}{path}"
    if api.protocol is Protocol.QUERY and not target:
        if service.action:
            action, _, more = _filled(service.action, params).partition("&")
            query = "&".join(part for part in (_spelled(f"Action={action}&{more}"), query) if part)
        method, lines, query, body = _as_form(method, lines, query, body, api)
    return ServiceRequest(name, service.region, method, path, action, tuple(lines), query, body, timeout)


def _as_json(lines: list[Line], api: AwsApi, action: str) -> list[Line]:
    types = [value for name, value in lines if name.lower() == "content-type"]
    if not types or types[0].partition(";")[0].strip().lower() == "application/json":
        lines = [line for line in lines if line[0].lower() != "content-type"]
        lines.append(("Content-Type", f"application/x-amz-json-{api.json}"))
    _add(lines, "X-Amz-Target", f"{api.target}.{action}")
    return lines


def _as_form(
    method: str, lines: list[Line], query: str, body: bytes, api: AwsApi
) -> tuple[str, list[Line], str, bytes]:
    """Parameters in the query string go where every query service looks for them; a body that is no form is dropped
    then, as it means nothing to the service."""
    _add(lines, "Accept", "application/json")
    fields = parse_qsl(query, keep_blank_values=True)
    if not any(name == "Action" for name, _ in fields):
        if body:
            _add(lines, "Content-Type", FORM)
        return method, lines, query, body
    if not any(name == "Version" for name, _ in fields):
        fields.append(("Version", api.version))
    types = [value for name, value in lines if name.lower() == "content-type"]
    is_form = bool(types) and types[0].partition(";")[0].strip().lower() == FORM
    lines = [line for line in lines if line[0].lower() != "content-type"]
    lines.append(("Content-Type", FORM))
    form = urlencode(fields).encode()
    return "POST", lines, "", form + b"&" + body if is_form and body else form


def json_request(service: str, region: str, operation: str, body: bytes, timeout: float) -> ServiceRequest:
    """A call of a JSON service."""
    api = SERVICES[service]
    lines = (("X-Amz-Target", f"{api.target}.{operation}"), ("Content-Type", f"application/x-amz-json-{api.json}"))
    return ServiceRequest(service, region, "POST", "/", operation, lines, "", body, timeout)


def form_request(
    service: str, region: str, path: str, operation: str, fields: Iterable[Line], timeout: float
) -> ServiceRequest:
    """A call of a query service, its parameters in the body. It answers XML."""
    body = urlencode([("Action", operation), ("Version", SERVICES[service].version), *fields]).encode()
    lines = (("Content-Type", FORM),)
    return ServiceRequest(service, region, "POST", quote(path, safe=_IN_PATH), operation, lines, "", body, timeout)


def _spelled(query: str) -> str:
    """Encoded as signatures want it."""
    pairs = parse_qsl(query, keep_blank_values=True, errors="replace")
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)


def _name(service: AwsService) -> str:
    """As the table of services has it."""
    bucket = service.service == "s3" or not service.subdomain
    return service.service if bucket else f"{service.subdomain}.{service.service}"


def _filled(text: str, params: Mapping[str, str], *, encoded: bool = False) -> str:
    """Its names in braces replaced; `encoded`: as parts of a path."""

    def value(found: re.Match[str]) -> str:
        given = params.get(found[1].removesuffix("+"), "")
        return quote(given, safe=_IN_PATH) if encoded else given

    return _PARAMETER.sub(value, text)


def _add(lines: list[Line], name: str, value: str) -> None:
    """A header that is not there yet."""
    if value and not any(key.lower() == name.lower() for key, _ in lines):
        lines.append((name, value))
