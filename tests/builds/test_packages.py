from __future__ import annotations

import pytest

from localstack_lite.builds.packages import (
    complaint,
    has_dependencies,
    has_requirements,
    named,
    npm,
    sources,
    version_of,
    wheels,
)


@pytest.mark.parametrize(("runtime", "version"), [("python3.12", "3.12"), ("nodejs22.x", ""), ("python", "")])
def test_the_version_of_a_runtime(runtime: str, version: str) -> None:
    assert version_of(runtime) == version


def test_packages_are_installed_once_for_each_text_and_machine() -> None:
    names = {
        named("a==1", "python3.12", "x86_64"),
        named("a==2", "python3.12", "x86_64"),
        named("a==1", "python3.13", "x86_64"),
        named("a==1", "python3.12", "arm64"),
        named("a==1", "python3.12", "x86_64", "lock"),
    }
    assert len(names) == 5
    assert named("a==1", "python3.12", "x86_64") in names


@pytest.mark.parametrize(("text", "answer"), [("", False), ("# only\n\n", False), ("a==1 # why\n", True)])
def test_a_file_of_comments_names_nothing(text: str, answer: bool) -> None:
    assert has_requirements(text) is answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"dependencies": {"a": "1"}}', True),
        ('{"dependencies": {}}', False),
        ("{}", False),
        ("{", False),
        ("[]", False),
    ],
)
def test_a_package_without_dependencies_needs_none(text: str, answer: bool) -> None:
    assert has_dependencies(text) is answer


@pytest.mark.parametrize(
    ("version", "architecture", "newest", "machine"),
    [("3.12", "x86_64", 34, "x86_64"), ("3.11", "x86_64", 26, "x86_64"), ("3.13", "arm64", 34, "aarch64")],
)
def test_wheels_are_those_that_run_on_lambdas_machine(
    version: str, architecture: str, newest: int, machine: str
) -> None:
    words = wheels(version, architecture, "/out", python="/usr/bin/python3")
    platforms = [words[at + 1] for at, word in enumerate(words) if word == "--platform"]
    assert platforms[0] == f"manylinux_2_{newest}_{machine}"
    assert platforms[-2:] == [f"manylinux_2_17_{machine}", f"manylinux2014_{machine}"]
    assert words[:4] == ["/usr/bin/python3", "-m", "pip", "install"]
    assert words[words.index("--python-version") + 1] == version
    assert words[words.index("--only-binary") + 1] == ":all:"


def test_uv_is_told_the_same() -> None:
    words = wheels("3.12", "arm64", "/out", uv="/bin/uv")
    assert words[:3] == ["/bin/uv", "pip", "install"]
    assert words[words.index("--python-platform") + 1].startswith("aarch64-manylinux")
    assert words[-4:] == ["--target", "/out", "-r", "requirements.txt"]


def test_sources_are_built_by_the_python_that_will_run_them() -> None:
    assert sources("/out", python="/v/bin/python")[0] == "/v/bin/python"
    words = sources("/out", uv="/bin/uv", python="/v/bin/python")
    assert words[words.index("--python") + 1] == "/v/bin/python"
    assert "--only-binary" not in words


def test_a_lock_is_obeyed() -> None:
    assert npm("npm", locked=True)[:2] == ["npm", "ci"]
    assert npm("npm", locked=False)[:2] == ["npm", "install"]
    assert "--omit=dev" in npm("npm", locked=True)


@pytest.mark.parametrize(
    ("output", "what"),
    [
        (
            "Collecting x\nERROR: No matching distribution found for x\nnote: more\n",
            "ERROR: No matching distribution found for x",
        ),
        ("npm error code E404\nnpm error 404 Not Found\nlog\n", "npm error 404 Not Found"),
        ("something else\n", "something else"),
        ("", "it said nothing"),
    ],
)
def test_the_line_that_says_most_is_told(output: str, what: str) -> None:
    assert complaint(output) == what
