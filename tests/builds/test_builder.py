from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from localstack_lite.builds.builder import Builder
from localstack_lite.model.function import Build, Code, Function, Layer
from localstack_lite.model.project import Problem
from tests.builders import function as built
from tests.builds import offline
from tests.builds.lambda_layers import archive, layer_server
from tests.builds.wheel import requirements, sdist, wheel

ENVIRON = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
ARN = "arn:aws:lambda:eu-west-3:017000801446:layer:Powertools:7"

#: Stands for esbuild: what it is told goes into the output; a source with `bad` in it is refused.
ESBUILD = """\
#!/bin/sh
for word in "$@"; do case $word in --outdir=*) out=${word#--outdir=} ;; esac; done
if grep -q bad "$1"; then
  printf '✘ [ERROR] Expected ";" but found "bad"\\n\\n    %s:3:10:\\n' "$1" >&2
  exit 1
fi
cp "$1" "$out/${1%.ts}.js"
echo "$@" > "$out/said"
"""


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if text.startswith("#!"):
            file.chmod(0o755)


def unpack(file: Path, folder: Path) -> str:
    zipfile.ZipFile(file).extractall(folder)
    return ""


class Workshop:
    """A builder in a folder, and everything that it told."""

    def __init__(self, root: Path, *, containers: bool = False, environ: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.told: list[tuple[str, str, bool]] = []
        self.builder = Builder(
            root,
            {**ENVIRON, **(environ or {})},
            lambda runtime, folder: Path(sys.executable),
            unpack,
            containers=containers,
        )

    def build(self, *functions: Function) -> tuple[Problem, ...]:
        return self.builder.build(functions, lambda task, state, share, done: self.told.append((task, state, done)))


def typed(root: Path, **changes: Any) -> Function:
    build = Build("esbuild", root / "ts", {"EntryPoints": ["app.ts"], "Minify": True})
    return built(runtime="nodejs22.x", code=Code(root / ".devserve" / "build" / "Hello-1", build=build), **changes)


def made(root: Path, **changes: Any) -> Function:
    return built(code=Code(root / ".devserve" / "build" / "Hello-2", build=Build("makefile", root / "c")), **changes)


def layered(root: Path, *layers: Layer, opt: Path | None = None) -> Function:
    (root / "src").mkdir(exist_ok=True)
    merged = root / ".devserve" / "cache" / "layers" / "opt-1"
    return built(code=Code(root / "src"), layers=layers, opt=opt or merged, where="template.yaml:3")


def folder_layer(root: Path, name: str) -> Layer:
    return Layer(f"arn:x:layer:{name}:1", root / name, 1, digest=name)


def published_layer(root: Path) -> Layer:
    return Layer(ARN, root / ".devserve" / "cache" / "layers" / "arn-1", digest=ARN)


def test_a_plain_function_needs_nothing(tmp_path: Path) -> None:
    (tmp_path / "layer").mkdir()
    one = Workshop(tmp_path)
    plain = built(code=Code(tmp_path))
    assert not one.builder.needs(plain)
    assert not one.builder.needs(layered(tmp_path, folder_layer(tmp_path, "layer"), opt=tmp_path / "layer"))
    assert one.build(plain) == ()
    assert one.told == []


def test_esbuild_of_the_project_makes_the_code(tmp_path: Path) -> None:
    write(tmp_path, {"ts/app.ts": "good", "node_modules/.bin/esbuild": ESBUILD})
    shop, one = Workshop(tmp_path), typed(tmp_path)
    assert shop.builder.needs(one)
    assert shop.build(one) == ()
    assert (one.code.folder / "app.js").read_text() == "good"
    assert "--minify" in (one.code.folder / "said").read_text()
    assert shop.told == [("build hello", "esbuild", False), ("build hello", "done", True)]
    assert [path.name for path in one.code.folder.parent.iterdir()] == ["Hello-1"]
    assert shop.builder.needs(one)  # a save has to be built again


def test_a_failed_build_leaves_the_code_of_the_last_and_tells_the_place(tmp_path: Path) -> None:
    write(tmp_path, {"ts/app.ts": "good", "node_modules/.bin/esbuild": ESBUILD})
    shop, one = Workshop(tmp_path), typed(tmp_path)
    shop.build(one)
    before = one.code.folder.stat().st_ino
    write(tmp_path, {"ts/app.ts": "bad"})
    (problem,) = shop.build(one)
    assert problem.where == "ts/app.ts:3:10"
    assert problem.what == 'hello: Expected ";" but found "bad"'
    assert (problem.subject, problem.warning) == ("Hello", False)
    assert shop.told[-1] == ("build hello", "failed", True)
    assert (one.code.folder / "app.js").read_text() == "good"
    write(tmp_path, {"ts/app.ts": "better"})
    assert shop.build(one) == ()
    assert (one.code.folder / "app.js").read_text() == "better"
    assert one.code.folder.stat().st_ino == before


def test_without_esbuild_it_is_said_how_to_get_it(tmp_path: Path) -> None:
    write(tmp_path, {"ts/app.ts": ""})
    (problem,) = Workshop(tmp_path, environ={"PATH": str(tmp_path)}).build(typed(tmp_path))
    assert "esbuild is neither in node_modules nor on the PATH" in problem.what
    assert problem.hint == "npm install --save-dev esbuild"
    assert typed(tmp_path).code.folder.is_dir()  # to be mounted


def test_a_package_json_of_our_own_keeps_the_users_away_from_what_is_built(tmp_path: Path) -> None:
    Workshop(tmp_path).build(built(code=Code(tmp_path)))
    assert (tmp_path / ".devserve" / "package.json").read_text() == "{}\n"
    assert (tmp_path / ".devserve" / ".gitignore").read_text() == "*\n"


MAKEFILE = """\
build-Hello:
\techo built >> log
\tcp log $(ARTIFACTS_DIR)/log
\tcp source.txt $(ARTIFACTS_DIR)/bootstrap && chmod +x $(ARTIFACTS_DIR)/bootstrap
"""


def test_make_builds_in_a_copy_that_stays(tmp_path: Path) -> None:
    write(tmp_path, {"c/Makefile": MAKEFILE, "c/source.txt": "one"})
    shop, one = Workshop(tmp_path), made(tmp_path)
    assert shop.build(one) == ()
    assert os.access(one.code.folder / "bootstrap", os.X_OK)
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["Makefile", "source.txt"]
    write(tmp_path, {"c/source.txt": "two"})
    assert shop.build(one) == ()
    assert (one.code.folder / "bootstrap").read_text() == "two"
    assert (one.code.folder / "log").read_text() == "built\nbuilt\n"


def test_makes_own_words_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"c/Makefile": "build-Hello:\n\t@echo no compiler here; false\n"})
    (problem,) = Workshop(tmp_path).build(made(tmp_path, where="template.yaml:7"))
    assert problem.where == "template.yaml:7"
    assert "no compiler here" in problem.what
    (problem,) = Workshop(tmp_path, environ={"PATH": str(tmp_path)}).build(made(tmp_path))
    assert "make is not on the PATH" in problem.what


