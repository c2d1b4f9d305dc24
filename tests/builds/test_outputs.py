from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from localstack_lite.builds.making import Making
from localstack_lite.builds.outputs import Output, Outputs
from localstack_lite.builds.tool import Tools
from localstack_lite.model.function import Build, Code, Function
from tests.builders import function
from tests.builds.folders import write

HOUR = 3600 * 10**9
MAKEFILE = "build-Hello:\n\tcp source.txt $(ARTIFACTS_DIR)/made\n"
#: Stands for esbuild: bundles `app.ts` with a file from elsewhere, and says so in its metafile.
ESBUILD = """\
#!/bin/sh
echo "$@" > "$PWD/../said"
for word in "$@"; do case $word in --outdir=*) out=${word#*=} ;; --metafile=*) meta=${word#*=} ;; esac; done
cat app.ts ../common/util.ts > "$out/app.js"
echo '{"inputs": {"app.ts": {}, "../common/util.ts": {}}}' > "$meta"
"""


class Shop:
    """Its clock is an hour ahead: every file has rested."""

    def __init__(self, root: Path, ahead: int = HOUR) -> None:
        environ = {"PATH": os.environ["PATH"], "HOME": str(root)}
        making = Making(root, environ, Tools(environ), root / ".works")
        self.outputs = Outputs(root, making, lambda: time.time_ns() + ahead)
        self.building = 0

    def code(self, one: Function) -> Output:
        assert one.code.build is not None
        return self.outputs.code(one, one.code.build, self._told)

    def layer(self, source: Path) -> Output:
        return self.outputs.layer("Shared", Build("makefile", source, {"LogicalId": "Shared"}), self._told)

    def _told(self) -> None:
        self.building += 1


def made(root: Path) -> Function:
    write(root, {"c/Makefile": MAKEFILE, "c/source.txt": "one"})
    return function(code=Code(root / ".devserve" / "build" / "Hello-2", build=Build("makefile", root / "c")))


def bundled(root: Path) -> Function:
    write(root, {"ts/app.ts": "app\n", "common/util.ts": "util\n", "node_modules/.bin/esbuild": ESBUILD})
    build = Build("esbuild", root / "ts", {"EntryPoints": ["app.ts"]})
    return function(runtime="nodejs22.x", code=Code(root / ".devserve" / "build" / "Hello-1", build=build))


def test_what_is_unchanged_is_not_built_again_in_another_process_either(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), made(tmp_path)
    first = shop.code(one)
    assert (first.made, (first.folder / "made").read_text()) == (True, "one")
    other = Shop(tmp_path)
    assert other.code(one) == replace(first, made=False)
    assert (shop.building, other.building) == (1, 0)


def test_a_changed_source_is_built_again(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), made(tmp_path)
    shop.code(one)
    write(tmp_path, {"c/source.txt": "two"})
    assert (shop.code(one).folder / "made").read_text() == "two"


def test_what_was_saved_just_now_is_built_again(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path, ahead=0), made(tmp_path)
    shop.code(one)
    assert shop.code(one).made


def test_other_words_are_another_build(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), made(tmp_path)
    shop.code(one)
    assert shop.code(replace(one, architecture="arm64")).made
    assert not shop.code(replace(one, architecture="arm64")).made


def test_it_is_apart_from_what_runs_here(tmp_path: Path) -> None:
    one = made(tmp_path)
    found = Shop(tmp_path).code(one)
    assert not one.code.folder.exists()
    assert found.folder == tmp_path / ".devserve" / "build" / "push" / "Hello-2"


def test_a_failed_build_is_told_and_tried_again(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), made(tmp_path)
    shop.code(one)
    write(tmp_path, {"c/Makefile": "build-Hello:\n\t@echo broken; false\n"})
    for _ in range(2):
        (problem,) = shop.code(one).problems
        assert "its build failed: broken" in problem.what
    assert (shop.building, problem.warning) == (3, False)


def test_a_file_from_elsewhere_that_esbuild_has_read_counts(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), bundled(tmp_path)
    first = shop.code(one)
    assert (first.folder / "app.js").read_text() == "app\nutil\n"
    assert not shop.code(one).made
    write(tmp_path, {"common/util.ts": "other\n"})
    assert (shop.code(one).folder / "app.js").read_text() == "app\nother\n"


def test_an_installation_by_npm_counts(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), bundled(tmp_path)
    shop.code(one)
    write(tmp_path, {"node_modules/.package-lock.json": "{}"})
    assert shop.code(one).made
    assert not shop.code(one).made


def test_source_maps_are_pushed_only_when_they_are_asked_for(tmp_path: Path) -> None:
    shop, one = Shop(tmp_path), bundled(tmp_path)
    shop.code(one)
    assert "--sourcemap" not in (tmp_path / "said").read_text()
    assert one.code.build is not None
    build = replace(one.code.build, properties={**one.code.build.properties, "Sourcemap": True})
    shop.code(replace(one, code=replace(one.code, build=build)))
    assert "--sourcemap" in (tmp_path / "said").read_text()


def test_a_makefile_makes_a_layer(tmp_path: Path) -> None:
    write(tmp_path, {"l/Makefile": "build-Shared:\n\techo 1 > $(ARTIFACTS_DIR)/tool\n"})
    shop = Shop(tmp_path)
    assert (shop.layer(tmp_path / "l").folder / "tool").read_text() == "1\n"
    assert not shop.layer(tmp_path / "l").made
    write(tmp_path, {"l/Makefile": "build-Shared:\n\t@echo oh; false\n"})
    (problem,) = shop.layer(tmp_path / "l").problems
    assert (problem.what, problem.subject) == ("Shared: its build failed: oh (Makefile:2)", "Shared")
