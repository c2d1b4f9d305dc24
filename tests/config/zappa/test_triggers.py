import pytest

from localstack_lite.config.zappa.triggers import triggers
from localstack_lite.model.trigger import Service
from tests.config.zappa_samples import given_of

QUEUE = "arn:aws:sqs:eu-west-2:123456789012:orders"


def of(stage, several=True):
    return triggers(stage, "shop-dev", several)


def event(function, arn=QUEUE, **source):
    return {"function": function, "event_source": {"arn": arn, **source}}


def test_one_trigger_stands_for_all_functions_of_an_arn():
    stage = given_of(events=[event("a.first", batch_size=5), event("a.second", batch_size=20)])
    (queue,) = of(stage)
    assert (queue.handler, queue.settings["BatchSize"]) == ("a.first, a.second", 5)
    (queue,) = of(stage, several=False)
    assert (queue.handler, queue.settings["BatchSize"]) == ("a.second", 20)


@pytest.mark.parametrize(
    ("source", "service", "settings"),
    [
        ({"arn": QUEUE}, Service.SQS, {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0}),
        ({"arn": QUEUE, "batch_size": 50}, Service.SQS, {"BatchSize": 50, "MaximumBatchingWindowInSeconds": 1}),
        ({"arn": QUEUE, "batch_window": 7}, Service.SQS, {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 7}),
        (
            {"arn": "arn:aws:dynamodb:r:1:table/t/stream/s", "starting_position": "LATEST"},
            Service.DYNAMODB,
            {"BatchSize": 10, "StartingPosition": "LATEST"},
        ),
        ({"arn": "arn:aws:kinesis:r:1:stream/s", "batch_size": 3}, Service.KINESIS, {"BatchSize": 3}),
        (
            {"arn": "arn:aws:s3:::bucket", "events": ["s3:ObjectRemoved:*"], "suffix": ".png"},
            Service.S3,
            {
                "Events": ["s3:ObjectRemoved:*"],
                "Filter": {"Key": {"FilterRules": [{"Name": "suffix", "Value": ".png"}]}},
            },
        ),
        ({"arn": "arn:aws:sns:r:1:topic", "filters": {"a": ["b"]}}, Service.SNS, {"FilterPolicy": {"a": ["b"]}}),
        (
            {"arn": "arn:aws:events:r:1:rule/x", "pattern": {"source": ["a"]}},
            Service.EVENTBRIDGE,
            {"EventPattern": {"source": ["a"]}},
        ),
    ],
)
def test_settings_are_in_awss_spelling(source, service, settings):
    (trigger,) = of(given_of(events=[{"function": "a.b", "event_source": source}]))
    assert (trigger.service, trigger.settings, trigger.source) == (service, settings, source["arn"])
    assert (trigger.function, trigger.handler, trigger.enabled) == ("shop-dev", "a.b", True)


def test_one_may_be_switched_off():
    (trigger,) = of(given_of(events=[event("a.b", enabled=False)]))
    assert not trigger.enabled


@pytest.mark.parametrize("arn", ["arn:aws:iot:r:1:x", "orders", None])
def test_a_source_that_zappa_does_not_know_is_left_out(arn):
    stage = given_of(events=[event("a.b", arn)])
    assert of(stage) == ()
    (problem,) = stage.problems
    assert "which Zappa does not know" in problem.what


def test_cognito_and_bots():
    stage = given_of(
        cognito={"user_pool": "eu-west-2_abc", "triggers": [{"source": "PreSignUp_SignUp", "function": "u.check"}]},
        bot_events=[
            {"function": "b.answer", "event_source": {"intent": "Order", "invocation_source": "DialogCodeHook"}}
        ],
    )
    cognito, bot = of(stage)
    assert (cognito.service, cognito.source, cognito.handler) == (Service.COGNITO, "eu-west-2_abc", "u.check")
    assert cognito.settings == {"TriggerSource": "PreSignUp_SignUp"}
    assert (bot.service, bot.source, bot.handler) == (Service.BOT, "Order", "b.answer")
    assert bot.settings == {"InvocationSource": "DialogCodeHook"}


def test_those_that_do_not_say_everything_are_told():
    stage = given_of(cognito={"triggers": [{"source": "PreSignUp_SignUp"}]}, bot_events=[{"function": "b.answer"}])
    assert of(stage) == ()
    assert len(stage.problems) == 2


def test_tasks_may_go_through_a_topic():
    (topic,) = of(given_of(async_source="sns"))
    assert (topic.service, topic.source) == (Service.SNS, "shop-dev-zappa-async")
    assert of(given_of(async_source="sns", async_resources=False)) == ()
