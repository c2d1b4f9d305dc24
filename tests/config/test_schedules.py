"""Rules with a schedule and Scheduler's schedules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.config.integrations import Targets
from localstack_lite.config.schedules import read_schedules
from localstack_lite.model.function import Code, Function
from localstack_lite.model.trigger import InputTransformer, Schedule, Scheduler
from tests.config.samples import project_in, stack_of

FUNCTION = Function("F", "hello", "python3.13", "a.b", Code(Path("/")))
RULE = "AWS::Events::Rule"
SCHEDULE = "AWS::Scheduler::Schedule"
TARGETS = "Targets: [{Id: a, Arn: !GetAtt F.Arn}]"
WINDOW = "FlexibleTimeWindow: {Mode: 'OFF'}, Target: {Arn: !GetAtt F.Arn, RoleArn: r}"


def read(kind, properties, left_out=None):
    stack = stack_of(f"""\
        Parameters:
          Every: {{Type: String, Default: rate(5 minutes)}}
        Resources:
          F: {{Type: AWS::Lambda::Function}}
          Queue: {{Type: AWS::SQS::Queue}}
          Machine: {{Type: AWS::StepFunctions::StateMachine}}
          Group: {{Type: AWS::Scheduler::ScheduleGroup, Properties: {{Name: night}}}}
          Nightly:
            Type: {kind}
            Properties: {{{properties}}}
        """)
    functions = {} if left_out else {"F": FUNCTION}
    return list(read_schedules(stack, Targets(stack, functions, left_out or {}))), stack.found


def read_one(kind, properties):
    (schedule,), found = read(kind, properties)
    assert found == []
    return schedule


def refused(kind, properties):
    schedules, (problem,) = read(kind, properties)
    assert schedules == []
    assert not problem.warning
    assert problem.where.startswith("template.yaml:")
    return problem


def test_a_rule_is_known_by_its_logical_id_when_it_has_no_name():
    assert read_one(RULE, f"ScheduleExpression: rate(1 hour), {TARGETS}") == Schedule(
        "Nightly", "F", "rate(1 hour)", where="template.yaml:8"
    )


def test_a_rule_with_all_it_can_have():
    schedule = read_one(
        RULE,
        "Name: nightly, Description: at night, State: DISABLED, ScheduleExpression: !Ref Every, "
        "Targets: [{Id: a, Arn: !GetAtt F.Arn, Input: '{\"a\": 1}'}]",
    )
    assert (schedule.name, schedule.description, schedule.enabled) == ("nightly", "at night", False)
    assert (schedule.expression, schedule.input) == ("rate(5 minutes)", '{"a": 1}')


def test_an_input_path_and_a_transformer_are_read():
    path = read_one(RULE, "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, InputPath: $.time}]")
    assert path.input_path == "$.time"
    transformer = read_one(
        RULE,
        "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, InputTransformer: "
        '{InputPathsMap: {at: $.time}, InputTemplate: \'{"at": <at>, "by": <aws.events.rule-name>}\'}}]',
    )
    assert transformer.transformer == InputTransformer({"at": "$.time"}, '{"at": <at>, "by": <aws.events.rule-name>}')


def test_a_rule_calls_each_of_its_functions_and_nothing_else_here():
    schedules, found = read(
        RULE,
        "ScheduleExpression: rate(1 day), Targets: [{Id: q, Arn: !GetAtt Queue.Arn}, {Id: a, Arn: !GetAtt F.Arn, "
        "Input: '1'}, {Id: m, Arn: !Ref Machine}, {Id: b, Arn: !GetAtt F.Arn}]",
    )
    assert [schedule.input for schedule in schedules] == ["1", None]
    assert found == []


def test_a_rule_without_a_schedule_is_none():
    assert read(RULE, f"EventPattern: {{source: [a]}}, {TARGETS}") == ([], [])


def test_schedulers_schedule_with_all_it_can_have():
    schedule = read_one(
        SCHEDULE,
        "Name: berlin, GroupName: !Ref Group, Description: d, ScheduleExpression: 'cron(0 9 ? * MON-FRI *)', "
        "ScheduleExpressionTimezone: Europe/Berlin, State: DISABLED, StartDate: '2026-01-01T00:00:00Z', "
        "EndDate: 2027-01-01T01:00:00+01:00, FlexibleTimeWindow: {Mode: FLEXIBLE, MaximumWindowInMinutes: 15}, "
        "Target: {Arn: !GetAtt F.Arn, RoleArn: r, Input: '{\"n\": <aws.scheduler.attempt-number>}'}",
    )
    assert replace(schedule, where="") == Schedule(
        "berlin",
        "F",
        "cron(0 9 ? * MON-FRI *)",
        Scheduler.SCHEDULER,
        "Europe/Berlin",
        enabled=False,
        input='{"n": <aws.scheduler.attempt-number>}',
        start=1767225600.0,
        end=1798761600.0,
        flexible_minutes=15,
        group="night",
        description="d",
    )


def test_scheduler_calls_functions_only_here():
    assert read(SCHEDULE, "ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt Queue.Arn}") == ([], [])


def test_one_that_comes_once():
    schedule = read_one(SCHEDULE, f"ScheduleExpression: 'at(2026-12-31T08:00:00)', {WINDOW}")
    assert schedule.expression == "at(2026-12-31T08:00:00)"


@pytest.mark.parametrize(
    ("properties", "said", "hint"),
    [
        (f"ScheduleExpression: rate(1 minutes), {TARGETS}", "AWS refuses 1 minutes", "write rate(1 minute)"),
        (f"ScheduleExpression: 'cron(0 12 * * * *)', {TARGETS}", "has to be ?", "cron(0 12 * * ? *)"),
        (f"ScheduleExpression: 'at(2026-12-31T08:00:00)', {TARGETS}", "takes no at", "Scheduler"),
        (f"ScheduleExpression: rate(1 day), EventBusName: own, {TARGETS}", "bus own takes no schedule", "default"),
        (
            "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, Input: hello}]",
            "'hello' is not JSON",
            '"text"',
        ),
        (
            "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, Input: '1', InputPath: $.time}]",
            "only one of Input and InputPath",
            "",
        ),
        (
            "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, InputPath: detail}]",
            "detail is no JSON path",
            "write $.detail",
        ),
        (
            "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, InputTransformer: {InputPathsMap: {}}}]",
            "has no InputTemplate",
            "",
        ),
        (
            "ScheduleExpression: rate(1 day), Targets: [{Id: a, Arn: !Ref F, InputTransformer: "
            "{InputPathsMap: {time: $.time}, InputTemplate: '<tyme>'}}]",
            "InputPathsMap has no tyme",
            "did you mean time?",
        ),
        (
            "ScheduleExpression: rate(1 day), Targets: [{Id: a, "
            "Arn: 'arn:aws:lambda:us-east-1:123456789012:function:helo'}]",
            "function helo is not in the project",
            "",
        ),
        (f"ScheduleExpression: [rate], {TARGETS}", "is a list, not text", ""),
    ],
)
def test_what_aws_would_refuse_of_a_rule_is_told_and_left_out(properties, said, hint):
    problem = refused(RULE, properties)
    assert said in problem.what
    assert hint in problem.hint
    assert problem.subject == "Nightly"


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        (f"ScheduleExpression: rate(10 seconds), {WINDOW}", "not seconds"),
        (f"ScheduleExpression: rate(1 day), ScheduleExpressionTimezone: Berlin, {WINDOW}", "no time zone 'Berlin'"),
        (f"ScheduleExpression: rate(1 day), StartDate: soon, {WINDOW}", "soon is no date"),
        (
            f"ScheduleExpression: rate(1 day), StartDate: 2027-01-01T00:00:00Z, EndDate: 2026-01-01, {WINDOW}",
            "ends before",
        ),
        (
            "ScheduleExpression: rate(1 day), FlexibleTimeWindow: {Mode: FLEXIBLE}, Target: {Arn: !GetAtt F.Arn}",
            "1 to 1440 minutes, not 0",
        ),
        ("ScheduleExpression: rate(1 day), Target: {Arn: !GetAtt F.Arn, Input: hello}", "'hello' is not JSON"),
    ],
)
def test_what_aws_would_refuse_of_scheduler_is_told_and_left_out(properties, said):
    assert said in refused(SCHEDULE, properties).what


def test_the_problem_is_at_the_line_of_the_property():
    stack = stack_of("""\
        Resources:
          F: {Type: AWS::Lambda::Function}
          Nightly:
            Type: AWS::Events::Rule
            Properties:
              Targets: [{Id: a, Arn: !GetAtt F.Arn}]
              ScheduleExpression: rate(5 minute)
        """)
    assert list(read_schedules(stack, Targets(stack, {"F": FUNCTION}, {}))) == []
    assert [(each.where, each.what) for each in stack.found] == [
        ("template.yaml:7", "Nightly: ScheduleExpression: AWS refuses 5 minute")
    ]


def test_a_schedule_of_a_function_that_was_left_out_says_why():
    schedules, (problem,) = read(RULE, f"ScheduleExpression: rate(1 day), {TARGETS}", {"F": "its code is in S3"})
    assert schedules == []
    assert "function F is not in the project: its code is in S3" in problem.what


def test_a_day_that_no_year_has_is_a_warning():
    (schedule,), (problem,) = read(RULE, f"ScheduleExpression: 'cron(0 0 31 2 ? *)', {TARGETS}")
    assert schedule.expression == "cron(0 0 31 2 ? *)"
    assert problem.warning
    assert "never comes" in problem.what


SAM = """\
    Transform: AWS::Serverless-2016-10-31
    Parameters:
      Every: {Type: String, Default: rate(5 minutes)}
    Resources:
      Hello:
        Type: AWS::Serverless::Function
        Properties:
          Runtime: python3.13
          Handler: app.handler
          Events:
            Old: {Type: Schedule, Properties: {Schedule: !Ref Every, Name: nightly, Input: '{"a": 1}', Enabled: false}}
            Bad:
              Type: Schedule
              Properties:
                Schedule: rate(1 minutes)
            New:
              Type: ScheduleV2
              Properties:
                ScheduleExpression: cron(0 9 ? * MON-FRI *)
                ScheduleExpressionTimezone: Europe/Berlin
    """


def test_a_sam_template_has_its_schedules_through_the_whole_reader(tmp_path):
    project = project_in(tmp_path, {"template.yaml": SAM, "app.py": "def handler(event, context): ...\n"})
    by_name = {schedule.name: schedule for schedule in project.schedules}
    assert by_name == {
        "nightly": Schedule(
            "nightly", "Hello", "rate(5 minutes)", enabled=False, input='{"a": 1}', where="template.yaml:11"
        ),
        "HelloNew": Schedule(
            "HelloNew",
            "Hello",
            "cron(0 9 ? * MON-FRI *)",
            Scheduler.SCHEDULER,
            "Europe/Berlin",
            where="template.yaml:16",
        ),
    }
    assert [(each.where, each.what, each.hint) for each in project.problems] == [
        ("template.yaml:15", "event Bad of Hello: ScheduleExpression: AWS refuses 1 minutes", "write rate(1 minute)")
    ]


def test_a_nested_stacks_schedule_calls_its_own_function(tmp_path):
    child = """\
        Resources:
          F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}
          Hourly:
            Type: AWS::Events::Rule
            Properties: {ScheduleExpression: rate(1 hour), Targets: [{Id: a, Arn: !GetAtt F.Arn}]}
        """
    parent = """\
        Resources:
          F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}
          Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child.yaml}}
        """
    files = {"template.yaml": parent, "child.yaml": child, "app.py": "def handler(event, context): ...\n"}
    project = project_in(tmp_path, files)
    assert [(one.name, one.function) for one in project.schedules] == [("Child-Hourly", "Child/F")]
