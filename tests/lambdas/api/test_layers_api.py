"""Operations on layers, as boto3's requests reach them. Errors are those that were recorded."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.function import Layer
from localstack_lite.model.project import Project
from tests.lambdas.api_service import Service, function

LAYERS = "/2018-10-31/layers"
LAYER = "arn:aws:lambda:us-east-1:123456789012:layer"
GONE = (404, "ResourceNotFoundException", "The resource you requested does not exist.")


def archive(text: str = "x = 1") -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("python/lib.py", text)
    return data.getvalue()


def zipped(data: bytes = b"") -> dict[str, object]:
    return {"ZipFile": base64.b64encode(data or archive()).decode()}


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """Two functions that use version 4 of a declared layer."""
    layers = (Layer(f"{LAYER}:declared:4", tmp_path / "layer", 77),)
    functions = (replace(function(name, folder=tmp_path), layers=layers) for name in ("A", "B"))
    return Service(Project(tmp_path, tuple(functions)))


def test_a_layer_is_published_listed_read_and_deleted(service: Service, tmp_path: Path) -> None:
    status, made = service.call(
        "POST",
        f"{LAYERS}/mine/versions",
        Content=zipped(),
        Description="d",
        LicenseInfo="MIT",
        CompatibleRuntimes=["python3.13"],
        CompatibleArchitectures=["x86_64"],
    )
    assert (status, made["Version"], made["LayerVersionArn"]) == (201, 1, f"{LAYER}:mine:1")
    assert made["Content"]["CodeSha256"] == base64.b64encode(hashlib.sha256(archive()).digest()).decode()
    assert (made["LicenseInfo"], made["CompatibleRuntimes"], made["Description"]) == ("MIT", ["python3.13"], "d")
    assert service.call("GET", f"{LAYERS}/mine/versions/1") == (200, made)
    by_arn = service.call("GET", LAYERS, f"find=LayerVersion&Arn={LAYER}:mine:1")
    assert by_arn == (200, made)
    assert service.call("POST", f"{LAYERS}/mine/versions", Content=zipped())[1]["Version"] == 2
    _, listed = service.call("GET", f"{LAYERS}/mine/versions")
    assert [one["Version"] for one in listed["LayerVersions"]] == [2, 1]
    for number in (1, 2, 2, 9):
        assert service.call("DELETE", f"{LAYERS}/mine/versions/{number}") == (204, None)
    assert service.call("GET", f"{LAYERS}/mine/versions") == (200, {"LayerVersions": []})
    assert service.call("POST", f"{LAYERS}/mine/versions", Content=zipped())[1]["Version"] == 3, "never given again"
    assert len(list((tmp_path / ".devserve" / "cache" / "layers").iterdir())) == 1


def test_it_lies_where_a_template_that_names_its_arn_looks(service: Service, tmp_path: Path) -> None:
    service.call("POST", f"{LAYERS}/mine/versions", Content=zipped())
    name = hashlib.sha256(f"{LAYER}:mine:1".encode()).hexdigest()[:16]
    assert (tmp_path / ".devserve/cache/layers" / f"arn-{name}" / "python" / "lib.py").read_text() == "x = 1"


def test_layers_that_functions_use_are_listed_with_the_others(service: Service) -> None:
    service.call("POST", f"{LAYERS}/mine/versions", Content=zipped())
    _, listed = service.call("GET", LAYERS)
    assert [(one["LayerName"], one["LatestMatchingVersion"]["Version"]) for one in listed["Layers"]] == [
        ("declared", 4),
        ("mine", 1),
    ]
    assert service.call("GET", f"{LAYERS}/declared/versions/4")[1]["Content"]["CodeSize"] == 77
    assert service.call("GET", f"{LAYERS}/{LAYER}:declared/versions")[1]["LayerVersions"][0]["Version"] == 4


def test_numbers_go_on_from_what_is_declared(service: Service) -> None:
    assert service.call("POST", f"{LAYERS}/declared/versions", Content=zipped())[1]["Version"] == 5


def test_what_was_published_is_there_after_a_restart(service: Service) -> None:
    service.call("POST", f"{LAYERS}/mine/versions", Content=zipped())
    assert Service(service.catalogue.project).call("GET", f"{LAYERS}/mine/versions/1")[0] == 200


@pytest.mark.parametrize("path", [f"{LAYERS}/mine/versions/1", f"{LAYERS}/declared/versions/5"])
def test_what_is_not_there(service: Service, path: str) -> None:
    assert service.refused("GET", path) == GONE
    assert service.refused("GET", LAYERS, f"find=LayerVersion&Arn={LAYER}:mine:1") == GONE


@pytest.mark.parametrize("number", ["0", "-1"])
def test_versions_begin_at_1(service: Service, number: str) -> None:
    for method in ("GET", "DELETE"):
        refused = service.refused(method, f"{LAYERS}/mine/versions/{number}")
        assert refused == (400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")


def test_names_and_arns_that_aws_refuses(service: Service) -> None:
    refused = service.refused("GET", LAYERS, f"find=LayerVersion&Arn={LAYER}:mine")
    assert refused[:2] == (400, "ValidationException")
    assert f"Value '{LAYER}:mine' at 'arn'" in refused[2]
    assert service.refused("GET", f"{LAYERS}/a.b/versions")[1] == "ValidationException"
    assert service.refused("GET", f"{LAYERS}/mine/versions/one")[0] == 400


@pytest.mark.parametrize(
    ("members", "status", "text"),
    [
        ({"Description": "x"}, 400, "Value null at 'content'"),
        ({"Content": zipped(b"no zip")}, 400, "Could not unzip uploaded file."),
        ({"Content": {"ZipFile": "?"}}, 400, "is no base64"),
        ({"Content": {"S3Bucket": "b", "S3Key": "k"}}, 501, "Send the zip itself"),
        ({"Content": zipped(), "CompatibleRuntimes": "x"}, 400, "a list of text"),
        ({"Content": zipped(), "CompatibleArchitectures": ["vax"]}, 400, "enum value set: [x86_64, arm64]"),
        ({"Content": zipped(), "Description": 1}, 400, "Description is not text"),
    ],
)
def test_content_that_is_refused(service: Service, members: dict[str, object], status: int, text: str) -> None:
    refused = service.refused("POST", f"{LAYERS}/mine/versions", **members)
    assert refused[0] == status
    assert text in refused[2]
    assert service.call("GET", f"{LAYERS}/mine/versions") == (200, {"LayerVersions": []})


def test_what_cannot_be_kept_is_not_there(tmp_path: Path) -> None:
    (tmp_path / ".devserve").write_text("a file where the folder should be")
    service = Service(Project(tmp_path))
    assert service.refused("POST", f"{LAYERS}/mine/versions", Content=zipped())[:2] == (500, "ServiceException")
    assert service.call("GET", LAYERS) == (200, {"Layers": []})
