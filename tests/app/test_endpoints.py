"""Endpoints on this machine, as containers reach them."""

from __future__ import annotations

import pytest

from localstack_lite.app.endpoints import for_containers, on_this_machine

SETTINGS = {
    "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
    "AWS_ENDPOINT_URL_S3": "https://localhost/base?x=1",
    "AWS_ENDPOINT_URL_SQS": "https://sqs.eu-west-2.example.com",
    "AWS_REGION": "http://127.0.0.1:1",
}


def test_only_endpoints_of_this_machine_need_a_door() -> None:
    assert on_this_machine(SETTINGS) == {4566, 443}


def test_each_is_renamed_with_the_port_of_its_door_and_keeps_the_rest() -> None:
    assert for_containers(SETTINGS, "172.17.0.1", {4566: 40001, 443: 40002}) == {
        **SETTINGS,
        "AWS_ENDPOINT_URL": "http://172.17.0.1:40001",
        "AWS_ENDPOINT_URL_S3": "https://172.17.0.1:40002/base?x=1",
    }


def test_without_a_door_the_port_stays() -> None:
    changed = for_containers({"AWS_ENDPOINT_URL": "http://x.localhost:4566/"}, "host.docker.internal", {})
    assert changed == {"AWS_ENDPOINT_URL": "http://host.docker.internal:4566/"}


@pytest.mark.parametrize("url", ["", "nonsense", "http://127.0.0.1:99999", "ftp://127.0.0.1:21", "http://[::1"])
def test_what_is_no_address_is_left_alone(url: str) -> None:
    assert on_this_machine({"AWS_ENDPOINT_URL": url}) == set()
    assert for_containers({"AWS_ENDPOINT_URL": url}, "x", {}) == {"AWS_ENDPOINT_URL": url}
