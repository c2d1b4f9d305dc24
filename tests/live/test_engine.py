"""The connection to a Docker engine, against a real one and against what is none."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from localstack_lite.sandbox.engine import Engine, Unreachable, answers, connect, title_of
from tests.live import docker_engine
from tests.live.not_docker import listener

pytestmark = docker_engine.MARKS


def refused(environ: dict[str, str], **more: str) -> Unreachable:
    result = connect(environ, **more)
    assert isinstance(result, Unreachable), result
    return result


def test_an_engine_that_is_there_answers_and_is_introduced() -> None:
    with docker_engine.connected() as engine:
        assert answers(os.environ) == ""
        assert engine.client.ping()
        assert engine.architecture in ("x86_64", "arm64")
        assert engine.cpus >= 1
        assert engine.memory > 256
        assert engine.title.startswith("Docker ")
        assert engine.network == "bridge"


def test_no_socket_is_said_with_its_name() -> None:
    environ = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    assert answers(environ) == "no Docker engine answers at unix:///nonexistent/docker.sock"
    no = refused(environ)
    assert no.why == answers(environ)
    assert "DOCKER_HOST" in no.hint


def test_what_answers_the_ping_and_nothing_else_is_refused_in_one_line() -> None:
    with listener(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nOK") as address:
        assert answers({"DOCKER_HOST": address}) == ""
        no = refused({"DOCKER_HOST": address})
        assert address in no.why
        assert "\n" not in no.why


def test_a_context_of_the_docker_command_is_followed(tmp_path: Path) -> None:
    with docker_engine.connected() as engine:
        meta = tmp_path / "contexts" / "meta" / hashlib.sha256(b"here").hexdigest()
        meta.mkdir(parents=True)
        endpoint = {"docker": {"Host": engine.endpoint, "SkipTLSVerify": False}}
        (meta / "meta.json").write_text(json.dumps({"Name": "here", "Metadata": {}, "Endpoints": endpoint}))
        (tmp_path / "config.json").write_text('{"currentContext": "here"}')
        assert answers({"DOCKER_CONFIG": str(tmp_path)}) == ""
        found = connect({"DOCKER_CONFIG": str(tmp_path)})
        assert isinstance(found, Engine)
        found.client.close()
        assert found.endpoint == engine.endpoint
    assert "there is no Docker context 'gone'" in answers({"DOCKER_CONTEXT": "gone", "DOCKER_CONFIG": str(tmp_path)})


def test_an_unknown_network_is_refused_and_the_known_ones_are_named() -> None:
    docker_engine.require_engine()
    no = refused(dict(os.environ), network="nowhere")
    assert no.why == "there is no Docker network nowhere"
    assert "bridge" in no.hint


def test_a_network_that_reaches_nobody_is_refused() -> None:
    docker_engine.require_engine()
    assert "reach nobody" in refused(dict(os.environ), network="none").why


@pytest.mark.parametrize("kind", ["bridge", "host", "of the user"])
def test_a_container_calls_a_listener_where_the_engine_says(kind: str) -> None:
    image = docker_engine.require_images()["provided.al2023"]
    with network(kind) as name, docker_engine.connected(name) as engine:
        address = (engine.reach.bind, 0)
        with socket.create_server(address) as server:
            call = f"curl -s -m 5 http://{engine.reach.name}:{server.getsockname()[1]}/hello"
            container = engine.client.containers.run(
                image, ["-c", call], entrypoint=["sh"], network=name, detach=True, labels={"devserve.test.reach": name}
            )
            try:
                server.settimeout(10)
                with server.accept()[0] as connection:
                    connection.settimeout(10)
                    assert connection.recv(100).startswith(b"GET /hello ")
            finally:
                container.remove(force=True)


@contextmanager
def network(kind: str) -> Iterator[str]:
    if kind != "of the user":
        yield kind
        return
    with docker_engine.connected() as engine:
        made = engine.client.networks.create(f"devserve-test-{uuid.uuid4().hex[:12]}", driver="bridge")
        try:
            yield made.name
        finally:
            made.remove()


def test_a_distributions_addition_to_the_version_is_not_shown() -> None:
    assert title_of({"OperatingSystem": "Debian", "ServerVersion": "20.10.24+dfsg1"}) == "Docker Engine 20.10.24"
    assert title_of({"OperatingSystem": "Docker Desktop", "ServerVersion": "27.1.1"}) == "Docker Desktop 27.1.1"
