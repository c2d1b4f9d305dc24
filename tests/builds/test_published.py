"""Layers are fetched through real boto3 from an API on loopback."""

from __future__ import annotations

import socket
import zipfile
from pathlib import Path

import pytest

from localstack_lite.builds.published import fetch
from localstack_lite.errors import RemoteError
from tests.builds.lambda_layers import archive, layer_server

ARN = "arn:aws:lambda:eu-west-3:017000801446:layer:Powertools:7"


def unpack(file: Path, folder: Path) -> str:
    try:
        zipfile.ZipFile(file).extractall(folder)
    except zipfile.BadZipFile as error:
        return str(error)
    return ""


def test_a_layer_is_fetched_from_the_region_of_its_arn(tmp_path: Path) -> None:
    shares: list[float | None] = []
    with layer_server({ARN: archive({"python/lib.py": "x = 1"})}) as server:
        fetch(ARN, tmp_path / "cache" / "layer", server.environ, unpack, shares.append)
        assert server.asked == [(ARN, "eu-west-3")]
    assert (tmp_path / "cache" / "layer" / "python" / "lib.py").read_text() == "x = 1"
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["layer"]
    assert shares[-1] == 1.0


def test_lambdas_own_endpoint_goes_before_the_common_one(tmp_path: Path) -> None:
    with layer_server({ARN: archive({"a": "1"})}) as server:
        environ = {**server.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_LAMBDA": server.url}
        fetch(ARN, tmp_path / "layer", environ, unpack, lambda share: None)
    assert (tmp_path / "layer" / "a").exists()


def test_what_is_not_what_it_should_be_is_thrown_away(tmp_path: Path) -> None:
    with layer_server({ARN: archive({"a": "1"})}) as server:
        server.lying = True
        with pytest.raises(RemoteError, match="CodeSha256"):
            fetch(ARN, tmp_path / "layer", server.environ, unpack, lambda share: None)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_refused_is_thrown_away(tmp_path: Path) -> None:
    with layer_server({ARN: b"no zip"}) as server, pytest.raises(RemoteError, match="not a zip"):
        fetch(ARN, tmp_path / "layer", server.environ, unpack, lambda share: None)
    assert list(tmp_path.iterdir()) == []


def test_who_may_not_is_told_awss_reason(tmp_path: Path) -> None:
    with layer_server({}) as server, pytest.raises(RemoteError) as caught:
        fetch(ARN, tmp_path / "layer", server.environ, unpack, lambda share: None)
    assert "AccessDeniedException: not yours" in caught.value.what
    assert "lambda:GetLayerVersion" in caught.value.hint


def test_an_endpoint_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    environ = {"AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"}
    with pytest.raises(RemoteError, match="cannot be asked for") as caught:
        fetch(ARN, tmp_path / "layer", environ, unpack, lambda share: None)
    assert url in caught.value.what
    assert "folder or zip" in caught.value.hint


def test_without_credentials_nobody_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with layer_server({ARN: b""}) as server:
        with pytest.raises(RemoteError, match="no AWS credentials") as caught:
            fetch(ARN, tmp_path / "layer", {"AWS_ENDPOINT_URL": server.url}, unpack, lambda share: None)
        assert server.asked == []
    assert "aws sso login" in caught.value.hint
