from __future__ import annotations

import pytest

from localstack_lite.builds.platform_tags import Target, newest_glibc, version_of


@pytest.mark.parametrize(("runtime", "version"), [("python3.12", "3.12"), ("nodejs22.x", ""), ("python", "")])
def test_the_version_of_a_runtime(runtime: str, version: str) -> None:
    assert version_of(runtime) == version


@pytest.mark.parametrize(
    ("target", "newest", "oldest"),
    [
        (Target("3.12"), "manylinux_2_34_x86_64", "manylinux_2_5_x86_64"),
        (Target("3.11"), "manylinux_2_26_x86_64", "manylinux_2_5_x86_64"),
        (Target("3.13", "arm64"), "manylinux_2_34_aarch64", "manylinux_2_17_aarch64"),
    ],
)
def test_wheels_may_ask_for_the_glibc_of_lambdas_system_and_older(target: Target, newest: str, oldest: str) -> None:
    assert target.platforms[0] == newest
    assert target.platforms[-2:] == [oldest, f"manylinux2014_{target.machine}"]


@pytest.mark.parametrize(
    ("tag", "fits"),
    [
        ("py3-none-any", True),
        ("py2.py3-none-any", True),
        ("py312-none-any", True),
        ("py313-none-any", False),
        ("cp312-none-any", True),
        ("cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64", True),
        ("cp312-cp312-manylinux_2_34_x86_64", True),
        ("cp312-cp312-manylinux_2_35_x86_64", False),
        ("cp312-cp312-manylinux1_x86_64", True),
        ("cp312-cp312-manylinux_2_17_aarch64", False),
        ("cp311-cp311-manylinux_2_17_x86_64", False),
        ("cp312-cp312t-manylinux_2_17_x86_64", False),
        ("cp38-abi3-manylinux2014_x86_64", True),
        ("cp313-abi3-manylinux2014_x86_64", False),
        ("cp312-cp312-musllinux_1_2_x86_64", False),
        ("cp312-cp312-macosx_11_0_arm64", False),
        ("cp312-cp312-win_amd64", False),
        ("cp312-cp312-linux_x86_64", False),
        ("pp310-pypy310_pp73-manylinux_2_17_x86_64", False),
    ],
)
def test_a_wheels_name_says_whether_it_runs_there(tag: str, fits: bool) -> None:
    assert Target("3.12").fits(f"name-1.0-{tag}.whl") is fits


def test_a_plain_linux_wheel_is_taken_when_it_was_built_for_this() -> None:
    assert Target("3.12").fits("a-1-cp312-cp312-linux_x86_64.whl", built_here=True)
    assert not Target("3.12", "arm64").fits("a-1-cp312-cp312-linux_x86_64.whl", built_here=True)
    assert Target("3.12").fits("a-1-2build-py3-none-any.whl")
    assert not Target("3.12").fits("no-wheel.whl")


def test_packages_that_ask_for_an_early_patch_release_can_be_had() -> None:
    assert Target("3.9").markers()["python_full_version"] > "3.9.1"
    assert Target("3.14").full_version == "3.14.0"


def test_uv_knows_no_glibc_between_its_own() -> None:
    assert Target("3.11").uv_platform == "x86_64-manylinux_2_17"
    assert Target("3.12", "arm64").uv_platform == "aarch64-manylinux_2_34"


def test_libraries_say_which_glibc_they_need() -> None:
    assert newest_glibc({"a.so": b"..GLIBC_2.2.5\0GLIBC_2.17\0", "b.so": b"GLIBC_2.33\0"}) == 33
    assert newest_glibc({"a.so": b"nothing"}) == 0
