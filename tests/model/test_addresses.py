"""The virtual hosts of the gateway port."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.model import addresses
from localstack_lite.model.api import ApiKind, Face
from tests.builders import api, function, project

HELLO = function("hello")
FIRST = api("GET / -> hello", name="web")
SECOND = api("GET / -> hello", name="Admin Api", kind=ApiKind.REST, logical_id="AdminApi", stage="Prod")
URL = api("$default -> hello", name="HelloUrl", kind=ApiKind.FUNCTION_URL)
PROJECT = project(HELLO, URL, FIRST, SECOND)


def test_the_first_api_that_is_no_function_url_answers_at_the_gateways_own_address() -> None:
    assert addresses.main_api(PROJECT) is FIRST
    assert addresses.url(PROJECT, FIRST, "http://127.0.0.1:3000") == "http://127.0.0.1:3000/"


def test_every_api_has_hosts_of_its_own() -> None:
    assert addresses.host_names(PROJECT, SECOND) == (
        "adminapi.localhost",
        "adminapi.execute-api.localhost",
    )
    assert addresses.url(PROJECT, SECOND, "http://127.0.0.1:3000") == "http://adminapi.localhost:3000/"


def test_an_api_whose_name_another_one_has_already_is_told_by_the_name_that_is_its_own() -> None:
    twin = api("GET / -> hello", name="Admin Api", kind=ApiKind.REST, logical_id="zBackApi", stage="Prod")
    clash = api("GET / -> hello", name="ZBackApi", kind=ApiKind.REST, logical_id="Aaa", stage="Prod")
    shop = project(HELLO, FIRST, twin, clash)
    assert addresses.url(shop, twin, "http://127.0.0.1:4") == "http://adminapi.localhost:4/"
    assert addresses.url(shop, clash, "http://127.0.0.1:4") == "http://aaa.localhost:4/"
    same = project(HELLO, FIRST, twin, api("GET / -> hello", name="Admin Api", kind=ApiKind.REST, logical_id="Other"))
    assert addresses.url(same, same.apis[2], "http://127.0.0.1:4") == "http://other.localhost:4/"


def test_a_function_url_has_the_functions_name() -> None:
    assert addresses.host_names(PROJECT, URL) == ("hello.lambda-url.localhost", f"{URL.id}.lambda-url.localhost")
    assert addresses.function_url(PROJECT, "Hello", "http://127.0.0.1:4") == "http://hello.lambda-url.localhost:4/"


def test_a_function_without_url_has_no_address() -> None:
    assert addresses.function_url(project(HELLO, FIRST), "Hello", "http://127.0.0.1:4") == ""


def test_a_websocket_api_is_at_the_gateways_own_address_with_its_stage_beside_the_app() -> None:
    chat = replace(SECOND, kind=ApiKind.WEBSOCKET, stage="dev")
    more = replace(FIRST, logical_id="More", name="more", kind=ApiKind.WEBSOCKET, stage="$default")
    served = project(HELLO, chat, FIRST, more)
    assert addresses.main_api(served) is FIRST
    assert addresses.url(served, chat, "http://127.0.0.1:3000") == "ws://127.0.0.1:3000/dev"
    assert addresses.url(served, more, "https://127.0.0.1:3000") == "wss://more.localhost:3000/"
    assert addresses.main_api(project(HELLO, chat, more)) is chat
    assert addresses.url(project(HELLO, more), more, "http://127.0.0.1:3000") == "ws://127.0.0.1:3000/"


def test_a_load_balancer_has_a_host_of_its_own() -> None:
    balancer = api("$default -> hello", name="Targets", kind=ApiKind.ALB, logical_id="LoadBalancer")
    shop = project(HELLO, FIRST, balancer)
    assert addresses.host_names(shop, balancer) == (
        "loadbalancer.localhost",
        "targets.localhost",
        "loadbalancer.elb.localhost",
    )
    assert addresses.main_api(project(HELLO, URL, balancer)) is balancer


@pytest.mark.parametrize(
    ("changes", "front"),
    [
        ({}, ""),
        ({"face": Face.AWS}, "/Prod"),
        ({"face": Face.AWS, "stage": "$default"}, ""),
        ({"face": Face.AWS, "kind": ApiKind.ALB}, ""),
        ({"face": Face.DOMAIN, "domain": "a.example", "base_path": "base"}, "/base"),
        ({"face": Face.DOMAIN, "domain": "a.example"}, ""),
        ({"face": Face.DOMAIN, "base_path": "base"}, ""),
    ],
)
def test_what_stands_in_front_is_in_every_address(changes: dict[str, Any], front: str) -> None:
    one = replace(SECOND, **changes)
    assert addresses.front(one) == front
    alone, other = project(HELLO, one), project(HELLO, FIRST, one)
    assert addresses.url(alone, one, "http://127.0.0.1:3000") == f"http://127.0.0.1:3000{front}/"
    assert addresses.url(other, one, "http://127.0.0.1:3000") == f"http://adminapi.localhost:3000{front}/"
