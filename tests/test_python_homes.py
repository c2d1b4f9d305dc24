"""Which Python environments a project has, and what is installed there. Nothing is started."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from localstack_lite import python_homes
from localstack_lite.python_homes import homes, installed_version, pipenv_name, poetry_name, version_in, wanted_version


def environment(home: Path, config: str | None = "version = 3.12.1\n", *, executable: bool = True) -> Path:
    python = home / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755 if executable else 0o644)
    if config is not None:
        (home / "pyvenv.cfg").write_text(config)
    return python


def found(project: Path, environ: dict[str, str] | None = None) -> list[Path]:
    return [home.home for home in homes(project, project, environ or {})]


def test_every_usual_name_of_an_environment_is_known_and_the_first_counts(tmp_path: Path) -> None:
    for name in reversed(python_homes.NAMES):
        environment(tmp_path / name)
    assert [home.name for home in found(tmp_path)] == [".venv", "venv", "env", ".env"]


def test_a_dotenv_file_is_no_environment(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\n")
    environment(tmp_path / "env", executable=False)
    assert found(tmp_path) == []


def test_the_one_that_uv_is_told_comes_before_all(tmp_path: Path) -> None:
    environment(tmp_path / ".venv")
    environment(tmp_path / "elsewhere")
    environment(tmp_path / "absolute")
    assert found(tmp_path, {"UV_PROJECT_ENVIRONMENT": "elsewhere"})[0] == tmp_path / "elsewhere"
    assert found(tmp_path, {"UV_PROJECT_ENVIRONMENT": str(tmp_path / "absolute")})[0] == tmp_path / "absolute"


def test_active_environments_come_after_the_projects(tmp_path: Path) -> None:
    environment(tmp_path / "project" / ".venv")
    environment(tmp_path / "active")
    environment(tmp_path / "conda", None)
    (tmp_path / "conda" / "lib" / "python3.10").mkdir(parents=True)
    environ = {"VIRTUAL_ENV": str(tmp_path / "active"), "CONDA_PREFIX": str(tmp_path / "conda")}
    several = list(homes(tmp_path / "project", tmp_path / "project", environ))
    assert [home.home.name for home in several] == [".venv", "active", "conda"]
    assert several[2].version == "3.10"
    base = environ | {"CONDA_DEFAULT_ENV": "base"}
    assert [home.name for home in found(tmp_path / "project", base)] == [".venv", "active"]


POETRY = '[tool.poetry]\nname = "My_Shop"\n'


def of_poetry(project: Path, folder: Path, *versions: str) -> str:
    name = poetry_name("My_Shop", str(project))
    for version in versions:
        environment(folder / f"{name}-py{version}", f"version_info = {version}.1\n")
    return name


@pytest.mark.parametrize(
    ("environ", "settings", "folder"),
    [
        ({}, "", "home/.cache/pypoetry/virtualenvs"),
        ({"XDG_CACHE_HOME": "{tmp}/xdg"}, "", "xdg/pypoetry/virtualenvs"),
        ({"POETRY_CACHE_DIR": "{tmp}/cache"}, "", "cache/virtualenvs"),
        ({"POETRY_VIRTUALENVS_PATH": "{tmp}/envs"}, "", "envs"),
        ({}, '[virtualenvs]\npath = "{tmp}/own"\n', "own"),
        ({"POETRY_CACHE_DIR": "{tmp}/cache"}, '[virtualenvs]\npath = "{cache-dir}/v"\n', "cache/v"),
    ],
)
@pytest.mark.skipif(sys.platform == "darwin", reason="Poetry's cache is elsewhere on macOS")
def test_poetrys_environment_is_found_by_its_name(
    tmp_path: Path, environ: dict[str, str], settings: str, folder: str
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text(POETRY)
    (project / "poetry.toml").write_text(settings.replace("{tmp}", str(tmp_path)))
    name = of_poetry(project, tmp_path / folder, "3.9", "3.12")
    environ = {key: value.replace("{tmp}", str(tmp_path)) for key, value in environ.items()}
    got = found(project, {"HOME": str(tmp_path / "home"), **environ})
    assert [home.name for home in got] == [f"{name}-py3.12", f"{name}-py3.9"]


def test_poetrys_own_choice_among_several_counts(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(POETRY)
    name = of_poetry(tmp_path, tmp_path / "envs", "3.9", "3.12")
    (tmp_path / "envs" / "envs.toml").write_text(f'[{name}]\nminor = "3.9"\npatch = "3.9.1"\n')
    assert found(tmp_path, {"POETRY_VIRTUALENVS_PATH": str(tmp_path / "envs")})[0].name == f"{name}-py3.9"


def test_a_project_that_is_not_poetrys_has_none_of_its_environments(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "My_Shop"\n')
    of_poetry(tmp_path, tmp_path / "envs", "3.12")
    environ = {"POETRY_VIRTUALENVS_PATH": str(tmp_path / "envs")}
    assert found(tmp_path, environ) == []
    (tmp_path / "poetry.lock").touch()
    assert len(found(tmp_path, environ)) == 1


def test_poetrys_name_is_the_projects_with_a_hash_of_its_folder() -> None:
    # What Poetry 2.5.1 itself gives for a project of that name in that folder.
    assert poetry_name("Simple_Project", "/tmp/poetry/project") == "simple-project-Ee2vZkwK"
    assert len(poetry_name("a" * 80, "/x")) == 42 + 1 + 8
    assert poetry_name("a", "/x") != poetry_name("a", "/y")


def test_pipenvs_name_is_the_folders_with_a_hash_of_the_pipfile() -> None:
    # What Pipenv 2026.10 itself gives.
    assert pipenv_name("/tmp/pipenv/shop/Pipfile") == "shop-oS99hzMN"


def test_pipenvs_environment_is_found_by_its_name(tmp_path: Path) -> None:
    pipfile = tmp_path / "shop" / "Pipfile"
    pipfile.parent.mkdir()
    pipfile.touch()
    home = tmp_path / "work" / pipenv_name(str(pipfile))
    environment(home)
    assert found(tmp_path / "shop", {"WORKON_HOME": str(tmp_path / "work")}) == [home]
    environment(tmp_path / "work" / "named")
    named = {"WORKON_HOME": str(tmp_path / "work"), "PIPENV_CUSTOM_VENV_NAME": "named"}
    assert found(tmp_path / "shop", named) == [tmp_path / "work" / "named"]


def test_pdm_says_where_its_interpreter_is(tmp_path: Path) -> None:
    python = environment(tmp_path / "kept")
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / ".pdm-python").write_text(f"{python}\n")
    assert found(tmp_path / "project") == [tmp_path / "kept"]


def test_a_python_version_file_names_an_environment_or_a_bare_python(tmp_path: Path) -> None:
    environ = {"PYENV_ROOT": str(tmp_path / "pyenv")}
    environment(tmp_path / "pyenv" / "versions" / "shop")
    for version in ("3.12.1", "3.12.4"):
        environment(tmp_path / "pyenv" / "versions" / version, None)
        (tmp_path / "pyenv" / "versions" / version / "lib" / "python3.12").mkdir(parents=True)
    file = tmp_path / ".python-version"
    file.write_text("shop\n")
    assert [home.name for home in found(tmp_path, environ)] == ["shop"]
    for text in ("3.12", "3.12.4"):
        file.write_text(text)
        assert found(tmp_path, environ) == []
        assert next(wanted_version(tmp_path, tmp_path, environ)).home.name == "3.12.4"
    file.write_text("../../odd")
    assert found(tmp_path, environ) == []


def test_what_is_installed_is_read_from_the_names_of_folders(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    for name in ("flask-3.1.2", "Typing_Extensions-4.15.0", "flask_cors-6.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    assert installed_version(tmp_path, "Flask") == "3.1.2"
    assert installed_version(tmp_path, "typing-extensions") == "4.15.0"
    assert installed_version(tmp_path, "django") == ""


def test_broken_settings_of_tools_are_no_reason_to_fail(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[")
    (tmp_path / "poetry.lock").touch()
    (tmp_path / "poetry.toml").write_text("= 1")
    (tmp_path / ".pdm-python").write_bytes(b"\xff")
    assert found(tmp_path) == []


def test_the_version_in_pyvenv_cfg() -> None:
    assert version_in("home = /usr\nversion_info = 3.13.0.final.0\n") == "3.13"


def test_an_environment_whose_interpreter_is_gone_is_passed_over_and_told(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to("/nowhere/python3.9")
    environment(tmp_path / "venv", executable=False)
    environment(tmp_path / "env")
    (tmp_path / ".env").write_text("A=1\n")
    told = dict(python_homes.unusable(tmp_path, {"VIRTUAL_ENV": "/nowhere/active"}))
    assert list(told) == [".venv", "venv", "VIRTUAL_ENV=/nowhere/active"]
    assert "/nowhere/python3.9 is not there" in told[".venv"]
    assert "not executable" in told["venv"]
    assert found(tmp_path) == [tmp_path / "env"]


def test_an_environment_of_python_2_is_passed_over_and_told(tmp_path: Path) -> None:
    environment(tmp_path / ".venv", None)
    (tmp_path / ".venv" / "lib" / "python2.7").mkdir(parents=True)
    assert found(tmp_path) == []
    assert "Python 2" in dict(python_homes.unusable(tmp_path, {}))[".venv"]
