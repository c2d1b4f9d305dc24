"""Every sample is what it says: AWS Lambda Powertools and Mangum read it, and what is embedded in it decodes."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import mangum
import pytest

from localstack_lite import shipped
from localstack_lite.events.samples import SAMPLES, find, near

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the library's own, at import
    from aws_lambda_powertools.utilities import data_classes as aws
    from aws_lambda_powertools.utilities.data_classes import api_gateway_authorizer_event as authorizer
    from aws_lambda_powertools.utilities.data_classes import cognito_user_pool_event as cognito


def sample(name: str) -> Any:
    return json.loads((shipped.sample_events() / f"{name}.json").read_text(encoding="utf-8"))


def test_the_table_and_the_folder_name_the_same_samples() -> None:
    files = sorted(path.name for path in shipped.sample_events().iterdir())
    assert files == sorted(one.file for one in SAMPLES)


@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.name)
def test_each_sample_is_an_object_and_is_described(one: Any) -> None:
    assert isinstance(sample(one.name), dict)
    assert one.what


@pytest.mark.parametrize(
    "wanted", ["apigw", "apigw.json", "sample_events/apigw.json", "./sample_events/apigw.json", "APIGW"]
)
def test_a_sample_is_found_by_name_or_by_the_path_it_has_in_the_repository(wanted: str) -> None:
    found = find(wanted)
    assert found is not None
    assert found.name == "apigw"


def test_a_hyphen_is_as_good_as_an_underscore() -> None:
    found = find("http-api")
    assert found is not None
    assert found.name == "http_api"


@pytest.mark.parametrize("wanted", ["apigw.yaml", "other/apigw.json", "", "api"])
def test_what_is_not_a_sample_is_not_found(wanted: str) -> None:
    assert find(wanted) is None


def test_a_mistyped_name_has_a_nearest_one() -> None:
    assert near("kinesys") == "kinesis"
    assert near("zzzz") == ""


READERS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], object], object]] = {
    "apigw": (
        aws.APIGatewayProxyEvent,
        lambda e: (e.http_method, e.path, e.request_context.stage),
        ("GET", "/hello", "Prod"),
    ),
    "http_api": (
        aws.APIGatewayProxyEventV2,
        lambda e: (e.http_method, e.path, e.cookies),
        ("GET", "/hello", ["session=example", "theme=dark"]),
    ),
    "http_api_v1": (
        aws.APIGatewayProxyEvent,
        lambda e: (e.version, e.http_method, e.resource),
        ("1.0", "GET", "/hello"),
    ),
    "function_url": (aws.LambdaFunctionUrlEvent, lambda e: (e.http_method, e.json_body), ("POST", {"name": "Ada"})),
    "alb": (
        aws.ALBEvent,
        lambda e: (e.http_method, e.request_context.elb_target_group_arn.split(":")[5]),
        ("GET", "targetgroup/hello-targets/0123456789abcdef"),
    ),
    "websocket_connect": (
        aws.APIGatewayWebSocketEvent,
        lambda e: (e.request_context.route_key, e.request_context.event_type),
        ("$connect", "CONNECT"),
    ),
    "websocket_message": (
        aws.APIGatewayWebSocketEvent,
        lambda e: (e.request_context.event_type, e.json_body["action"]),
        ("MESSAGE", "send"),
    ),
    "websocket_disconnect": (
        aws.APIGatewayWebSocketEvent,
        lambda e: (e.request_context.route_key, e.request_context.event_type),
        ("$disconnect", "DISCONNECT"),
    ),
    "sqs": (aws.SQSEvent, lambda e: [r.queue_url.rsplit("/", 1)[1] for r in e.records], ["orders", "orders"]),
    "sns": (aws.SNSEvent, lambda e: json.loads(e.record.sns.message), {"orderId": 7, "status": "placed"}),
    "s3": (aws.S3Event, lambda e: (e.bucket_name, e.object_key), ("example-bucket", "photos/ada lovelace.jpg")),
    "dynamodb": (
        aws.DynamoDBStreamEvent,
        lambda e: [r.event_name.name for r in e.records],
        ["INSERT", "MODIFY", "REMOVE"],
    ),
    "kinesis": (aws.KinesisStreamEvent, lambda e: [r.kinesis.data_as_json()["orderId"] for r in e.records], [7, 8]),
    "eventbridge": (
        aws.EventBridgeEvent,
        lambda e: (e.detail_type, e.detail),
        ("Order Placed", {"orderId": 7, "status": "placed"}),
    ),
    "schedule": (
        aws.EventBridgeEvent,
        lambda e: (e.source, e.detail_type, e.detail),
        ("aws.events", "Scheduled Event", {}),
    ),
    "cloudwatch_logs": (
        aws.CloudWatchLogsEvent,
        lambda e: [one.message for one in e.parse_logs_data().log_events],
        ["[ERROR] order 7: card refused\n", "[ERROR] order 8: out of stock\n"],
    ),
    "cognito_pre_sign_up": (
        cognito.PreSignUpTriggerEvent,
        lambda e: (e.trigger_source, e.request.user_attributes["email"]),
        ("PreSignUp_SignUp", "ada@example.com"),
    ),
    "cognito_post_confirmation": (
        cognito.PostConfirmationTriggerEvent,
        lambda e: e.trigger_source,
        "PostConfirmation_ConfirmSignUp",
    ),
    "cognito_pre_token_generation": (
        cognito.PreTokenGenerationV2TriggerEvent,
        lambda e: (e.version, e.request.scopes[1]),
        ("2", "openid"),
    ),
    "cognito_custom_message": (cognito.CustomMessageTriggerEvent, lambda e: e.request.code_parameter, "{####}"),
    "authorizer_token": (
        authorizer.APIGatewayAuthorizerTokenEvent,
        lambda e: (e.get_type, e.parsed_arn.resource),
        ("TOKEN", "hello"),
    ),
    "authorizer_request_v1": (
        authorizer.APIGatewayAuthorizerRequestEvent,
        lambda e: (e.get_type, e.parsed_arn.http_method),
        ("REQUEST", "GET"),
    ),
    "authorizer_request_v2": (
        authorizer.APIGatewayAuthorizerEventV2,
        lambda e: (e.identity_source, e.parsed_arn.stage),
        (["Bearer example-token"], "$default"),
    ),
}


@pytest.mark.parametrize("name", READERS)
def test_powertools_reads_the_sample(name: str) -> None:
    reader, look, expected = READERS[name]
    assert look(reader(sample(name))) == expected


def test_every_sample_but_step_functions_whose_shape_is_the_users_has_a_reader() -> None:
    assert {one.name for one in SAMPLES} - READERS.keys() == {"step_functions"}


@pytest.mark.parametrize("name", ["apigw", "http_api", "http_api_v1", "function_url", "alb"])
def test_mangum_takes_the_sample_to_an_asgi_application(name: str) -> None:
    seen: dict[str, Any] = {}

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.update(method=scope["method"], path=scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"seen"})

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)  # Mangum runs on the current one
    try:
        answer = mangum.Mangum(application, lifespan="off")(sample(name), None)  # type: ignore[arg-type]
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    assert answer["statusCode"] == 200
    assert seen["path"] == "/hello"


def strings(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from strings(inner, f"{path}.{key}")
        case list():
            for at, inner in enumerate(value):
                yield from strings(inner, f"{path}.{at}")
        case str():
            yield path, value


ARN = re.compile(r"arn:aws:[a-z0-9-]+:(us-east-1)?:(123456789012)?:.+")


@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.name)
def test_arns_are_well_formed_and_of_the_example_account(one: Any) -> None:
    for path, text in strings(sample(one.name)):
        if text.startswith("arn:"):
            assert ARN.fullmatch(text), f"{path}: {text}"


@pytest.mark.parametrize("one", SAMPLES, ids=lambda one: one.name)
def test_nothing_in_a_sample_looks_like_a_real_access_key(one: Any) -> None:
    for path, text in strings(sample(one.name)):
        assert not re.search(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b", text), path


def test_md5_of_the_queue_messages_is_that_of_their_bodies() -> None:
    for record in sample("sqs")["Records"]:
        assert record["md5OfBody"] == hashlib.md5(record["body"].encode()).hexdigest()


def test_the_log_subscription_is_base64_of_gzip_of_json() -> None:
    data = json.loads(gzip.decompress(base64.b64decode(sample("cloudwatch_logs")["awslogs"]["data"], validate=True)))
    assert data["messageType"] == "DATA_MESSAGE"
    assert len(data["logEvents"]) == 2


def test_kinesis_data_is_base64_and_its_event_ids_hold_the_sequence_numbers() -> None:
    for record in sample("kinesis")["Records"]:
        json.loads(base64.b64decode(record["kinesis"]["data"], validate=True))
        assert record["eventID"].endswith(":" + record["kinesis"]["sequenceNumber"])


@pytest.mark.parametrize("name", ["apigw", "http_api_v1"])
def test_single_values_are_the_last_of_the_multiple_ones(name: str) -> None:
    event = sample(name)
    for single, multiple in (
        ("headers", "multiValueHeaders"),
        ("queryStringParameters", "multiValueQueryStringParameters"),
    ):
        assert {key: values[-1] for key, values in event[multiple].items()} == event[single]
