"""API keys and usage plans: who may call a route that wants a key, and how often. Pure.

AWS docs, "Usage plans and API keys": a key comes in `x-api-key`, or is the `usageIdentifierKey` that a Lambda
authorizer gave; it must be enabled and belong to a plan of this API and stage. Rate and quota are per key and hold for
all APIs of the plan together; a plan's limit for one method comes before its limit for all. Routes that want no key
count nowhere. Recorded: a missing key and a disabled one are both 403.

A key's value is written down in the event, as AWS does, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from localstack_lite.gateway.caller import NOBODY_IN_PARTICULAR
from localstack_lite.gateway.controls.meters import Bucket, Counter, Meters
from localstack_lite.gateway.controls.throttle import said, taken
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.visit import Visit
from localstack_lite.model.api import Api, ApiKind, Route
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.project import Project
from localstack_lite.model.usage import ApiKey, UsagePlan

_AUTHORIZER = "AUTHORIZER"
HEADER = "x-api-key"


def usage_of(project: Project, api: Api, route: Route, meters: Meters) -> Callable[[Visit], Visit | Denial] | None:
    """Asks for the key and counts; None: the route wants none."""
    if not route.api_key or api.kind not in (ApiKind.REST, ApiKind.WEBSOCKET):
        return None
    return _Usage(project, api, route, meters).admitted


@dataclass(frozen=True, slots=True)
class _Client:
    """A key in its plan, with what is counted for it on this route."""

    key: ApiKey
    plan: UsagePlan
    buckets: tuple[Bucket, ...]
    counter: Counter | None


class _Usage:
    def __init__(self, project: Project, api: Api, route: Route, meters: Meters) -> None:
        self._from_authorizer = api.key_source.upper() == _AUTHORIZER
        self._clients: dict[str, _Client] = {}
        for plan in api.usage_plans:
            for key in plan.keys:
                self._clients.setdefault(key.value, _client(api, route, plan, key, meters))
        self._strangers = {
            key.value: key.name for other in project.apis for plan in other.usage_plans for key in plan.keys
        }

    def admitted(self, visit: Visit) -> Visit | Denial:
        sent = self._sent(visit)
        client = self._clients.get(sent) if sent else None
        if client is None or not client.key.enabled:
            return Denial(ResponseType.INVALID_API_KEY, self._why(sent))
        now, name = visit.stamp.now, client.plan.name
        counter = client.counter
        if counter is not None and not counter.left(now):
            quota = counter.quota
            note = f"usage plan {name}: the quota of {quota.limit} requests a {quota.period.lower()} is used up"
            return Denial(ResponseType.QUOTA_EXCEEDED, note)
        if (full := taken(client.buckets, now)) is not None:
            return Denial(ResponseType.THROTTLED, f"throttled: usage plan {name} has {said(full.limit)}")
        if counter is not None:
            counter.add(now)
        caller = visit.caller or NOBODY_IN_PARTICULAR
        identity = {**caller.identity, "apiKey": client.key.value, "apiKeyId": client.key.id}
        return replace(visit, caller=replace(caller, identity=identity))

    def _sent(self, visit: Visit) -> str:
        if self._from_authorizer:
            return visit.caller.usage_key if visit.caller is not None else ""
        return visit.request.headers.get(HEADER) or ""

    def _why(self, sent: str) -> str:
        """What the user is told about a key that does not open the route; never the key."""
        where = "the authorizer's usageIdentifierKey" if self._from_authorizer else HEADER
        if not sent:
            made_up = any(client.key.made_up for client in self._clients.values())
            hint = "; `devserve routes` shows the one that is made up here" if made_up else ""
            return f"no API key: {where} is empty{hint}"
        if sent in self._clients:
            return f"the API key {self._clients[sent].key.name} is disabled"
        if sent in self._strangers:
            return f"the API key {self._strangers[sent]} is in no usage plan of this API and stage"
        return f"no such API key in {where}"


def _client(api: Api, route: Route, plan: UsagePlan, key: ApiKey, meters: Meters) -> _Client:
    """The meters of a key: first that of the method, which is this API's alone, then that of the plan."""
    whose = (plan.id, key.id)
    method = plan.methods.get(f"{route.path}/{route.method}")
    buckets = (
        method and meters.bucket(("plan method", *whose, api.logical_id, api.stage, route.key), method),
        plan.limit and meters.bucket(("plan", *whose), plan.limit),
    )
    counter = meters.counter(("quota", *whose), plan.quota) if plan.quota is not None else None
    return _Client(key, plan, tuple(bucket for bucket in buckets if bucket), counter)
