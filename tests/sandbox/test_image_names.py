from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.model.function import Dockerfile, Image
from localstack_lite.sandbox.image_names import (
    NoImage,
    Wanted,
    build_tag,
    dockerfile_path,
    is_registry_of_ecr,
    only_buildkit,
    tag_of,
    wanted,
)
from tests.builders import function

AWS = "public.ecr.aws/lambda"
RECIPE = Dockerfile(Path("/project/hello"), "docker/Dockerfile")


def names(*args: object, **changes: object) -> tuple[str, ...]:
    choice = wanted(function(**changes), {"python3.13": "my/python"}, {})
    assert isinstance(choice, Wanted)
    return choice.names


@pytest.mark.parametrize(
    ("runtime", "tag"),
    [
        ("python3.13", "python:3.13"),
        ("nodejs22.x", "nodejs:22"),
        ("java21", "java:21"),
        ("java8.al2", "java:8.al2"),
        ("dotnet8", "dotnet:8"),
        ("dotnetcore3.1", "dotnet:core3.1"),
        ("ruby3.3", "ruby:3.3"),
        ("go1.x", "go:1"),
        ("provided.al2023", "provided:al2023"),
        ("provided.al2", "provided:al2"),
        ("provided", "provided:alami"),
        ("cobol85", ""),
        ("", ""),
    ],
)
def test_a_runtime_is_a_tag_of_aws(runtime: str, tag: str) -> None:
    assert tag_of(runtime) == tag


def test_aws_image_is_asked_for_by_architecture_and_also_taken_without() -> None:
    assert names(runtime="python3.12", architecture="arm64") == (f"{AWS}/python:3.12-arm64", f"{AWS}/python:3.12")


def test_the_projects_image_for_a_runtime_wins_over_aws() -> None:
    assert names(runtime="python3.13") == ("my/python",)


def test_a_function_that_is_an_image_has_its_own() -> None:
    assert names(runtime="", image=Image("shop/orders:1")) == ("shop/orders:1",)


def test_an_image_with_a_dockerfile_is_built_under_its_name_or_one_of_ours() -> None:
    named = wanted(function(image=Image("shop:dev", RECIPE)), {}, {})
    unnamed = wanted(function("Shop_Orders!", image=Image("", RECIPE)), {}, {})
    assert named == Wanted(("shop:dev",), "its Dockerfile", RECIPE)
    assert unnamed == Wanted(("devserve/shop-orders:latest",), "its Dockerfile", RECIPE)


def test_an_image_without_name_or_dockerfile_is_refused() -> None:
    no = wanted(function(image=Image("")), {}, {})
    assert isinstance(no, NoImage)
    assert "neither ImageUri nor a Dockerfile" in no.what


@pytest.mark.parametrize("key", ["Hello", "hello", ""])
def test_the_command_line_wins_over_everything(key: str) -> None:
    choice = wanted(function(image=Image("", RECIPE)), {"python3.13": "my/python"}, {key: "one/off"})
    assert choice == Wanted(("one/off",), "--invoke-image")


def test_a_word_for_one_function_wins_over_that_for_all() -> None:
    choice = wanted(function(), {}, {"": "for/all", "Hello": "for/hello"})
    assert isinstance(choice, Wanted)
    assert choice.names == ("for/hello",)
    other = wanted(function("orders"), {}, {"": "for/all", "Hello": "for/hello"})
    assert isinstance(other, Wanted)
    assert other.names == ("for/all",)


def test_an_unknown_runtime_says_where_to_name_an_image() -> None:
    no = wanted(function(runtime="cobol85"), {}, {})
    assert isinstance(no, NoImage)
    assert "cobol85" in no.what
    assert '[tool.devserve.images] "cobol85"' in no.hint


def test_a_dockerfile_is_relative_to_its_context() -> None:
    assert dockerfile_path(RECIPE) == Path("/project/hello/docker/Dockerfile")


@pytest.mark.parametrize(("name", "tag"), [("hello", "devserve/hello:latest"), ("---", "devserve/function:latest")])
def test_our_tag_is_one_that_the_engine_accepts(name: str, tag: str) -> None:
    assert build_tag(function(name)) == tag


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("FROM x\nRUN --mount=type=cache,target=/c make\n", "RUN --mount=type=cache,target=/c make"),
        ("FROM x\nrun --network=none make\n", "run --network=none make"),
        ("FROM x\nCOPY --from=a --link a b\n", "COPY --from=a --link a b"),
        ("FROM x\nCOPY --chmod=755 a b\n", "COPY --chmod=755 a b"),
        ("FROM x\nRUN <<EOF\nmake\nEOF\n", "RUN <<EOF"),
        ("# syntax=docker/dockerfile:1\nFROM x AS y\nCOPY --from=y --chown=1:1 a b\nRUN make --mount x\n", ""),
    ],
)
def test_what_only_buildkit_builds_is_recognised(text: str, line: str) -> None:
    assert only_buildkit(text) == line


def test_a_private_registry_of_aws_is_recognised() -> None:
    assert is_registry_of_ecr("123456789012.dkr.ecr.eu-west-2.amazonaws.com/shop:1")
    assert not is_registry_of_ecr("public.ecr.aws/lambda/python:3.13")
