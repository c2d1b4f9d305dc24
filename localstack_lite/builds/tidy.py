"""An installed folder made the same on every machine: the same wheels, the same bytes. I/O: rewrites files.

What an installer adds says where and by what it was installed: console scripts with the path of a Python, the mark of
the installer, addresses of local sources, compiled bytecode, C headers below the version of its own Python, and a
RECORD of all that. None of it does anything on Lambda, where `bin/` is on no path. Source of what there is: the PyPA
specifications "Recording installed projects" and "Entry points".
"""

from __future__ import annotations

import base64
import configparser
import csv
import io
import os
import shutil
from hashlib import sha256
from pathlib import Path

_TRACES = ("INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", "uv_build.json")
_INTERPRETER = b"#!/usr/bin/env python3\n"


def tidy(folder: Path) -> None:
    """Make it so."""
    _compiled(folder)
    for name in (".lock", "CACHEDIR.TAG", ".gitignore"):
        (folder / name).unlink(missing_ok=True)
    if not any((folder / "include").rglob("*.py")):
        shutil.rmtree(folder / "include", ignore_errors=True)
    infos = sorted(folder.glob("*.dist-info"))
    for info in infos:
        for name in _TRACES:
            (info / name).unlink(missing_ok=True)
        for name in _console_scripts(info):
            (folder / "bin" / name).unlink(missing_ok=True)
    _scripts(folder / "bin")
    for info in infos:
        _record(folder, info)
    _modes(folder)


def _compiled(folder: Path) -> None:
    """Bytecode goes: it is of this machine's Python, and has times in it."""
    for place, folders, files in os.walk(folder):
        if "__pycache__" in folders:
            folders.remove("__pycache__")
            shutil.rmtree(Path(place, "__pycache__"))
        for name in files:
            if name.endswith((".pyc", ".pyo")):
                os.unlink(Path(place, name))


def _modes(folder: Path) -> None:
    """Everybody may read, and start what is a program. Some installers make folders that nothing is put into."""
    started = {os.path.join(folder, "bin", name) for name in _started(folder / "bin")}
    for place, _, files in os.walk(folder, topdown=False):
        if place != str(folder) and not os.listdir(place):
            os.rmdir(place)
            continue
        os.chmod(place, 0o755)
        for name in files:
            file = os.path.join(place, name)
            if not os.path.islink(file):
                os.chmod(file, 0o755 if file in started or os.stat(file).st_mode & 0o100 else 0o644)


def _console_scripts(info: Path) -> list[str]:
    """Names of the scripts that the installer wrote itself, in either of its forms."""
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # the documented way to keep upper case
    try:
        parser.read_string((info / "entry_points.txt").read_text("utf-8"))
    except (OSError, UnicodeDecodeError, configparser.Error):
        return []
    sections = (name for name in ("console_scripts", "gui_scripts") if parser.has_section(name))
    names = [name for section in sections for name in parser.options(section)]
    return [name for name in names if os.path.basename(name) == name]


def _scripts(folder: Path) -> None:
    """Scripts that a package brings itself stay, and are run by whatever Python there is."""
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.is_symlink() or not file.is_file():
            continue
        beginning = _beginning(file)
        first, newline, _ = beginning.partition(b"\n")
        rest = file.read_bytes()[len(first) + 1 :] if beginning.startswith(b"#!") else b""
        if first.startswith(b"#!/bin/sh") and rest.startswith(b"'''exec' "):
            # What installers write where a path is too long or has spaces: a shell line that is a Python string.
            rest = rest.partition(b"\n' '''\n")[2]
        elif not (first.startswith(b"#!") and newline and b"python" in first):
            continue
        mode = file.stat().st_mode
        file.unlink()
        file.write_bytes(_INTERPRETER + rest)
        file.chmod(mode)
    if not any(folder.iterdir()):
        folder.rmdir()


def _started(folder: Path) -> list[str]:
    """What is a program there: pip forgets to say so of some, uv does not."""
    if not folder.is_dir():
        return []
    return [
        file.name for file in folder.iterdir() if file.is_file() and _beginning(file).startswith((b"#!", b"\x7fELF"))
    ]


def _beginning(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(512)


def _record(folder: Path, info: Path) -> None:
    """Only what is there, in one order, with the hashes of what it is now."""
    record = info / "RECORD"
    try:
        rows = list(csv.reader(io.StringIO(record.read_text("utf-8"))))
    except (OSError, UnicodeDecodeError, csv.Error):
        return
    names = {_inside(row[0]) for row in rows if row} - {f"{info.name}/RECORD"}
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for name in sorted(name for name in names if (folder / name).is_file()):
        data = (folder / name).read_bytes()
        digest = base64.urlsafe_b64encode(sha256(data).digest()).decode().rstrip("=")
        writer.writerow((name, f"sha256={digest}", len(data)))
    writer.writerow((f"{info.name}/RECORD", "", ""))
    record.unlink()  # it may be a link to a tool's cache
    record.write_text(lines.getvalue(), encoding="utf-8")


def _inside(path: str) -> str:
    """pip notes scripts relative to where it built the folder: `../../bin/name`."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts)
