"""The tenant of an invocation: what the header may hold, and which functions take it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas import tenant
from localstack_lite.model.function import Code, Function

PLAIN = Function("Fn", "fn", "python3.13", "app.handler", Code(Path("/code")))
ISOLATED = replace(PLAIN, tenancy=True)


@pytest.mark.parametrize("given", [None, "blue", "a" * 256, "Az09._:/=+-@ x"])
def test_a_good_header(given: str | None) -> None:
    assert tenant.errors(given) == []


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ("", "length greater than or equal to 1"),
        ("a" * 257, "length less than or equal to 256"),
        ("a;b", "regular expression pattern"),
        ("ümlaut", "regular expression pattern"),
    ],
)
def test_a_header_that_the_model_does_not_allow(given: str, rule: str) -> None:
    found = tenant.errors(given)
    assert any(rule in each for each in found)
    assert all(each.startswith(f"Value '{given}' at 'tenantId' failed") for each in found)


def test_a_function_with_tenants_takes_calls_of_tenants_only() -> None:
    assert tenant.wrong(ISOLATED, "blue") is None
    wrong = tenant.wrong(ISOLATED, None)
    assert wrong is not None
    assert (wrong.status, wrong.code) == (400, "InvalidParameterValueException")
    assert wrong.message.startswith("The invoked function is enabled with tenancy configuration. Add a valid tenant ID")


def test_any_other_takes_calls_of_nobody() -> None:
    assert tenant.wrong(PLAIN, None) is None
    wrong = tenant.wrong(PLAIN, "blue")
    assert wrong is not None
    assert (wrong.status, wrong.code) == (400, "InvalidParameterValueException")
