"""One package from its source: what is kept, and what is not."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path

import pytest

from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.source_build import SourceBuild, name_of
from localstack_lite.builds.tool import Tools
from tests.builds.offline import TOOLS, environ
from tests.builds.wheel import sdist

HERE = f"3.{sys.version_info.minor}"
MACHINE = os.uname().machine
NATIVE = f"cp3{sys.version_info.minor}-cp3{sys.version_info.minor}-linux_{MACHINE}"


def builds(root: Path, tool: str, version: str = HERE) -> SourceBuild:
    environment = environ(root / "home", root / "links", tool)
    (root / "wheels").mkdir()
    architecture = "arm64" if MACHINE == "aarch64" else "x86_64"
    return SourceBuild(
        Target(version, architecture), Path(sys.executable), Tools(environment), environment, root / "wheels"
    )


@pytest.mark.parametrize("tool", TOOLS)
def test_a_wheel_is_what_comes_out(tmp_path: Path, tool: str) -> None:
    job = builds(tmp_path, tool)
    sdist(tmp_path / "links", "plain_one", requires=["other>=2"])
    built = job.build("plain-one==1.0", [], "plain-one")
    assert built.wheel == tmp_path / "wheels" / "plain_one-1.0-py3-none-any.whl"
    assert built.how == "built here, pure Python"
    assert name_of(built.wheel) == "plain-one"
    with zipfile.ZipFile(built.wheel) as archive:
        assert "Requires-Dist: other" in archive.read("plain_one-1.0.dist-info/METADATA").decode()
        assert not any(name.startswith("bin/") or name.endswith("INSTALLER") for name in archive.namelist())
    assert [path.name for path in (tmp_path / "wheels").iterdir()] == ["plain_one-1.0-py3-none-any.whl"]


def test_machine_code_that_needs_a_newer_system_is_not_kept(tmp_path: Path) -> None:
    job = builds(tmp_path, "pip")
    sdist(tmp_path / "links", "fresh", tag=NATIVE, library="\x7fELF GLIBC_2.2.5 GLIBC_2.99 ")
    built = job.build("fresh", [], "fresh")
    assert built.wheel is None
    assert "needs glibc 2.99" in built.why


def test_machine_code_that_lambda_carries_is_kept(tmp_path: Path) -> None:
    job = builds(tmp_path, "pip")
    sdist(tmp_path / "links", "modest", tag=NATIVE, library="\x7fELF GLIBC_2.2.5 ")
    built = job.build("modest", [], "modest")
    assert built.wheel is not None
    assert built.how == "built here"


def test_a_build_that_fails_is_told_with_its_own_words(tmp_path: Path) -> None:
    job = builds(tmp_path, "pip")
    sdist(tmp_path / "links", "broken", broken=True)
    built = job.build("broken", [], "broken")
    assert (built.wheel, built.why) == (None, "its build failed")
    assert any("libpq-fe.h" in line for line in built.details)


def test_nothing_to_build_is_another_matter(tmp_path: Path) -> None:
    built = builds(tmp_path, "pip").build("nothing", [], "nothing")
    assert built.why == "no source of it is found either"
