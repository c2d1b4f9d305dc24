from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from localstack_lite.builds.dependencies import packages_name
from localstack_lite.builds.packager import BuiltImage, Packager
from localstack_lite.builds.shared import with_shared_layers
from localstack_lite.model.blueprint import Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.model.function import Build, Code, Dockerfile, Function, Image, Layer
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from tests.builders import function as built
from tests.builds.folders import content, modes, write
from tests.builds.npm import npm
from tests.builds.wheel import requirements, wheel

HOUR = 3600 * 10**9
HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
ELF_ARM = b"\x7fELF\x02\x01".ljust(18, b"\0") + (183).to_bytes(2, "little")


class Shop:
    """A packager in a folder, an hour ahead (every file has rested), and everything that it told."""

    def __init__(
        self,
        root: Path,
        *,
        path: Sequence[Path | str] = (os.environ["PATH"],),
        images: Callable[[Function, Callable[[str], None]], BuiltImage | Problem] | None = None,
        exclude: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.told: list[tuple[str, str, bool]] = []
        self.problems: tuple[Problem, ...] = ()
        environ = {"PATH": os.pathsep.join(map(str, path)), "HOME": str(root), "PIP_CONFIG_FILE": os.devnull}
        self.packager = Packager(
            root,
            environ,
            lambda runtime, folder: Path(sys.executable),
            images=images,
            exclude=exclude,
            now=lambda: time.time_ns() + HOUR,
        )

    def package(self, *functions: Function, pieces: Sequence[Piece] = ()) -> dict[str, Package]:
        """With a piece for each function that has none."""
        named = {piece.id for piece in pieces}
        made = [piece_of(one) for one in functions if one.logical_id not in named]
        packages, self.problems = self.packager.package([*made, *pieces], functions, self._moved)
        return packages

    def one(self, function: Function, **more: Any) -> Package:
        packages = self.package(function, **more)
        assert [problem for problem in self.problems if not problem.warning] == []
        return packages[function.logical_id]

    def _moved(
        self,
        kind: str,
        subject: str,
        state: str,
        sent: int = 0,
        size: int = 0,
        details: tuple[str, ...] = (),
        done: bool = False,
    ) -> None:
        assert kind == "package"
        self.told.append((subject, state, done))


def piece_of(function: Function) -> Piece:
    kind = PieceKind.FUNCTION if function.image is None else PieceKind.IMAGE
    return Piece(function.logical_id, kind, function.code.folder, architecture=function.architecture)


def python(root: Path, files: Mapping[str, str | bytes], folder: str = "src", **changes: Any) -> Function:
    write(root / folder, files)
    return built(**{"runtime": HERE, "code": Code(root / folder), "where": "template.yaml:3", **changes})


def inside(package: Package) -> dict[str, str]:
    assert package.file is not None
    return content(package.file)


def test_a_function_is_the_zip_of_its_folder(tmp_path: Path) -> None:
    package = Shop(tmp_path).one(python(tmp_path, {"app.py": "x", ".git/config": "", "__pycache__/app.pyc": ""}))
    assert inside(package) == {"app.py": "x"}
    assert package.file is not None
    assert package.sha256 == base64.b64encode(hashlib.sha256(package.file.read_bytes()).digest()).decode()
    assert (package.piece, package.size, package.unpacked) == ("Hello", package.file.stat().st_size, 1)
    assert (package.largest, package.built) == ((("app.py", 1),), True)


def test_what_is_unchanged_is_not_told_and_not_built(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x"})
    shop = Shop(tmp_path)
    first = shop.one(one)
    assert shop.told == [("Hello", "zipping", False), ("Hello", "done", True)]
    again = Shop(tmp_path)
    assert again.one(one) == replace(first, built=False)
    assert again.told == []


def test_functions_of_one_folder_are_zipped_once(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x"})
    shop = Shop(tmp_path)
    packages = shop.package(*[replace(one, logical_id=f"F{number}", name=f"f{number}") for number in range(8)])
    assert len({package.file for package in packages.values()}) == 1
    assert [package.built for package in packages.values()].count(True) == 1
    assert [state for _, state, _ in shop.told] == ["zipping", "done"]


def test_an_edit_makes_one_new_package(tmp_path: Path) -> None:
    ones = [python(tmp_path, {"app.py": f"{n}"}, f"f{n}", logical_id=f"F{n}", name=f"f{n}") for n in range(6)]
    shop = Shop(tmp_path)
    before = shop.package(*ones)
    write(tmp_path / "f3", {"app.py": "edited"})
    shop.told.clear()
    after = shop.package(*ones)
    assert [id for id in after if after[id].sha256 != before[id].sha256] == ["F3"]
    assert {subject for subject, _, _ in shop.told} == {"F3"}


def test_python_packages_lie_below_the_code(tmp_path: Path) -> None:
    wheel_file = wheel(tmp_path / "wheels")
    one = python(tmp_path, {"app.py": "x", "requirements.txt": requirements(wheel_file)})
    shop = Shop(tmp_path)
    package = shop.one(one)
    found = inside(package)
    assert found["tiny.py"] == "ANSWER = 42\n"
    assert found["app.py"] == "x"
    assert "tiny-1.0.dist-info/METADATA" in found
    write(tmp_path / "src", {"tiny.py": "mine"})
    assert inside(shop.one(one))["tiny.py"] == "mine"


def test_an_edit_of_the_code_installs_nothing(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "requirements.txt": requirements(wheel(tmp_path / "wheels"))})
    shop, again = Shop(tmp_path), Shop(tmp_path, path=(tmp_path,))
    shop.one(one)
    assert ("Hello", "installing", False) in shop.told
    write(tmp_path / "src", {"app.py": "y"})
    assert inside(again.one(one))["app.py"] == "y"
    assert {state for _, state, _ in again.told} == {"zipping", "done"}


def test_two_checkouts_of_a_project_are_pushed_as_the_same_bytes(tmp_path: Path) -> None:
    wheel_file = wheel(tmp_path / "wheels")
    hashes = []
    for name in ("one", "a/deeper/place"):
        files = {"app.py": "x", "lib/b.py": "y" * 3000, "requirements.txt": requirements(wheel_file)}
        hashes.append(Shop(tmp_path / name).one(python(tmp_path / name, files)).sha256)
    assert hashes[0] == hashes[1]


def test_packages_that_cannot_be_had_are_a_problem_of_every_function_that_names_them(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "requirements.txt": "--no-index\nnothing-like-this==1\n"})
    fine = python(tmp_path, {"app.py": "x"}, "fine", logical_id="Fine", name="fine")
    shop = Shop(tmp_path)
    assert list(shop.package(one, replace(one, logical_id="Two", name="two"), fine)) == ["Fine"]
    assert sorted(problem.subject for problem in shop.problems) == ["Hello", "Two"]
    assert "nothing-like-this" in shop.problems[0].what
    assert ("Hello", "failed", True) in shop.told


def test_packages_that_functions_share_are_a_layer_and_no_part_of_them(tmp_path: Path) -> None:
    files = {"app.py": "x", "requirements.txt": requirements(wheel(tmp_path / "wheels"))}
    one = python(tmp_path, files, logical_id="One", name="one")
    two = python(tmp_path, files, "other", logical_id="Two", name="two")
    functions = {id: {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": HERE}} for id in ("One", "Two")}
    plain = Blueprint((StackBlueprint("", {"Resources": functions}),), (piece_of(one), piece_of(two)))
    names = {each.logical_id: packages_name(each, tmp_path) for each in (one, two)}
    shared = with_shared_layers(plain, names, tmp_path / ".devserve" / "cache" / "dependencies", "shop-dev")
    packages = Shop(tmp_path).package(one, two, pieces=shared.pieces)
    layer = next(id for id in packages if id.startswith("DevservePackages"))
    assert "python/tiny.py" in inside(packages[layer])
    assert sorted(inside(packages["One"])) == sorted(inside(packages["Two"])) == ["app.py", "requirements.txt"]
    again = Shop(tmp_path)
    assert again.package(one, two, pieces=shared.pieces).keys() == packages.keys()
    assert again.told == []


def test_a_zip_of_the_users_own_is_pushed_byte_for_byte(tmp_path: Path) -> None:
    archive = tmp_path / "mine.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("app.py", "x" * 100)
    before = archive.read_bytes()
    one = built(code=Code(tmp_path / "unpacked", archive))
    package = Shop(tmp_path).one(one, pieces=[Piece("Hello", PieceKind.FUNCTION, archive)])
    assert (package.file, package.unpacked, package.built) == (archive, 100, False)
    assert package.sha256 == base64.b64encode(hashlib.sha256(before).digest()).decode()


def test_a_file_that_is_no_zip_is_no_code(tmp_path: Path) -> None:
    shop = Shop(write(tmp_path, {"app.py": "x"}))
    assert shop.package(pieces=[Piece("Hello", PieceKind.FUNCTION, tmp_path / "app.py")]) == {}
    assert [problem.what for problem in shop.problems] == ["Hello: app.py is a file but no zip"]


def test_other_files_are_pushed_as_they_are_and_templates_are_not_made_here(tmp_path: Path) -> None:
    write(tmp_path, {"machine.json": "{}", "child.yaml": ""})
    machine = Piece("Machine", PieceKind.FILE, tmp_path / "machine.json")
    packages = Shop(tmp_path).package(pieces=[machine, Piece("Child", PieceKind.TEMPLATE, tmp_path / "child.yaml")])
    assert list(packages) == ["Machine"]
    assert packages["Machine"].file == tmp_path / "machine.json"


def test_a_function_that_only_the_template_knows_is_its_folder(tmp_path: Path) -> None:
    piece = Piece("Java", PieceKind.FUNCTION, write(tmp_path / "src", {"app.jar": "x"}))
    assert inside(Shop(tmp_path).package(pieces=[piece])["Java"]) == {"app.jar": "x"}


def test_an_empty_or_missing_folder_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    shop = Shop(tmp_path)
    empty = built("empty", code=Code(tmp_path / "empty"), where="t:1")
    missing = built("missing", code=Code(tmp_path / "none"), where="t:2")
    assert shop.package(empty, missing) == {}
    assert [(problem.where, problem.subject) for problem in shop.problems] == [("t:1", "Empty"), ("t:2", "Missing")]
    assert "there is nothing in" in shop.problems[0].what
    assert "No such file or directory" in shop.problems[1].what


def test_where_the_code_is_the_project_its_settings_stay_here(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "template.yaml": "", "samconfig.toml": "", "README.md": ""}, ".")
    assert sorted(inside(Shop(tmp_path).one(one))) == ["README.md", "app.py"]


def test_the_users_excludes_are_for_one_or_for_all(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "docs/a": "", "notes.md": ""})
    other = replace(one, logical_id="Other", name="other")
    packages = Shop(tmp_path, exclude={"": ["*.md"], "Hello": ["docs/**"]}).package(one, other)
    assert sorted(inside(packages["Hello"])) == ["app.py"]
    assert sorted(inside(packages["Other"])) == ["app.py", "docs/a"]


def test_excludes_reach_installed_packages(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "requirements.txt": requirements(wheel(tmp_path / "wheels"))})
    assert "tiny.py" not in inside(Shop(tmp_path, exclude={"Hello": ["/tiny.py"]}).one(one))


