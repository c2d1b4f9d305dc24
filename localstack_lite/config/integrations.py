"""What a route calls: integration URIs → functions of the project. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_lite.config.functions import FUNCTION
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.api import Integration, LambdaProxy, Unsupported
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.model.integration import ParameterChanges

#: What an integration that nothing can run comes to.
NOT_RUN = "the route answers 500 here"
_ARN = re.compile(r":function:([^:/]+)")
_QUALIFIED = re.compile(r":function:[^:/]+:([^:/]+)")
_STAGE_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
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
        address = address_of(owner, uri, variables)
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
        address = address_of(owner, uri, variables)
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


def address_of(owner: Resource, uri: object, variables: Mapping[str, str] | None = None) -> str:
    """A URI (raw) as text, with the stage variables that are known in their places."""
    address = as_text(owner.resolve(uri, ()))
    return _STAGE_VARIABLE.sub(lambda match: (variables or {}).get(match[1], match[0]), address)


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
    changes: ParameterChanges | None = None,
) -> Integration:
    """`parameters` are the integration's request parameters, as a REST API has them; `changes` are an HTTP API's."""
    try:
        function = targets.function(owner, uri, variables)
        qualifier = targets.qualifier(owner, uri, variables)
    except Refusal as refusal:
        return Unsupported(refusal.what)
    tenant, changed = _tenant(parameters), changes or ParameterChanges()
    return LambdaProxy(function, payload, timeout, method, streamed, qualifier, tenant, changed)


def _tenant(parameters: object) -> str:
    """What is mapped to the header that says whose invocation it is; the rest of them does nothing to a proxy."""
    for name, value in parameters.items() if isinstance(parameters, Mapping) else ():
        if str(name).lower() == _TENANT:
            return as_text(value)
    return ""


def not_run(api: Resource, declared: Resource, route: str, why: str) -> Unsupported:
    """The integration of a route that `declared` says in a way that nothing can run, told where that is."""
    found = Unsupported(f"{route} ({declared.logical_id}): {why}")
    declared.stack.warn(declared.where(), f"{api.id}: {found.why}", NOT_RUN, api.id)
    return found


def seconds(value: object, most: float) -> float:
    """Milliseconds as the template gives them, in seconds; the most AWS waits when there are none."""
    try:
        return float(as_text(value)) / 1000 if value is not None else most
    except ValueError:
        return most
