"""What of a project is watched."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.function import Build, Code, Function
from localstack_lite.model.project import Project
from localstack_lite.watch.targets import targets

ROOT = Path("/shop")
SRC = Path("/elsewhere/ts")


def function(name: str, folder: Path, source: Path | None = None) -> Function:
    return Function(name, name, "python3.13", "app.handler", Code(folder, source))


def test_the_root_and_code_folders_are_watched_with_inputs_beside_them() -> None:
    project = Project(
        ROOT,
        functions=(function("a", ROOT / "dist"), function("b", Path("/elsewhere/b")), function("c", ROOT)),
        inputs=(ROOT / "cdk.out" / "stack.json", ROOT / "template.yaml"),
    )
    assert targets(project) == (
        ROOT,
        ROOT / "dist",
        Path("/elsewhere/b"),
        ROOT / "cdk.out" / "stack.json",
        ROOT / "template.yaml",
    )


def test_an_unpacked_archive_is_watched_where_it_came_from() -> None:
    archive = ROOT / "out" / "code.zip"
    project = Project(ROOT, functions=(function("a", ROOT / ".devserve" / "zips" / "1", archive),))
    assert targets(project) == (ROOT, archive)


def test_what_is_edited_is_watched_not_what_is_made_of_it_and_layers_too() -> None:
    built = Function("a", "a", "nodejs22.x", "app.handler", Code(ROOT / ".devserve" / "a", build=Build("esbuild", SRC)))
    layered = Function("b", "b", "python3.13", "app.handler", Code(ROOT), opt=Path("/elsewhere/layer"))
    merged = Function("c", "c", "python3.13", "app.handler", Code(ROOT), opt=ROOT / ".devserve" / "cache" / "1")
    assert targets(Project(ROOT, functions=(built, layered, merged))) == (ROOT, SRC, Path("/elsewhere/layer"))
