"""Whether an engine answers, asked of what is none. Needs no engine."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from localstack_lite.sandbox.endpoint import Endpoint
from localstack_lite.sandbox.ping import answers, hint_for
from tests.live.not_docker import listener

pytestmark = [pytest.mark.live]


def test_a_socket_that_nobody_serves_any_more_is_no_engine(tmp_path: Path) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    assert answers({"DOCKER_HOST": f"unix://{path}"}) == f"no Docker engine answers at unix://{path}"


def test_something_else_at_the_address_is_no_engine() -> None:
    with listener(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") as address:
        assert answers({"DOCKER_HOST": address}) == f"what listens at {address} is no Docker engine"


def test_an_engine_that_stays_silent_is_not_waited_for() -> None:
    with listener(b"") as address:
        assert answers({"DOCKER_HOST": address}) == f"the Docker engine at {address} does not answer in time"


def test_a_host_that_is_unknown_is_said_in_one_line() -> None:
    why = answers({"DOCKER_HOST": "tcp://nowhere.invalid:2375"})
    assert why.startswith("no Docker engine answers at tcp://nowhere.invalid:2375: ")
    assert "\n" not in why


def test_of_ssh_only_the_port_is_tried() -> None:
    with listener(b"") as address:
        assert answers({"DOCKER_HOST": address.replace("tcp://", "ssh://ann@")}) == ""


def test_certificates_that_are_not_there_are_said(tmp_path: Path) -> None:
    with listener(b"") as address:
        why = answers({"DOCKER_HOST": address, "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)})
        assert why.startswith(f"no Docker engine answers at {address}: its certificates cannot be used: ")


def test_the_hint_follows_from_the_reason() -> None:
    usual, named = Endpoint("unix:///s", "the usual socket"), Endpoint("unix:///s", "DOCKER_HOST")
    assert "group docker" in hint_for(usual, "the Docker engine at unix:///s may not be used by this user")
    assert "--sandbox process" in hint_for(usual, "no Docker engine answers at unix:///s")
    assert "DOCKER_HOST says so" in hint_for(named, "no Docker engine answers at unix:///s")
