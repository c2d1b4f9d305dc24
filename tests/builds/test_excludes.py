from __future__ import annotations

import pytest

from localstack_lite.builds.excludes import Excludes, is_secret


@pytest.mark.parametrize("name", [".git", ".venv", "__pycache__", ".devserve", ".aws-sam", "cdk.out", ".mypy_cache"])
def test_other_tools_folders_are_left_out_wherever_they_are(name: str) -> None:
    assert Excludes().leaves_out(name, folder=True)
    assert Excludes().leaves_out(f"lib/{name}", folder=True)
    assert not Excludes().leaves_out(name)  # a file of that name is no such folder


def test_a_virtual_environment_is_known_by_what_is_in_it() -> None:
    assert Excludes().leaves_out("my-env", {"bin", "pyvenv.cfg"}, folder=True)
    assert not Excludes().leaves_out("venv", {"__init__.py"}, folder=True)  # somebody's module


def test_bytecode_goes_unless_it_is_all_there_is_of_a_module() -> None:
    assert Excludes().leaves_out("a/app.pyc", {"app.py", "app.pyc"})
    assert not Excludes().leaves_out("a/app.pyc", {"app.pyc"})


@pytest.mark.parametrize(
    "name", ["README.md", "pyproject.toml", "requirements.txt", "tests/test_app.py", "a.egg-info/x"]
)
def test_what_code_could_read_stays(name: str) -> None:
    assert not Excludes(project=True).leaves_out(name)


def test_settings_of_the_project_go_only_where_the_code_is_the_whole_project() -> None:
    for name in ("template.yaml", "samconfig.toml", "devserve.toml"):
        assert Excludes(project=True).leaves_out(name)
        assert not Excludes().leaves_out(name)
        assert not Excludes(project=True).leaves_out(f"sub/{name}")


def test_secrets_are_left_out_and_examples_of_them_are_not() -> None:
    assert [is_secret(name) for name in (".env", ".env.local", ".env.example", "env", ".environment")] == [
        *(True, True),
        *(False, False, False),
    ]
    assert Excludes().leaves_out("config/.env")
    assert not Excludes(patterns=("!.env",)).leaves_out("config/.env")


def test_of_installed_packages_only_notes_and_bytecode_go() -> None:
    installed = Excludes(installed=True)
    assert installed.leaves_out("node_modules/.package-lock.json")
    assert installed.leaves_out("node_modules/.cache", folder=True)
    assert installed.leaves_out("yaml/__pycache__", folder=True)
    assert not installed.leaves_out("tool/.vscode", folder=True)
    assert not installed.leaves_out("tool/.env")


@pytest.mark.parametrize(
    ("pattern", "path", "folder", "expected"),
    [
        ("*.md", "a/b.md", False, True),
        ("*.md", "b.mdx", False, False),
        ("/docs", "docs", True, True),
        ("/docs", "a/docs", True, False),
        ("docs/", "a/docs", True, True),
        ("docs/", "docs", False, False),
        ("docs/**", "docs/a/b", False, True),
        ("docs/**", "docs", True, False),
        ("**/fixtures", "a/b/fixtures", True, True),
        ("a/**/z", "a/z", False, True),
        ("a/**/z", "a/b/c/z", False, True),
        ("a/*/z", "a/b/c/z", False, False),
        ("[ab].txt", "b.txt", False, True),
        ("[!ab].txt", "b.txt", False, False),
        ("?.txt", "ab.txt", False, False),
        ("a+b(1).txt", "a+b(1).txt", False, True),
        ("# nothing", "# nothing", False, False),
        ("", "a", False, False),
    ],
)
def test_the_users_patterns_are_read_as_gits(pattern: str, path: str, folder: bool, expected: bool) -> None:
    assert Excludes(patterns=(pattern,)).leaves_out(path, folder=folder) is expected


def test_the_last_pattern_that_fits_decides() -> None:
    excludes = Excludes(patterns=("*.md", "!README.md"))
    assert excludes.leaves_out("a/CHANGES.md")
    assert not excludes.leaves_out("a/README.md")