def test_secrets_are_left_out_and_that_is_told_once(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", ".env": "PASSWORD=hunter2"})
    shop = Shop(tmp_path)
    assert inside(shop.one(one)) == {"app.py": "x"}
    (warning,) = shop.problems
    assert warning.warning
    assert warning.what.startswith("hello: .env is left out of the package")
    assert "hunter2" not in repr(warning)
    again = Shop(tmp_path)
    again.one(one)
    assert again.problems == ()


def test_a_custom_runtime_can_always_be_started(tmp_path: Path) -> None:
    one = python(tmp_path, {"bootstrap": "x", "other": "y"}, runtime="provided.al2023")
    (tmp_path / "src" / "bootstrap").chmod(0o644)
    package = Shop(tmp_path).one(one)
    assert package.file is not None
    assert modes(package.file) == {"bootstrap": "-rwxr-xr-x", "other": "-rw-r--r--"}


def test_programs_for_another_machine_are_told_when_they_are_packed(tmp_path: Path) -> None:
    one = python(tmp_path, {"bootstrap": ELF_ARM}, runtime="provided.al2023")
    shop = Shop(tmp_path)
    shop.package(one)
    (warning,) = shop.problems
    assert warning.warning
    assert warning.what == "hello: bootstrap is for arm64, not for Linux on x86_64"
    shop.package(one)
    assert shop.problems == ()
    shop.package(replace(one, logical_id="Arm", architecture="arm64"))
    assert shop.problems == ()


def test_modules_for_another_machine_in_the_code_are_told_once_when_it_is_packed(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "fast.cpython-310-darwin.so": b"\xcf\xfa\xed\xfe"})
    shop = Shop(tmp_path)
    shop.one(one)
    (warning,) = shop.problems
    assert warning.warning
    assert "fast.cpython-310-darwin.so" in warning.what


