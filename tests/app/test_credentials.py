"""Whose credentials functions get."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.app.credentials import carried, credentials, profiles
from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions
from localstack_lite.model.project import Project

OWN = {"AWS_ACCESS_KEY_ID": "AKIDOWN", "AWS_SECRET_ACCESS_KEY": "x"}
SHOP = Project(Path("/p"), source=Path("/p/zappa_settings.json"), profile="shop")


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


def home(folder: Path) -> dict[str, str]:
    """Of a user with keys in the environment and three profiles."""
    (folder / ".aws").mkdir()
    (folder / ".aws/config").write_text("[default]\nregion = x\n[profile shop]\nrole_arn = y\n[profile old]\n")
    (folder / ".aws/credentials").write_text("[keys]\naws_access_key_id = z\n")
    return {"HOME": str(folder), **OWN}


def test_profiles_are_those_of_both_files(tmp_path: Path) -> None:
    environ = home(tmp_path)
    assert profiles(environ) == {"default", "shop", "old", "keys"}
    (tmp_path / "other").write_text("[profile b]\n")
    assert profiles({**environ, "AWS_CONFIG_FILE": f"{tmp_path}/other"}) == {"b", "keys"}
    assert profiles({"HOME": f"{tmp_path}/nobody"}) == frozenset()
    (tmp_path / ".aws/credentials").write_text("no section\n")
    assert profiles(environ) == {"default", "shop", "old"}


def test_the_projects_profile_goes_before_keys_of_the_environment(tmp_path: Path) -> None:
    given = credentials(SHOP, ServeOptions(), home(tmp_path), away=False)
    assert (given.profile, given.settings["AWS_PROFILE"], given.problems) == ("shop", "shop", ())
    assert "AWS_ACCESS_KEY_ID" not in given.settings


def test_the_command_lines_goes_before_the_projects(tmp_path: Path) -> None:
    given = credentials(SHOP, ServeOptions(profile="nobody"), home(tmp_path), away=False)
    assert (given.settings["AWS_PROFILE"], given.problems) == ("nobody", ())


def test_a_project_whose_profile_is_not_here_gets_the_environments_credentials(tmp_path: Path) -> None:
    given = credentials(replace(SHOP, profile="theirs"), ServeOptions(), home(tmp_path), away=False)
    assert given.profile == ""
    assert {name: given.settings[name] for name in OWN} == OWN
    (problem,) = given.problems
    assert (problem.where, problem.warning) == ("zappa_settings.json", True)
    assert "theirs" in problem.what


def test_a_default_profile_that_is_not_there_is_nothing_to_talk_about() -> None:
    given = credentials(replace(SHOP, profile="default"), ServeOptions(), {"HOME": "/nonexistent", **OWN}, away=False)
    assert (given.profile, given.problems, given.settings["AWS_ACCESS_KEY_ID"]) == ("", (), "AKIDOWN")


def test_without_credentials_no_profile_is_looked_for(tmp_path: Path) -> None:
    given = credentials(replace(SHOP, profile="theirs"), ServeOptions(credentials=False), home(tmp_path), away=True)
    assert (given.problems, given.settings["AWS_ACCESS_KEY_ID"]) == ((), "devserve-dummy-access-key")


def test_in_a_container_the_projects_profile_is_the_keys_it_stands_for(profile: str, tmp_path: Path) -> None:
    environ = {"AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"), **OWN}
    given = credentials(replace(SHOP, profile=profile), ServeOptions(), environ, away=True)
    assert given.settings["AWS_ACCESS_KEY_ID"] == "AKIDPROFILE"


def test_a_profile_that_leads_to_no_keys_is_a_warning_when_the_project_names_it(profile: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile role]\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = gone\n")
    environ = {"AWS_CONFIG_FILE": str(tmp_path / "config"), **OWN}
    given = credentials(replace(SHOP, profile="role"), ServeOptions(), environ, away=True)
    assert given.settings["AWS_ACCESS_KEY_ID"] == "AKIDOWN"
    assert "gone" in given.problems[0].what
    with pytest.raises(UserError):
        credentials(SHOP, ServeOptions(profile="role"), environ, away=True)