def test_layers_are_merged_once_for_each_state(tmp_path: Path) -> None:
    write(tmp_path, {"a/python/x.py": "a", "a/python/y.py": "a", "b/python/x.py": "b", "src/app.py": ""})
    shop = Workshop(tmp_path)
    one = layered(tmp_path, folder_layer(tmp_path, "a"), folder_layer(tmp_path, "b"))
    assert one.opt is not None
    assert shop.builder.needs(one)
    assert shop.build(one) == ()
    assert (one.opt / "python" / "x.py").read_text() == "b"
    assert (one.opt / "python" / "y.py").read_text() == "a"
    assert not shop.builder.needs(one)


def test_a_published_layer_is_fetched_once(tmp_path: Path) -> None:
    write(tmp_path, {"a/python/x.py": "a"})
    one = layered(tmp_path, folder_layer(tmp_path, "a"), published_layer(tmp_path))
    with layer_server({ARN: archive({"python/lib.py": "x = 1"})}) as server:
        shop = Workshop(tmp_path, environ=server.environ)
        assert shop.build(one) == ()
        assert shop.build(replace(one, opt=tmp_path / ".devserve" / "cache" / "layers" / "opt-2")) == ()
        assert len(server.asked) == 1
    assert one.opt is not None
    assert sorted(path.name for path in (one.opt / "python").iterdir()) == ["lib.py", "x.py"]
    assert shop.told[0] == ("layer Powertools:7", "fetching", False)


def test_a_layer_that_cannot_be_had_is_told_and_the_function_runs_without(tmp_path: Path) -> None:
    write(tmp_path, {"a/python/x.py": "a"})
    one = layered(tmp_path, folder_layer(tmp_path, "a"), published_layer(tmp_path))
    assert one.opt is not None
    with layer_server({}) as server:
        shop = Workshop(tmp_path, environ=server.environ)
        (problem,) = shop.build(one)
        assert (problem.subject, problem.warning, problem.where) == ("Hello", True, "template.yaml:3")
        assert "Powertools:7: AWS refused it: AccessDeniedException" in problem.what
        assert "runs without this layer" in problem.what
        assert (one.opt / "python" / "x.py").read_text() == "a"
        assert not shop.builder.needs(one)  # not with every save
        assert shop.build(one) == (problem,)
        assert len(server.asked) == 1
        server.archives[ARN] = archive({"python/lib.py": "x = 1"})
        later = Workshop(tmp_path, environ=server.environ)
        assert later.builder.needs(one)
        assert later.build(one) == ()
    assert (one.opt / "python" / "lib.py").read_text() == "x = 1"


def test_a_layer_that_came_for_another_function_is_merged_too(tmp_path: Path) -> None:
    write(tmp_path, {"a/x": "a"})
    one = layered(tmp_path, folder_layer(tmp_path, "a"), published_layer(tmp_path))
    with layer_server({}) as server:
        shop = Workshop(tmp_path, environ=server.environ)
        shop.build(one)
    assert not shop.builder.needs(one)
    write(published_layer(tmp_path).folder or tmp_path, {"came": ""})
    assert shop.builder.needs(one)
    assert shop.build(one) == ()
    assert one.opt is not None
    assert (one.opt / "came").exists()
    assert not shop.builder.needs(one)


