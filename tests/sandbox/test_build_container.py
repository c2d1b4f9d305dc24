"""Which image something is built in."""

from __future__ import annotations

from localstack_lite.sandbox.build_container import names


def test_awss_image_with_compilers_comes_before_the_one_that_runs() -> None:
    first, second = names("python3.12", "arm64", {})
    assert first == "public.ecr.aws/sam/build-python3.12:latest-arm64"
    assert "lambda/python:3.12" in second


def test_the_projects_own_images_come_first_and_alone() -> None:
    own = {"python3.12": "my/run", "build-python3.12": "my/build"}
    assert names("python3.12", "x86_64", own) == ["my/build", "my/run"]
    assert names("python3.12", "x86_64", {"python3.12": "my/run"}) == ["my/run"]
