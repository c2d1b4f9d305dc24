"""Real pip and real uv, from folders of wheels and sources, into folders for Lambda's machine."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.python_install import Installed, PythonInstall
from localstack_lite.builds.requirement_lines import placed, read
from localstack_lite.builds.source_build import ContainerBuild
from localstack_lite.builds.tool import Ran, Tools
from tests.builds.offline import TOOLS, UV, environ
from tests.builds.wheel import sdist, source, wheel

pytestmark = pytest.mark.parametrize("tool", TOOLS)
HERE = f"3.{sys.version_info.minor}"
OTHER = "3.12" if HERE != "3.12" else "3.13"
NATIVE = f"cp3{sys.version_info.minor}-cp3{sys.version_info.minor}-linux_{os.uname().machine}"
ELSEWHERE = "cp37-cp37m-linux_s390x"


class Shop:
    """A folder with links, and what was said while installing."""

    def __init__(self, root: Path, tool: str) -> None:
        self.root, self.links = root, root / "links"
        self.environ = environ(root / "home", self.links, tool)
        self.said: list[str] = []

    def install(
        self, text: str, target: Target | None = None, container: ContainerBuild | None = None, complete: bool = False
    ) -> Installed:
        job = PythonInstall(
            target or Target(OTHER),
            Path(sys.executable),
            Tools(self.environ),
            self.environ,
            complete,
            container,
            self.said.append,
        )
        self.out.mkdir(parents=True, exist_ok=True)
        return job.into(self.out, [placed(line, self.root) for line in read(text)])

    @property
    def out(self) -> Path:
        return self.root / "cache" / "out"

    @property
    def modules(self) -> list[str]:
        return sorted(path.stem for path in self.out.glob("*.py"))


def sums(*files: Path) -> str:
    return " ".join(f"--hash=sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files)


@pytest.mark.parametrize(("architecture", "machine"), [("x86_64", "x86_64"), ("arm64", "aarch64")])
def test_wheels_are_those_of_lambdas_machine(tmp_path: Path, tool: str, architecture: str, machine: str) -> None:
    shop = Shop(tmp_path, tool)
    for arch in ("x86_64", "aarch64"):
        for tag in (f"cp312-cp312-manylinux_2_17_{arch}.manylinux2014_{arch}", f"cp312-cp312-macosx_11_0_{arch}"):
            wheel(shop.links, "quick", f"FOR = '{tag}'\n", tag)
        wheel(shop.links, "stable", f"FOR = '{arch}'\n", f"cp38-abi3-manylinux_2_28_{arch}")
    wheel(shop.links, "pure")
    assert shop.install("quick\nstable==1.0\npure\n", Target("3.12", architecture)) == Installed()
    assert shop.modules == ["pure", "quick", "stable"]
    assert f"manylinux_2_17_{machine}" in (shop.out / "quick.py").read_text()
    assert machine in (shop.out / "stable.py").read_text()


def test_what_a_package_needs_is_that_for_lambda(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    needs = [
        'mac; sys_platform == "darwin"',
        'arm; platform_machine == "aarch64"',
        f'new; python_version == "{OTHER}"',
        f'old; python_version == "{HERE}"',
    ]
    wheel(shop.links, "shop", requires=needs)
    for name in ("arm", "new"):
        wheel(shop.links, name)
    assert shop.install("shop", Target(OTHER, "arm64")).why == ""
    assert shop.modules == ["arm", "new", "shop"]


def test_a_pure_source_is_built_here(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    wheel(shop.links, "needs", requires=["plain>=1"])
    sdist(shop.links, "plain", requires=["further"])
    wheel(shop.links, "further")
    done = shop.install("needs\n")
    assert done.why == ""
    assert done.ways == ("plain 1.0: built here, pure Python",)
    assert shop.modules == ["further", "needs", "plain"]
    assert any(said.startswith("building plain") for said in shop.said)


def test_every_package_that_has_no_wheel_is_named_at_once(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    sdist(shop.links, "broken", broken=True)
    sdist(shop.links, "worse", version="2.5", broken=True)
    sdist(shop.links, "plain")
    sdist(shop.links, "elsewhere", tag=ELSEWHERE)
    wheel(shop.links, "needs", requires=["worse"])
    done = shop.install("broken==1.0\nplain\nelsewhere\nneeds\n", Target(OTHER, "arm64"))
    assert set(done.missing) == {"broken 1.0", "worse 2.5", "elsewhere 1.0"}
    assert done.why.startswith(f"3 packages have no wheel for python{OTHER} on arm64: ")
    assert "elsewhere 1.0: what is built here is for another machine (cp37-cp37m-linux_s390x)" in done.why
    assert "start Docker" in done.hint
    assert any("libpq-fe.h" in line for line in done.details)
    assert done.ways == ("plain 1.0: built here, pure Python",)


def test_what_does_not_exist_is_named_beside_what_cannot_be_built(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    wheel(shop.links, "mac", tag="cp312-cp312-macosx_11_0_arm64")
    sdist(shop.links, "broken", broken=True)
    done = shop.install("mac==1.0\nnothing-like-this==3\nbroken==1.0\n")
    assert set(done.missing) == {"mac 1.0", "nothing-like-this 3", "broken 1.0"}
    assert "nothing-like-this 3: no source of it is found either" in done.why


def test_machine_code_is_built_here_where_this_machine_is_like_lambda(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    sdist(shop.links, "native", tag=NATIVE)
    architecture = "arm64" if os.uname().machine == "aarch64" else "x86_64"
    done = shop.install("native", Target(HERE, architecture))
    assert done == Installed(ways=("native 1.0: built here",))
    assert shop.modules == ["native"]
    other = shop.install("native", Target(OTHER, architecture))
    assert "is for another machine" in other.why


def test_folders_and_archives_of_the_project_are_built(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    for name, text in source("inside", requires=["further"]).items():
        (tmp_path / "libs" / "inside").mkdir(parents=True, exist_ok=True)
        (tmp_path / "libs" / "inside" / name).write_text(text)
    archive = sdist(tmp_path / "vendor", "packed")
    wheel(shop.links, "further")
    done = shop.install(f"-e ./libs/inside\npacked @ {archive.as_uri()}\n")
    assert done.why == ""
    assert done.ways == ("inside 1.0: built here, pure Python", "packed 1.0: built here, pure Python")
    assert shop.modules == ["further", "inside", "packed"]


def test_a_locked_list_is_installed_by_its_hashes(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    pinned = wheel(shop.links, "pinned", requires=["not-in-the-lock"])
    plain = sdist(shop.links, "plain")
    for name, text in source("inside").items():
        (tmp_path / "inside").mkdir(exist_ok=True)
        (tmp_path / "inside" / name).write_text(text)
    text = f"pinned==1.0 {sums(pinned)}\nplain==1.0 {sums(plain)}\n./inside\n"
    assert shop.install(text, complete=True).why == ""
    assert shop.modules == ["inside", "pinned", "plain"]


def test_another_file_than_the_lock_says_is_refused(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    wheel(shop.links, "pinned")
    done = shop.install(f"pinned==1.0 --hash=sha256:{'0' * 64}\n", complete=True)
    assert done.why != ""
    assert shop.modules == []
    assert done.ways == ()


class Container:
    """Stands for an engine: runs the command here, in the folders that it was given, with a compiler that works."""

    def __init__(self, root: Path, cure: str, code: int = 0) -> None:
        self.root, self.cure, self.code = root, cure, code
        self.asked: list[tuple[str, str]] = []

    def __call__(
        self,
        runtime: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
        seconds: float,
    ) -> Ran:
        self.asked.append((runtime, architecture))
        if self.code:
            return Ran(self.code, "no such image")
        assert {name for name in environ if not name.startswith(("PIP_", "UV_"))} == set()
        back = {inside: str(outside) for outside, inside in folders.items()}
        work = next(iter(folders))
        text = (work / "list.txt").read_text()
        for inside, outside in sorted(back.items(), reverse=True):
            text = text.replace(inside, outside)
        assert "--no-index" not in text
        assert self.cure in text
        assert command[:4] == ["python3", "-m", "pip", "wheel"]
        assert command[-4:] == ["--wheel-dir", f"{back_of(back, work)}/out", "-r", f"{back_of(back, work)}/list.txt"]
        version, machine = runtime.removeprefix("python").replace(".", ""), architecture.replace("arm64", "aarch64")
        wheel(work / "out", self.cure, tag=f"cp{version}-cp{version}-linux_{machine}", requires=["further"])
        return Ran(0, "built")


def back_of(back: Mapping[str, str], work: Path) -> str:
    return next(inside for inside, outside in back.items() if outside == str(work))


def test_what_cannot_be_built_here_is_built_in_a_container(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    sdist(shop.links, "broken", broken=True)
    wheel(shop.links, "further")
    engine = Container(tmp_path, "broken")
    done = shop.install("broken\n", Target(OTHER, "arm64"), engine)
    assert done.why == ""
    assert done.ways == (f"broken 1.0: built in a container of python{OTHER}",)
    assert shop.modules == ["broken", "further"]
    assert engine.asked == [(f"python{OTHER}", "arm64")]


def test_a_container_that_fails_is_told_with_its_own_words(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    sdist(shop.links, "broken", broken=True)
    done = shop.install("broken\n", container=Container(tmp_path, "broken", 1))
    assert done.missing == ("broken 1.0",)
    assert f"in a container of python{OTHER}: its build failed" in done.why
    assert done.details == ("no such image",)
    assert "Docker" not in done.hint


def test_where_no_container_can_be_started_it_counts_what_happened_here(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    sdist(shop.links, "broken", broken=True)
    done = shop.install("broken\n", container=Container(tmp_path, "broken", 127))
    assert done.missing == ("broken 1.0",)
    assert "its build failed, and no container can be started: no such image" in done.why
    assert any("libpq-fe.h" in line for line in done.details), done.details
    assert "Docker" in done.hint


def test_nobody_is_asked_in_a_container_for_what_does_not_exist(tmp_path: Path, tool: str) -> None:
    engine = Container(tmp_path, "nothing")
    done = Shop(tmp_path, tool).install("nothing==1\n", container=engine)
    assert done.missing == ("nothing 1",)
    assert engine.asked == []


def test_what_the_list_says_about_indexes_counts_for_builds_too(tmp_path: Path, tool: str) -> None:
    shop = Shop(tmp_path, tool)
    sdist(tmp_path / "more", "plain")
    done = shop.install("--no-index\n--find-links more\nplain\n")
    assert done.why == ""
    assert shop.modules == ["plain"]


def test_uv_is_there_in_full_test_environments(tool: str) -> None:
    assert (tool == "uv") <= (UV is not None)
