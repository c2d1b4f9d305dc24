"""Which interpreter a hint names: the one that the function's environment is started with."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.app.missing import advice
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project


def project(root: Path, runtime: str = "python3.13") -> Project:
    code = Code(root)
    return Project(root=root, functions=(Function("Shop", "shop", runtime, "app.handler", code, 128, 3, {}),))


def test_the_projects_own_environment_is_named_as_seen_from_the_project(tmp_path: Path) -> None:
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n", encoding="utf-8")
    python.chmod(0o755)
    said = advice(project(tmp_path))("Shop", "flask")
    assert said == "flask is not installed for .venv/bin/python (.venv): .venv/bin/python -m pip install flask"


def test_modules_of_the_project_are_seen(tmp_path: Path) -> None:
    (tmp_path / "site1").mkdir()
    assert advice(project(tmp_path))("Shop", "site1.urls") == "site1 is in the project, and has no urls in it"


def test_other_languages_and_unknown_functions_get_no_hint(tmp_path: Path) -> None:
    assert advice(project(tmp_path, "nodejs22.x"))("Shop", "flask") == ""
    assert advice(project(tmp_path))("Gone", "flask") == ""


def test_the_module_that_the_function_begins_with_is_not_to_be_installed(tmp_path: Path) -> None:
    assert advice(project(tmp_path))("Shop", "app") == f"there is no app.py in {tmp_path}"
