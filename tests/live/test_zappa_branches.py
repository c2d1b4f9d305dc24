"""Every branch of Zappa's handler that is no HTTP, fired by hand at both tested versions and the shim: what is called,
with what, and what comes back. One process for each, for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import zappa_events as events
from tests.live import zappa_runtime
from tests.live.zappa_projects import FLASK, FLASK_APP, FUNCTIONS
from tests.live.zappa_runtime import EVERY, NEW, OLD, SHIM, Zappa

pytestmark = pytest.mark.live

QUEUE = "arn:aws:sqs:us-east-1:123456789012:orders"
TOPIC = "arn:aws:sns:us-east-1:123456789012:news"
TABLE = "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/1"
STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/s"
BUCKET = "arn:aws:s3:::pictures"
SEVERAL = "arn:aws:sqs:us-east-1:123456789012:both"
SOCKETS = """
from shop import app
from zappa.websocket import on_connect, on_message
@on_connect
def come(event, context): return {"statusCode": 200, "body": "hi"}
@on_message
def say(event, context): return None
"""


@pytest.fixture(scope="module", params=EVERY)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def zappa(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zappa]:
    one = version == OLD  # where an ARN has a single function
    mapping = {arn: "work.both" if one else ["work.both"] for arn in (QUEUE, TOPIC, TABLE, STREAM, BUCKET)}
    with zappa_runtime.running(
        tmp_path_factory.mktemp("branches"),
        version,
        FLASK | FUNCTIONS,
        **FLASK_APP,
        AWS_EVENT_MAPPING={**mapping, SEVERAL: "work.second" if one else ["work.first", "work.second"]},
        AWS_BOT_EVENT_MAPPING={"Order:DialogCodeHook": "work.both"},
        COGNITO_TRIGGER_MAPPING={"PreSignUp_SignUp": "work.on_cognito"},
        AUTHORIZER_FUNCTION="work.authorize",
    ) as running:
        yield running


def test_point_10_a_schedule_calls_what_its_rule_names_with_kwargs(zappa: Zappa) -> None:
    event = events.scheduled("shop-dev-nightly-work.both", kwargs={"size": 3})
    assert zappa.ask(event) == {"both": "Scheduled Event", "kwargs": {"size": 3}, "id": "f"}


def test_point_10_a_rule_with_the_function_alone_after_the_hyphen(zappa: Zappa) -> None:
    assert zappa.ask(events.scheduled("shop-dev-work.none")) == "none"


def test_point_10_keep_warm_answers_nothing_and_serves_no_request(zappa: Zappa) -> None:
    before = len(zappa.remarks)
    assert zappa.ask(events.scheduled("shop-dev-zappa-keep-warm-handler.keep_warm_callback")) is None
    assert len(zappa.remarks) == before


def test_a_function_with_one_argument_or_none_is_called_with_what_it_takes(zappa: Zappa) -> None:
    assert zappa.ask({"command": "work.one"}) == ["one", ["command"]]
    assert zappa.ask({"command": "work.none"}) == "none"


def test_point_04_a_command_answers_and_prints_its_result(zappa: Zappa) -> None:
    assert zappa.ask({"command": "work.both", "more": 1}) == {"both": ["command", "more"], "kwargs": None, "id": "f"}
    zappa.says("Result of work.both:")


def test_point_04_a_raw_command_is_executed_and_answers_nothing(zappa: Zappa) -> None:
    assert zappa.ask({"raw_command": "import work; print('raw', len('four'), work.none())"}) is None
    zappa.says("raw 4 none")


@pytest.mark.parametrize(
    "event",
    [
        events.sqs(QUEUE, "x"),
        events.sns(TOPIC, "no JSON"),
        events.sns(TOPIC, '{"order": 1}'),
        events.dynamodb(TABLE),
        events.kinesis(STREAM),
        events.s3("pictures"),
    ],
    ids=["SQS", "SNS", "SNS with JSON", "DynamoDB", "Kinesis", "S3"],
)
def test_point_10_records_go_to_the_function_of_their_source(zappa: Zappa, event: events.Event) -> None:
    assert zappa.ask(event)["both"] == ["Records"]


def test_point_10_an_s3_event_names_its_function_in_the_notification_s_id(zappa: Zappa) -> None:
    assert zappa.ask(events.s3("others", "123:work.none")) == "none"


def test_point_10_an_sns_message_with_a_command_calls_it(zappa: Zappa) -> None:
    assert zappa.ask(events.sns("arn:aws:sns:us-east-1:123456789012:x", '{"command": "work.none"}')) == "none"


def test_point_10_only_the_first_record_chooses(zappa: Zappa) -> None:
    both = events.records(*events.sqs(QUEUE)["Records"], *events.sqs(SEVERAL)["Records"])
    assert zappa.ask(both)["both"] == ["Records"]


def test_several_functions_of_one_source_all_run_from_0_63_on(zappa: Zappa, version: str) -> None:
    zappa.ask({"raw_command": "import work; del work.calls[:]"})
    expected = ["second"] if version == OLD else ["first", "second"]
    assert zappa.ask(events.sqs(SEVERAL)) == ["second", expected]


def test_records_of_an_unknown_source_are_an_error_in_the_log_and_answer_nothing(zappa: Zappa) -> None:
    assert zappa.ask(events.sqs("arn:aws:sqs:us-east-1:123456789012:unknown")) is None
    zappa.says("Cannot find a function to process the triggered event.")


def test_point_04_a_bot_s_intent_calls_its_function(zappa: Zappa) -> None:
    assert "bot" in zappa.ask(events.bot("Order", "DialogCodeHook"))["both"]
    assert zappa.ask(events.bot("Order", "FulfillmentCodeHook")) is None


def test_point_08_a_token_is_given_to_the_authorizer_function(zappa: Zappa) -> None:
    assert zappa.ask(events.token())["principalId"] == "letmein"


def test_point_04_a_cognito_trigger_answers_the_event_as_the_function_changed_it(zappa: Zappa) -> None:
    assert zappa.ask(events.cognito("PreSignUp_SignUp"))["response"] == {"autoConfirmUser": True}


def test_point_04_a_cognito_trigger_without_a_function_answers_the_event(zappa: Zappa) -> None:
    event = events.cognito("PostConfirmation_ConfirmSignUp")
    assert zappa.ask(event) == event


def test_an_error_outside_of_http_is_lambda_s_with_the_project_s_frames_alone(zappa: Zappa) -> None:
    error = zappa.failure({"command": "work.breaks"})
    assert (error["errorType"], error["errorMessage"]) == ("LookupError", "no such order")
    trace = "".join(error["stackTrace"])
    assert "work.py" in trace
    assert "devserve_zappa/" not in trace


def test_point_04_log_events_go_to_the_app_function_itself(zappa: Zappa) -> None:
    # Zappa calls a WSGI app as it calls a function: with the event for an environ. That fails, on AWS as well.
    assert zappa.failure({"awslogs": {"data": "x"}})["errorType"] in (
        "TypeError",
        "KeyError",
        "AttributeError",
        "RuntimeError",
    )


def test_a_socket_that_no_handler_waits_for_is_accepted(zappa: Zappa) -> None:
    assert zappa.ask(events.socket("CONNECT", "$connect")) == {"statusCode": 200}


def test_point_04_events_that_nothing_takes_are_spoken_of(zappa: Zappa) -> None:
    assert zappa.ask({"version": "0", "detail-type": "Order placed", "source": "shop", "detail": {}}) is None
    said = "devserve: no Zappa branch matched this event (detail-type 'Order placed'): nothing was called"
    zappa.says(said)
    assert zappa.ask({"orders": [], "size": 2}) is None
    zappa.says("no Zappa branch matched this event (keys orders, size)")


def test_a_rule_that_names_no_function_is_spoken_of(zappa: Zappa) -> None:
    assert zappa.ask(events.scheduled("shop-nightly")) is None
    zappa.says("the rule 'shop-nightly' names no function")


def test_a_type_error_inside_a_function_is_spoken_of_where_zappa_runs_it_again(zappa: Zappa, version: str) -> None:
    zappa.ask({"raw_command": "import work; work.entered = 0"})
    error = zappa.failure({"command": "work.wrong_inside"})
    times = zappa.ask({"command": "work.twice"})
    if version == OLD:
        assert (error["errorType"], times) == ("TypeError", [1])
        assert not [line for line in zappa.remarks if "wrong_inside" in line]
    else:
        assert (error["errorType"], times) == ("RuntimeError", [2])
        zappa.says("devserve: work.wrong_inside was entered 2 times for one event")


def test_a_type_error_that_zappa_calls_a_wrong_signature_is_spoken_of(zappa: Zappa, version: str) -> None:
    error = zappa.failure({"command": "work.wrong_with_two"})
    if version == OLD:
        assert "len()" in error["errorMessage"]
    else:
        assert "signature" in error["errorMessage"]
        zappa.says("devserve: work.wrong_with_two failed, whatever is said about its signature")


def test_functions_that_take_fewer_arguments_are_no_remark(zappa: Zappa) -> None:
    zappa.ask({"command": "work.one"})
    assert not [line for line in zappa.remarks if "work.one" in line]


@pytest.mark.parametrize("installed", [OLD, NEW])
def test_point_04_socket_events_go_to_registered_handlers(installed: str, tmp_path: Path) -> None:
    files = FLASK | {"sockets.py": SOCKETS}
    with zappa_runtime.running(tmp_path, installed, files, **FLASK_APP, WEBSOCKET_HANDLER_MODULE="sockets") as zappa:
        assert zappa.ask(events.socket("CONNECT", "$connect")) == {"statusCode": 200, "body": "hi"}
        assert zappa.ask(events.socket("MESSAGE", "$default")) == {"statusCode": 200}
        assert zappa.ask(events.socket("DISCONNECT", "$disconnect")) == {"statusCode": 200}


def test_the_shim_is_used_where_there_is_no_zappa_alone(zappa: Zappa, version: str) -> None:
    zappa.ask(
        {"raw_command": "import sys; print('shim', 'devserve_zappa_shim' in sys.modules, 'zappa' in sys.modules)"}
    )
    zappa.says(f"shim {version == SHIM} {version != SHIM}")
