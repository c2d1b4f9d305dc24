"""What an app stands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.app.machine import carried, choose
from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions
from tests.builders import function, project

NOWHERE = {"DOCKER_HOST": "tcp://127.0.0.1:9"}
SHOP = project(function("orders"))


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile in a file of the user's."""
    keys = "aws_access_key_id = AKIDPROFILE\naws_secret_access_key = s\naws_session_token = t"
    (tmp_path / "credentials").write_text(f"[shop]\n{keys}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    return "shop"


def test_a_profile_is_carried_to_where_its_file_is_not(profile: str) -> None:
    assert carried({"AWS_PROFILE": profile, "AWS_REGION": "eu-west-2"}) == {
        "AWS_REGION": "eu-west-2",
        "AWS_ACCESS_KEY_ID": "AKIDPROFILE",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "t",
    }


def test_keys_that_the_user_has_set_are_carried_as_they_are(profile: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIDOWN", "AWS_SECRET_ACCESS_KEY": "x"}
    assert carried(keys) == keys


def test_a_profile_that_is_not_there_is_said_in_one_line(profile: str) -> None:
    with pytest.raises(UserError) as caught:
        carried({"AWS_PROFILE": "nobody"})
    assert "nobody" in caught.value.what


def test_processes_run_what_no_docker_engine_is_there_for_and_the_reason_is_said() -> None:
    chosen = choose(SHOP, ServeOptions(), NOWHERE)
    assert (chosen.sandbox.name, chosen.reason, chosen.reach) == ("process", "no Docker engine answers", None)
    assert choose(SHOP, ServeOptions(sandbox="process"), NOWHERE).reason == "asked for"


def test_docker_that_was_asked_for_and_is_not_there_is_an_error() -> None:
    with pytest.raises(UserError) as caught:
        choose(SHOP, ServeOptions(sandbox="docker"), NOWHERE)
    assert caught.value.where == "--sandbox docker"
    assert "tcp://127.0.0.1:9" in caught.value.what
