"""What is said about a Python module that is not there."""

from __future__ import annotations

import pytest

from localstack_lite.observe.missing import hint, module_in, package_of, unadvised

PYTHON = ".venv/bin/python"


@pytest.mark.parametrize(
    ("message", "module"),
    [
        ("Unable to import module 'app': No module named 'flask'", "flask"),
        ("No module named 'site1.settings'", "site1.settings"),
        ("cannot import name 'x' from 'y'", ""),
        ("No module named '.'", ""),
    ],
)
def test_the_module_is_the_one_that_the_error_names(message: str, module: str) -> None:
    assert module_in(message) == module


def test_packages_with_another_name_than_their_module_are_known() -> None:
    assert (package_of("PIL.Image"), package_of("yaml"), package_of("flask")) == ("pillow", "PyYAML", "flask")


def test_the_interpreter_that_ran_is_named_and_installs_it() -> None:
    said = hint("yaml", ["app.py"], PYTHON, ".venv", own=False)
    assert said == f"PyYAML is not installed for {PYTHON} (.venv): {PYTHON} -m pip install PyYAML"


@pytest.mark.parametrize(
    ("lock", "line"),
    [("uv.lock", "uv add flask"), ("poetry.lock", "poetry add flask"), ("Pipfile", "pipenv install flask")],
)
def test_the_tool_that_keeps_the_environment_is_the_one_to_ask(lock: str, line: str) -> None:
    assert hint("flask", ["app.py", lock], PYTHON, ".venv", own=False).endswith(f": {line}")
    assert hint("flask", [lock], PYTHON, "devserve's", own=True).endswith(f": {line}")


def test_a_project_without_an_environment_is_told_to_make_one() -> None:
    said = hint("flask", ["requirements.txt"], "/usr/bin/python3", "the Python of devserve", own=True)
    assert "no environment of the project was found, so /usr/bin/python3 ran it" in said
    assert said.endswith("python -m venv .venv && .venv/bin/pip install -r requirements.txt")
    assert hint("flask", [], "/usr/bin/python3", "", own=True).endswith("pip install flask")


def test_a_module_of_the_project_is_not_to_be_installed() -> None:
    assert (
        hint("site1.settins", ["site1"], PYTHON, "", own=False) == "site1 is in the project, and has no settins in it"
    )
    assert "install" not in hint("shop", ["shop.py"], PYTHON, "", own=False)


def test_without_anybody_to_ask_there_is_no_hint() -> None:
    assert unadvised("f", "flask") == ""
