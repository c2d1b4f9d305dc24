"""Images built from Dockerfiles, with a real engine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from localstack_lite.model.function import Dockerfile, Image
from localstack_lite.sandbox.build_output import LONGEST
from localstack_lite.sandbox.image_build import buildx_command
from tests.builders import function
from tests.live import docker_engine
from tests.live.image_bench import Bench, image_bench
from tests.live.registry import free_port, registry

pytestmark = docker_engine.MARKS


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with image_bench(tmp_path) as made:
        yield made


def test_an_image_is_built_step_by_step(bench: Bench) -> None:
    one = bench.project(
        'FROM BASE AS first\nARG GREETING\nRUN echo "$GREETING" >/greeting\nFROM first\nRUN false\n',
        target="first",
        arguments={"GREETING": "good day"},
    )
    image = bench.built(one)
    assert image.entry_point == ("/lambda-entrypoint.sh",)
    states = [state for _, state, _, _ in bench.told]
    assert states[0] == "starting"
    assert 'step 3/3 RUN echo "$GREETING" >/greeting' in [state.replace("/4 ", "/3 ") for state in states]
    assert bench.told[-1] == ("build orders", "ready", 1.0, True)
    assert bench.said_in(image, "cat /greeting") == "good day"


def test_the_fetching_of_its_base_is_told(bench: Bench, tmp_path: Path) -> None:
    with registry(tmp_path) as address:
        base = bench.name(f"{address}/shop/")
        bench.pushed(base, layers=2)
        (bench.folder / ".dockerignore").write_text("*\n")
        image = bench.built(bench.project(f"FROM {base}\n"))
        assert image.command == ("/noise",)
        states = [state for _, state, _, _ in bench.told]
        assert any(state.startswith("downloading the base image, ") for state in states), states


def test_an_unchanged_one_is_the_same_again_and_a_changed_one_replaces_it(bench: Bench) -> None:
    one = bench.project("FROM BASE\nCOPY app.txt /app.txt\n")
    (bench.folder / "app.txt").write_text("one")
    first = bench.built(one)
    assert bench.built(one).id == first.id
    (bench.folder / "app.txt").write_text("two")
    second = bench.built(one)
    assert second.id != first.id
    assert bench.said_in(second, "cat /app.txt") == "two"
    assert not bench.has(first.id)


def test_the_older_one_stays_while_a_container_uses_it(bench: Bench) -> None:
    one = bench.project("FROM BASE\nCOPY app.txt /app.txt\n")
    (bench.folder / "app.txt").write_text("one")
    first = bench.built(one)
    container = bench.engine.client.containers.create(first.id, labels={"devserve.test.images": "1"})
    try:
        (bench.folder / "app.txt").write_text("two")
        bench.built(one)
        assert bench.has(first.id)
    finally:
        container.remove(force=True)
    bench.built(one)
    assert not bench.has(first.id)


def test_what_dockerignore_names_is_not_sent(bench: Bench) -> None:
    (bench.folder / ".dockerignore").write_text("secret*\n!secret-not.txt\n")
    for name in ("secret.txt", "secret-not.txt", "app.txt"):
        (bench.folder / name).write_text(name)
    image = bench.built(bench.project("FROM BASE\nCOPY . /sent/\n"))
    assert bench.said_in(image, "cd /sent; ls -1 *.txt").split() == ["app.txt", "secret-not.txt"]


def test_a_dockerfile_may_lie_elsewhere_in_its_context(bench: Bench) -> None:
    (bench.folder / "docker").mkdir()
    one = bench.project("", file="docker/Other")
    (bench.folder / "docker" / "Other").write_text(f'FROM {docker_engine.IMAGES["provided.al2023"]}\nCMD ["x"]\n')
    assert bench.built(one).command == ("x",)


def test_a_step_that_fails_is_shown_with_its_own_last_lines(bench: Bench) -> None:
    many = "for n in $(seq 1 100); do echo line $n; done; echo 'no such thing'; exit 3"
    missing = bench.missing(bench.project(f"FROM BASE\nRUN true\nRUN {many}\n"))
    assert missing.what.startswith("the image of orders cannot be built: The command '/bin/sh -c ")
    assert "non-zero code: 3" in missing.what
    assert missing.lines[0].startswith("step 3/")
    assert missing.lines[-1] == "no such thing"
    assert len(missing.lines) == LONGEST
    assert str(bench.folder / "Dockerfile") in missing.hint
    assert bench.told[-1] == ("build orders", "failed", None, True)


def test_a_dockerfile_that_is_not_there_is_named(bench: Bench) -> None:
    one = function("orders", image=Image("", Dockerfile(bench.folder, "Nothing")), runtime="")
    assert f"there is no Dockerfile at {bench.folder / 'Nothing'}" in bench.missing(one).what


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FORM debian\n", "unknown instruction: FORM"),
        ("", "empty"),
        ("FROM BASE\nCOPY nothing.txt /x\n", "nothing.txt"),
    ],
)
def test_a_dockerfile_that_is_wrong_is_refused_with_the_engines_reason(bench: Bench, text: str, reason: str) -> None:
    assert reason in bench.missing(bench.project(text)).what


def test_a_base_that_cannot_be_fetched_is_missing(bench: Bench) -> None:
    one = bench.project(f"FROM 127.0.0.1:{free_port()}/nothing:1\n")
    missing = bench.missing(one)
    assert missing.offline
    assert "connection refused" in missing.what


def test_what_only_buildkit_builds_is_refused_without_buildx(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(bench.folder))
    missing = bench.missing(bench.project("FROM BASE\nRUN --mount=type=cache,target=/c true\n"))
    assert "RUN --mount=type=cache,target=/c true" in missing.what
    assert "buildx" in missing.hint


def test_buildx_builds_them_where_it_is_installed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is a stand-in here: Debian has no buildx. It says what it was asked, and fails as buildx does."""
    stand_in = bench.folder / "bin" / "docker"
    stand_in.parent.mkdir()
    stand_in.write_text(
        '#!/bin/sh\n[ "$2" = version ] && exit 0\n'
        "echo '#5 [2/2] RUN --mount=type=cache,target=/c make'\necho \"#5 0.1 asked: $*\"\n"
        "echo '#5 ERROR: process \"make\" did not complete successfully: exit code: 2'\nexit 1\n"
    )
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{stand_in.parent}:{os.environ['PATH']}")
    one = bench.project("FROM BASE\nRUN --mount=type=cache,target=/c make\n")
    missing = bench.missing(one)
    assert "exit code: 2" in missing.what
    assert missing.lines[0] == "step 2/2 RUN --mount=type=cache,target=/c make"
    assert missing.lines[1].startswith(f"asked: --host {bench.engine.endpoint} buildx build --load ")
    assert ("build orders", "step 2/2 RUN --mount=type=cache,target=/c make", 0.5, False) in bench.told


def test_buildx_is_asked_for_all_that_the_function_says() -> None:
    recipe = Dockerfile(Path("/p"), "d/F", "last", {"A": "1 2"})
    assert buildx_command("docker", "unix:///s", recipe, "devserve/x:latest", "linux/arm64") == [
        *("docker", "--host", "unix:///s", "buildx", "build", "--load", "--progress=plain"),
        *("--tag", "devserve/x:latest", "--file", "/p/d/F", "--label", "devserve.build=devserve/x:latest"),
        *("--build-arg=A=1 2", "--target", "last", "--platform", "linux/arm64", "/p"),
    ]
