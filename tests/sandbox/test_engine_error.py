"""What the Docker SDK raises, in words."""

from __future__ import annotations

import pytest

from localstack_lite.sandbox.engine_error import in_words, lacks_shell


class ApiError(Exception):
    def __init__(self, explanation: str) -> None:
        super().__init__("500 Server Error for http+docker://localhost/v1.41/containers/x/start")
        self.explanation = explanation


class ConnectTimeout(Exception):
    pass


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        ('runc create failed: unable to start container process: exec: "sh": executable file not found in $PATH', True),
        ('starting container process caused: exec: "sh": stat sh: no such file or directory', True),
        ('exec: "/app": executable file not found in $PATH', False),
        ("Conflict. The container name is already in use", False),
    ],
)
def test_an_image_without_a_shell_is_recognised(said: str, lacks: bool) -> None:
    assert lacks_shell(ApiError(said)) is lacks


def test_another_processor_is_said_in_plain_words() -> None:
    assert "another processor" in in_words(ApiError("exec /bin/sh: exec format error"), "unix:///x")


def test_an_engine_that_is_gone_is_named() -> None:
    assert "unix:///run/docker.sock" in in_words(ConnectTimeout("…"), "unix:///run/docker.sock")


def test_anything_else_is_the_engines_own_sentence_on_one_line() -> None:
    assert in_words(ApiError("no space\n  left"), "x") == "the container cannot be started: no space left"
