from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.builds import foreign
from localstack_lite.model.function import Build

PLACES = {"artifacts": "/out", "scratch": "/scratch"}


@pytest.mark.parametrize(
    ("method", "files", "expected"),
    [
        ("go1.x", ["go.mod", "main.go"], ("go", "modules", "go.mod")),
        ("rust-cargolambda", ["Cargo.toml"], ("rust", "cargo", "Cargo.toml")),
        ("java21", ["pom.xml"], ("java", "maven", "pom.xml")),
        ("java21", ["pom.xml", "build.gradle.kts"], ("java", "gradle", "build.gradle.kts")),
        ("dotnet8", ["Shop.csproj"], ("dotnet", "cli-package", "Shop.csproj")),
        ("ruby3.3", ["Gemfile"], ("ruby", "bundler", "Gemfile")),
    ],
)
def test_a_method_or_runtime_and_what_is_there_say_how_it_is_built(
    method: str, files: list[str], expected: tuple[str, str, str]
) -> None:
    found = foreign.workflow(method, files)
    assert found is not None
    assert (found.language, found.manager, found.manifest) == expected


@pytest.mark.parametrize(
    ("method", "files"),
    [("java21", ["app.jar"]), ("dotnet8", ["Shop.dll"]), ("python3.12", ["go.mod"]), ("provided.al2023", ["go.mod"])],
)
def test_what_was_built_before_and_what_is_no_such_language_is_not_built(method: str, files: list[str]) -> None:
    assert foreign.workflow(method, files) is None


def test_go_is_asked_for_the_program_that_a_custom_runtime_starts() -> None:
    found = foreign.workflow("go1.x", ["go.mod"])
    assert found is not None
    build = Build("go1.x", Path("/src"), {"TrimGoPath": True})
    asked = foreign.request(found, build, "provided.al2023", "bootstrap", "arm64", PLACES)
    assert asked["runtime"] == "provided"
    assert asked["whole_runtime"] == "provided.al2023"
    assert asked["options"] == {"artifact_executable_name": "bootstrap", "trim_go_path": True}
    assert (asked["manifest"], asked["architecture"], asked["artifacts"]) == ("/src/go.mod", "arm64", "/out")


def test_rust_builds_the_binary_that_is_named_with_the_flags_given() -> None:
    found = foreign.workflow("rust-cargolambda", ["Cargo.toml"])
    assert found is not None
    build = Build("rust-cargolambda", Path("/src"), {"Binary": "orders", "CargoLambdaFlags": ["--locked"]})
    asked = foreign.request(found, build, "provided.al2023", "bootstrap", "x86_64", PLACES)
    assert asked["options"] == {"artifact_executable_name": "orders", "cargo_lambda_flags": ["--locked"]}


def test_the_last_error_is_what_is_told() -> None:
    assert foreign.complaint("compiling\nerror: one\nerror: main.go:3: undefined: x\nmake: bye\n") == (
        "error: main.go:3: undefined: x"
    )
    assert foreign.complaint("first\nlast\n") == "last"
    assert foreign.complaint("") == "it said nothing"
