"""Images found and fetched, with a real engine and a real registry."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docker
import pytest

from localstack_lite.model.function import Image
from localstack_lite.sandbox.images import Images, Missing, ReadyImage, unfetched
from tests.builders import function
from tests.live import docker_engine
from tests.live.image_bench import Bench, image_bench
from tests.live.registry import free_port, registry

pytestmark = docker_engine.MARKS


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with image_bench(tmp_path) as made:
        yield made


def test_an_image_that_is_here_is_taken_as_it_is(bench: Bench) -> None:
    runtime, image = docker_engine.PYTHON_RUNTIME, docker_engine.IMAGES[docker_engine.PYTHON_RUNTIME]
    images = Images(bench.engine, {runtime: image}, {})
    found = bench.ensure(function(runtime=runtime), images)
    assert isinstance(found, ReadyImage)
    assert found.id.startswith("sha256:")
    assert found.entry_point == ("/lambda-entrypoint.sh",)
    assert found.command == ()
    assert found.working_directory == "/var/task"
    assert found.environ["LAMBDA_TASK_ROOT"] == "/var/task"
    assert found.architecture == bench.engine.architecture
    assert bench.told == []
    assert images.known("Hello") == found
    assert images.known("Other") is None


def test_another_architecture_than_asked_for_is_said(bench: Bench) -> None:
    other = "arm64" if bench.engine.architecture == "x86_64" else "x86_64"
    image = docker_engine.IMAGES["provided.al2023"]
    found = bench.ensure(function(architecture=other), Images(bench.engine, {}, {"": image}))
    assert isinstance(found, ReadyImage)
    assert [news[1] for news in bench.told] == [f"is {bench.engine.architecture}, while hello asks for {other}"]


def test_an_image_is_fetched_with_growing_shares(bench: Bench, tmp_path: Path) -> None:
    with registry(tmp_path) as address:
        name = bench.name(f"{address}/shop/")
        bench.pushed(name, layers=3)
        found = bench.ensure(function(image=Image(name), runtime=""))
        assert isinstance(found, ReadyImage), found
        assert found.command == ("/noise",)
        shares = [share for _, _, share, _ in bench.told if share is not None]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0
        assert len(shares) > 4
        assert {task for task, *_ in bench.told} == {f"image {name}"}
        assert {"downloading", "extracting"} <= {state for _, state, _, _ in bench.told}
        assert [over for *_, over in bench.told][-1] is True
        assert sum(over for *_, over in bench.told) == 1


def test_functions_that_ask_at_once_fetch_it_once(bench: Bench, tmp_path: Path) -> None:
    with registry(tmp_path) as address:
        name = bench.name(f"{address}/shop/")
        bench.pushed(name, layers=1)
        images = bench.images()
        found: list[ReadyImage | Missing] = []
        told: list[str] = []

        def ask(number: int) -> None:
            one = function(f"orders{number}", image=Image(name), runtime="")
            found.append(images.ensure(one, lambda task, state, share, over: told.append(state)))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [type(each) for each in found] == [ReadyImage] * 4, found
        assert told.count("asking the registry") == 1


def test_a_name_that_the_registry_does_not_know_is_missing(bench: Bench, tmp_path: Path) -> None:
    with registry(tmp_path) as address:
        missing = bench.missing(function(image=Image(f"{address}/shop/nothing:1"), runtime=""))
        assert missing.what.startswith(f"the image {address}/shop/nothing:1 is not here and cannot be fetched: ")
        assert "manifest unknown" in missing.what
        assert f"docker pull {address}/shop/nothing:1" in missing.hint
        assert not missing.offline
        assert bench.told[-1][1:] == ("failed", None, True)


def test_a_registry_out_of_reach_is_told_from_a_wrong_name(bench: Bench) -> None:
    missing = bench.missing(function(image=Image(f"127.0.0.1:{free_port()}/shop/orders:1"), runtime=""))
    assert missing.offline
    assert "--sandbox process" in missing.hint


@pytest.mark.parametrize(
    ("own", "what"),
    [(Image(""), "has neither entrypoint nor command"), (None, "has no entrypoint")],
)
def test_an_image_that_says_nothing_to_run_is_refused(bench: Bench, own: Image | None, what: str) -> None:
    name = bench.name()
    bench.imported(name)
    assert what in bench.missing(function(image=own), bench.images(Hello=name)).what


def test_image_config_may_say_what_the_image_does_not(bench: Bench) -> None:
    name = bench.name()
    bench.imported(name)
    found = bench.ensure(function(image=Image(name, command=("/noise",)), runtime=""))
    assert isinstance(found, ReadyImage)


def test_an_engine_that_is_gone_is_said_and_not_raised(bench: Bench) -> None:
    client = docker.DockerClient(base_url=f"tcp://127.0.0.1:{free_port()}", version="1.41")
    try:
        images = Images(replace(bench.engine, client=client), {}, {"": "any/image"})
        missing = bench.missing(function(), images)
        assert missing.what == f"the Docker engine at {bench.engine.endpoint} does not answer any more"
    finally:
        client.close()


def test_aws_image_without_its_architecture_is_taken_when_it_is_the_right_one(bench: Bench) -> None:
    """A runtime that AWS has not, so that nobody meets the name that is given here."""
    name = "public.ecr.aws/lambda/java:99"
    bench.engine.client.images.get(docker_engine.IMAGES["provided.al2023"]).tag(*name.rsplit(":", 1))
    try:
        found = bench.ensure(function(runtime="java99", architecture=bench.engine.architecture))
        assert isinstance(found, ReadyImage)
        assert found.name == name
        assert bench.told == []
    finally:
        bench.engine.client.images.remove(name)


@pytest.mark.parametrize(
    ("name", "reason", "hint", "offline"),
    [
        ("shop/orders", "pull access denied for shop/orders, repository does not exist", "docker login", False),
        (
            "1.dkr.ecr.eu-west-2.amazonaws.com/x",
            "no basic auth credentials: denied",
            "aws ecr get-login-password",
            False,
        ),
        ("x:1", "Get https://x/v2/: dial tcp: lookup x: no such host", "no registry is in reach", True),
        ("x:1", "manifest for x:1 not found: manifest unknown", "check the name", False),
    ],
)
def test_the_hint_follows_from_the_engines_reason(name: str, reason: str, hint: str, offline: bool) -> None:
    missing = unfetched(name, f"{reason}\n")
    assert missing.what == f"the image {name} is not here and cannot be fetched: {reason}"
    assert hint in missing.hint
    assert missing.offline is offline
