"""What may be asked for when subscribing to telemetry; everything that is wrong is told at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localstack_lite.lambdas.environments.runtime_api import Reply
from localstack_lite.lambdas.extensions.telemetry_subscription import Buffering, Destination, Subscription, subscription
from localstack_lite.model.platform_events import Schema

ASKED: dict[str, Any] = {
    "schemaVersion": "2022-12-13",
    "types": ["platform", "function"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain:8080/logs"},
}


def ask(*, legacy: bool = False, managed: bool = False, **changes: Any) -> Subscription | Reply:
    body = {key: value for key, value in (ASKED | changes).items() if value is not None}
    return subscription(json.dumps(body).encode(), legacy=legacy, managed=managed)


def wrong(answer: Subscription | Reply) -> str:
    assert isinstance(answer, Reply)
    assert answer.status == 400
    body = json.loads(answer.body)
    assert body["errorType"] == "ValidationError"
    return str(body["errorMessage"])


def test_http_is_asked_for_by_a_uri() -> None:
    assert ask() == Subscription(
        Destination(8080, path="/logs"), ("platform", "function"), Schema.SECOND, Buffering(10_000, 262_144, 1_000)
    )


def test_the_short_name_of_the_sandbox_is_as_good() -> None:
    asked = ask(destination={"protocol": "HTTP", "URI": "http://sandbox:4243"})
    assert isinstance(asked, Subscription)
    assert asked.destination == Destination(4243, host="sandbox")


@pytest.mark.parametrize("where", [{"port": 9999}, {"URI": "tcp://sandbox.localdomain:9999"}])
def test_tcp_is_asked_for_by_a_port_or_a_uri(where: dict[str, object]) -> None:
    asked = ask(destination={"protocol": "TCP", **where})
    assert isinstance(asked, Subscription)
    assert asked.destination == Destination(9999, http=False)


def test_buffering_may_be_set_in_part() -> None:
    asked = ask(buffering={"maxItems": 1000, "timeoutMs": 25})
    assert isinstance(asked, Subscription)
    assert asked.buffering == Buffering(1000, 262_144, 25)


def test_a_type_asked_for_twice_counts_once() -> None:
    asked = ask(types=["platform", "extension", "platform"])
    assert isinstance(asked, Subscription)
    assert asked.types == ("platform", "extension")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schemaVersion": "2020-08-15"}, "schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29"),
        ({"schemaVersion": None}, "schemaVersion should be one of 2022-07-01, 2022-12-13, 2025-01-29"),
        ({"types": None}, "types should be a list"),
        ({"types": []}, "types should not be empty"),
        ({"types": ["logs"]}, "type 'logs' should be one of platform, function, extension"),
        ({"types": [["platform"]]}, "type ['platform'] should be one of platform, function, extension"),
        ({"buffering": []}, "buffering should be an object"),
        ({"buffering": {"maxItems": 999}}, "maxItems should be a whole number from 1000 to 10000"),
        ({"buffering": {"maxBytes": 1_048_577}}, "maxBytes should be a whole number from 262144 to 1048576"),
        ({"buffering": {"timeoutMs": 24}}, "timeoutMs should be a whole number from 25 to 30000"),
        ({"buffering": {"timeoutMs": True}}, "timeoutMs should be a whole number from 25 to 30000"),
        ({"buffering": {"timeoutMs": "25"}}, "timeoutMs should be a whole number from 25 to 30000"),
        ({"destination": None}, "destination should be an object"),
        ({"destination": {"protocol": "UDP", "port": 8080}}, "protocol should be HTTP or TCP"),
        ({"destination": {"protocol": "HTTP"}}, "URI is not provided"),
        ({"destination": {"protocol": "TCP"}}, "port is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox"}}, "URI port is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "https://sandbox:8080"}}, "URI should begin with http://"),
        (
            {"destination": {"protocol": "HTTP", "URI": "http://127.0.0.1:8080"}},
            "URI host should be sandbox.localdomain",
        ),
        ({"destination": {"protocol": "TCP", "port": 1023}}, "port should be from 1024 to 65535, and not 9001"),
        ({"destination": {"protocol": "TCP", "port": 9001}}, "port should be from 1024 to 65535, and not 9001"),
        ({"destination": {"protocol": "TCP", "port": "8080"}}, "port should be from 1024 to 65535, and not 9001"),
        ({"destination": {"protocol": "TCP", "port": 8080, "encoding": "XML"}}, "encoding should be JSON"),
    ],
)
def test_what_is_wrong_is_said(changes: dict[str, Any], message: str) -> None:
    assert wrong(ask(**changes)) == message


def test_a_port_that_is_none_is_said() -> None:
    assert wrong(ask(destination={"protocol": "HTTP", "URI": "http://sandbox:x"})).startswith("URI cannot be read")


def test_all_that_is_wrong_is_said_at_once() -> None:
    asked = ask(types=[], destination={"protocol": "HTTP", "URI": "http://sandbox"}, buffering={"maxItems": 1})
    assert wrong(asked) == (
        "URI port is not provided; types should not be empty; maxItems should be a whole number from 1000 to 10000"
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"{"])
def test_a_body_has_to_be_an_object(body: bytes) -> None:
    assert wrong(subscription(body)).startswith("the body is no JSON")


def test_the_older_api_needs_no_schema_and_knows_put() -> None:
    asked = ask(
        legacy=True,
        schemaVersion=None,
        destination={"protocol": "HTTP", "URI": "http://sandbox:8080", "method": "PUT", "encoding": "JSON"},
    )
    assert isinstance(asked, Subscription)
    assert asked.legacy
    assert asked.schema is Schema.LOGS_2020
    assert asked.destination == Destination(8080, host="sandbox", method="PUT")


def test_the_older_api_knows_no_other_method() -> None:
    destination = {"protocol": "HTTP", "URI": "http://sandbox:8080", "method": "GET"}
    assert (
        wrong(ask(legacy=True, schemaVersion="2021-03-18", destination=destination)) == "method should be POST or PUT"
    )


def test_managed_instances_know_the_newest_schema_only() -> None:
    assert wrong(ask(managed=True)) == "schemaVersion should be one of 2025-01-29"
    assert isinstance(ask(managed=True, schemaVersion="2025-01-29"), Subscription)
