"""Starts a function's process where only `/tmp` can be written to, as on Lambda. A script of its own: it changes what
its process sees of the file system, and then becomes the function's process by `exec`.

    python -I -S launcher.py mounts FOLDER SCRATCH N KEPT×N COMMAND...
    python -I -S launcher.py landlock FOLDER N WRITABLE×N COMMAND...
    python -I -S launcher.py places FOLDER N PLACE×N COMMAND...
    python -I -S launcher.py probe

`mounts`: a mount namespace in which everything is mounted read-only (EROFS, as on Lambda) and SCRATCH is `/tmp`. What
the function needs of the real `/tmp` (KEPT: its code, when the project lies there) is put back at its place, read-only.
An ordinary user gets the namespace together with a user namespace, in which it stays the same user. `landlock`: the
kernel refuses writes outside WRITABLE (EACCES); `/tmp` is everybody's. `places` (not for confinement): files and
folders are seen at another place as well, read-only; PLACEs are pairs of what and where. `probe` prints which of the
first two this machine allows, the first of them, or nothing.

Linux only. Standard library only, and nothing of the package: it has to start fast. Numbers of system calls and flags
are those of the kernel's headers (the calls that are newer than 2019 have the same number on every machine); mounting
read-only recursively needs Linux 5.12, Landlock 5.13.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import struct
import sys

TMP = "/tmp"
MOUNTS, LANDLOCK, PLACES, PROBE = "mounts", "landlock", "places", "probe"
_NEW_MOUNTS, _NEW_USER = 0x20000, 0x10000000
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_HERE, _RECURSIVE, _CLONE, _EMPTY_PATH = -100, 0x8000, 1, 4
_READ_ONLY, _PRIVATE = 1, 1 << 18
_NO_NEW_PRIVILEGES, _VERSION, _BENEATH = 38, 1, 1
#: Landlock's rights that write: files, what is in folders, and by the version that brought them, REFER and TRUNCATE.
_WRITES = sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12))
_LATER = ((2, 1 << 13), (3, 1 << 14))

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def confine_by_mounts(folder: str, scratch: str, kept: list[str]) -> None:
    """Raises OSError where this is not allowed."""
    _unshare()
    # Private first: nothing that happens here may reach the mounts of the machine.
    _set("/", propagation=_PRIVATE)
    tmp = _tree(scratch)
    trees = [(_tree(path, _RECURSIVE), path, os.path.isdir(path)) for path in kept]
    _set("/", adds=_READ_ONLY)
    _move(tmp, TMP)
    for tree, path, is_folder in trees:
        _place(path, is_folder)
        _move(tree, path)
        _set(path, adds=_READ_ONLY)
    os.chdir(folder)


def confine_by_landlock(writable: list[str]) -> None:
    """Raises OSError where this is not allowed."""
    version = _call(_CREATE_RULESET, 0, 0, _VERSION)
    handled = _WRITES | sum(right for since, right in _LATER if version >= since)
    attributes = ctypes.create_string_buffer(struct.pack("=Q", handled), 8)
    rules = _call(_CREATE_RULESET, ctypes.addressof(attributes), 8, 0)
    for path in writable:
        with contextlib.suppress(FileNotFoundError):
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            rule = ctypes.create_string_buffer(struct.pack("=Qi", handled, place), 12)
            _call(_ADD_RULE, rules, _BENEATH, ctypes.addressof(rule), 0)
            os.close(place)
    if _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise _refused()
    _call(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def put(folder: str, places: list[str]) -> None:
    """Raises OSError where this is not allowed."""
    _unshare()
    _set("/", propagation=_PRIVATE)
    trees = [
        (_tree(what, _RECURSIVE), os.path.realpath(where))
        for what, where in zip(places[::2], places[1::2], strict=True)
    ]
    for tree, where in trees:
        _move(tree, where)
        _set(where, adds=_READ_ONLY)
    os.chdir(folder)


def _unshare() -> None:
    if _libc.unshare(_NEW_MOUNTS) == 0:
        return
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(_NEW_MOUNTS | _NEW_USER):
        raise _refused()
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _place(path: str, is_folder: bool) -> None:
    os.makedirs(path if is_folder else os.path.dirname(path), exist_ok=True)
    if not is_folder:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))


def _set(path: str, adds: int = 0, propagation: int = 0) -> None:
    attributes = ctypes.create_string_buffer(struct.pack("=QQQQ", adds, 0, propagation, 0), 32)
    name = ctypes.create_string_buffer(os.fsencode(path))
    _call(_MOUNT_SETATTR, _HERE, ctypes.addressof(name), _RECURSIVE, ctypes.addressof(attributes), 32)


def _tree(path: str, flags: int = 0) -> int:
    name = ctypes.create_string_buffer(os.fsencode(path))
    return _call(_OPEN_TREE, _HERE, ctypes.addressof(name), _CLONE | os.O_CLOEXEC | flags)


def _move(tree: int, path: str) -> None:
    empty, name = ctypes.create_string_buffer(b""), ctypes.create_string_buffer(os.fsencode(path))
    _call(_MOVE_MOUNT, tree, ctypes.addressof(empty), _HERE, ctypes.addressof(name), _EMPTY_PATH)
    os.close(tree)


def _call(number: int, *arguments: int) -> int:
    result: int = _libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    if result < 0:
        raise _refused()
    return result


def _refused() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))


def probe() -> str:
    """Tries both in a child each."""
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        for name in (MOUNTS, LANDLOCK):
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    code = 0 if _works(name, place) else 1
                finally:
                    os._exit(code)
            if os.waitpid(child, 0)[1] == 0:
                return name
    return ""


def _works(name: str, place: str) -> bool:
    if name == LANDLOCK:
        confine_by_landlock([place])
        return True
    confine_by_mounts("/", place, [])
    return bool(os.statvfs("/").f_flag & os.ST_RDONLY)


def main(words: list[str]) -> None:
    match words:
        case [kind] if kind == PROBE:
            sys.stdout.write(probe())
            return
        case [kind, folder, scratch, count, *rest] if kind == MOUNTS:
            command = rest[int(count) :]
            confine_by_mounts(folder, scratch, rest[: int(count)])
        case [kind, folder, count, *rest] if kind == LANDLOCK:
            command = rest[int(count) :]
            confine_by_landlock(rest[: int(count)])
        case [kind, folder, count, *rest] if kind == PLACES:
            command = rest[int(count) :]
            try:
                put(folder, rest[: int(count)])
            except OSError as error:
                sys.stderr.write(f"devserve: sandbox.localdomain and /opt are not there: {error}\n")
                os.chdir(folder)
        case _:
            raise SystemExit(2)
    try:
        os.execv(command[0], command)
    except OSError as error:
        sys.stderr.write(f"devserve: {command[0]} cannot be started: {error}\n")
        sys.exit(127)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"devserve: --strict-fs: the file system cannot be made read-only: {error}\n")
        sys.exit(1)
