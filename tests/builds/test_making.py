from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from localstack_lite.builds.making import Making
from localstack_lite.builds.tool import Tools
from localstack_lite.model.function import Build, Code, Function
from localstack_lite.model.project import Problem
from tests.builders import function
from tests.builds.folders import write

#: Stands for `go`: `go build -o FILE SOURCE` writes what it was told, and the environment that counts.
GO = """\
#!/bin/sh
case "$1" in version) echo go version go1.22.0 linux/amd64; exit 0 ;; esac
if grep -q broken main.go; then echo "./main.go:3:2: undefined: broken" >&2; exit 1; fi
while [ $# -gt 0 ]; do case "$1" in -o) out=$2 ;; esac; shift; done
echo "$GOOS $GOARCH" > "$out"
"""
MAKEFILE = "build-Hello:\n\tcp source.txt $(ARTIFACTS_DIR)/made\n"


def go(root: Path, **changes: Any) -> Function:
    build = Build("go1.x", root / "src")
    code = Code(root / "out", build=build)
    return function(runtime="provided.al2023", handler="bootstrap", code=code, where="template.yaml:3", **changes)


def made(root: Path, one: Function, path: Sequence[Path | str] = (os.defpath,)) -> tuple[list[Problem], Path]:
    environ = {"PATH": os.pathsep.join(map(str, path)), "HOME": str(root)}
    place = root / "place"
    place.mkdir(exist_ok=True)
    assert one.code.build is not None
    return Making(root, environ, Tools(environ), root / "works").code(one, one.code.build, place), place


def test_go_is_built_by_awss_builders_with_the_go_on_the_path(tmp_path: Path) -> None:
    write(tmp_path, {"src/go.mod": "module shop\n", "src/main.go": "package main\n", "tools/go": GO})
    problems, place = made(tmp_path, go(tmp_path, architecture="arm64"), (tmp_path / "tools", os.defpath))
    assert problems == []
    assert (place / "bootstrap").read_text() == "linux arm64\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["place", "src", "tools"]


def test_what_the_compiler_says_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"src/go.mod": "module shop\n", "src/main.go": "broken\n", "tools/go": GO})
    (problem,), _ = made(tmp_path, go(tmp_path), (tmp_path / "tools", os.defpath))
    assert (problem.where, problem.subject, problem.warning) == ("template.yaml:3", "Hello", False)
    assert "./main.go:3:2: undefined: broken" in problem.what


def test_a_missing_compiler_is_one_problem_with_a_hint(tmp_path: Path) -> None:
    write(tmp_path, {"src/go.mod": ""})
    (problem,), _ = made(tmp_path, go(tmp_path), (tmp_path,))
    assert problem.what == "hello: go, which builds go.mod, is not on the PATH"
    assert problem.hint.startswith("install Go, or build it before")


def test_a_folder_without_its_manifest_is_told(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (problem,), _ = made(tmp_path, go(tmp_path))
    assert problem.what == "hello: there is nothing in src/ to build with go1.x"


def test_a_makefile_runs_in_a_copy_that_stays(tmp_path: Path) -> None:
    write(tmp_path, {"c/Makefile": MAKEFILE, "c/source.txt": "one"})
    one = function(code=Code(tmp_path / "Hello-1", build=Build("makefile", tmp_path / "c")))
    problems, place = made(tmp_path, one)
    assert problems == []
    assert (place / "made").read_text() == "one"
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["Makefile", "source.txt"]
    assert (tmp_path / "works" / "Hello" / "Makefile").exists()
