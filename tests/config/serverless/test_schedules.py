"""Recorded with `package` of osls 3.77."""

import pytest

from tests.config.services import made_from, resources_of


def resources(*events):
    listed = "".join(f"\n      - {event}" for event in events)
    return resources_of(f"functions:\n  a_b:\n    handler: m.a\n    events:{listed}\n")


ARN = {"Fn::GetAtt": ["AUnderscorebLambdaFunction", "Arn"]}


def rules(made):
    return {name: one["Properties"] for name, one in made.items() if one["Type"] == "AWS::Events::Rule"}


def test_each_expression_is_a_rule_and_they_are_counted_over_the_events():
    made = resources(
        "schedule: rate(5 minutes)", "schedule: {rate: ['cron(0 12 * * ? *)', 'rate(1 hour)'], enabled: false}"
    )
    assert rules(made) == {
        f"AUnderscorebEventsRuleSchedule{number}": {
            "ScheduleExpression": expression,
            "State": state,
            "Targets": [{"Arn": ARN, "Id": "a_bSchedule"}],
        }
        for number, expression, state in (
            (1, "rate(5 minutes)", "ENABLED"),
            (2, "cron(0 12 * * ? *)", "DISABLED"),
            (3, "rate(1 hour)", "DISABLED"),
        )
    }


@pytest.mark.parametrize(
    ("said", "target"),
    [
        ("input: {a: 1}", {"Input": '{"a":1}'}),
        ("input: 'text'", {"Input": "text"}),
        ("input: {body: '{\"x\": 1}'}", {"Input": '{"body":{"x":1}}'}),
        ("input: {body: plain}", {"Input": '{"body":"plain"}'}),
        ("inputPath: $.detail", {"InputPath": "$.detail"}),
        (
            "inputTransformer: {inputPathsMap: {t: $.time}, inputTemplate: '{\"t\": <t>}'}",
            {"InputTransformer": {"InputTemplate": '{"t": <t>}', "InputPathsMap": {"t": "$.time"}}},
        ),
    ],
)
def test_what_the_function_gets_is_as_the_event_says(said, target):
    (rule,) = rules(resources(f"schedule: {{rate: rate(1 day), {said}}}")).values()
    assert rule["Targets"] == [{**target, "Arn": ARN, "Id": "a_bSchedule"}]


def test_the_scheduler_has_time_zones_and_its_role_may_call_the_function():
    made = resources(
        "schedule: {method: scheduler, rate: rate(1 day), timezone: Europe/London, name: n, input: {b: 2}}"
    )
    assert made["AUnderscorebSchedulerSchedule1"]["Properties"] == {
        "ScheduleExpression": "rate(1 day)",
        "State": "ENABLED",
        "Target": {"Arn": ARN, "RoleArn": {"Fn::GetAtt": ["IamRoleLambdaExecution", "Arn"]}, "Input": '{"b":2}'},
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Name": "n",
        "ScheduleExpressionTimezone": "Europe/London",
    }
    trusted = made["IamRoleLambdaExecution"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
    assert trusted["Service"] == ["lambda.amazonaws.com", "scheduler.amazonaws.com"]


def test_a_rule_with_a_time_zone_is_told():
    made = made_from(
        "functions:\n  a:\n    handler: m.a\n    events: [{schedule: {rate: rate(1 day), timezone: UTC}}]\n"
    )
    assert "no time zone" in made.problems[0].what


def test_event_bridge_rules_are_named_by_their_place_among_all_events():
    made = resources(
        "sns: t", "eventBridge: {pattern: {source: [a]}}", "eventBridge: {eventBus: my-bus, pattern: {source: [b]}}"
    )
    assert rules(made)["Shopdevabrule2EventBridgeRule"] == {
        "EventPattern": {"source": ["a"]},
        "Name": "shop-dev-a_b-rule-2",
        "State": "ENABLED",
        "Targets": [{"Arn": ARN, "Id": "shop-dev-a_b-rule-2-target"}],
    }
    assert made["MyDashbusEventBridgeEventBus"]["Properties"] == {"Name": "my-bus"}
    assert rules(made)["Shopdevabrule3EventBridgeRule"]["EventBusName"] == "my-bus"


def test_cloudwatch_events_are_rules_with_a_pattern():
    made = resources("cloudwatchEvent: {event: {source: [aws.ec2]}, name: evt, enabled: false}")
    assert rules(made)["AUnderscorebEventsRuleCloudWatchEvent1"] == {
        "EventPattern": {"source": ["aws.ec2"]},
        "State": "DISABLED",
        "Name": "evt",
        "Targets": [{"Arn": ARN, "Id": "a_bCloudWatchEvent"}],
    }
