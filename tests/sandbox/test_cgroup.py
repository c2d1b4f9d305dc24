"""A container's memory, from the files of control groups of both versions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from localstack_lite.sandbox import cgroup
from localstack_lite.sandbox.cgroup import Cgroup, candidates

V1 = "cache 4096\nrss 1048576\nrss_huge 0\nmapped_file 77\ntotal_rss 2097152\n"
V2 = "anon 3145728\nfile 8192\nkernel 1\nanon_thp 5\n"


@pytest.mark.parametrize(("text", "key", "used"), [(V1, b"rss", 1048576), (V2, b"anon", 3145728), ("", b"anon", 0)])
def test_anonymous_memory_is_what_counts(tmp_path: Path, text: str, key: bytes, used: int) -> None:
    (tmp_path / "memory.stat").write_text(text)
    assert Cgroup(str(tmp_path), key).used() == used


def test_a_group_that_is_gone_uses_nothing(tmp_path: Path) -> None:
    gone = Cgroup(str(tmp_path / "gone"), b"anon")
    assert (gone.used(), gone.process(1)) == (0, 0)


def test_version_1_is_preferred_where_both_are_mounted() -> None:
    text = "5:devices:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n"
    assert candidates(text) == [
        Cgroup("/sys/fs/cgroup/memory/docker/abc", b"rss"),
        Cgroup("/sys/fs/cgroup/docker/abc", b"anon"),
    ]


def test_version_2() -> None:
    text = "0::/system.slice/docker-abc.scope\n"
    assert candidates(text) == [Cgroup("/sys/fs/cgroup/system.slice/docker-abc.scope", b"anon")]


def test_the_group_of_everything_is_no_containers() -> None:
    assert candidates("4:memory:/\n0::/\n") == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_a_process_is_found_by_the_number_it_has_inside(tmp_path: Path) -> None:
    (tmp_path / "cgroup.procs").write_text(f"99999999\n{os.getpid()}\n")
    status = Path("/proc/self/status").read_text().splitlines()
    inside = int(next(line for line in status if line.startswith("NSpid")).split()[-1])
    assert Cgroup(str(tmp_path), b"anon").process(inside) == os.getpid()
    assert Cgroup(str(tmp_path), b"anon").process(inside + 1) == 0


def test_a_process_that_is_gone_has_none() -> None:
    assert cgroup.of_process(99999999) is None