def node(root: Path, files: Mapping[str, str | bytes] | None = None) -> Function:
    lock = json.dumps({"packages": {"node_modules/left-pad": {}}}, indent=1)
    package = json.dumps({"dependencies": {"left-pad": "1"}})
    write(root / "js", {"index.js": "x", "package.json": package, "package-lock.json": lock, **(files or {})})
    return built(runtime="nodejs22.x", code=Code(root / "js"))


def test_node_gets_a_clean_installation_in_place_of_the_users(tmp_path: Path) -> None:
    one = node(tmp_path, {"node_modules/jest/index.js": "", "node_modules/.package-lock.json": "{}"})
    shop = Shop(tmp_path, path=(npm(tmp_path / ".npm"), os.defpath))
    assert sorted(inside(shop.one(one))) == [
        *("index.js", "node_modules/left-pad/index.js", "package-lock.json", "package.json")
    ]
    assert shop.told[0] == ("Hello", "building", False)
    assert sorted(path.name for path in (tmp_path / "js" / "node_modules").iterdir()) == [".package-lock.json", "jest"]


def test_a_node_function_without_npm_is_pushed_with_what_is_there_and_that_is_told(tmp_path: Path) -> None:
    one = node(tmp_path, {"node_modules/left-pad/index.js": "mine"})
    shop = Shop(tmp_path, path=(tmp_path,))
    assert inside(shop.one(one))["node_modules/left-pad/index.js"] == "mine"
    assert [problem.what for problem in shop.problems] == ["Hello: node_modules is pushed as it is: there is no npm"]