def test_without_any_layer_opt_is_an_empty_folder(tmp_path: Path) -> None:
    one = layered(tmp_path, published_layer(tmp_path))
    with layer_server({}) as server:
        assert len(Workshop(tmp_path, environ=server.environ).build(one)) == 1
    assert one.opt is not None
    assert list(one.opt.iterdir()) == []


def built_layer(root: Path, method: str, **properties: object) -> Layer:
    folder = root / ".devserve" / "build" / "Shared-1"
    build = Build(method, root / "shared", {"LogicalId": "Shared", **properties})
    return Layer("arn:x:layer:shared:1", folder, 1, build, "shared-1")


@pytest.mark.parametrize("containers", [False, True])
def test_a_python_layer_is_its_files_and_what_it_requires(tmp_path: Path, containers: bool) -> None:
    write(tmp_path, {"shared/own.py": "own = 1\n"})
    write(tmp_path, {"shared/requirements.txt": requirements(wheel(tmp_path / "wheels"))})
    layer = built_layer(tmp_path, HERE)
    one = layered(tmp_path, layer)
    shop = Workshop(tmp_path, containers=containers)
    assert shop.build(one) == ()
    assert one.opt is not None
    assert (one.opt / "python" / "own.py").read_text() == "own = 1\n"
    assert (one.opt / "python" / "tiny.py").read_text() == "ANSWER = 42\n"
    assert not shop.builder.needs(one)
    assert Workshop(tmp_path, containers=not containers).builder.needs(one)  # other machine, other packages
    assert sorted(path.name for path in (tmp_path / "shared").iterdir()) == ["own.py", "requirements.txt"]


def test_a_makefile_makes_a_layer(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"shared/Makefile": "build-Shared:\n\tmkdir $(ARTIFACTS_DIR)/bin && touch $(ARTIFACTS_DIR)/bin/tool\n"},
    )
    one = layered(tmp_path, built_layer(tmp_path, "makefile"))
    assert Workshop(tmp_path).build(one) == ()
    assert one.opt is not None
    assert (one.opt / "bin" / "tool").exists()


def test_a_layer_whose_build_fails_is_told_with_the_tools_words(tmp_path: Path) -> None:
    write(tmp_path, {"shared/Makefile": "build-Shared:\n\t@echo broken; false\n"})
    (problem,) = Workshop(tmp_path).build(layered(tmp_path, built_layer(tmp_path, "makefile")))
    assert "shared:1: its build failed: broken" in problem.what
    assert problem.warning


def test_only_containers_get_packages(tmp_path: Path) -> None:
    write(tmp_path, {"src/requirements.txt": requirements(wheel(tmp_path / "wheels"))})
    one = built(runtime=HERE, code=Code(tmp_path / "src"))
    assert not Workshop(tmp_path).builder.needs(one)
    shop = Workshop(tmp_path, containers=True)
    assert shop.builder.needs(one)
    assert shop.build(one) == ()
    assert not shop.builder.needs(one)
    assert len(list((tmp_path / ".devserve" / "cache" / "dependencies").glob("*/tiny.py"))) == 1


def test_packages_that_cannot_be_installed_are_told(tmp_path: Path) -> None:
    write(tmp_path, {"src/requirements.txt": "--no-index\nnothing-like-this==1\n"})
    (problem,) = Workshop(tmp_path, containers=True).build(built(runtime=HERE, code=Code(tmp_path / "src")))
    assert problem.warning
    assert "its packages cannot be installed" in problem.what
    assert "nothing-like-this" in problem.what


def test_each_package_that_cannot_be_built_is_told_with_what_its_build_said(tmp_path: Path) -> None:
    links = tmp_path / "links"
    sdist(links, "one", broken=True)
    sdist(links, "two", broken=True)
    write(tmp_path, {"src/requirements.txt": "one\ntwo\n"})
    shop = Workshop(tmp_path, containers=True, environ=offline.environ(tmp_path / "home", links))
    (problem,) = shop.build(built(runtime=HERE, code=Code(tmp_path / "src")))
    assert "2 packages have no wheel" in problem.what
    assert problem.hint.startswith("take versions that have one")
    assert any("libpq-fe.h" in line for line in problem.details)


def test_more_than_lambda_takes_is_told(tmp_path: Path) -> None:
    write(tmp_path, {"a/x": "", "b/y": ""})
    os.truncate(tmp_path / "a" / "x", 251 << 20)  # sparse: it takes no room
    (problem,) = Workshop(tmp_path).build(layered(tmp_path, folder_layer(tmp_path, "a"), folder_layer(tmp_path, "b")))
    assert problem.warning
    assert "251 MB with its layers; AWS takes 250 MB" in problem.what


def test_nothing_is_started_after_the_end(tmp_path: Path) -> None:
    write(tmp_path, {"c/Makefile": MAKEFILE, "c/source.txt": "one"})
    shop = Workshop(tmp_path)
    shop.builder.close()
    (problem,) = shop.build(made(tmp_path))
    assert "devserve is stopping" in problem.what
