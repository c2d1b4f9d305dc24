from pathlib import Path

import pytest

from localstack_lite.config.service_settings import KEYS, alias_of, treated
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.function import Code, Function, LogFormat, Logging
from tests.config.test_toml_project import read_text

F = Function("F", "hello", "python3.13", "a.b", Code(Path("/")))
QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"


def of(**given):
    problems = []
    return treated(F, given, "devserve.toml:3", problems), [f"{problem.what}; {problem.hint}" for problem in problems]


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({}, {}),
        ({"alias": "blue"}, {"aliases": (Alias("blue"),)}),
        (
            {"provisioned_concurrency": 2},
            {"aliases": (Alias("live"),), "provisioned": (Provisioned("live", 2),)},
        ),
        (
            {"alias": "blue", "provisioned_concurrency": 1},
            {"aliases": (Alias("blue"),), "provisioned": (Provisioned("blue", 1),)},
        ),
        ({"retries": 0}, {"event_invokes": (EventInvoke(retries=0),)}),
        (
            {"max_event_age": 60, "on_failure": QUEUE, "on_success": QUEUE},
            {"event_invokes": (EventInvoke(age=60, on_failure=QUEUE, on_success=QUEUE),)},
        ),
        ({"dead_letter": QUEUE}, {"dead_letter": QUEUE}),
        (
            {"log_format": "json", "log_level": "debug", "system_log_level": "WARN"},
            {"logging": Logging(LogFormat.JSON, "DEBUG", "WARN")},
        ),
        ({"snap_start": True, "tenant_isolation": False}, {"snap_start": True}),
        ({"recursive_loop": "Allow"}, {"recursive_loop": "Allow"}),
        ({"max_concurrency": 4}, {"managed": True, "max_concurrency": 4}),
        ({"cold_starts": [800, 1200.5]}, {"cold_starts": (800.0, 1200.5)}),
    ],
)
def test_each_key_changes_what_it_names(given, changed):
    function, told = of(**given)
    assert told == []
    assert {name: getattr(function, name) for name in changed} == changed
    kept = Function.__dataclass_fields__.keys() - changed.keys()
    assert all(getattr(function, name) == getattr(F, name) for name in kept)


def test_events_to_the_alias_are_treated_alike():
    function, _ = of(alias="blue", retries=1)
    assert [(one.qualifier, one.retries) for one in function.event_invokes] == [("$LATEST", 1), ("blue", 1)]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"retries": 3}, "hello: retries is 3; 0 to 2"),
        ({"max_event_age": 1}, "hello: max_event_age is 1; 60 to 21600"),
        ({"provisioned_concurrency": -1}, "hello: provisioned_concurrency is -1; 0 or more"),
        ({"on_success": "my-queue"}, "hello: on_success is 'my-queue'; the ARN of one of sqs, sns, lambda, events"),
        (
            {"on_success": "arn:aws:s3:::x"},
            "hello: on_success is 'arn:aws:s3:::x'; the ARN of one of sqs, sns, lambda, events",
        ),
        ({"dead_letter": "arn:aws:s3:::x"}, "hello: dead_letter is 'arn:aws:s3:::x'; the ARN of one of sqs, sns"),
        ({"log_format": "XML"}, "hello: log_format is 'XML'; Text or JSON"),
        ({"system_log_level": "FATAL"}, "hello: system_log_level is 'FATAL'; DEBUG or INFO or WARN"),
        ({"recursive_loop": "no"}, "hello: recursive_loop is 'no'; Terminate or Allow"),
        ({"max_concurrency": 0}, "hello: max_concurrency is 0; 1 or more"),
        ({"cold_starts": [-1]}, "hello: cold_starts is [-1]; milliseconds, 0 to 60000"),
        ({"cold_starts": [800, float("inf")]}, "hello: cold_starts is [800, inf]; milliseconds, 0 to 60000"),
        ({"alias": "1"}, "hello: alias is '1'; letters, digits, - and _, and not a number"),
        ({"alias": "a b"}, "hello: alias is 'a b'; letters, digits, - and _, and not a number"),
        ({"alias": ""}, "hello: alias is ''; letters, digits, - and _, and not a number"),
    ],
)
def test_what_aws_would_refuse_is_told_and_changes_nothing(given, told):
    function, said = of(**given)
    assert said == [told]
    assert function == F


def test_routes_of_a_function_with_an_alias_call_it():
    text = "[functions.f]\nhandler = 'app.handler'\nprovisioned_concurrency = 2\nroutes = ['GET /x']\n"
    read = read_text(text)
    assert read.problems == ()
    assert read.functions[0].provisioned == (Provisioned("live", 2),)
    assert [route.integration.qualifier for route in read.apis[0].routes] == ["live"]


@pytest.mark.parametrize(
    ("given", "alias"),
    [
        ({}, ""),
        ({"alias": "a"}, "a"),
        ({"alias": "1"}, ""),
        ({"provisioned_concurrency": 0}, ""),
        ({"provisioned_concurrency": 1}, "live"),
        ({"alias": "a b", "provisioned_concurrency": 1}, "live"),
    ],
)
def test_the_alias_that_keys_give(given, alias):
    assert alias_of(given) == alias


def test_every_key_is_known_to_the_reader():
    values = {"snap_start": "true", "tenant_isolation": "true", "cold_starts": "[1]"}
    whole = ("provisioned_concurrency", "retries", "max_event_age", "max_concurrency")
    lines = [f"{key} = {values.get(key, '60' if key in whole else repr('x'))}" for key in KEYS]
    problems = read_text("\n".join(["[functions.f]", "handler = 'app.handler'", *lines])).problems
    assert not any("there is no setting" in problem.what for problem in problems)
