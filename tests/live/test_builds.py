"""From a template with TypeScript and layers to code that a real Node runs: read, built by the real esbuild, called.

esbuild is the one on the PATH, or npm brings it once for all test runs of this machine.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest

from localstack_lite.builds.builder import Builder
from localstack_lite.config.read import read
from localstack_lite.config.unpack import unpack
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Problem, Project
from tests.builds.test_making import GO
from tests.live.devserver import write

pytestmark = pytest.mark.live

HOME = Path(tempfile.gettempdir()) / f"devserve-tests-esbuild-{os.getuid()}"


@cache
def esbuild() -> Path:
    """The folder with a real esbuild in it. Skips when there is none, or fails where there has to be one."""
    if found := shutil.which("esbuild"):
        return Path(found).parent
    if not (HOME / "node_modules" / ".bin" / "esbuild").exists():
        if not shutil.which("npm"):
            _without("there is neither esbuild nor npm on the PATH")
        part = Path(tempfile.mkdtemp(prefix="devserve-esbuild-"))
        (part / "package.json").write_text("{}")
        command = ["npm", "install", "--no-audit", "--no-fund", "--fetch-retries=0", "--silent", "esbuild"]
        ran = subprocess.run(command, cwd=part, capture_output=True, text=True, timeout=120, check=False)
        if ran.returncode:
            shutil.rmtree(part)
            _without(f"npm cannot bring esbuild: {(ran.stdout + ran.stderr).strip()[-200:]}")
        try:
            part.rename(HOME)
        except OSError:  # another worker was faster
            shutil.rmtree(part)
    return HOME / "node_modules" / ".bin"


def _without(why: str) -> NoReturn:
    if os.environ.get("DEVSERVE_REQUIRE_NODE") == "1":
        pytest.fail(f"DEVSERVE_REQUIRE_NODE=1, but {why}", pytrace=False)
    pytest.skip(why)


TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Runtime: nodejs22.x, CodeUri: src, Layers: [!Ref Shared, !Ref Made]}}
Resources:
  Shared: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: layers/shared}}
  Made:
    Type: AWS::Serverless::LayerVersion
    Metadata: {BuildMethod: makefile}
    Properties: {ContentUri: layers/made}
  Typed:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties:
        Minify: true
        External: [shared]
        Define: {WHO: '"world"'}
        EntryPoints: [app.ts]
    Properties: {Handler: app.handler}
  Module:
    Type: AWS::Serverless::Function
    Metadata:
      BuildMethod: esbuild
      BuildProperties: {Format: esm, OutExtension: [.js=.mjs]}
    Properties: {Handler: other.handler}
"""

FILES = {
    "template.yaml": TEMPLATE,
    "package.json": '{"type": "module"}',
    "layers/shared/nodejs/node_modules/shared/index.js": "exports.greet = (who) => `hello ${who}`;\n",
    "layers/made/Makefile": "build-Made:\n\tcd $(ARTIFACTS_DIR); mkdir nodejs; echo made > nodejs/made\n",
    "src/lib/text.ts": "export const loud = (text: string): string => text.toUpperCase();\n",
    "src/app.ts": (
        'import { greet } from "shared";\n'
        'import { loud } from "./lib/text";\n'
        "declare const WHO: string;\n"
        "export const handler = async (event: { times: number }) => loud(greet(WHO)).repeat(event.times);\n"
    ),
    "src/other.ts": "export const handler = async () => import.meta.url.length > 0;\n",
}


def read_in(folder: Path) -> Project:
    return read(ReadOptions(folder), environ={})


def built(project: Project) -> tuple[Problem, ...]:
    environ = {**os.environ, "PATH": f"{esbuild()}{os.pathsep}{os.environ['PATH']}"}
    builder = Builder(project.root, environ, lambda runtime, folder: Path(sys.executable), unpack)
    return builder.build(project.functions, lambda task, state, share, done: None)


