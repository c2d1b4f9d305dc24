import pytest

from localstack_lite.config.stack import Resource
from localstack_lite.config.usage_plans import made_up_key, usage_plans, with_a_key
from localstack_lite.model.usage import ApiKey, Period, Quota, RateLimit, UsagePlan
from tests.config.samples import stack_of

PLAN = """\
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: dev}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      UsagePlanName: gold
      ApiStages:
        - {ApiId: other, Stage: dev}
        - {ApiId: !Ref Api, Stage: !Ref Stage, Throttle: {/a/GET: {RateLimit: 1, BurstLimit: 2}, /b/PUT: {}}}
      Throttle: {RateLimit: 0.5}
      Quota: {Limit: 5, Period: WEEK, Offset: 2}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: %s}
  Joined: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: %s, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""


def plans(key="{Enabled: true, Value: v}", key_id="!Ref Key", stage="dev", text=PLAN):
    stack = stack_of(text % (key, key_id))
    return usage_plans(Resource(stack, "Api"), stage), stack.found


def test_a_plan_as_it_concerns_one_stage():
    assert plans() == (
        (
            UsagePlan(
                "Plan",
                "gold",
                (ApiKey("Key", "Key", "v"),),
                RateLimit(0.5),
                Quota(5, Period.WEEK, 2),
                {"/a/GET": RateLimit(1.0, 2)},
            ),
        ),
        [],
    )
    assert plans(stage="live") == ((), [])


@pytest.mark.parametrize(
    ("declared", "key"),
    [
        ("{Enabled: true, Name: n, Value: v}", ApiKey("Key", "n", "v")),
        ("{Enabled: true, Value: !Ref AWS::Region}", ApiKey("Key", "Key", "us-east-1")),
        ("{Enabled: false, Value: v}", ApiKey("Key", "Key", "v", enabled=False)),
        ("{Enabled: true}", ApiKey("Key", "Key", made_up_key("Key"), made_up=True)),
    ],
)
def test_keys_of_a_plan(declared, key):
    (plan,), found = plans(declared)
    assert plan.keys == (key,)
    assert found == []


@pytest.mark.parametrize(
    ("declared", "key", "told"),
    [
        ("{Value: v}", ApiKey("Key", "Key", "v", enabled=False), "not enabled"),
        ("{Enabled: !Ref Nobody, Value: v}", ApiKey("Key", "Key", "v", enabled=False), "Nobody"),
        (
            "{Enabled: true, Value: '{{resolve:secretsmanager:x}}'}",
            ApiKey("Key", "Key", made_up_key("Key"), made_up=True),
            "kept in AWS",
        ),
    ],
)
def test_what_is_odd_about_a_key_is_told(declared, key, told):
    (plan,), (problem,) = plans(declared)
    assert plan.keys == (key,)
    assert told in problem.what


def test_a_key_that_the_template_does_not_have_is_told():
    (plan,), (problem,) = plans(key_id="abcdef")
    assert plan.keys == ()
    assert "abcdef" in problem.what


def test_a_made_up_key_is_the_same_every_time_and_long_enough():
    assert made_up_key("a") == made_up_key("a") != made_up_key("b")
    assert len(made_up_key("")) >= 20


@pytest.mark.parametrize("old", ["Throttle: {RateLimit: 0.5}", "Quota: {Limit: 5, Period: WEEK, Offset: 2}"])
def test_a_limit_that_cannot_be_read_costs_itself(old):
    name = old.partition(":")[0]
    (plan,), (problem,) = plans(text=PLAN.replace(old, f"{name}: !Ref Nobody"))
    assert (plan.limit is None, plan.quota is None) == (name == "Throttle", name == "Quota")
    assert problem.warning


def test_a_quota_has_one_of_the_periods():
    (plan,), (problem,) = plans(text=PLAN.replace("WEEK", "YEAR"))
    assert plan.quota is None
    assert "YEAR" in problem.what


def test_where_no_key_would_do_one_is_made_up_and_told():
    stack = stack_of(PLAN % ("{}", "x"))
    api = Resource(stack, "Api")
    off = UsagePlan("P", "P", (ApiKey("K", "K", "v", enabled=False),))
    (first, made) = with_a_key(api, "dev", (off,))
    assert first == off
    assert made.keys == (ApiKey("Api-dev", "Api-dev", made_up_key("Api-dev"), made_up=True),)
    (problem,) = stack.found
    assert "no usage plan of stage dev has one" in problem.what
    on = UsagePlan("P", "P", (ApiKey("K", "K", "v"),))
    assert with_a_key(api, "dev", (on,)) == (on,)
    assert len(stack.found) == 1
