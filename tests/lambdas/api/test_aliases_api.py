"""Operations on aliases, as boto3's requests reach them. Errors are those that were recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.alias import Alias
from localstack_lite.model.project import Project
from tests.lambdas.api_service import ARN, Service, at, function

ALIASES = at("hello", "/aliases")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A function with versions 1 and 2 and a declared alias `live`."""
    (tmp_path / "app.py").write_text("x")
    one = replace(function("Hello", "hello", folder=tmp_path), aliases=(Alias("live", description="d"),))
    made = Service(Project(tmp_path, (one,)))
    for sha in ("one", "two"):
        made.code[tmp_path] = sha
        made.call("POST", at("hello", "/versions"))
    return made


def create(service: Service, **members: object) -> tuple[int, object]:
    return service.call("POST", ALIASES, **{"Name": "prod", "FunctionVersion": "1", **members})


def test_an_alias_is_made_read_changed_and_deleted(service: Service) -> None:
    weights = {"AdditionalVersionWeights": {"2": 0.5}}
    status, made = service.call("POST", ALIASES, Name="prod", FunctionVersion="1", RoutingConfig=weights)
    revision = made.pop("RevisionId")
    assert (status, made) == (
        201,
        {
            "AliasArn": f"{ARN}:hello:prod",
            "Name": "prod",
            "FunctionVersion": "1",
            "Description": "",
            "RoutingConfig": weights,
        },
    )
    assert service.call("GET", at("hello", "/aliases/prod")) == (200, {**made, "RevisionId": revision})
    status, changed = service.call("PUT", at("hello", "/aliases/prod"), RoutingConfig={}, RevisionId=revision)
    assert status == 200
    assert "RoutingConfig" not in changed
    assert changed["FunctionVersion"] == "1"
    assert changed["RevisionId"] != revision
    assert service.call("DELETE", at("hello", "/aliases/prod")) == (204, None)
    assert service.refused("GET", at("hello", "/aliases/prod")) == (
        404,
        "ResourceNotFoundException",
        f"Cannot find alias arn: {ARN}:hello:prod",
    )


def test_calls_go_through_a_new_alias_at_once(service: Service) -> None:
    create(service)
    assert service.invoke(name="hello:prod").status == 200
    assert service.ran[0].arn == f"{ARN}:hello:prod"


def test_a_declared_alias_shows_the_version_that_a_deployment_would_publish(service: Service) -> None:
    _, body = service.call("GET", at("hello", "/aliases/live"))
    assert (body["FunctionVersion"], body["Description"]) == ("3", "d")
    service.catalogue.saved(["Hello"])
    assert service.call("GET", at("hello", "/aliases/live"))[1]["FunctionVersion"] == "4"


def test_a_declared_alias_can_be_pointed_elsewhere_and_deleted(service: Service) -> None:
    _, before = service.call("GET", at("hello", "/aliases/live"))
    wrong = service.refused("PUT", at("hello", "/aliases/live"), RevisionId="x", FunctionVersion="1")
    assert wrong[:2] == (412, "PreconditionFailedException")
    members = {"FunctionVersion": "1", "RevisionId": before["RevisionId"]}
    assert service.call("PUT", at("hello", "/aliases/live"), **members)[1]["FunctionVersion"] == "1"
    service.call("DELETE", at("hello", "/aliases/live"))
    assert service.invoke(name="hello:live").status == 404


def test_lists_are_by_name_and_of_one_version_when_asked(service: Service) -> None:
    for name, version in (("b", "2"), ("a", "1")):
        create(service, Name=name, FunctionVersion=version)
    _, body = service.call("GET", ALIASES)
    assert [one["Name"] for one in body["Aliases"]] == ["a", "b", "live"]
    _, body = service.call("GET", ALIASES, "FunctionVersion=2")
    assert [one["Name"] for one in body["Aliases"]] == ["b"]
    _, body = service.call("GET", ALIASES, "MaxItems=1&Marker=b")
    assert ([one["Name"] for one in body["Aliases"]], body["NextMarker"]) == (["b"], "live")
    assert service.refused("GET", at("nobody", "/aliases"))[2] == f"Function not found: {ARN}:nobody"


def test_deleting_what_is_not_there_is_fine(service: Service) -> None:
    assert service.call("DELETE", at("hello", "/aliases/nope")) == (204, None)
    assert service.call("DELETE", at("nobody", "/aliases/nope")) == (204, None)


