"""What is read of a project's files."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.builds.doctor import reading
from localstack_lite.builds.platform_tags import Target
from tests.builds.doctor.projects import django
from tests.live.devserver import write


def test_code_is_what_the_package_would_hold(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": "import os\n", "data.bin": "12345", "__pycache__/app.pyc": "", ".git/config": ""})
    write(tmp_path / "env", {"pyvenv.cfg": "", "lib/x.py": ""})
    found = reading.code(tmp_path, (), project=True)
    assert found.files == (("app.py", 10), ("data.bin", 5))
    assert [one.path for one in found.sources] == ["app.py"]


def test_packages_that_the_code_carries_are_not_looked_into(tmp_path: Path) -> None:
    write(
        tmp_path, {"app.py": "", "kit/__init__.py": "import nowhere", "kit-1.dist-info/RECORD": "kit/__init__.py,,\n"}
    )
    write(tmp_path, {"kit-1.dist-info/METADATA": "Name: kit\nVersion: 1\n"})
    assert [one.path for one in reading.code(tmp_path, (), project=False).sources] == ["app.py"]


def test_what_is_installed_is_found_by_its_metadata(tmp_path: Path) -> None:
    _, running = django(tmp_path)
    found = reading.installed(running.home)
    assert sorted(found) == ["asgiref", "django", "django-debug-toolbar", "requests"]
    assert found["django"].size == 8_000_000


def test_the_list_that_counts_is_named_with_what_it_wants(tmp_path: Path) -> None:
    files = {"requirements.txt": "Flask[async]>=2\n-e ./lib\n", "requirements-dev.txt": "pytest\nblack==1\n"}
    write(tmp_path, files)
    found = reading.wanted(tmp_path, tmp_path, Target("3.12"))
    assert found.listed == "requirements.txt"
    assert [(one.name, sorted(one.extras)) for one in found.needs] == [("flask", ["async"])]
    assert found.development == {"pytest", "black"}


def test_groups_for_developing_are_known_as_such(tmp_path: Path) -> None:
    text = (
        '[project]\nname = "p"\nversion = "1"\ndependencies = ["flask>=2"]\n'
        '[dependency-groups]\ndev = ["pytest>=8", {include-group = "x"}]\nx = ["Black"]\n'
        '[tool.poetry.group.dev.dependencies]\nruff = "*"\n[tool.uv]\ndev-dependencies = ["mypy"]\n'
    )
    write(tmp_path, {"pyproject.toml": text})
    found = reading.wanted(tmp_path, tmp_path, Target("3.12"))
    assert [one.name for one in found.needs] == ["flask"]
    assert found.development == {"pytest", "black", "ruff", "mypy"}


def test_packages_of_another_python_of_the_same_folder_are_not_the_environments(tmp_path: Path) -> None:
    for place in ("lib/python3.11/site-packages", "lib/python3.12/site-packages", "lib/python3/dist-packages"):
        (tmp_path / place).mkdir(parents=True)
    found = [str(place.relative_to(tmp_path)) for place in reading.site_packages(tmp_path, "3.12")]
    assert found == ["lib/python3/dist-packages", "lib/python3.12/site-packages"]


def test_without_a_list_nothing_is_wanted(tmp_path: Path) -> None:
    assert reading.wanted(tmp_path, tmp_path, Target("3.12")).listed == ""


def test_a_folders_size_is_that_of_all_its_files(tmp_path: Path) -> None:
    write(tmp_path, {"a": "123", "b/c": "45"})
    (tmp_path / "circle").symlink_to(tmp_path)
    assert reading.folder_size(tmp_path / "b") == 2
    assert reading.folder_size(tmp_path) >= 5
    assert reading.folder_size(tmp_path / "none") == 0
    assert reading.entry_names(tmp_path) == ["a", "b", "circle"]
