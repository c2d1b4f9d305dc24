"""What follows from a function's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.model.function import Code, Function, Logging

PLAIN = Logging()


def function(runtime: str = "python3.12", logging: Logging = PLAIN) -> Function:
    return Function("Fn", "orders", runtime, "app.handler", Code(Path("/code")), logging=logging)


@pytest.mark.parametrize(
    ("runtime", "language"),
    [
        ("python3.12", "python"),
        ("nodejs22.x", "nodejs"),
        ("provided.al2023", "provided"),
        ("provided", "provided"),
        ("ruby3.4", "ruby"),
        ("java21", "java"),
    ],
)
def test_the_language_is_the_runtime_without_its_version(runtime: str, language: str) -> None:
    assert function(runtime).language == language


def test_the_log_group_is_the_default_one_unless_configured() -> None:
    assert function().log_group == "/aws/lambda/orders"
    assert function(logging=Logging(group="/team/orders")).log_group == "/team/orders"
