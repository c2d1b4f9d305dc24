"""Compiled languages: which workflow of aws-lambda-builders makes their code, and what it is asked. Pure.

AWS's own builders do for Go, Rust, Java, .NET and Ruby what the SAM CLI does, with the language's own tools. Source of
the names: aws-lambda-builders' design documents and the SAM developer guide ("Building Lambda functions").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from localstack_lite.model.function import Build


@dataclass(frozen=True, slots=True)
class Workflow:
    """`manifest` is the file that says what to build; `tools` are programs of which one has to be there, and `hint`
    says how to get them. `leavings` are folders that the tools make in the source."""

    language: str
    manager: str
    manifest: str
    tools: tuple[str, ...]
    hint: str
    leavings: tuple[str, ...] = ()
    required: bool = True
    """Whether the code cannot run unless it is built."""


_GO = Workflow("go", "modules", "go.mod", ("go",), "install Go")
_RUST = Workflow("rust", "cargo", "Cargo.toml", ("cargo-lambda",), "install Rust and cargo-lambda", ("target/",))
_MAVEN = Workflow("java", "maven", "pom.xml", ("mvn",), "install a JDK and Maven", ("target/",))
_GRADLE = ("gradle", ("gradlew", "gradle"), "install a JDK and Gradle", ("build/", ".gradle/"))
_DOTNET = ("dotnet", "install the .NET SDK", ("bin/", "obj/"))
_RUBY = Workflow(
    "ruby", "bundler", "Gemfile", ("bundle",), "install Ruby and Bundler", ("vendor/bundle/", ".bundle/"), False
)
_GRADLE_FILES = ("build.gradle", "build.gradle.kts")
_PROJECT = re.compile(r".+\.(cs|fs|vb)proj")


def workflow(method: str, files: Collection[str]) -> Workflow | None:
    """For a build method or a runtime, and the names of what is in the source folder. None when it is none of these,
    or the folder has nothing to build: it may hold what was built."""
    found = _workflow(method, files)
    return found if found is not None and found.manifest in files else None


def _workflow(method: str, files: Collection[str]) -> Workflow | None:
    if method.startswith("go"):
        return _GO
    if method.startswith("rust"):
        return _RUST
    if method.startswith("ruby"):
        return _RUBY
    if method.startswith("java"):
        gradle = next((file for file in _GRADLE_FILES if file in files), "")
        return Workflow("java", _GRADLE[0], gradle, *_GRADLE[1:]) if gradle else _MAVEN
    if method.startswith("dotnet"):
        project = next((file for file in sorted(files) if _PROJECT.fullmatch(file)), "")
        return Workflow("dotnet", "cli-package", project, (_DOTNET[0],), *_DOTNET[1:])
    return None


def request(
    found: Workflow, build: Build, runtime: str, handler: str, architecture: str, places: Mapping[str, str]
) -> dict[str, object]:
    """What `foreign_build` is given. `places` are `artifacts` and `scratch`."""
    # AWS's builders know custom runtimes without their operating system; Rust's asks for the whole name as well.
    patched = "provided" if runtime.startswith("provided") else runtime
    options: dict[str, object] = {}
    if found.language in ("go", "rust"):
        options["artifact_executable_name"] = str(build.properties.get("Binary") or handler)
    if found.language == "rust":
        options["artifact_executable_name"] = build.properties.get("Binary")
        options["cargo_lambda_flags"] = build.properties.get("CargoLambdaFlags") or []
    if found.language == "go":
        options["trim_go_path"] = str(build.properties.get("TrimGoPath") or "").lower() == "true"
    return {
        "language": found.language,
        "manager": found.manager,
        "source": str(build.source),
        "manifest": str(build.source / found.manifest),
        "runtime": patched,
        "whole_runtime": runtime,
        "architecture": architecture,
        "options": options,
        "mode": "Release",
        **places,
    }


def complaint(output: str) -> str:
    """What went wrong, in a line: the last thing that the language's own tool called an error."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
    return (errors or lines or ["it said nothing"])[-1][:300]
