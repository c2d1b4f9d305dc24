"""What `devserve routes` and the banner say of routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.model.api import Api, ApiKind, ApiStage, Integration, LambdaProxy, Route, Unsupported
from localstack_lite.model.called import called, function_of, guarded_by, is_preflight, made_up_keys
from localstack_lite.model.integration import (
    AwsService,
    HttpProxy,
    IntegrationKind,
    ServiceAction,
    TemplatedIntegration,
)
from localstack_lite.model.project import Project
from localstack_lite.model.usage import ApiKey, UsagePlan

MOCK = TemplatedIntegration(IntegrationKind.MOCK)
AWS = IntegrationKind.AWS


@pytest.mark.parametrize(
    ("integration", "function", "words"),
    [
        (LambdaProxy("F"), "F", ""),
        (TemplatedIntegration(AWS, function="F"), "F", ""),
        (MOCK, "", "mock"),
        (TemplatedIntegration(IntegrationKind.HTTP, "https://example.com"), "", "http https://example.com"),
        (HttpProxy("https://example.com/{proxy}"), "", "http https://example.com/{proxy}"),
        (TemplatedIntegration(AWS, service=AwsService("states", "x", action="Start")), "", "states Start"),
        (TemplatedIntegration(AWS, service=AwsService("sqs", "x", "1/queue")), "", "sqs 1/queue"),
        (ServiceAction("SQS-SendMessage"), "", "sqs SendMessage"),
        (Unsupported("it calls nothing"), "", "answers 500: it calls nothing"),
    ],
)
def test_what_a_route_calls_in_a_few_words(integration: Integration, function: str, words: str) -> None:
    assert (function_of(integration), called(integration)) == (function, words)


@pytest.mark.parametrize(
    ("authorizer", "api_key", "words"),
    [("", False, ""), ("Tok", False, "Tok"), ("", True, "key"), ("Tok", True, "Tok, key")],
)
def test_who_stands_before_a_route(authorizer: str, api_key: bool, words: str) -> None:
    assert guarded_by(Route("GET", "/", MOCK, authorizer=authorizer, api_key=api_key)) == words


def test_only_keys_that_are_made_up_are_shown() -> None:
    made, given = ApiKey("A", "made", "made-value", made_up=True), ApiKey("B", "given", "secret-value")
    later = ApiKey("C", "later", "later-value", made_up=True)
    off = ApiKey("D", "off", "off-value", enabled=False, made_up=True)
    api = Api(
        "Shop",
        "shop",
        ApiKind.REST,
        (Route("GET", "/", MOCK),),
        usage_plans=(UsagePlan("P", "p", (made, given, off)),),
        stages=(ApiStage("live", usage_plans=(UsagePlan("Q", "q", (later, made)),)),),
    )
    shop = Project(Path("/p"), apis=(api,))
    assert made_up_keys(shop) == {"made": "made-value", "later": "later-value"}


def test_only_a_mock_of_options_is_a_preflight() -> None:
    assert is_preflight(Route("OPTIONS", "/", MOCK))
    assert not is_preflight(Route("GET", "/", MOCK))
    assert not is_preflight(Route("OPTIONS", "/", LambdaProxy("F")))
