from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.builds.requirements import Requirements, find, of, unlocked
from tests.builds.test_uv_lock import LOCK

PYPROJECT = '[project]\nname = "shop"\ndependencies = ["click>=8", "inside @ file:libs/inside"]\n'
POETRY = '[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nclick = "*"\n'


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


ALL = {
    "requirements.txt": "a\n",
    "uv.lock": "version = 1\n",
    "poetry.lock": "",
    "Pipfile.lock": "{}",
    "pyproject.toml": PYPROJECT,
}


def test_in_one_folder_the_list_goes_before_the_locks_and_they_before_the_project(tmp_path: Path) -> None:
    write(tmp_path, ALL)
    for name in ALL:
        found = find(tmp_path, tmp_path)
        assert found is not None
        assert found.file == tmp_path / name
        assert found.complete is name.endswith(".lock")
        (tmp_path / name).unlink()
    assert find(tmp_path, tmp_path) is None


def test_the_nearest_folder_counts_and_none_above_the_project(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "a\n", "shop/uv.lock": "version = 1\n", "shop/src/app.py": ""})
    root = tmp_path / "shop"
    assert find(root / "src", root) == Requirements(root / "uv.lock")
    write(root, {"src/pyproject.toml": PYPROJECT})
    assert find(root / "src", root) == Requirements(root / "src" / "pyproject.toml")
    (root / "uv.lock").unlink()
    (root / "src" / "pyproject.toml").unlink()
    assert find(root / "src", root) is None


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": "# nothing\n"},
        {"requirements.txt": "--pre\n-c limits.txt\n"},
        {"pyproject.toml": '[project]\nname = "a"\n'},
        {"requirements.txt": "a\n", "a-1.0.dist-info/METADATA": ""},
    ],
)
def test_what_names_nothing_or_is_carried_adds_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, {"uv.lock": "version = 1\n"})
    write(tmp_path / "src", files)
    assert find(tmp_path / "src", tmp_path) is None


@pytest.mark.parametrize("text", ["[tool.black]\n", "[", "project = 1\n"])
def test_a_pyproject_of_tools_is_no_list(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"requirements.txt": "a\n", "src/pyproject.toml": text})
    assert find(tmp_path / "src", tmp_path) == Requirements(tmp_path / "requirements.txt")


def test_a_member_of_a_workspace_has_its_lock_above(tmp_path: Path) -> None:
    write(tmp_path, {"uv.lock": LOCK, "app/pyproject.toml": PYPROJECT, "other/pyproject.toml": PYPROJECT})
    assert find(tmp_path / "app", tmp_path) == Requirements(tmp_path / "uv.lock", "app")
    assert find(tmp_path / "other", tmp_path) == Requirements(tmp_path / "other" / "pyproject.toml")


def test_only_the_folder_itself_is_asked_for_a_layer(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "a\n", "layer/python.py": ""})
    assert of(tmp_path / "layer") is None
    assert of(tmp_path) == Requirements(tmp_path / "requirements.txt")


def test_included_files_are_part_of_a_list(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "requirements.txt": "-r parts/one.txt\n-c limits.txt\nb\n",
            "parts/one.txt": "-r two.txt\na\n./libs/x\n",
            "parts/two.txt": "-r one.txt\nc\n",
            "limits.txt": "a<2\n",
        },
    )
    found = Requirements(tmp_path / "requirements.txt")
    lines = [line.text for line in found.lines()]
    assert lines == ["c", "a", f"{tmp_path / 'libs/x'}", f"-c {tmp_path / 'limits.txt'}", "b"]
    assert {file.name for file in found.inputs()} == {"requirements.txt", "one.txt", "two.txt", "limits.txt"}
    before = found.content()
    write(tmp_path, {"parts/two.txt": "-r one.txt\nc==2\n"})
    assert found.content() != before


def test_a_list_that_includes_what_is_not_there_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "-r gone.txt\n"})
    with pytest.raises(OSError, match=r"gone\.txt"):
        Requirements(tmp_path / "requirements.txt").lines()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "-e ./libs/inside\n"),
        ("pyproject.toml", PYPROJECT),
        ("uv.lock", LOCK),
        ("Pipfile.lock", '{"default": {"inside": {"path": "libs/inside"}}}'),
    ],
)
def test_an_edit_of_a_local_source_means_other_packages(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path, {name: text, "libs/inside/inside.py": "1\n", "libs/inside/build/x": ""})
    found = Requirements(tmp_path / name)
    assert tmp_path / "libs" / "inside" / "inside.py" in found.inputs()
    before = found.content()
    write(tmp_path, {"libs/inside/build/x": "is made"})
    assert found.content() == before
    write(tmp_path, {"libs/inside/inside.py": "22\n"})
    assert found.content() != before


def test_only_the_dependencies_of_a_pyproject_count(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": PYPROJECT})
    found = Requirements(tmp_path / "pyproject.toml")
    before = found.content()
    write(tmp_path, {"pyproject.toml": f"{PYPROJECT}[tool.ruff]\nline-length = 100\n"})
    assert found.content() == before
    assert [line.location for line in found.lines()] == ["", str(tmp_path / "libs" / "inside")]


def test_a_poetry_lock_is_read_with_its_project(tmp_path: Path) -> None:
    write(tmp_path, {"poetry.lock": "", "pyproject.toml": POETRY})
    found = Requirements(tmp_path / "poetry.lock")
    assert found.inputs() == (tmp_path / "poetry.lock", tmp_path / "pyproject.toml")
    before = found.content()
    write(tmp_path, {"pyproject.toml": f"{POETRY}rich = '*'\n"})
    assert found.content() != before


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"pyproject.toml": POETRY}, "poetry lock"),
        ({"Pipfile": "[packages]\n"}, "pipenv lock"),
        ({"Pipfile": "[packages]\n", "requirements.txt": ""}, ""),
        ({"pyproject.toml": POETRY, "poetry.lock": ""}, ""),
        ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3'\n"}, ""),
    ],
)
def test_a_list_without_its_lock_is_noticed(tmp_path: Path, files: dict[str, str], command: str) -> None:
    write(tmp_path, {**files, "src/app.py": ""})
    found = unlocked(tmp_path / "src", tmp_path)
    assert (found[1] if found is not None else "") == command
