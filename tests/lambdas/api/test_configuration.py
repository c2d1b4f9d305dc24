"""A function as the Lambda API describes it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.api.configuration import (
    configuration,
    configured,
    function_answer,
    listing,
    revision_of,
    timestamp,
)
from localstack_lite.model.alias import Alias
from localstack_lite.model.function import Code, Function, Image, Layer, LogFormat, Logging

ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello"
FACTS = CodeFacts(1234, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", 1_700_000_000.25)
HELLO = Function(
    "Hello",
    "hello",
    "python3.13",
    "app.handler",
    Code(Path("/code")),
    memory=512,
    timeout=10,
    role="arn:aws:iam::123456789012:role/hello",
)


def test_a_function_is_described_with_its_values() -> None:
    described = configuration(HELLO, ARN, FACTS)
    revision = described.pop("RevisionId")
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", str(revision))
    assert described == {
        "FunctionName": "hello",
        "FunctionArn": ARN,
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::123456789012:role/hello",
        "Handler": "app.handler",
        "CodeSize": 1234,
        "Description": "",
        "Timeout": 10,
        "MemorySize": 512,
        "LastModified": "2023-11-14T22:13:20.250+0000",
        "CodeSha256": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "Version": "$LATEST",
        "TracingConfig": {"Mode": "PassThrough"},
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/hello"},
    }


def test_what_a_function_does_not_have_is_left_out_and_what_it_has_is_there() -> None:
    rich = replace(
        HELLO,
        environment={"TABLE": "orders"},
        layers=(Layer("arn:aws:lambda:us-east-1:123456789012:layer:lib:3", size=77),),
        logging=Logging(LogFormat.JSON, "DEBUG", "WARN", "/my/group"),
    )
    described = configuration(rich, ARN, FACTS)
    assert described["Environment"] == {"Variables": {"TABLE": "orders"}}
    assert described["Layers"] == [{"Arn": "arn:aws:lambda:us-east-1:123456789012:layer:lib:3", "CodeSize": 77}]
    assert described["LoggingConfig"] == {
        "LogFormat": "JSON",
        "LogGroup": "/my/group",
        "ApplicationLogLevel": "DEBUG",
        "SystemLogLevel": "WARN",
    }


def test_a_function_that_is_an_image_has_no_runtime_and_no_handler_but_its_configuration() -> None:
    described = configuration(replace(HELLO, image=Image("shop:1", command=("app.handler",))), ARN, FACTS)
    assert described["PackageType"] == "Image"
    assert not {"Runtime", "Handler"} & described.keys()
    assert described["ImageConfigResponse"] == {"ImageConfig": {"Command": ["app.handler"]}}
    assert "ImageConfigResponse" not in configuration(replace(HELLO, image=Image("shop:1")), ARN, FACTS)


@pytest.mark.parametrize(
    ("function", "facts"), [(replace(HELLO, timeout=11), FACTS), (HELLO, replace(FACTS, sha256="other"))]
)
def test_the_revision_changes_with_the_values_and_with_the_code(function: Function, facts: CodeFacts) -> None:
    def revision(function: Function, facts: CodeFacts) -> object:
        return configuration(function, ARN, facts)["RevisionId"]

    assert revision(function, facts) != revision(HELLO, FACTS)
    assert revision(HELLO, FACTS) == revision(HELLO, FACTS)


def test_get_function_adds_the_code_and_what_is_set_beside_the_configuration() -> None:
    answer = function_answer(replace(HELLO, tags={"team": "a"}), ARN, FACTS, 0, "file:///code")
    assert answer["Code"] == {"RepositoryType": "S3", "Location": "file:///code"}
    assert answer["Tags"] == {"team": "a"}
    assert answer["Concurrency"] == {"ReservedConcurrentExecutions": 0}
    assert function_answer(HELLO, ARN, FACTS, None, "file:///code").keys() == {"Configuration", "Code"}


def test_times_are_written_in_the_services_own_form() -> None:
    assert timestamp(0.0) == "1970-01-01T00:00:00.000+0000"
    assert timestamp(1_700_000_000.9996) == "2023-11-14T22:13:20.999+0000"


def test_a_version_is_described_by_its_number_and_the_revision_it_was_given() -> None:
    described = configuration(replace(HELLO, version="3"), f"{ARN}:3", FACTS, "revision")
    assert (described["Version"], described["RevisionId"], described["FunctionArn"]) == ("3", "revision", f"{ARN}:3")


def test_lists_leave_out_states() -> None:
    assert configuration(HELLO, ARN, FACTS).keys() - listing(HELLO, ARN, FACTS).keys() == {"State", "LastUpdateStatus"}


def test_snap_start_tenants_dead_letters_and_managed_instances_are_described() -> None:
    queue = "arn:aws:sqs:us-east-1:123456789012:q"
    rich = replace(HELLO, snap_start=True, tenancy=True, dead_letter=queue, managed=True, max_concurrency=16)
    described = configuration(rich, ARN, FACTS)
    assert described["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "Off"}
    assert described["TenancyConfig"] == {"TenantIsolationMode": "PER_TENANT"}
    assert described["DeadLetterConfig"] == {"TargetArn": queue}
    assert described["CapacityProviderConfig"] == {
        "LambdaManagedInstancesCapacityProviderConfig": {"PerExecutionEnvironmentMaxConcurrency": 16}
    }
    published = configuration(replace(rich, version="1"), ARN, FACTS)
    assert published["SnapStart"] == {"ApplyOn": "PublishedVersions", "OptimizationStatus": "On"}


def test_publishing_changes_the_revision() -> None:
    assert revision_of(HELLO, FACTS, 1) != revision_of(HELLO, FACTS) == revision_of(HELLO, FACTS)


def test_what_a_version_keeps_makes_another_one_and_the_rest_does_not() -> None:
    same = replace(
        HELLO, code=Code(Path("/copy")), version="1", aliases=(Alias("a"),), reserved_concurrency=1, where="x"
    )
    assert configured(same) == configured(HELLO)
    for changes in ({"memory": 128}, {"environment": {"A": "1"}}, {"description": "d"}, {"opt": Path("/o")}):
        assert configured(replace(HELLO, **changes)) != configured(HELLO)  # type: ignore[arg-type]
