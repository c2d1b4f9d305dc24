"""What runs in a container, and with which variables."""

from __future__ import annotations

import pytest

from localstack_lite.model.function import Image
from localstack_lite.sandbox.container_command import command, variables

ENTRY, CMD = ("/lambda-entrypoint.sh",), ("image.handler",)


def test_a_function_from_a_zip_is_the_runtimes_image_with_its_handler() -> None:
    assert command(ENTRY, CMD, None, "app.handler") == ("/lambda-entrypoint.sh", "app.handler")


def test_an_executable_of_its_own_needs_no_entry_point() -> None:
    assert command(ENTRY, (), None, "any", "/var/task/bootstrap") == ("/var/task/bootstrap",)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image("i"), ("/lambda-entrypoint.sh", "image.handler")),
        (Image("i", command=("other.handler",)), ("/lambda-entrypoint.sh", "other.handler")),
        (Image("i", entry_point=("/bin/app",)), ("/bin/app",)),
        (Image("i", entry_point=("/bin/app",), command=("a", "b")), ("/bin/app", "a", "b")),
    ],
)
def test_image_config_overrides_as_on_aws(image: Image, expected: tuple[str, ...]) -> None:
    assert command(ENTRY, CMD, image, "") == expected


def test_what_belongs_to_this_machine_stays_here() -> None:
    host = {"HOME": "/home/me", "PATH": "/usr/bin"}
    given = {
        "HOME": "/home/me",
        "AWS_PROFILE": "shop",
        "AWS_CONFIG_FILE": "/home/me/aws",
        "AWS_SHARED_CREDENTIALS_FILE": "/home/me/keys",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "TABLE": "orders",
        "DEVSERVE_REPORT_FILES": "1",
    }
    seen = variables(given, host, "172.17.0.1:9000", "app.handler", "172.17.0.1")
    assert seen == {
        "AWS_ACCESS_KEY_ID": "AKIA",
        "TABLE": "orders",
        "AWS_LAMBDA_RUNTIME_API": "172.17.0.1:9000",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "_HANDLER": "app.handler",
    }


def test_a_home_that_the_function_sets_is_its_own() -> None:
    assert variables({"HOME": "/tmp"}, {"HOME": "/home/me"}, "a:1", "h", "b")["HOME"] == "/tmp"


def test_an_image_without_handler_has_none() -> None:
    assert "_HANDLER" not in variables({"_HANDLER": ""}, {}, "a:1", "", "b")


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://127.0.0.1:5000", "http://172.17.0.1:5000"),
        ("http://localhost:4566/x?y=1", "http://172.17.0.1:4566/x?y=1"),
        ("http://[::1]:5000", "http://172.17.0.1:5000"),
        ("https://sqs.eu-west-2.amazonaws.com", "https://sqs.eu-west-2.amazonaws.com"),
        ("http://localhost.example:80", "http://localhost.example:80"),
        ("not a url", "not a url"),
        ("http://127.0.0.1:none", "http://127.0.0.1:none"),
    ],
)
def test_an_endpoint_on_this_machine_is_called_by_its_name_in_there(url: str, inside: str) -> None:
    seen = variables({"AWS_ENDPOINT_URL_SQS": url, "OTHER_URL": url}, {}, "a:1", "h", "172.17.0.1")
    assert seen["AWS_ENDPOINT_URL_SQS"] == inside
    assert seen["OTHER_URL"] == url
