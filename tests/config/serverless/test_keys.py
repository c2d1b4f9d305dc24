"""Recorded with `package` of osls 3.77."""

from tests.config.services import made_from


def made(gateway):
    head = f"service: shop\nprovider:\n  name: aws\n  apiGateway: {gateway}\nfunctions:\n"
    found = made_from(
        f"{head}  a:\n    handler: m.a\n    events: [{{http: {{path: x, method: get, private: true}}}}]\n"
    )
    return {name: one["Properties"] for name, one in found.document.values["Resources"].items()}, found.problems


def keys_of(resources):
    return {
        name: (one["KeyId"]["Ref"], one["UsagePlanId"]["Ref"])
        for name, one in resources.items()
        if name.startswith("ApiGatewayUsagePlanKey")
    }


def test_all_keys_are_in_the_one_plan():
    resources, problems = made(
        "{apiKeys: [one, {name: two, value: abcdefghijklmnopqrst}], usagePlan: {quota: {limit: 5, period: WEEK}}}"
    )
    assert resources["ApiGatewayUsagePlan"]["Quota"] == {"Limit": 5, "Period": "WEEK"}
    assert resources["ApiGatewayUsagePlan"]["UsagePlanName"] == "shop-dev"
    assert (resources["ApiGatewayApiKey1"]["Name"], resources["ApiGatewayApiKey1"]["Enabled"]) == ("one", True)
    assert resources["ApiGatewayApiKey2"]["Value"] == "abcdefghijklmnopqrst"
    assert keys_of(resources) == {
        "ApiGatewayUsagePlanKey1": ("ApiGatewayApiKey1", "ApiGatewayUsagePlan"),
        "ApiGatewayUsagePlanKey2": ("ApiGatewayApiKey2", "ApiGatewayUsagePlan"),
    }
    assert problems == ()


def test_plans_with_names_have_their_own_keys():
    resources, problems = made(
        "{apiKeys: [{gold: [g1, {name: g2}]}, {silver: [s1]}], "
        "usagePlan: [{gold: {throttle: {burstLimit: 2, rateLimit: 1}}}, {silver: {}}]}"
    )
    assert resources["ApiGatewayUsagePlanGold"]["Throttle"] == {"BurstLimit": 2, "RateLimit": 1}
    assert resources["ApiGatewayUsagePlanGold"]["UsagePlanName"] == "shop-gold-dev"
    assert keys_of(resources) == {
        "ApiGatewayUsagePlanKeyGold1": ("ApiGatewayApiKeyGold1", "ApiGatewayUsagePlanGold"),
        "ApiGatewayUsagePlanKeyGold2": ("ApiGatewayApiKeyGold2", "ApiGatewayUsagePlanGold"),
        "ApiGatewayUsagePlanKeySilver1": ("ApiGatewayApiKeySilver1", "ApiGatewayUsagePlanSilver"),
    }
    assert problems == ()


def test_a_key_beside_plans_with_names_opens_nothing_and_is_told():
    resources, (problem,) = made("{apiKeys: [alone, {gold: [g]}], usagePlan: [{gold: {}}]}")
    assert "alone is in no usage plan" in problem.what
    assert list(keys_of(resources)) == ["ApiGatewayUsagePlanKeyGold1"]


def test_a_plan_without_keys_and_no_plan_at_all():
    assert "ApiGatewayUsagePlan" in made("{usagePlan: {quota: {limit: 5}}}")[0]
    assert not any(name.startswith("ApiGatewayUsagePlan") for name in made("{}")[0])
