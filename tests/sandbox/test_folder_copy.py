"""A folder sent to an engine that cannot see it."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import IO

from localstack_lite.sandbox.container import Mount
from localstack_lite.sandbox.folder_copy import copy, identity


class Api:
    def __init__(self) -> None:
        self.archives: list[tuple[str, str, bytes]] = []

    def put_archive(self, container: str, path: str, data: IO[bytes]) -> None:
        self.archives.append((container, path, data.read()))


def test_everything_arrives_readable_by_everybody(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "secret.py").write_text("x = 1")
    (tmp_path / "lib" / "secret.py").chmod(0o600)
    (tmp_path / "bootstrap").write_text("#!/bin/sh\n")
    (tmp_path / "bootstrap").chmod(0o700)
    (tmp_path / "link").symlink_to("bootstrap")
    api = Api()
    copy(api, "c1", Mount(str(tmp_path), "/var/task", copied=True))
    ((container, path, data),) = api.archives
    assert (container, path) == ("c1", "/var/task")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        members = {member.name: member for member in archive.getmembers()}
    assert members["./lib/secret.py"].mode & 0o777 == 0o644
    assert members["./bootstrap"].mode & 0o777 == 0o755
    assert members["./link"].linkname == "bootstrap"
    assert {member.uid for member in members.values()} == {0}


def test_a_single_file_is_put_under_its_own_name(tmp_path: Path) -> None:
    (tmp_path / "typing_extensions.py").write_text("x = 1")
    api = Api()
    source = str(tmp_path / "typing_extensions.py")
    copy(api, "c1", Mount(source, "/var/devserve/packages/0/other.py", copied=True, single=True))
    ((_, path, data),) = api.archives
    assert path == "/var/devserve/packages/0"
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getnames() == ["other.py"]


def test_a_folder_made_in_the_place_of_another_is_another(tmp_path: Path) -> None:
    old, new = tmp_path / "code", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    before = identity(str(old))
    old.rmdir()
    new.rename(old)
    assert identity(str(old)) not in (before, 0)
    assert identity(str(new)) == 0
