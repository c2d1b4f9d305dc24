"""What functions get from schedules."""

import json
from pathlib import Path

import pytest

from localstack_lite import shipped
from localstack_lite.events.schedule_event import Occasion, arn, event, payload, stamp
from localstack_lite.model.trigger import InputTransformer, Schedule, Scheduler

AT = 1_768_478_400.25
OCCASION = Occasion(AT, "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "d32c5kddcf5bb8c3", "us-east-1", "123456789012")


def rule(**given):
    return Schedule("hello-every-hour", "Hello", "rate(1 hour)", **given)


def scheduled(**given):
    return Schedule("hello", "Hello", "rate(1 hour)", Scheduler.SCHEDULER, **given)


def test_a_rules_event_is_the_shipped_sample():
    sample = json.loads((Path(shipped.sample_events()) / "schedule.json").read_text())
    assert json.loads(payload(rule(), OCCASION)) == {**sample, "time": stamp(AT)}


def test_schedulers_event_has_its_own_source_arn_and_a_text_as_detail():
    found = event(scheduled(group="night"), OCCASION)
    assert found["source"] == "aws.scheduler"
    assert found["resources"] == ["arn:aws:scheduler:us-east-1:123456789012:schedule/night/hello"]
    assert (found["detail"], found["detail-type"]) == ("{}", "Scheduled Event")


def test_the_arn_of_a_rule_ends_with_its_name():
    assert arn(rule(), "eu-west-2", "1") == "arn:aws:events:eu-west-2:1:rule/hello-every-hour"


def test_time_is_to_the_second():
    assert stamp(1_768_478_400.99) == "2026-01-15T12:00:00Z"


def test_an_input_of_its_own_is_passed_on_to_the_letter():
    assert payload(rule(input='{ "a":  1 }'), OCCASION) == b'{ "a":  1 }'
    assert payload(rule(input='"<aws.scheduler.attempt-number>"'), OCCASION) == b'"<aws.scheduler.attempt-number>"'


def test_an_input_path_picks_a_part():
    assert payload(rule(input_path="$.detail-type"), OCCASION) == b'"Scheduled Event"'
    assert payload(rule(input_path="$.detail.nope"), OCCASION) == b"null"


def test_a_transformer_makes_it():
    transformer = InputTransformer({"at": "$.time"}, '{"at": <at>, "by": <aws.events.rule-name>}')
    assert json.loads(payload(rule(transformer=transformer), OCCASION)) == {"at": stamp(AT), "by": "hello-every-hour"}


def test_schedulers_keywords_are_replaced_in_its_input():
    text = (
        '{"arn": "<aws.scheduler.schedule-arn>", "at": "<aws.scheduler.scheduled-time>",'
        ' "id": "<aws.scheduler.execution-id>", "n": <aws.scheduler.attempt-number>, "other": "<aws.scheduler.x>"}'
    )
    assert json.loads(payload(scheduled(input=text), OCCASION)) == {
        "arn": "arn:aws:scheduler:us-east-1:123456789012:schedule/default/hello",
        "at": stamp(AT),
        "id": "d32c5kddcf5bb8c3",
        "n": 1,
        "other": "<aws.scheduler.x>",
    }


@pytest.mark.parametrize("schedule", [rule(input="hello"), rule(transformer=InputTransformer({}, "hello"))])
def test_what_is_no_json_is_a_value_error(schedule):
    with pytest.raises(ValueError, match="Expecting value"):
        payload(schedule, OCCASION)
