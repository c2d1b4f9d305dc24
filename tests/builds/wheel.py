"""A small wheel, made by hand, so that installing needs no index."""

from __future__ import annotations

import zipfile
from pathlib import Path


def wheel(folder: Path, name: str = "tiny", text: str = "ANSWER = 42\n", tag: str = "py3-none-any") -> Path:
    """A wheel of one module, version 1.0."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}-1.0-{tag}.whl"
    info = f"{name}-1.0.dist-info"
    members = {
        f"{name}.py": text,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n",
    }
    record = "".join(f"{path},,\n" for path in (*members, f"{info}/RECORD"))
    with zipfile.ZipFile(file, "w") as archive:
        for path, content in {**members, f"{info}/RECORD": record}.items():
            archive.writestr(path, content)
    return file


def requirements(wheel_file: Path) -> str:
    """The text of a `requirements.txt` that names the wheel and asks nobody."""
    return f"--no-index\n{wheel_file}\n"
