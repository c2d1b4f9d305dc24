"""What destinations get, sent to moto's server on loopback; and destinations that are not there."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from localstack_lite.events.destination_record import Parcel
from localstack_lite.events.sender import Sender, Undeliverable

pytestmark = pytest.mark.live

REGION, ACCOUNT = "us-east-1", "123456789012"
RECORD = json.dumps({"version": "1.0", "requestContext": {"condition": "Success"}}).encode()


@dataclass
class Cloud:
    address: str

    def client(self, service: str) -> Any:
        import boto3

        return boto3.client(
            service,
            endpoint_url=self.address,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield Cloud(f"http://{host}:{port}")
    server.stop()


@pytest.fixture(autouse=True)
def user(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """A user who has configured nothing."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def parcel(target: str, kind: str = "success", body: bytes = RECORD, **more: Any) -> Parcel:
    source = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:hello:$LATEST"
    return Parcel(target, kind, body, source, "hello", 1_795_345_478.0, "token", **more)


def send(sender: Callable[[], Sender], *parcels: Parcel) -> None:
    async def run() -> None:
        one = sender()
        await asyncio.gather(*(one.send(each) for each in parcels))

    asyncio.run(run())


def to(cloud: Cloud) -> Callable[[], Sender]:
    return lambda: Sender(ACCOUNT, REGION, endpoint_url=cloud.address)


def test_a_queue_gets_the_record_as_a_message(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="done")["QueueUrl"]
    send(to(cloud), parcel(f"arn:aws:sqs:{REGION}:{ACCOUNT}:done"))
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"].encode() == RECORD
    assert "MessageAttributes" not in message


def test_a_dead_letter_is_the_event_with_its_attributes(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="dead")["QueueUrl"]
    attributes = {"RequestID": ("String", "r1"), "ErrorCode": ("Number", "200"), "ErrorMessage": ("String", "no")}
    send(to(cloud), parcel(f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead", "dead letter", b'{"a":1}', attributes=attributes))
    (message,) = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"]
    assert message["Body"] == '{"a":1}'
    found = {name: (one["DataType"], one["StringValue"]) for name, one in message["MessageAttributes"].items()}
    assert found == attributes


def test_a_topic_a_bus_and_a_bucket_get_it_each_in_its_way(cloud: Cloud) -> None:
    sqs, sns, events, s3 = (cloud.client(name) for name in ("sqs", "sns", "events", "s3"))
    heard = sqs.create_queue(QueueName="told-by-sender")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=heard, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = sns.create_topic(Name="told")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    bus = events.create_event_bus(Name="shop")["EventBusArn"]
    events.put_rule(Name="all", EventBusName="shop", EventPattern='{"source":["lambda"]}')
    routed = sqs.create_queue(QueueName="routed")["QueueUrl"]
    target = sqs.get_queue_attributes(QueueUrl=routed, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_targets(Rule="all", EventBusName="shop", Targets=[{"Id": "1", "Arn": target}])
    s3.create_bucket(Bucket="lost")
    send(to(cloud), parcel(topic), parcel(bus, "failure"), parcel("arn:aws:s3:::lost", "failure"))

    (message,) = sqs.receive_message(QueueUrl=heard)["Messages"]
    assert json.loads(message["Body"])["Message"].encode() == RECORD
    (event,) = sqs.receive_message(QueueUrl=routed)["Messages"]
    seen = json.loads(event["Body"])
    assert (seen["source"], seen["detail-type"]) == ("lambda", "Lambda Function Invocation Result - Failure")
    assert seen["resources"] == [parcel(bus).source, bus]
    assert seen["detail"] == json.loads(RECORD)
    (found,) = s3.list_objects_v2(Bucket="lost")["Contents"]
    assert found["Key"] == "aws/lambda/async/hello/2026/11/22/2026-11-22T11.04.38-token"
    assert s3.get_object(Bucket="lost", Key=found["Key"])["Body"].read() == RECORD


def test_where_to_is_what_the_environment_says(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName="named")["QueueUrl"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", cloud.address)
    send(lambda: Sender(ACCOUNT, REGION), parcel(f"arn:aws:sqs:{REGION}:{ACCOUNT}:named"))
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (f"arn:aws:sqs:{REGION}:{ACCOUNT}:missing", "NonExistentQueue"),
        (f"arn:aws:sns:{REGION}:{ACCOUNT}:missing", "NotFound"),
        ("arn:aws:s3:::missing-bucket", "NoSuchBucket"),
        (f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/x", "kinesis takes no records"),
        ("orders", "orders is not an ARN"),
        ("", "nothing is not an ARN"),
    ],
)
def test_what_is_not_taken_says_why(cloud: Cloud, target: str, why: str) -> None:
    with pytest.raises(Undeliverable, match=why):
        send(to(cloud), parcel(target))


def test_an_address_that_nobody_answers_at_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(Undeliverable, match="Could not connect to the endpoint URL"):
        send(lambda: Sender(ACCOUNT, REGION, endpoint_url=address), parcel(f"arn:aws:sqs:{REGION}:{ACCOUNT}:done"))


def test_without_credentials_nothing_is_sent_to_the_real_aws() -> None:
    with pytest.raises(Undeliverable, match="credentials"):
        send(lambda: Sender(ACCOUNT, REGION), parcel(f"arn:aws:sqs:{REGION}:{ACCOUNT}:done"))


def test_a_profile_that_is_not_there_is_told() -> None:
    with pytest.raises(Undeliverable, match="nobody"):
        send(lambda: Sender(ACCOUNT, REGION, "nobody"), parcel(f"arn:aws:sqs:{REGION}:{ACCOUNT}:done"))