def test_what_a_makefile_makes_is_pushed_and_not_its_source(tmp_path: Path) -> None:
    write(tmp_path, {"c/Makefile": "build-Hello:\n\techo made > $(ARTIFACTS_DIR)/bootstrap\n", "c/main.c": ""})
    build = Build("makefile", tmp_path / "c")
    one = built(runtime="provided.al2023", code=Code(tmp_path / ".devserve" / "build" / "Hello-1", build=build))
    shop = Shop(tmp_path)
    package = shop.one(one)
    assert inside(package) == {"bootstrap": "made\n"}
    assert [state for _, state, _ in shop.told] == ["building", "zipping", "done"]
    assert not shop.one(one).built


def test_a_failed_build_is_told_and_nothing_is_pushed_for_it(tmp_path: Path) -> None:
    write(tmp_path, {"c/Makefile": "build-Hello:\n\t@echo no compiler; false\n"})
    one = built(code=Code(tmp_path / ".devserve" / "build" / "Hello-1", build=Build("makefile", tmp_path / "c")))
    shop = Shop(tmp_path)
    assert shop.package(one) == {}
    assert "its build failed: no compiler" in shop.problems[0].what
    assert shop.told[-1] == ("Hello", "failed", True)


def test_a_compiled_language_is_built_although_nothing_says_how(tmp_path: Path) -> None:
    one = python(tmp_path, {"pom.xml": "<project/>"}, runtime="java21")
    shop = Shop(tmp_path, path=(tmp_path,))
    assert shop.package(one) == {}
    assert [problem.what for problem in shop.problems] == ["hello: mvn, which builds pom.xml, is not on the PATH"]


def test_a_layer_is_its_folder_or_what_its_method_makes_of_it(tmp_path: Path) -> None:
    write(tmp_path, {"plain/bin/tool": "#!/bin/sh\n", "own/own.py": "1", "js/lib.js": "2"})
    write(tmp_path, {"own/requirements.txt": requirements(wheel(tmp_path / "wheels"))})
    write(tmp_path, {"m/Makefile": "build-Made:\n\techo 1 > $(ARTIFACTS_DIR)/made\n"})
    packages = Shop(tmp_path).package(
        pieces=[
            Piece("Plain", PieceKind.LAYER, tmp_path / "plain"),
            Piece("Own", PieceKind.LAYER, tmp_path / "own", HERE),
            Piece("Js", PieceKind.LAYER, tmp_path / "js", "nodejs22.x"),
            Piece("Child/Made", PieceKind.LAYER, tmp_path / "m", "makefile"),
        ]
    )
    assert inside(packages["Plain"]) == {"bin/tool": "#!/bin/sh\n"}
    assert {"python/own.py", "python/tiny.py"} <= inside(packages["Own"]).keys()
    assert inside(packages["Js"]) == {"nodejs/lib.js": "2"}
    assert inside(packages["Child/Made"]) == {"made": "1\n"}


def test_a_node_layer_has_its_packages_where_lambda_looks_for_them(tmp_path: Path) -> None:
    node(tmp_path)
    shop = Shop(tmp_path, path=(npm(tmp_path / ".npm"), os.defpath))
    packages = shop.package(pieces=[Piece("L", PieceKind.LAYER, tmp_path / "js", "nodejs22.x")])
    assert "nodejs/node_modules/left-pad/index.js" in inside(packages["L"])
    assert "nodejs/index.js" in inside(packages["L"])


