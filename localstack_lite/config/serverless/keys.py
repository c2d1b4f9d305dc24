"""`apiKeys` and `usagePlan` of a service → keys and the plans that they belong to. Pure. Recorded with osls 3.77."""

from __future__ import annotations

from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, Values, as_list, as_mapping
from localstack_lite.config.serverless.names import plain

_KEYS = ("provider", "apiGateway", "apiKeys")
_PLAN = ("provider", "apiGateway", "usagePlan")


def add_keys(made: Made, gateway: Values, api: Any, stage: str) -> None:
    """One plan for all keys, or several with names: then a key of the list is a name with its keys, and one without
    belongs to the plan without a name."""
    keys = as_list(gateway.get("apiKeys", made.service.provider.get("apiKeys")))
    plan = gateway.get("usagePlan", made.service.provider.get("usagePlan"))
    if not keys and not plan:
        return
    adding = _Adding(made, api, stage)
    if isinstance(plan, list):
        plans = {str(name): as_mapping(said) for one in plan for name, said in as_mapping(one).items()}
        for name, said in plans.items():
            adding.plan(name, said)
    else:
        plans = {}
        adding.plan("", as_mapping(plan))
    counts: dict[str, int] = {}
    for key in keys:
        named = [name for name in as_mapping(key) if name in plans]
        for name in named:
            for one in as_list(as_mapping(key)[name]):
                counts[name] = counts.get(name, 0) + 1
                adding.key(name, counts[name], one)
        if named:
            continue
        if plans:
            what = f"the API key {_shown(key)} is in no usage plan, so it opens nothing"
            made.tell(_KEYS, what, f"put it under the name of a plan: {', '.join(plans)}", "apiKeys")
        counts[""] = counts.get("", 0) + 1
        adding.key("", counts[""], key, joined=not plans)


class _Adding:
    def __init__(self, made: Made, api: Any, stage: str) -> None:
        self._made, self._api, self._stage = made, api, stage
        self._waits = next(name for name in made.resources if name.startswith("ApiGatewayDeployment"))

    def plan(self, name: str, said: Values) -> None:
        service = self._made.service
        shown = f' "{name}"' if name else ""
        properties = {
            "ApiStages": [{"ApiId": self._api, "Stage": self._stage}],
            "Description": f"Usage plan{shown} for {service.name} {service.stage} stage",
            "UsagePlanName": "-".join(part for part in (service.name, name, service.stage) if part),
            "Quota": _capitals(said.get("quota")),
            "Throttle": _capitals(said.get("throttle")),
        }
        logical_id = f"ApiGatewayUsagePlan{plain(name)}"
        self._made.add(logical_id, "AWS::ApiGateway::UsagePlan", properties, _PLAN, DependsOn=self._waits)

    def key(self, plan: str, number: int, key: object, *, joined: bool = True) -> None:
        said = as_mapping(key)
        of = f"{plain(plan)}{number}"
        properties = {
            "Enabled": said.get("enabled", True),
            "Name": said.get("name") if said else as_text(key),
            "Value": said.get("value"),
            "Description": said.get("description"),
            "CustomerId": said.get("customerId"),
            "StageKeys": [{"RestApiId": self._api, "StageName": self._stage}],
        }
        self._made.add(f"ApiGatewayApiKey{of}", "AWS::ApiGateway::ApiKey", properties, _KEYS, DependsOn=self._waits)
        if joined:
            member = {
                "KeyId": {"Ref": f"ApiGatewayApiKey{of}"},
                "KeyType": "API_KEY",
                "UsagePlanId": {"Ref": f"ApiGatewayUsagePlan{plain(plan)}"},
            }
            self._made.add(f"ApiGatewayUsagePlanKey{of}", "AWS::ApiGateway::UsagePlanKey", member, _KEYS)


def _shown(key: object) -> str:
    """Its name; the value is nobody's business."""
    return as_text(as_mapping(key).get("name")) if isinstance(key, dict) else as_text(key)


def _capitals(said: object) -> dict[str, Any] | None:
    return {key[:1].upper() + key[1:]: value for key, value in as_mapping(said).items()} or None
