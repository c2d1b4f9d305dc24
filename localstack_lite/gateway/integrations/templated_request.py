"""What a REST integration that is no Lambda proxy is sent: parameters mapped, body by a template or as it came. Pure;
what does not change with the request is made once.

AWS docs: the template is chosen by the request's content type (`application/json` when there is none, `$default` for
any other), and the passthrough behaviour says what happens without one; overrides of a template go over what is mapped.
Recorded: what goes along beside the mapped headers (`Accept`, `User-Agent`, `Content-Type`), and a mapped query
parameter stands behind those that are there already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.integrations import payload, remapping
from localstack_lite.gateway.integrations.context import Context, looked_up
from localstack_lite.gateway.integrations.mapping import NotJson, Sent, Source, source
from localstack_lite.gateway.media import BinaryMediaTypes
from localstack_lite.gateway.query import last_values, pairs
from localstack_lite.gateway.request_headers import DROPPED_BY_REST, two_maps
from localstack_lite.gateway.templates.input import Input, Kinds, parameters
from localstack_lite.gateway.templates.values import Value, text_of
from localstack_lite.gateway.templates.velocity import Template, TemplateFailed, variables
from localstack_lite.gateway.visit import Visit
from localstack_lite.gateway.wiretext import media_type, readable
from localstack_lite.model.api import Api, Route
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.integration import IntegrationKind, Passthrough, TemplatedIntegration
from localstack_lite.model.project import Project
from localstack_lite.model.record import record

Line = tuple[str, str]

_JSON = "application/json"
_DEFAULT = "$default"
_BODILESS = ("GET", "HEAD", "OPTIONS")
_TARGET = re.compile(r"integration\.request\.(header|querystring|path)\.(.+)", re.DOTALL)
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
_NAMED = re.compile(r"\{([^{}$+]+)\+?\}")
_IN_PATH = "/:@!$&'()*+,;=~%"


class Stuck(Exception):
    """The request goes no further."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial.note)
        self.denial = denial


def misconfigured(note: str) -> Stuck:
    """AWS's 500 for what the project got wrong (recorded: with the blank after the colon)."""
    return Stuck(Denial(ResponseType.DEFAULT_5XX, note))


@record
class Asked:
    """`headers` and `query` (decoded, those that are mapped) for the integration, `path` for its names in braces
    (`raw`: as the client encoded them). `context` is `$context` as the templates left it."""

    visit: Visit
    sent: Sent
    context: dict[str, Any]
    body: bytes
    headers: list[Line]
    query: list[Line]
    path: Mapping[str, str]
    raw: Mapping[str, str]

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


class Requests:
    """Makes them for one route."""

    def __init__(self, project: Project, api: Api, route: Route, integration: TemplatedIntegration) -> None:
        self._integration = integration
        self._kind = integration.kind
        self._proxy = integration.kind is IntegrationKind.HTTP_PROXY
        self._context = Context(project, api, route)
        self._api_id = api.id
        self.stage = api.stage_variables
        self._types = BinaryMediaTypes(api.binary_media_types)
        self._parameters = tuple(_parameters(integration.parameters))
        named = f"of {route.key}"
        self._templates = {
            kind: Template(text, f"request template {kind} {named}") for kind, text in integration.templates.items()
        }
        self._by_media_type = {media_type(kind): template for kind, template in self._templates.items()}

    def made(self, visit: Visit) -> Asked:
        """Raises `Stuck`."""
        context = self._context.variables(visit)
        sent = Sent(visit, lambda name: looked_up(context, name), self.stage)
        headers, query, path, raw = self._mapped(sent)
        content_type = visit.request.headers.get("content-type") or ""
        template = None if self._proxy else self._template(visit, content_type)
        try:
            body, binary = payload.sent(
                self._types, visit.request.body, content_type, self._integration.content_handling
            )
        except payload.Inconvertible as error:
            raise misconfigured(str(error)) from None
        if template is not None:
            if binary:
                raise misconfigured(
                    f"{template.name}: the body is binary; contentHandling CONVERT_TO_TEXT makes it text"
                )
            body = rendered(template, body, visit, context, self.stage)
            override = context.get("requestOverride")
            if isinstance(override, dict):
                _override(headers, override.get("header"), one_of_each=True)
                _override(query, override.get("querystring"))
                for name, value in _entries(override.get("path")):
                    path[name] = text_of(value)
                    raw.pop(name, None)
        if no := remapping.forbidden(self._kind, [name for name, _ in headers]):
            raise misconfigured(f"the header {no} cannot be mapped to an integration of the type {self._kind}")
        return Asked(visit, sent, context, body, self._headers(visit, headers, content_type), query, path, raw)

    def method(self, visit: Visit) -> str:
        declared = self._integration.method.upper()
        if declared and declared != "ANY":
            return declared
        return "POST" if visit.moment is not None else visit.request.method

    def _mapped(self, sent: Sent) -> tuple[list[Line], list[Line], dict[str, str], dict[str, str]]:
        headers: list[Line] = []
        query: list[Line] = []
        path: dict[str, str] = {}
        raw: dict[str, str] = {}
        for place, name, wanted in self._parameters:
            try:
                values = [value for value in sent.values(wanted) if value]
            except NotJson:
                denial = Denial(ResponseType.DEFAULT_4XX, "a body that is not JSON", "Invalid JSON in request body")
                raise Stuck(denial) from None
            if not values:
                continue
            if place == "header":
                headers.append((name, values[-1]))
            elif place == "querystring":
                query += [(name, value) for value in values]
            else:
                path[name] = values[-1]
                if wanted.raw_path and (as_sent := sent.raw_path(wanted.name)) is not None:
                    raw[name] = as_sent
        return headers, query, path, raw

    def _template(self, visit: Visit, content_type: str) -> Template | None:
        """None: the body goes on as it came. Raises `Stuck` where it may not."""
        templates = self._templates
        if visit.moment is not None:
            key = _selected(self._integration.template_selection, visit)
            return templates.get(key) or templates.get(_DEFAULT)
        kind = content_type or _JSON
        found = templates.get(kind) or self._by_media_type.get(media_type(kind)) or templates.get(_DEFAULT)
        passthrough = self._integration.passthrough
        if found is None and (
            passthrough is Passthrough.NEVER or (passthrough is Passthrough.WHEN_NO_TEMPLATES and templates)
        ):
            note = f"no request template for {kind}, and the passthrough behaviour is {passthrough}"
            raise Stuck(Denial(ResponseType.UNSUPPORTED_MEDIA_TYPE, note))
        return found

    def _headers(self, visit: Visit, mapped: list[Line], content_type: str) -> list[Line]:
        lines = remapping.sent(self._kind, mapped)
        if self._proxy:
            own = {name.lower() for name, _ in lines}
            lines += [
                line
                for line in remapping.proxied((*visit.request.headers.lines, *_forwarded(visit)))
                if line[0].lower() not in own
            ]
        said = {name.lower() for name, _ in lines}
        usual = [("Accept", _JSON), ("User-Agent", f"AmazonAPIGateway_{self._api_id}")]
        if content_type and visit.request.method not in _BODILESS:
            usual.append(("Content-Type", content_type))
        lines += [line for line in usual if line[0].lower() not in said]
        lines.append(("X-Amzn-Trace-Id", visit.trace.full))
        if self._kind is not IntegrationKind.AWS:
            lines.append(("X-Amzn-Apigateway-Api-Id", self._api_id))
        return lines