def test_changing_what_is_not_there_is_not(service: Service) -> None:
    refused = service.refused("PUT", at("hello", "/aliases/nope"), Description="x")
    assert refused == (404, "ResourceNotFoundException", f"Alias not found: {ARN}:hello:nope")


WEIGHT = (
    "1 validation error detected: Value '{%s}' at 'routingConfig.additionalVersionWeights' failed to satisfy "
    "constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must "
    "have value greater than or equal to 0.0, Member must not be null]"
)


@pytest.mark.parametrize(
    ("version", "weights", "status", "text"),
    [
        ("1", {"1": 0.8, "2": 0.2}, 400, "Number of items in AdditionalVersionWeights cannot be greater than 1"),
        ("1", {"2": 2.0}, 400, WEIGHT % "2=2.0"),
        ("1", {"2": -1.0}, 400, WEIGHT % "2=-1.0"),
        ("1", {"2": None}, 400, WEIGHT % "2=null"),
        (
            "1",
            {"1": 0.5},
            400,
            "Invalid function version 1. Function version 1 is already included in routing configuration.",
        ),
        ("10", {"2": 0.5}, 404, f"Function not found: {ARN}:hello:10"),
        ("1", {"10": 0.5}, 404, f"Function not found: {ARN}:hello:10"),
        ("$LATEST", {"1": 0.5}, 400, "$LATEST is not supported for an alias pointing to more than 1 version"),
        (
            "1",
            {"$LATEST": 0.5},
            400,
            "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to "
            "satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to "
            "1024, Member must have length greater than or equal to 1, Member must satisfy regular expression "
            "pattern: [0-9]+]",
        ),
    ],
)
def test_routing_that_aws_refuses(service: Service, version: str, weights: object, status: int, text: str) -> None:
    routing = {"AdditionalVersionWeights": weights}
    refused = service.refused("POST", ALIASES, Name="prod", FunctionVersion=version, RoutingConfig=routing)
    assert (refused[0], refused[2]) == (status, text)
    assert "prod" not in service.catalogue.aliases("Hello")


def test_a_name_is_taken_once(service: Service) -> None:
    for name in ("live", "prod", "prod"):
        refused = create(service, Name=name)
    assert refused == (409, {"Type": "User", "message": f"Alias already exists: {ARN}:hello:prod"})
    assert create(service, Name="live")[0] == 409


@pytest.mark.parametrize(
    ("members", "text"),
    [
        (
            {"Name": "2024", "FunctionVersion": "1"},
            "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        ),
        ({"Name": "x", "FunctionVersion": "one"}, "pattern: (\\$LATEST(\\.PUBLISHED)?|[0-9]+)"),
        ({"Description": "x"}, "2 validation errors detected: Value null at 'name'"),
        ({"Name": "x", "FunctionVersion": "1", "Description": "x" * 257}, "have length less than or equal to 256"),
        ({"Name": 1}, "Name is not text"),
        ({"Name": "x", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": []}}, "is no map"),
        ({"Name": "x", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"2": "x"}}}, "is no map"),
    ],
)
def test_members_that_aws_refuses(service: Service, members: dict[str, object], text: str) -> None:
    refused = service.refused("POST", ALIASES, **members)
    assert refused[0] == 400
    assert text in refused[2]


def test_a_date_is_a_name(service: Service) -> None:
    assert create(service, Name="2024-01-02")[0] == 201


def test_an_alias_of_a_function_that_is_not_there_names_the_version(service: Service) -> None:
    refused = service.refused("POST", at("nobody", "/aliases"), Name="x", FunctionVersion="1")
    assert refused == (404, "ResourceNotFoundException", f"Function not found: {ARN}:nobody:1")


def test_provisioned_concurrency_goes_with_the_alias(service: Service) -> None:
    create(service)
    one = service.catalogue.project.functions[0]
    service.provisioning.put(one, "prod", 2, 0.0)
    service.call("DELETE", at("hello", "/aliases/prod"))
    assert service.provisioning.configs(one) == ()


def test_what_cannot_be_kept_is_not_made(tmp_path: Path) -> None:
    blocked = tmp_path / "p"
    blocked.mkdir()
    (blocked / ".devserve").write_text("a file where the folder should be")
    made = Service(Project(blocked, (function("Hello", "hello", folder=blocked),)))
    refused = made.refused("POST", ALIASES, Name="prod", FunctionVersion="$LATEST")
    assert refused[:2] == (500, "ServiceException")
    assert made.catalogue.aliases("Hello") == {}
