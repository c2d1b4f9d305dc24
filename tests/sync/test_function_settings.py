"""Settings as a template wants them and as AWS tells them have one form."""

from __future__ import annotations

from typing import Any

import pytest

from localstack_lite.sync.function_settings import ARGUMENTS, actual, architecture_of, form
from localstack_lite.sync.steps import NewLayer

DEFAULTS = {
    "DeadLetterConfig": {"TargetArn": ""},
    "Description": "",
    "Environment": {"Variables": {}},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "Handler": "",
    "ImageConfig": {},
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
    "MemorySize": 128,
    "Role": "",
    "Runtime": "",
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
}


@pytest.mark.parametrize("property", ARGUMENTS)
def test_what_is_not_stated_is_awss_default(property: str) -> None:
    assert form(property, None, "f") == DEFAULTS[property]
    assert actual(property, {}, "f") == DEFAULTS[property]


@pytest.mark.parametrize(
    ("property", "stated", "told"),
    [
        ("MemorySize", "256", {"MemorySize": 256}),
        ("Timeout", 30.0, {"Timeout": 30}),
        ("Environment", {"Variables": {"A": 1, "B": True}}, {"Environment": {"Variables": {"B": "true", "A": "1"}}}),
        ("Layers", ["arn:1"], {"Layers": [{"Arn": "arn:1", "CodeSize": 5}]}),
        ("KmsKeyArn", "arn:k", {"KMSKeyArn": "arn:k"}),
        ("EphemeralStorage", {"Size": "1024"}, {"EphemeralStorage": {"Size": 1024}}),
        ("SnapStart", {"ApplyOn": "None"}, {"SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}}),
        (
            "VpcConfig",
            {"SecurityGroupIds": ["g"], "SubnetIds": ["b", "a"]},
            {"VpcConfig": {"SubnetIds": ["a", "b"], "SecurityGroupIds": ["g"], "VpcId": "v"}},
        ),
        ("ImageConfig", {"Command": ["app"]}, {"ImageConfigResponse": {"ImageConfig": {"Command": ["app"]}}}),
        (
            "LoggingConfig",
            {"LogFormat": "JSON"},
            {
                "LoggingConfig": {
                    "LogFormat": "JSON",
                    "ApplicationLogLevel": "INFO",
                    "SystemLogLevel": "INFO",
                    "LogGroup": "/aws/lambda/f",
                }
            },
        ),
    ],
)
def test_a_setting_that_aws_tells_as_it_was_stated_is_equal(property: str, stated: Any, told: dict[str, Any]) -> None:
    assert form(property, stated, "f") == actual(property, told, "f")


def test_text_logs_have_no_levels() -> None:
    stated = {"LogFormat": "Text", "SystemLogLevel": "WARN"}
    assert form("LoggingConfig", stated, "f") == {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"}


def test_variables_that_aws_could_not_read_are_not_taken_for_none() -> None:
    with pytest.raises(LookupError):
        actual("Environment", {"Environment": {"Error": {"ErrorCode": "AccessDenied"}}}, "f")


def test_a_layer_that_is_still_to_be_made_stays_what_it_is() -> None:
    assert form("Layers", [NewLayer("Common"), "arn:1"], "f") == [NewLayer("Common"), "arn:1"]


def test_what_is_no_number_is_left_for_aws_to_refuse() -> None:
    assert form("MemorySize", "much", "f") == "much"


def test_the_architecture_is_x86_64_unless_it_is_said() -> None:
    assert architecture_of(None) == architecture_of([]) == "x86_64"
    assert architecture_of(["arm64"]) == "arm64"
