"""Names that an API and its routes go by."""

from __future__ import annotations

import pytest

from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, LambdaProxy, Route

PROXY = LambdaProxy("Fn")


@pytest.mark.parametrize(
    ("logical_id", "expected"),
    [("ServerlessRestApi", "serverlessrestapi"), ("My-Api_2", "myapi2"), ("Ünicode", "nicode")],
)
def test_the_id_of_an_api_is_its_logical_id_in_lower_case_letters_and_digits(logical_id: str, expected: str) -> None:
    assert Api(logical_id, "name", ApiKind.HTTP, ()).id == expected


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/x", "GET /x"),
        ("ANY", "/{proxy+}", "ANY /{proxy+}"),
        ("ANY", DEFAULT_ROUTE, "$default"),
    ],
)
def test_a_route_key_is_written_as_aws_writes_it(method: str, path: str, key: str) -> None:
    assert Route(method, path, PROXY).key == key


def test_a_proxy_is_called_with_post_and_payload_2_unless_said_otherwise() -> None:
    assert (PROXY.method, PROXY.payload, PROXY.timeout) == ("POST", "2.0", 30.0)
