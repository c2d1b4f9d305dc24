"""A function of the project says who may call a route. Source: AWS docs, "Use API Gateway Lambda authorizers" and
"Control access to HTTP APIs with AWS Lambda authorizers".

Without one of its identity sources, or with a token that is not as its validation expression wants (all of it, as
Java's `matches` does), nobody is asked: 401. The function's error `Unauthorized` is 401, too; whatever else goes wrong
(another error, its timeout, a result that cannot be read) is 500, and nothing of that is kept. A policy that denies, or
is silent about this method and path, is 403.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2s

from localstack_lite.gateway.caller import Caller
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.guards.authorizer_cache import AuthorizerCache
from localstack_lite.gateway.guards.authorizer_event import asking, method_arn
from localstack_lite.gateway.guards.authorizer_result import Granted, Unusable, authorizer_context, read_result
from localstack_lite.gateway.guards.identity_source import Source, source_of
from localstack_lite.gateway.guards.policy import Verdict
from localstack_lite.gateway.guards.policy_request import asked_of
from localstack_lite.gateway.guards.resource_policy import ResourcePolicy
from localstack_lite.gateway.memory import ApiMemory
from localstack_lite.gateway.result import parsed
from localstack_lite.gateway.steps import Call, Came, Telling, TimedOut
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.authorizer import LambdaAuthorizer
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.invocation import Answered, Invocation, Refused
from localstack_lite.model.project import Project

#: Seconds that an authorizer's function may take (AWS quotas): of REST and WebSocket APIs what an integration may.
REST_PATIENCE = 29.0
HTTP_PATIENCE = 10.0
#: The error by which a function says that nobody is known by this token.
UNAUTHORIZED = "Unauthorized"
#: What makes a REST API say that a policy denies.
EXPLICIT = "User is not authorized to access this resource with an explicit deny"


def broken(why: str) -> Denial:
    """The authorizer cannot say anything; as AWS answers when it is misconfigured."""
    return Denial(ResponseType.AUTHORIZER_CONFIGURATION_ERROR, why)


def lambda_door(
    project: Project,
    api: Api,
    route: Route,
    authorizer: LambdaAuthorizer,
    memory: ApiMemory,
    policy: ResourcePolicy | None = None,
) -> Door:
    """Asks the authorizer's function. `policy` is the API's own, which may allow what the function is silent about."""
    return _LambdaDoor(project, api, route, authorizer, memory, policy).passed


class _LambdaDoor:
    def __init__(
        self,
        project: Project,
        api: Api,
        route: Route,
        authorizer: LambdaAuthorizer,
        memory: ApiMemory,
        policy: ResourcePolicy | None,
    ) -> None:
        self._project = project
        self._api = api
        self._route = route
        self._authorizer = authorizer
        self._policy = policy
        self._cache = memory.of(AuthorizerCache, f"{api.logical_id}/{api.stage}/{authorizer.name}")
        self._asking = asking(project, api, route, authorizer)
        self._function = project.function(authorizer.function)
        self._shown = self._function.name if self._function else authorizer.function
        self._sources: list[tuple[str, Source]] = []
        self._why = "" if self._function else f"its function {authorizer.function} is not in the project"
        for expression in authorizer.sources:
            if (source := source_of(project, api, route, expression)) is None:
                self._why = f"{expression} is no identity source"
            else:
                self._sources.append((expression, source))
        if authorizer.token and len(self._sources) != 1:
            self._why = self._why or "a TOKEN authorizer has one identity source, a header"
        try:
            self._wanted = re.compile(authorizer.validation) if authorizer.token and authorizer.validation else None
        except re.error:
            self._why = "its validation expression is no regular expression"
        cached = api.kind is not ApiKind.WEBSOCKET and bool(self._sources)
        self._ttl = authorizer.ttl if cached else 0.0

    def passed(self, visit: Visit) -> Telling[Visit | Denial]:
        if self._why:
            return broken(self._said(self._why))
        values = tuple(source(visit) for _, source in self._sources)
        if denial := self._unasked(values):
            return denial
        now, latency = visit.stamp.now, 0
        granted = self._cache.get(values, now) if self._ttl > 0 else None
        kept = granted is not None
        if granted is None:
            generation = self._cache.asking(self._authorizer.function)
            came = yield self._call(visit, values)
            read = self._read(came)
            if isinstance(read, Denial):
                return read
            granted = read
            latency = round(came.report.duration_ms) if isinstance(came, Answered) else 0
            if self._ttl > 0:
                self._cache.put(values, granted, now + self._ttl, generation)
        return self._decided(visit, granted, latency, kept=kept)

    def _unasked(self, values: tuple[str, ...]) -> Denial | None:
        """The refusal that needs no function."""
        not_asked = f"so {self._shown} was not asked"
        for (expression, _), value in zip(self._sources, values, strict=True):
            if not value:
                note = self._said(f"the request has no {expression}, {not_asked}")
                return Denial(ResponseType.UNAUTHORIZED, note)
        if self._wanted is not None and not (values and self._wanted.fullmatch(values[0])):
            note = self._said(f"what the request has does not match the validation expression, {not_asked}")
            return Denial(ResponseType.UNAUTHORIZED, note)
        return None

    def _call(self, visit: Visit, values: tuple[str, ...]) -> Call:
        project, authorizer = self._project, self._authorizer
        invocation = Invocation(
            authorizer.function,
            self._asking(visit, values),
            _second_id(visit.stamp.lambda_request_id),
            function_arn(project.region, project.account, self._shown, authorizer.qualifier),
            authorizer.qualifier or LATEST,
            trace_id=visit.trace.full,
        )
        return Call(invocation, HTTP_PATIENCE if self._api.kind is ApiKind.HTTP else REST_PATIENCE)

    def _read(self, came: Came) -> Granted | Denial:
        function = self._shown
        match came:
            case Answered(error="", payload=payload):
                try:
                    return read_result(self._api.kind, self._authorizer, payload)
                except Unusable as unusable:
                    return broken(self._said(str(unusable)))
            case Answered(error=error, payload=payload):
                failure = _failure(payload)
                if failure.get("errorMessage") == UNAUTHORIZED:
                    return Denial(ResponseType.UNAUTHORIZED, self._said(f"{function} says {UNAUTHORIZED}"))
                return broken(self._said(f"{function} failed: {failure.get('errorType') or error}"))
            case TimedOut():
                return broken(self._said(f"{function} took longer than API Gateway waits for an authorizer"))
            case Refused(code=code, reason=reason):
                return broken(self._said(f"{function} was refused: {reason or code}"))
        return broken(self._said(f"{function} did not answer"))

    def _decided(self, visit: Visit, granted: Granted, latency: int, *, kept: bool) -> Visit | Denial:
        if granted.policy is None:
            if not granted.allowed:
                return self._denied("it says isAuthorized: false", kept=kept)
        else:
            arn = method_arn(self._project, self._api, self._route, visit)
            judged = granted.policy.judge(asked_of(visit, arn))
            if judged.verdict is Verdict.DENY:
                text = EXPLICIT if self._api.kind is ApiKind.REST else ""
                return self._denied("its policy denies it", *judged.notes, kept=kept, text=text)
            allowed = judged.verdict is Verdict.ALLOW or (self._policy is not None and self._policy.allows(visit))
            if not allowed:
                return self._denied("its policy has no statement that allows it", *judged.notes, kept=kept)
        context = authorizer_context(self._api, self._route, granted.principal, granted.context, latency)
        return replace(visit, caller=Caller(context, usage_key=granted.usage_key))

    def _denied(self, *why: str, kept: bool, text: str = "") -> Denial:
        said = "; ".join(why)
        if kept:
            said += f" (kept from an earlier request: AWS, too, keeps it {self._ttl:g} s for all routes)"
        return Denial(ResponseType.ACCESS_DENIED, self._said(said), text)

    def _said(self, what: str) -> str:
        return f"{self._authorizer.name}: {what}"


def _failure(payload: bytes) -> Mapping[str, object]:
    """The object that a function fails with."""
    try:
        found = parsed(payload)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _second_id(request_id: str) -> str:
    """The request id of the authorizer's invocation, made of the one that the route's own will have."""
    digits = blake2s(request_id.encode(), digest_size=16).hexdigest()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
