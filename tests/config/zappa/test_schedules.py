import json

import pytest

from localstack_lite.config.zappa.schedules import schedules
from localstack_lite.model.trigger import Scheduler
from tests.config.zappa_samples import given_of


def of(stage):
    return list(schedules(stage, "shop-dev"))


def test_every_expression_is_a_rule_that_leads_to_the_function():
    event = {"function": "jobs.clean", "name": "nightly", "expressions": ["rate(1 hour)", "cron(0 3 * * ? *)"]}
    first, second = of(given_of(events=[event], keep_warm=False))
    assert (first.name, first.expression) == ("shop-dev-nightly-jobs.clean", "rate(1 hour)")
    assert (second.name, second.expression) == ("shop-dev-1-nightly-jobs.clean", "cron(0 3 * * ? *)")
    assert (first.function, first.scheduler, first.enabled) == ("shop-dev", Scheduler.RULE, True)
    assert (first.description, first.where) == ("jobs.clean", "zappa_settings.json:events")


def test_one_expression_goes_before_several():
    event = {"function": "jobs.clean", "expression": "rate(2 hours)", "expressions": ["rate(1 hour)"], "enabled": False}
    (only,) = of(given_of(events=[event], keep_warm=False))
    assert (only.expression, only.enabled) == ("rate(2 hours)", False)


def test_keyword_arguments_come_beside_the_parts_of_the_event():
    event = {"function": "jobs.clean", "expression": "rate(1 hour)", "kwargs": {"days": 3, "names": ["ü"]}}
    (only,) = of(given_of(events=[event], keep_warm=False))
    assert only.transformer is not None
    paths, text = only.transformer.paths, only.transformer.template
    assert paths["detail-type"] == "$.detail-type"
    for name in paths:
        text = text.replace(f"<{name}>", json.dumps(f"the {name}"))
    event = json.loads(text)
    assert event.pop("kwargs") == {"days": 3, "names": ["ü"]}
    assert event == {name: f"the {name}" for name in paths}


def test_a_stage_is_kept_warm_unless_it_says_otherwise():
    (warm,) = of(given_of())
    assert (warm.name, warm.expression) == ("shop-dev-zappa-keep-warm-handler.keep_warm_callback", "rate(4 minutes)")
    (warm,) = of(given_of(keep_warm_expression="rate(10 minutes)"))
    assert (warm.expression, warm.where) == ("rate(10 minutes)", "zappa_settings.json:keep_warm_expression")
    assert of(given_of(keep_warm=False)) == []


@pytest.mark.parametrize(
    ("event", "what"),
    [
        ({"expression": "rate(1 hour)"}, "names no function"),
        ({"function": "jobs.clean"}, "neither an expression nor an event_source"),
        ({"function": "my-jobs.clean", "expression": "rate(1 hour)"}, "schedules no function"),
        ({"function": "jobs.clean", "expression": "rate(1 hours)"}, "AWS refuses the schedule of jobs.clean"),
        ({"function": "jobs.clean", "expression": "cron(0 3 * * * *)"}, "AWS refuses the schedule of jobs.clean"),
        ({"function": "jobs.clean", "expression": "at(2026-01-01T00:00:00)"}, "AWS refuses"),
        ({"function": "jobs.clean", "expression": 5}, "AWS refuses"),
    ],
)
def test_what_zappa_or_aws_would_refuse_is_told_and_left_out(event, what):
    stage = given_of(events=[event, {"function": "jobs.good", "expression": "rate(1 hour)"}], keep_warm=False)
    assert [schedule.name for schedule in of(stage)] == ["shop-dev-jobs.good"]
    (problem,) = stage.problems
    assert what in problem.what
    assert (problem.warning, problem.where) == (False, "zappa_settings.json:events")


def test_an_event_source_needs_no_expression():
    stage = given_of(events=[{"function": "a.b", "event_source": {"arn": "arn:aws:sqs:r:1:q"}}], keep_warm=False)
    assert (of(stage), stage.problems) == ([], [])