def test_a_layer_that_nobody_can_build_is_a_problem(tmp_path: Path) -> None:
    write(tmp_path, {"own/requirements.txt": "tiny\n"})
    shop = Shop(tmp_path)
    pieces = [
        Piece("A", PieceKind.LAYER, tmp_path / "own", "go1.x"),
        Piece("B", PieceKind.LAYER, tmp_path / "own", "python"),
    ]
    assert shop.package(pieces=pieces) == {}
    assert [problem.what for problem in shop.problems] == [
        "A: layers are not built with go1.x",
        "B: nothing says for which Python its packages are",
    ]


def test_more_than_lambda_takes_is_refused_and_named(tmp_path: Path) -> None:
    one = python(tmp_path, {"app.py": "x", "model/weights": ""})
    os.truncate(tmp_path / "src" / "model" / "weights", 251 << 20)  # sparse: it takes no room
    shop = Shop(tmp_path)
    assert shop.package(one) == {}
    (problem,) = shop.problems
    assert problem.what == "hello: 251 MB unpacked, AWS takes 250 MB"
    assert problem.hint.startswith("the largest is model/")


def test_a_function_can_be_too_large_with_its_layers_only(tmp_path: Path) -> None:
    piece = Piece("Data", PieceKind.LAYER, write(tmp_path / "layer", {"data": "1"}))
    # Of the project's own layers, what they were packed to counts.
    ours = Layer("arn:x:layer:data:1", tmp_path / "layer", 900 << 20)
    theirs = Layer("arn:x:layer:other:7", None, 250 << 20)
    one = python(tmp_path, {"app.py": "x"}, layers=(ours,))
    shop = Shop(tmp_path)
    assert sorted(shop.package(one, pieces=[piece])) == ["Data", "Hello"]
    assert list(shop.package(replace(one, layers=(ours, theirs)), pieces=[piece])) == ["Data"]
    assert "with its layers" in shop.problems[0].what
    assert shop.problems[0].hint.startswith("the largest is layer other:7")


def image(uri: str, root: Path | None = None) -> Function:
    dockerfile = Dockerfile(root) if root is not None else None
    return built(image=Image(uri, dockerfile), code=Code(root or Path("/")), where="t:1")


def test_an_image_is_what_the_engine_made(tmp_path: Path) -> None:
    asked: list[str] = []

    def build(function: Function, told: Callable[[str], None]) -> BuiltImage:
        told("building")
        asked.append(function.name)
        return BuiltImage("devserve/hello:latest", "sha256:" + "a" * 64, 77)

    shop = Shop(tmp_path, images=build)
    package = shop.one(image("devserve/hello:latest", tmp_path))
    assert (package.image, package.sha256, package.size) == ("devserve/hello:latest", "sha256:" + "a" * 64, 77)
    assert (package.hex, package.file, asked) == ("a" * 64, None, ["hello"])
    assert shop.told == [("Hello", "building", False), ("Hello", "done", True)]


def test_an_image_that_cannot_be_built_or_has_no_engine_is_a_problem(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert shop.package(image("x", tmp_path)) == {}
    assert [problem.what for problem in shop.problems] == ["hello: its image needs a Docker engine; none answers"]
    shop = Shop(tmp_path, images=lambda function, told: Problem("Dockerfile:3", "no space", "", "other", True))
    assert shop.package(image("x", tmp_path)) == {}
    assert shop.problems == (Problem("Dockerfile:3", "no space", "", "Hello"),)


def test_an_image_in_a_registry_is_pushed_by_reference(tmp_path: Path) -> None:
    uri = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop"
    shop = Shop(tmp_path)
    tagged, digested = shop.one(image(f"{uri}:v1")), shop.one(image(f"{uri}@sha256:{'b' * 64}"))
    assert (tagged.image, tagged.file) == (f"{uri}:v1", None)
    assert tagged.sha256 != shop.one(image(f"{uri}:v2")).sha256
    assert digested.hex == "b" * 64


def test_our_own_state_is_kept_out_of_version_control(tmp_path: Path) -> None:
    Shop(tmp_path).one(python(tmp_path, {"app.py": ""}))
    assert (tmp_path / ".devserve" / ".gitignore").read_text() == "*\n"


def test_after_the_end_nothing_is_made(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.packager.close()
    assert shop.package(python(tmp_path, {"app.py": "x"})) == {}
    assert shop.problems[0].what == "hello: cannot be packaged: devserve is stopping"
    assert list((tmp_path / ".devserve" / "cache" / "packages").iterdir()) == []
