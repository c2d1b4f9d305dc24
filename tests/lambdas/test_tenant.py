"""The tenant of an invocation: what the header may hold, and which functions take it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas import tenant
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Invocation

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


@pytest.mark.parametrize(
    ("function", "whose", "code"),
    [
        (ISOLATED, "", "InvalidParameterValueException"),
        (ISOLATED, "a;b", "ValidationException"),
        (PLAIN, "blue", "InvalidParameterValueException"),
    ],
)
def test_a_call_that_names_the_wrong_tenant_is_refused_as_the_api_does(
    function: Function, whose: str, code: str
) -> None:
    refused = tenant.refused(function, Invocation("Fn", b"{}", "r1", tenant_id=whose))
    assert refused is not None
    assert (refused.request_id, refused.status, refused.code) == ("r1", 400, code)
    assert refused.reason
    assert json.loads(refused.body)["message"]
    assert refused.headers == (("x-amzn-ErrorType", code),)


def test_a_call_that_names_its_tenant_where_there_are_some_runs() -> None:
    assert tenant.refused(ISOLATED, Invocation("Fn", b"{}", "r1", tenant_id="blue")) is None
    assert tenant.refused(PLAIN, Invocation("Fn", b"{}", "r1")) is None
