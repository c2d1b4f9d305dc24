"""Small wheels and source archives, made by hand, so that installing needs no index and building no setuptools."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

#: A build backend inside the source itself: writes a wheel of one module with the tag that it is told, or fails.
_BACKEND = """\
import os, sys, zipfile
NAME, VERSION, TAG, REQUIRES, BROKEN, LIBRARY = {values!r}
INFO = f"{{NAME}}-{{VERSION}}.dist-info"
METADATA = f"Metadata-Version: 2.1\\nName: {{NAME}}\\nVersion: {{VERSION}}\\n" + "".join(
    f"Requires-Dist: {{one}}\\n" for one in REQUIRES)
WHEEL = f"Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: {{TAG}}\\n"

def build_wheel(folder, config_settings=None, metadata_directory=None):
    if BROKEN:
        sys.exit("fatal error: libpq-fe.h: No such file or directory")
    file = f"{{NAME}}-{{VERSION}}-{{TAG}}.whl"
    with zipfile.ZipFile(os.path.join(folder, file), "w") as archive:
        archive.write(NAME + ".py", NAME + ".py")
        if LIBRARY:
            archive.writestr("_" + NAME + ".so", LIBRARY)
        archive.writestr(INFO + "/METADATA", METADATA)
        archive.writestr(INFO + "/WHEEL", WHEEL)
        archive.writestr(INFO + "/RECORD", "")
    return file

def build_sdist(folder, config_settings=None):
    raise NotImplementedError
"""
_PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def wheel(
    folder: Path,
    name: str = "tiny",
    text: str = "ANSWER = 42\n",
    tag: str = "py3-none-any",
    *,
    version: str = "1.0",
    requires: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
) -> Path:
    """A wheel of one module, and of the files beside it that are named."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}-{tag}.whl"
    info = f"{name}-{version}.dist-info"
    needs = "".join(f"Requires-Dist: {one}\n" for one in requires)
    members = {
        f"{name}.py": text,
        **(files or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},,\n" for path in (*members, f"{info}/RECORD"))
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(path, content)
    return file


def source(
    name: str,
    *,
    version: str = "1.0",
    tag: str = "py3-none-any",
    requires: Sequence[str] = (),
    broken: bool = False,
    library: str = "",
    text: str = "ANSWER = 42\n",
) -> dict[str, str]:
    """The files of a source tree that builds a wheel with that tag, or fails as a compiler does. `library` is what a
    compiled module in it holds."""
    backend = _BACKEND.format(values=(name, version, tag, list(requires), broken, library))
    project = f'{_PROJECT}[project]\nname = "{name}"\nversion = "{version}"\ndependencies = {list(requires)!r}\n'
    return {"pyproject.toml": project, "backend.py": backend, f"{name}.py": text}


def sdist(folder: Path, name: str, *, version: str = "1.0", **kind: object) -> Path:
    """A source archive of that tree."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-{version}.tar.gz"
    needs = kind.get("requires") or ()
    assert isinstance(needs, (list, tuple))
    files = source(name, version=version, **kind)  # type: ignore[arg-type]
    files["PKG-INFO"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n" + "".join(
        f"Requires-Dist: {one}\n" for one in needs
    )
    with tarfile.open(file, "w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"{name}-{version}/{path}")
            member.size, member.mtime = len(content.encode()), 1_000_000_000
            archive.addfile(member, io.BytesIO(content.encode()))
    return file


def requirements(wheel_file: Path) -> str:
    """The text of a `requirements.txt` that names the wheel and asks nobody."""
    return f"--no-index\n{wheel_file}\n"