def parameters_of(visit: Visit) -> Kinds:
    """`$input.params()` of a template."""
    path = {name: unquote(readable(value), errors="replace") for name, value in visit.params.items()}
    return parameters(path, last_values(pairs(visit.request.query)) or {}, two_maps(visit, DROPPED_BY_REST).single)


def rendered(template: Template, body: bytes, visit: Visit, context: dict[str, Any], stage: Mapping[str, str]) -> bytes:
    """What a template makes of a body. Raises `Stuck`."""
    given = Input(body.decode("utf-8", "replace"), lambda: parameters_of(visit))
    try:
        return template.render(variables(given, context, stage)).encode("utf-8", "replace")
    except TemplateFailed as failed:
        raise misconfigured(failed.note) from None


def address(uri: str, asked: Asked, stage: Mapping[str, str], *, proxy: bool) -> str:
    """The URL of an HTTP integration. Raises `Stuck`."""
    before, mark, after = _VARIABLE.sub(lambda found: stage.get(found[1], ""), uri).partition("?")
    url = _NAMED.sub(lambda found: _named(found[1], asked, _IN_PATH), before)
    if not url.lower().startswith(("http://", "https://")):
        raise misconfigured(f"{url or 'an empty text'} is no address of a server")
    query = [_NAMED.sub(lambda found: _named(found[1], asked, ""), after)] if mark and after else []
    if proxy and asked.visit.request.query:
        query.append(quote(readable(asked.visit.request.query), safe="%&=+;:@!$'()*,/?~"))
    query += [f"{quote_plus(name)}={quote_plus(value)}" for name, value in asked.query]
    return f"{url}?{'&'.join(query)}" if query else url


def query_text(asked: Asked) -> str:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in asked.query)


def _named(name: str, asked: Asked, safe: str) -> str:
    if name in asked.raw:
        return quote(asked.raw[name], safe=_IN_PATH)
    if name in asked.path:
        return quote(asked.path[name], safe=safe)
    return ""


def _parameters(declared: Mapping[str, str]) -> Iterable[tuple[str, str, Source]]:
    for target, expression in declared.items():
        if found := _TARGET.fullmatch(target):
            yield found[1], found[2], source(expression)


def _entries(values: Value) -> list[tuple[str, Value]]:
    items = values.items() if isinstance(values, dict) else ()
    return [(name, value) for name, value in items if value is not None]


def _override(lines: list[Line], values: Value, *, one_of_each: bool = False) -> None:
    """Puts what a template set over what was mapped."""
    for name, value in _entries(values):
        wanted = name.lower() if one_of_each else name
        lines[:] = [line for line in lines if (line[0].lower() if one_of_each else line[0]) != wanted]
        several = value if isinstance(value, list) else [value]
        lines += [(name, text_of(each)) for each in several]


def _forwarded(visit: Visit) -> list[Line]:
    """What AWS says of the client to the server behind."""
    single = two_maps(visit, DROPPED_BY_REST).single
    return [(name, single[name]) for name in ("X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto")]


def _selected(expression: str, visit: Visit) -> str:
    """The key of a request template of a WebSocket API: `\\$default`, a name, or `${request.body.action}`."""
    text = expression.strip()
    if not text or text.startswith("\\$"):
        return text.lstrip("\\") or _DEFAULT
    found = re.fullmatch(r"\$\{?request\.(body(?:\..+?)?)\}?", text)
    if found is None:
        return text
    try:
        values = Sent(visit, lambda _: None, {}).values(source(f"method.request.{found[1]}"))
    except NotJson:
        return _DEFAULT
    return values[-1] if values else _DEFAULT
