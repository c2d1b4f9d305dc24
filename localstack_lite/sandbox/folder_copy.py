"""A folder (or a file) of this machine sent into a container that has not started, for engines that cannot see it."""

from __future__ import annotations

import os
import tarfile
import tempfile
from typing import Any

from localstack_lite.sandbox.container import Mount

#: Archives up to this size (bytes) are made in memory.
_SMALL = 16 * 1024 * 1024


def copy(api: Any, container: str, mount: Mount) -> None:
    """`api` is the SDK's low-level client. What is copied belongs to root and can be read by everybody."""
    with tempfile.SpooledTemporaryFile(max_size=_SMALL) as file:
        with tarfile.open(fileobj=file, mode="w", dereference=False) as archive:
            inside = os.path.basename(mount.target) if mount.single else "."
            archive.add(mount.source, arcname=inside, filter=_readable)
        file.seek(0)
        api.put_archive(container, mount.folder, file)


def _readable(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode |= 0o555 if member.isdir() or member.mode & 0o100 else 0o444
    return member


def identity(folder: str) -> int:
    """Tells a folder from one that was made in its place; zero when there is none."""
    try:
        return os.stat(folder).st_ino
    except OSError:
        return 0
