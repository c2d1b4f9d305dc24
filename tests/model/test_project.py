"""Finding things in a project."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project

ONE = Function("One", "the-name", "python3.12", "app.handler", Code(Path("/code")))


def test_a_function_is_found_by_its_logical_id_only() -> None:
    project = Project(Path("/p"), (ONE,))
    assert project.function("One") is ONE
    assert project.function("the-name") is None


def test_local_state_lives_beside_the_project() -> None:
    assert Project(Path("/p")).state_folder == Path("/p/.devserve")
