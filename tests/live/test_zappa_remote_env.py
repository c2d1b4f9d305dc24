"""`remote_env`: from S3, from its stand-in beside the project, and when neither can be had. With both tested versions
and the shim."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.live import zappa_events as events
from tests.live import zappa_runtime
from tests.live.cloud import Cloud
from tests.live.zappa_projects import FLASK, FLASK_APP
from tests.live.zappa_runtime import EVERY, SHIM, VERSIONS

pytestmark = pytest.mark.live

STORED = {"FROM_S3": "yes", "PLAN": "remote", "STAGE": "other"}
SETTINGS: dict[str, Any] = {
    **FLASK_APP,
    "REMOTE_ENV": "s3://secrets/env.json",
    "ENVIRONMENT_VARIABLES": {"PLAN": "own"},
}
STAND_IN = ".devserve/remote_env.json"


def variable(zappa: zappa_runtime.Zappa, name: str) -> Any:
    return zappa.body(events.rest(f"/environ/{name}"))


@pytest.mark.parametrize("version", VERSIONS)
def test_point_12_variables_come_from_s3_and_the_settings_win(version: str, tmp_path: Path, cloud: Cloud) -> None:
    store = cloud.client("s3", "us-east-1")
    store.create_bucket(Bucket="secrets")
    store.put_object(Bucket="secrets", Key="env.json", Body=json.dumps(STORED))
    environ = {"AWS_ENDPOINT_URL": cloud.address, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    with zappa_runtime.running(tmp_path, version, FLASK, environ=environ, **SETTINGS) as zappa:
        assert variable(zappa, "FROM_S3") == "yes"
        assert (variable(zappa, "PLAN"), variable(zappa, "STAGE")) == ("own", "dev")
        assert not zappa.remarks


@pytest.mark.parametrize("version", EVERY)
def test_point_12_without_a_network_the_app_runs_and_one_line_says_why(version: str, tmp_path: Path) -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    began = time.monotonic()
    with zappa_runtime.running(tmp_path, version, FLASK, environ=environ, **SETTINGS) as zappa:
        assert variable(zappa, "PLAN") == "own"
        assert variable(zappa, "FROM_S3") is None
        if version == SHIM:  # there is no boto3 either
            assert "ModuleNotFoundError" in zappa.log
        else:
            assert "remote_env: s3://secrets/env.json cannot be read (EndpointConnectionError)" in zappa.log
        assert len(zappa.remarks) == 1
        assert STAND_IN in zappa.remarks[0]
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("version", EVERY)
@pytest.mark.parametrize("in_s3", [True, False])
def test_point_12_the_stand_in_wins_and_s3_is_not_asked(version: str, in_s3: bool, tmp_path: Path) -> None:
    given = {"FROM_S3": "no", "PLAN": "local", "SIZE": 3}
    files = FLASK | {STAND_IN: json.dumps(given)}
    settings = SETTINGS if in_s3 else {name: value for name, value in SETTINGS.items() if name != "REMOTE_ENV"}
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    with zappa_runtime.running(tmp_path, version, files, environ=environ, **settings) as zappa:
        assert variable(zappa, "FROM_S3") == "no"
        assert (variable(zappa, "PLAN"), variable(zappa, "SIZE")) == ("own", None)
        assert f"devserve: remote_env: 2 variables from {STAND_IN}" in zappa.remarks
        assert len(zappa.remarks) == 2  # the other is for SIZE, which is no text
        assert "local" not in "".join(zappa.remarks)


@pytest.mark.parametrize("text", ["{", "[1]", ""])
def test_point_12_a_stand_in_that_cannot_be_read_is_said_and_left_alone(text: str, tmp_path: Path) -> None:
    files = FLASK | {STAND_IN: text}
    with zappa_runtime.running(tmp_path, SHIM, files, **FLASK_APP) as zappa:
        assert variable(zappa, "FROM_S3") is None
        assert zappa.remarks[0].startswith(f"devserve: remote_env: {STAND_IN} cannot be read")


@pytest.mark.parametrize("version", EVERY)
def test_the_handler_may_be_made_at_import(version: str, tmp_path: Path) -> None:
    files = FLASK | {"early.py": "print('IMPORTED')\nfrom shop import app\n", STAND_IN: '{"FROM_S3": "early"}'}
    environ = {"INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT": "1"}
    settings = {"APP_MODULE": "early", "APP_FUNCTION": "app"}
    with zappa_runtime.running(tmp_path, version, files, environ=environ, **settings) as zappa:
        zappa.says("IMPORTED")  # before any event
        assert variable(zappa, "FROM_S3") == "early"
        assert variable(zappa, "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT") == "1"
        assert zappa.log.count("Instancing..") == 1


def test_the_app_is_imported_by_the_first_event_otherwise(tmp_path: Path) -> None:
    files = FLASK | {"late.py": "print('IMPORTED')\nfrom shop import app\n"}
    settings = {"APP_MODULE": "late", "APP_FUNCTION": "app"}
    with zappa_runtime.running(tmp_path, VERSIONS[-1], files, **settings) as zappa:
        zappa.runtime.api.wait_for_polls(1)
        assert "IMPORTED" not in zappa.log
        assert zappa.ask(events.rest("/"))["statusCode"] == 200
        zappa.says("IMPORTED")


@pytest.mark.parametrize("version", EVERY)
def test_a_settings_module_of_the_project_is_not_read_and_that_is_said(version: str, tmp_path: Path) -> None:
    files = FLASK | {"zappa_settings.py": "raise SystemExit('not me')\n"}
    with zappa_runtime.running(tmp_path, version, files, **FLASK_APP) as zappa:
        assert zappa.ask(events.rest("/"))["statusCode"] == 200
        assert "zappa_settings.py is not read" in zappa.remarks[0]


def test_a_folder_called_zappa_is_no_installed_zappa(tmp_path: Path) -> None:
    files = FLASK | {"zappa/notes.txt": "x"}
    with zappa_runtime.running(tmp_path, SHIM, files, **FLASK_APP) as zappa:
        assert zappa.ask(events.rest("/"))["statusCode"] == 200
