"""What is read of the static folder, and what is not."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from localstack_lite.gateway.static import StaticFile
from localstack_lite.gateway.static_folder import SMALL, StaticFolder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_bytes(b"secret")
    made = tmp_path / "public"
    (made / "css").mkdir(parents=True)
    (made / "css" / "a.css").write_bytes(b"a{}")
    return made


def read(folder: Path, name: str) -> StaticFile | None:
    return asyncio.run(StaticFolder(folder).read(name))


def test_a_file_is_read_with_the_time_of_its_change(folder: Path) -> None:
    path = folder / "css" / "a.css"
    assert read(folder, "css/a.css") == StaticFile(b"a{}", path.stat().st_mtime_ns)
    os.utime(path, ns=(1, 1))
    assert read(folder, "css/a.css") == StaticFile(b"a{}", 1)


def test_a_large_file_is_read_whole(folder: Path) -> None:
    content = bytes(range(256)) * (SMALL // 256 + 1)
    (folder / "large").write_bytes(content)
    found = read(folder, "large")
    assert found is not None
    assert found.content == content


@pytest.mark.parametrize("name", ["none", "css", "../secret", "css/../../secret", "css/a.css/x", "a\0b", "x" * 5000])
def test_what_is_no_file_of_the_folder_is_not_there(folder: Path, name: str) -> None:
    assert read(folder, name) is None


def test_a_link_out_of_the_folder_is_not_followed_and_one_within_is(folder: Path) -> None:
    (folder / "out").symlink_to(folder.parent / "secret")
    (folder / "up").symlink_to(folder.parent)
    (folder / "in").symlink_to("css/a.css")
    assert (read(folder, "out"), read(folder, "up/secret")) == (None, None)
    found = read(folder, "in")
    assert found is not None
    assert found.content == b"a{}"


def test_a_pipe_does_not_make_anybody_wait(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    assert read(folder, "pipe") is None


def test_the_folder_itself_may_be_a_link(folder: Path) -> None:
    link = folder.parent / "link"
    link.symlink_to(folder)
    assert read(link, "css/a.css") is not None
