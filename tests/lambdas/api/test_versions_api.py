"""Operations on functions and versions, as boto3's requests reach them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.alias import Alias
from localstack_lite.model.function import Function, Image
from localstack_lite.model.project import Project
from tests.lambdas.api_service import ARN, PROJECT, Service, at, function

VERSIONS = at("hello", "/versions")


def made(root: Path, **changes: object) -> Service:
    (root / "app.py").write_text("x")
    return Service(Project(root, (replace(function("Hello", "hello", folder=root), **changes),)))  # type: ignore[arg-type]


def saved(service: Service, root: Path, sha: str) -> None:
    service.code[root] = sha
    service.catalogue.saved(["Hello"])


def test_publishing_answers_with_the_version_s_configuration(tmp_path: Path) -> None:
    service = made(tmp_path)
    status, body = service.call("POST", VERSIONS, Description="first")
    assert (status, body["Version"], body["FunctionArn"]) == (201, "1", f"{ARN}:hello:1")
    assert (body["Description"], body["CodeSha256"], body["State"]) == ("first", "c2hh", "Active")
    assert service.call("GET", at("hello:1", "/configuration")) == (200, body)
    assert service.changes == 1


def test_publishing_the_same_again_answers_with_the_last_version(tmp_path: Path) -> None:
    service = made(tmp_path)
    first = service.call("POST", VERSIONS, Description="first")
    assert service.call("POST", VERSIONS, Description="again") == first
    saved(service, tmp_path, "other")
    assert service.call("POST", VERSIONS)[1]["Version"] == "2"


def test_another_configuration_is_another_version(tmp_path: Path) -> None:
    service = made(tmp_path)
    service.call("POST", VERSIONS)
    project = service.catalogue.project
    service.catalogue.swap(replace(project, functions=(replace(project.functions[0], memory=512),)))
    _, body = service.call("POST", VERSIONS)
    assert (body["Version"], body["MemorySize"]) == ("2", 512)
    assert service.call("GET", at("hello", "/configuration"), "Qualifier=1")[1]["MemorySize"] == 128


def test_a_deleted_number_is_not_given_again(tmp_path: Path) -> None:
    service = made(tmp_path)
    service.call("POST", VERSIONS)
    assert service.call("DELETE", at("hello"), "Qualifier=1") == (204, None)
    assert service.call("DELETE", at("hello"), "Qualifier=1") == (204, None), "recorded: gone is gone"
    assert service.call("POST", VERSIONS)[1]["Version"] == "2"
    assert [one["Version"] for one in service.call("GET", VERSIONS)[1]["Versions"]] == ["$LATEST", "2"]
    assert not (tmp_path / ".devserve" / "lambda" / "code" / "Hello" / "1").exists()


def test_versions_are_there_after_a_restart(tmp_path: Path) -> None:
    made(tmp_path).call("POST", VERSIONS)
    again = made(tmp_path)
    assert again.problems == ()
    assert again.call("POST", VERSIONS)[1]["Version"] == "1", "nothing changed"
    assert again.invoke(name="hello:1").status == 200
    assert (again.ran[0].qualifier, again.ran[0].arn) == ("1", f"{ARN}:hello:1")


def test_preconditions_are_checked(tmp_path: Path) -> None:
    service = made(tmp_path)
    assert service.refused("POST", VERSIONS, CodeSha256="other") == (
        400,
        "InvalidParameterValueException",
        "CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (c2hh). "
        "Please try again with the CodeSHA256 in $LATEST.",
    )
    assert service.refused("POST", VERSIONS, RevisionId="other") == (
        412,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. "
        "Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    )
    revision = service.call("GET", at("hello", "/configuration"))[1]["RevisionId"]
    assert service.call("POST", VERSIONS, CodeSha256="c2hh", RevisionId=revision)[0] == 201
    assert service.call("GET", at("hello", "/configuration"))[1]["RevisionId"] != revision, "recorded"


def test_lists_have_latest_first_and_no_states(tmp_path: Path) -> None:
    service = made(tmp_path)
    service.call("POST", VERSIONS)
    (latest, one) = service.call("GET", VERSIONS)[1]["Versions"]
    assert (latest["FunctionArn"], one["FunctionArn"]) == (f"{ARN}:hello:$LATEST", f"{ARN}:hello:1")
    assert "State" not in one
    assert "LastUpdateStatus" not in one
    _, page = service.call("GET", VERSIONS, "MaxItems=1")
    assert page["NextMarker"] == "1"
    _, rest = service.call("GET", VERSIONS, "Marker=1")
    assert [each["Version"] for each in rest["Versions"]] == ["1"]
    everything = service.call("GET", at("").rstrip("/"), "FunctionVersion=ALL")[1]["Functions"]
    assert [each["Version"] for each in everything] == ["$LATEST", "1"]
    assert service.refused("GET", at("").rstrip("/"), "FunctionVersion=x")[1] == "ValidationException"


def test_get_function_shows_the_copy_and_an_alias_its_version(tmp_path: Path) -> None:
    service = made(tmp_path, aliases=(Alias("live"),))
    service.call("POST", VERSIONS)
    service.call("POST", at("hello", "/aliases"), Name="prod", FunctionVersion="1")
    _, body = service.call("GET", at("hello"), "Qualifier=prod")
    assert body["Configuration"]["FunctionArn"] == f"{ARN}:hello:prod"
    assert body["Configuration"]["Version"] == "1"
    assert body["Code"]["Location"] == (tmp_path / ".devserve/lambda/code/Hello/1/code").as_uri()
    assert service.call("GET", at("hello", "/configuration"), "Qualifier=live")[1]["Version"] == "2"
    assert service.refused("GET", at("hello"), "Qualifier=nope") == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {ARN}:hello:nope",
    )


def test_a_version_that_an_alias_points_to_stays(tmp_path: Path) -> None:
    service = made(tmp_path)
    service.call("POST", VERSIONS)
    service.call("POST", at("hello", "/aliases"), Name="prod", FunctionVersion="1")
    status, code, text = service.refused("DELETE", at("hello"), "Qualifier=1")
    assert (status, code) == (409, "ResourceConflictException")
    assert "prod" in text


@pytest.mark.parametrize(
    ("name", "query", "status", "text"),
    [
        ("hello:$LATEST", "", 400, "$LATEST version cannot be deleted without deleting the function."),
        ("hello", "Qualifier=prod", 400, "Deletion of aliases is not currently supported."),
        ("hello:1", "Qualifier=2", 400, "The derived qualifier from the function name does not match"),
        ("nobody", "", 404, f"Function not found: {ARN}:nobody"),
        ("nobody", "Qualifier=1", 404, f"Function not found: {ARN}:nobody"),
        ("hello", "", 501, "declared by the project"),
    ],
)
def test_nothing_else_is_deleted(name: str, query: str, status: int, text: str) -> None:
    refused = Service().refused("DELETE", at(name), query)
    assert refused[0] == status
    assert text in refused[2]


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"in_stage": True}, "publish it there"), ({"image": Image("uri")}, "is an image")],
    ids=["in a stage", "an image"],
)
def test_what_is_not_copied_here_is_not_published(tmp_path: Path, changes: dict[str, object], text: str) -> None:
    refused = made(tmp_path, **changes).refused("POST", VERSIONS)
    assert refused[0] == 501
    assert text in refused[2]


def test_a_copy_that_cannot_be_made_is_told_and_is_no_version() -> None:
    service = Service(PROJECT)
    status, code, text = service.refused("POST", VERSIONS)
    assert (status, code) == (500, "ServiceException")
    assert "/dev/null" in text
    assert service.catalogue.versions("HelloFunction") == ()


def test_code_that_is_saved_while_it_is_copied_is_copied_again(tmp_path: Path) -> None:
    service = made(tmp_path)
    facts = iter(["one", "two", "two"])

    class Saving(dict[Path, str]):
        def get(self, _: Path, __: str = "") -> str:  # type: ignore[override]
            return next(facts)

    service.code = Saving()
    assert service.call("POST", VERSIONS)[1]["CodeSha256"] == "two"


def test_snap_start_is_on_for_published_versions(tmp_path: Path) -> None:
    service = made(tmp_path, snap_start=True)
    on = {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}
    assert service.call("POST", VERSIONS)[1]["SnapStart"] == on
    latest = service.call("GET", at("hello", "/configuration"))[1]["SnapStart"]
    assert latest == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}


def test_publishing_a_function_that_is_not_there_names_it() -> None:
    refused = Service().refused("POST", at("nobody", "/versions"))
    assert refused == (404, "ResourceNotFoundException", f"Function not found: {ARN}:nobody")


def test_provisioned_concurrency_goes_with_the_version(tmp_path: Path) -> None:
    service = made(tmp_path)
    service.call("POST", VERSIONS)
    one: Function = service.catalogue.project.functions[0]
    service.provisioning.put(one, "1", 2, 0.0)
    service.call("DELETE", at("hello"), "Qualifier=1")
    assert service.provisioning.configs(one) == ()


def test_functions_on_managed_instances_are_published_to_their_newest_version(tmp_path: Path) -> None:
    status, body = made(tmp_path, managed=True).call("POST", VERSIONS, PublishTo="LATEST_PUBLISHED")
    assert (status, body["Version"]) == (201, "$LATEST.PUBLISHED")
    assert made(tmp_path).refused("POST", VERSIONS, PublishTo="LATEST_PUBLISHED")[0] == 400
    assert made(tmp_path).refused("POST", VERSIONS, PublishTo="x")[1] == "ValidationException"
