"""Images on their way to a registry, with an engine that is a list of answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage
from localstack_lite.sync.calls import Calls
from localstack_lite.sync.registry import PushRefused, Registry, followed
from localstack_lite.sync.session import Session
from localstack_lite.sync.steps import PushImage

DIGEST = "sha256:" + "cd" * 32
AUX = {"aux": {"Tag": "1", "Digest": DIGEST, "Size": 500}}


def told_nothing(
    kind: str,
    subject: str,
    state: str,
    sent: int = 0,
    size: int = 0,
    details: tuple[str, ...] = (),
    done: bool = False,
) -> None:
    """A step nobody watches."""


class Engine:
    """As much of `docker.DockerClient` as a push uses."""

    def __init__(self, *lines: dict[str, Any], error: Exception | None = None) -> None:
        self.lines, self.error = lines, error
        self.log: list[str] = []
        self.images = self.api = self

    def get(self, name: str) -> Engine:
        if self.error is not None:
            raise self.error
        self.log.append(f"get {name}")
        return self

    def tag(self, repository: str, tag: str) -> None:
        self.log.append(f"tag {repository} {tag}")

    def push(self, repository: str, tag: str, stream: bool, decode: bool, auth_config: Any) -> Sequence[dict[str, Any]]:
        self.log.append(f"push {repository} {tag} {auth_config}")
        return self.lines

    def remove(self, name: str, noprune: bool) -> None:
        assert noprune, "the image itself stays"
        self.log.append(f"untag {name}")

    def close(self) -> None:
        self.log.append("close")


def push(engine: Engine, target: str = "127.0.0.1:5000/app:1") -> str:
    session = Session(Stage("dev", "shop-dev", region="eu-west-2"))
    step = PushImage("Web", Package("Web", "sha256:1", image="shop:web", size=500), target, "it changed")
    return Registry(Calls(session), lambda: engine).push(step, told_nothing)


def test_the_image_is_known_by_its_digest_afterwards() -> None:
    engine = Engine({"status": "Preparing", "id": "1"}, AUX)
    assert push(engine) == f"127.0.0.1:5000/app@{DIGEST}"
    assert engine.log == [
        "get shop:web",
        "tag 127.0.0.1:5000/app 1",
        "push 127.0.0.1:5000/app 1 None",
        "untag 127.0.0.1:5000/app:1",
        "close",
    ]


def test_bytes_are_told_over_all_layers() -> None:
    told: list[tuple[int, int]] = []
    lines: list[dict[str, Any]] = [
        {"id": "1", "progressDetail": {"current": 5, "total": 10}},
        {"id": "2", "progressDetail": {"current": 50, "total": 100}},
        {"id": "3", "progressDetail": {}},
        {"id": "1", "progressDetail": {"current": 12, "total": 10}},  # the engine counts headers as well
        AUX,
    ]
    assert followed(lines, lambda sent, of: told.append((sent, of))) == DIGEST
    assert told == [(5, 10), (55, 110), (60, 110)]


def test_an_error_among_the_lines_ends_it() -> None:
    with pytest.raises(PushRefused, match="denied: not logged in"):
        followed([{"error": "denied:\n not logged in"}, AUX], lambda sent, of: None)


def test_a_registry_that_refuses_is_told_in_its_own_words() -> None:
    with pytest.raises(RemoteError) as caught:
        push(Engine({"error": "denied: requested access to the resource is denied"}))
    assert "cannot be pushed to 127.0.0.1:5000/app: denied" in caught.value.what
    assert "docker login" in caught.value.hint


def test_a_tag_that_may_not_be_pushed_again_is_there_already() -> None:
    said = (
        "tag invalid: The image tag '1' already exists in the 'app' repository and cannot be overwritten because the "
    )
    engine = Engine({"error": f"{said}repository is immutable."})
    assert push(engine) == "127.0.0.1:5000/app:1"
    assert "untag 127.0.0.1:5000/app:1" in engine.log


def test_a_repository_that_is_not_ours_is_not_made() -> None:
    with pytest.raises(RemoteError) as caught:
        push(Engine({"error": "name unknown: repository not found"}))
    assert "there is no repository 127.0.0.1:5000/app" in caught.value.what
    assert "create-repository" in caught.value.hint


def test_an_image_that_the_engine_lost_is_an_error() -> None:
    import docker.errors

    with pytest.raises(RemoteError) as caught:
        push(Engine(error=docker.errors.ImageNotFound("gone")))
    assert caught.value.what == "the engine has no image shop:web"


def test_an_engine_that_breaks_off_is_an_error_of_one_line() -> None:
    import docker.errors

    with pytest.raises(RemoteError) as caught:
        push(Engine(error=docker.errors.APIError("server\nerror")))
    assert caught.value.what == "the image cannot be pushed: server error"


def test_a_push_without_a_digest_is_no_success() -> None:
    with pytest.raises(RemoteError) as caught:
        push(Engine({"status": "Pushed"}))
    assert "no digest" in caught.value.what


def test_lambda_takes_no_image_of_another_region() -> None:
    with pytest.raises(UserError) as caught:
        push(Engine(AUX), "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1")
    assert "the repository is in us-east-1" in caught.value.what


@pytest.mark.parametrize("target", ["app", "127.0.0.1:5000/app"])
def test_a_target_without_a_tag_is_refused(target: str) -> None:
    with pytest.raises(UserError, match="is no REPOSITORY:TAG"):
        push(Engine(AUX), target)
