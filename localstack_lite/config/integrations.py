"""What a route calls: integration URIs → functions of the project, MOCK → fixed replies, the rest → `Unsupported`.
Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from localstack_lite.config.functions import FUNCTION
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.api import FixedReply, Integration, LambdaProxy, Unsupported
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function

#: AWS quotas: seconds a gateway waits for an integration.
REST_TIMEOUT = 29.0
HTTP_TIMEOUT = 30.0
_ARN = re.compile(r":function:([^:/]+)")
_QUALIFIED = re.compile(r":function:[^:/]+:([^:/]+)")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
_HEADER = "method.response.header."
_TENANT = "integration.request.header.x-amz-tenant-id"
#: Kinds of resources that stand for a function, with the property that names it.
_STANDS_FOR = {
    "AWS::Lambda::Alias": "FunctionName",
    "AWS::Lambda::Version": "FunctionName",
    "AWS::Lambda::Url": "TargetFunctionArn",
}


@dataclass(frozen=True, slots=True)
class Targets:
    """Who can be called: the stack's own functions by the logical id that its template gives them, and those of the
    other stacks of the project, which are known by name. `left_out` says why a declared function is not there."""

    stack: Stack
    functions: Mapping[str, Function]
    left_out: Mapping[str, str]
    elsewhere: tuple[Function, ...] = ()
    others: Mapping[str, Targets] = field(default_factory=dict, repr=False, compare=False)
    """Those of the project's other stacks, by their path: an integration speaks the language of its own stack."""

    def function(self, owner: Resource, uri: object, variables: Mapping[str, str] | None = None) -> str:
        """The project's logical id of the function that a URI (raw) calls. Refused when there is none."""
        if owner.stack is not self.stack and (own := self.others.get(owner.stack.path)) is not None and own is not self:
            return own.function(owner, uri, variables)
        named = self._declared(uri, 0)
        if len(named) == 1:
            return self._running(next(iter(named)))
        address = as_text(owner.resolve(uri, ()))
        address = _STAGE_VARIABLE.sub(lambda match: (variables or {}).get(match[1], match[0]), address)
        found = _ARN.search(address)
        name = found[1] if found else address if re.fullmatch(r"[\w-]+", address) else ""
        if not name:
            raise Refusal(f"calls {address or 'nothing'}, which is no Lambda function of this project")
        for function in (*self.functions.values(), *self.elsewhere):
            if name in (function.logical_id, function.name):
                return function.logical_id
        return self._running(name)

    def qualifier(self, owner: Resource, uri: object, variables: Mapping[str, str] | None = None) -> str:
        """The alias or version that a URI (raw) names; empty when it is the function itself, or a version that is
        still to be published."""
        for name in references(uri):
            if owner.stack.resources.get(name, {}).get("Type") == "AWS::Lambda::Alias":
                return Resource(owner.stack, name).text_or("", "Name")
        address = as_text(owner.resolve(uri, ()))
        address = _STAGE_VARIABLE.sub(lambda match: (variables or {}).get(match[1], match[0]), address)
        found = _QUALIFIED.search(address)
        qualifier = found[1] if found else ""
        return "" if qualifier == LATEST else qualifier

    def declared(self, logical_id: str) -> Function | None:
        """The function with this logical id in the project."""
        known = (*self.functions.values(), *self.elsewhere)
        return next((function for function in known if function.logical_id == logical_id), None)

    def _declared(self, value: object, depth: int) -> frozenset[str]:
        """Functions that a value speaks of, through aliases and versions."""
        found: frozenset[str] = frozenset()
        for name in references(value):
            kind = str(self.stack.resources.get(name, {}).get("Type"))
            if kind == FUNCTION:
                found |= {name}
            elif kind in _STANDS_FOR and depth < 5:
                found |= self._declared(Resource(self.stack, name).properties.get(_STANDS_FOR[kind]), depth + 1)
        return found

    def _running(self, name: str) -> str:
        if name in self.functions:
            return self.functions[name].logical_id
        why = self.left_out.get(name)
        hint = did_you_mean(name, self.functions, "")
        raise Refusal(f"function {name} is not in the project" + (f": {why}" if why else ""), hint)


def lambda_proxy(
    targets: Targets,
    owner: Resource,
    uri: object,
    *,
    payload: str,
    timeout: float,
    method: str = "POST",
    variables: Mapping[str, str] | None = None,
    streamed: bool = False,
    parameters: object = None,
) -> Integration:
    """`parameters` are the integration's request parameters, as a REST API has them."""
    try:
        function = targets.function(owner, uri, variables)
        qualifier = targets.qualifier(owner, uri, variables)
    except Refusal as refusal:
        return Unsupported(refusal.what)
    return LambdaProxy(function, payload, timeout, method, streamed, qualifier, _tenant(parameters))


def _tenant(parameters: object) -> str:
    """What is mapped to the header that says whose invocation it is; the rest of them does nothing to a proxy."""
    for name, value in parameters.items() if isinstance(parameters, Mapping) else ():
        if str(name).lower() == _TENANT:
            return as_text(value)
    return ""


def seconds(value: object, most: float) -> float:
    """Milliseconds as the template gives them, in seconds; the most AWS waits when there are none."""
    try:
        return float(as_text(value)) / 1000 if value is not None else most
    except ValueError:
        return most


def fixed_reply(responses: Iterable[Mapping[str, object]], method: str) -> FixedReply | Unsupported:
    """A MOCK from its integration responses: each with `status`, `headers` (`method.response.header.X` → `'value'`)
    and `templates`. The first counts: a mock without a pattern always answers it. SAM's OPTIONS for several CORS
    origins picks one by a template; here the first is answered."""
    for response in responses:
        headers: list[tuple[str, str]] = []
        parameters = response.get("headers")
        for key, value in parameters.items() if isinstance(parameters, Mapping) else ():
            literal = as_text(value)
            if str(key).startswith(_HEADER) and literal[:1] == literal[-1:] == "'" and len(literal) > 1:
                headers.append((str(key)[len(_HEADER) :], literal[1:-1]))
        templates = response.get("templates")
        kind, body = next(iter(templates.items()), ("", "")) if isinstance(templates, Mapping) else ("", "")
        text = as_text(body)
        if "#" in text or "$" in text:
            if method != "OPTIONS":
                return Unsupported("is a MOCK with a mapping template, which this version does not run")
            text = ""
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.insert(0, ("Content-Type", str(kind) or "application/json"))
        status = as_text(response.get("status"))
        return FixedReply(int(status) if status.isdecimal() else 200, tuple(headers), text)
    return Unsupported("is a MOCK without a response")


def protected(route: str, authorizer: str, behind: Callable[[], Integration]) -> Unsupported:
    """A route behind an authorizer that this version cannot ask: it must not stand open. `behind` reads what it
    protects."""
    why = f"{route} is protected by {authorizer}, and authorizers are not run by this version"
    try:
        return Unsupported(why, behind())
    except Refusal as refusal:
        return Unsupported(why, Unsupported(f"{route}: {refusal.what}"))
