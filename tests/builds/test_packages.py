from __future__ import annotations

import pytest

from localstack_lite.builds.packages import (
    complaint,
    for_this_machine,
    has_dependencies,
    has_no_pip,
    named,
    npm,
    source,
    wheels,
)
from localstack_lite.builds.platform_tags import Target


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


def test_pip_installs_wheels_of_lambdas_machine_and_nothing_else() -> None:
    words = wheels(Target("3.11"), "/out", "/work/list.txt", python="/usr/bin/python3")
    platforms = [words[at + 1] for at, word in enumerate(words) if word == "--platform"]
    assert platforms == Target("3.11").platforms
    assert words[0] == "/usr/bin/python3"
    assert words[words.index("--python-version") + 1].startswith("3.11.")
    assert words[words.index("--only-binary") + 1] == ":all:"
    assert words[-4:] == ["--target", "/out", "-r", "/work/list.txt"]
    assert "--no-deps" not in words


def test_pip_compares_markers_with_lambdas_machine() -> None:
    words = wheels(Target("3.12", "arm64"), "/out", "list.txt", python="python3")
    program = words[words.index("-c") + 1]
    compile(program, "pip", "exec")
    assert "'platform_machine': 'aarch64'" in program


def test_uv_is_told_the_same() -> None:
    words = wheels(Target("3.12", "arm64"), "/out", "list.txt", uv="/bin/uv")
    assert words[:3] == ["/bin/uv", "pip", "install"]
    assert words[words.index("--python-platform") + 1] == "aarch64-manylinux_2_34"
    assert words[words.index("--only-binary") + 1] == ":all:"
    assert words[-4:] == ["--target", "/out", "-r", "list.txt"]


@pytest.mark.parametrize("uv", ["", "/bin/uv"])
def test_a_list_that_names_everything_needs_no_resolving(uv: str) -> None:
    assert "--no-deps" in wheels(Target("3.12"), "/out", "list.txt", uv=uv, python="python3", complete=True)
    assert "--no-deps" in for_this_machine("/out", "list.txt", uv=uv, python="python3", complete=True)


def test_wheels_that_this_machine_built_are_taken_only_when_there_are_some() -> None:
    assert "linux_x86_64" not in wheels(Target("3.12"), "/out", "list.txt", python="python3")
    assert "linux_x86_64" in wheels(Target("3.12"), "/out", "list.txt", python="python3", built_here=True)


@pytest.mark.parametrize("uv", ["", "/bin/uv"])
def test_no_index_is_named(uv: str) -> None:
    for words in (
        wheels(Target("3.12"), "/out", "list.txt", uv=uv, python="python3"),
        for_this_machine("/out", "list.txt", uv=uv, python="python3"),
        source("/out", "list.txt", ["a"], uv=uv, python="python3"),
    ):
        assert not any("index" in word or "://" in word for word in words)


def test_a_source_is_built_by_the_python_that_is_like_lambdas() -> None:
    words = source("/out", "list.txt", ["b", "a"], python="/v/bin/python")
    assert words[:4] == ["/v/bin/python", "-m", "pip", "wheel"]
    assert [words[at + 1] for at, word in enumerate(words) if word == "--no-binary"] == ["a", "b"]
    words = source("/out", "list.txt", ["a"], uv="/bin/uv", python="/v/bin/python")
    assert words[words.index("--python") + 1] == "/v/bin/python"
    assert words[words.index("--target") + 1] == "/out"


def test_this_machines_packages_may_be_built() -> None:
    assert for_this_machine("/out", "list.txt", python="/v/bin/python")[0] == "/v/bin/python"
    words = for_this_machine("/out", "list.txt", uv="/bin/uv", python="/v/bin/python")
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


def test_a_python_without_pip_is_recognised() -> None:
    assert has_no_pip("/usr/bin/python3: No module named pip\n")
    assert has_no_pip("ModuleNotFoundError: No module named 'pip'")
    assert not has_no_pip("No module named pipx")