def called(project: Project, name: str, event: object) -> object:
    """What the handler answers in a Node of its own, with the function's `/opt` where Node finds it."""
    function = project.function(name)
    assert function is not None
    module = function.handler.rpartition(".")[0]
    (file,) = (f for f in function.code.folder.iterdir() if f.stem == module and f.suffix in (".js", ".mjs"))
    text = (
        f"import({json.dumps(str(file))}).then(m => (m.handler ?? m.default.handler)({json.dumps(event)}))"
        ".then(answer => console.log(JSON.stringify(answer)))"
    )
    environ = {**os.environ, "NODE_PATH": f"{function.opt}/nodejs/node_modules"}
    ran = subprocess.run(["node", "-e", text], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_typescript_layers_and_all_from_the_template_to_an_answer(tmp_path: Path) -> None:
    esbuild()
    project = read_in(write(tmp_path, FILES))
    assert project.problems == ()
    assert built(project) == ()
    assert called(project, "Typed", {"times": 2}) == "HELLO WORLDHELLO WORLD"
    assert called(project, "Module", {}) is True
    typed = project.function("Typed")
    assert typed is not None
    assert typed.opt is not None
    assert (typed.opt / "nodejs" / "made").read_text() == "made\n"
    assert {file.name for file in typed.code.folder.iterdir()} == {"app.js", "app.js.map"}
    sources = json.loads((typed.code.folder / "app.js.map").read_text())["sources"]
    resolved = {os.path.normpath(typed.code.folder / source) for source in sources}
    assert str(tmp_path / "src" / "app.ts") in resolved


def test_a_compiled_function_is_built_before_it_runs_here(tmp_path: Path) -> None:
    template = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Metadata: {BuildMethod: go1.x}
    Properties: {CodeUri: orders, Runtime: provided.al2023, Handler: bootstrap}
"""
    files = {"template.yaml": template, "orders/go.mod": "module shop\n", "orders/main.go": "package main\n"}
    project = read_in(write(tmp_path, files))
    tools = write(tmp_path / "tools", {"go": GO})
    (tools / "go").chmod(0o755)
    environ = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
    builder = Builder(project.root, environ, lambda runtime, folder: Path(sys.executable), unpack)
    (orders,) = project.functions
    assert project.problems == ()
    assert builder.needs(orders)
    assert builder.build([orders], lambda task, state, share, done: None) == ()
    assert (orders.code.folder / "bootstrap").read_text() == "linux amd64\n"
    assert sorted(file.name for file in (tmp_path / "orders").iterdir()) == ["go.mod", "main.go"]


def test_an_edit_is_built_again_and_a_mistake_keeps_what_was_there(tmp_path: Path) -> None:
    esbuild()
    project = read_in(write(tmp_path, FILES))
    assert built(project) == ()
    good = (tmp_path / "src" / "app.ts").read_text()
    (tmp_path / "src" / "app.ts").write_text(good + "const a x\n")
    (problem,) = built(project)
    assert problem.where == "src/app.ts:5:8"
    assert problem.what == 'Typed: Expected ";" but found "x"'
    assert called(project, "Typed", {"times": 1}) == "HELLO WORLD"
    (tmp_path / "src" / "lib" / "text.ts").write_text("export const loud = (text: string): string => text;\n")
    (tmp_path / "src" / "app.ts").write_text(good)
    assert built(project) == ()
    assert called(project, "Typed", {"times": 1}) == "hello world"


def test_an_edited_layer_is_read_as_another_and_merged_again(tmp_path: Path) -> None:
    esbuild()
    project = read_in(write(tmp_path, FILES))
    built(project)
    shared = tmp_path / "layers" / "shared" / "nodejs" / "node_modules" / "shared" / "index.js"
    shared.write_text("exports.greet = (who) => `goodbye ${who}`;\n")
    again = read_in(tmp_path)
    assert again.function("Typed") != project.function("Typed")
    assert called(project, "Typed", {"times": 1}) in ("HELLO WORLD", "GOODBYE WORLD")  # the same file, or a copy
    assert built(again) == ()
    assert called(again, "Typed", {"times": 1}) == "GOODBYE WORLD"


def test_what_a_bundle_lacks_is_told_where_it_is_imported(tmp_path: Path) -> None:
    esbuild()
    write(tmp_path, {**FILES, "src/other.ts": 'import pad from "left-pad";\nexport const handler = () => pad("x");\n'})
    (problem,) = built(read_in(tmp_path))
    assert problem.where == "src/other.ts:1:16"
    assert 'Could not resolve "left-pad"' in problem.what
    assert problem.subject == "Module"
