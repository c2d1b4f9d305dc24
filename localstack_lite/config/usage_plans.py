"""API keys and usage plans of REST APIs → model. Pure.

A key whose value is left to AWS gets one that is made of its name: the same at every start, on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from localstack_lite.config.api_stages import limit_of
from localstack_lite.config.belonging import is_api, named_by, says
from localstack_lite.config.part import Part
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.usage import ApiKey, Period, Quota, RateLimit, UsagePlan

_PLAN = "AWS::ApiGateway::UsagePlan"
_KEY = "AWS::ApiGateway::ApiKey"
_MADE_UP = 40  # characters, as AWS's own have
_RATE, _BURST = "rateLimit", "burstLimit"


def usage_plans(api: Resource, stage: str) -> tuple[UsagePlan, ...]:
    """The plans that a stage of the API is in. What cannot be read of one is told and left out."""
    return tuple(
        plan
        for stack in api.stack.family
        for resource in stack.of_type(_PLAN)
        if (plan := _plan(Part(resource, resource.properties), api, stage)) is not None
    )


def with_a_key(api: Resource, stage: str, plans: tuple[UsagePlan, ...]) -> tuple[UsagePlan, ...]:
    """The plans of a stage whose routes ask for API keys. Where the template has none that would do (they are made in
    the console, or by another stack), one is made up, and told: somebody must get in here."""
    if any(key.enabled for plan in plans for key in plan.keys):
        return plans
    name = f"{api.derived_name}-{stage}"
    what = f"its routes ask for an API key, and no usage plan of stage {stage} has one: nobody gets in"
    api.warn(Refusal(what, "on AWS; here the key that `devserve routes` shows does"))
    key = ApiKey(name, name, made_up_key(name), made_up=True)
    return (*plans, UsagePlan(name, name, (key,)))


def made_up_key(name: str) -> str:
    """The value of a key to which the project gives none. `name` is what the key is known by."""
    return hashlib.sha256(f"devserve api key {name}".encode()).hexdigest()[:_MADE_UP]


def _plan(declared: Part, api: Resource, stage: str) -> UsagePlan | None:
    owner = declared.owner
    try:
        of_stage = next((one for one in declared.children("apiStages") if _is_stage(one, api, stage)), None)
        if of_stage is None:
            return None
        methods = {name: limit for name, each in of_stage.named("throttle") if (limit := limit_of(each, _RATE, _BURST))}
    except Refusal as refusal:
        owner.leave_out(refusal)
        return None
    name = owner.text_or("", "UsagePlanName") or owner.derived_name
    return UsagePlan(owner.derived_name, name, tuple(_keys(owner)), _limit(declared), _quota(declared), methods)


def _is_stage(declared: Part, api: Resource, stage: str) -> bool:
    return is_api(declared.owner, declared.raw("apiId"), api) and says(declared.owner, declared.raw("stage")) == stage


def _limit(declared: Part) -> RateLimit | None:
    try:
        return limit_of(declared.child("throttle"), _RATE, _BURST)
    except Refusal as refusal:
        declared.owner.warn(refusal, "; it limits nothing here")
        return None


def _quota(declared: Part) -> Quota | None:
    try:
        found = declared.child("quota")
        limit = found.number("limit") if found else None
        if found is None or limit is None:
            return None
        period = found.text("period", default="MONTH").upper()
        if period not in Period.__members__:
            raise Refusal(f"{period} is no period", "one of DAY, WEEK, MONTH", ("Quota", "Period"))
        return Quota(int(limit), Period(period), int(found.number("offset") or 0))
    except Refusal as refusal:
        declared.owner.warn(refusal, "; it limits nothing here")
        return None


def _keys(plan: Resource) -> Iterator[ApiKey]:
    """Keys of the plan; one of another stack of the project counts, one that is no resource is not known here."""
    for stack in plan.stack.family:
        for joining in stack.of_type("AWS::ApiGateway::UsagePlanKey"):
            if says(joining, joining.properties.get("UsagePlanId")) != plan.derived_name:
                continue
            try:
                key = named_by(joining, joining.properties.get("KeyId"), _KEY)
                if key is None:
                    what = f"the value of API key {joining.text('KeyId')} is not in the template"
                    raise Refusal(what, "declare the key as AWS::ApiGateway::ApiKey with a Value", ("KeyId",))
            except Refusal as refusal:
                joining.leave_out(refusal)
                continue
            yield _key(key)


def _key(declared: Resource) -> ApiKey:
    name = declared.text_or("", "Name") or declared.derived_name
    value = declared.text_or("", "Value")
    if "{{resolve:" in value:
        what = "its value is kept in AWS, another one is made up here"
        declared.warn(Refusal(what, "`devserve routes` shows it", ("Value",)))
        value = ""
    enabled = declared.text_or("false", "Enabled").lower() == "true"
    if declared.raw("Enabled") is None:
        declared.warn(Refusal("is not enabled, so nobody gets in with it", "AWS's default is Enabled: false"))
    made_up = made_up_key(declared.derived_name)
    return ApiKey(declared.derived_name, name, value or made_up, enabled, not value)
