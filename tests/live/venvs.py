"""Virtual environments of frameworks for tests, made once per machine and kept in the temporary directory.

    python = venvs.python("flask", "flask>=3")
    venvs.use(project, python)  # as `.venv` beside the code

Packages come from the index that `uv` is configured for. Two workers of pytest may ask for the same one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The Python that runs the tests."""
BUILD_SECONDS = 240.0


def python(name: str, *requirements: str, version: str = OWN) -> Path:
    """The interpreter of an environment with these packages. `version` is `X.Y` or `X.Y.Z`; another Python than the one
    that runs the tests must be where `uv` finds it (pyenv, the PATH)."""
    text = "\n".join((version, "with byte code", *sorted(requirements)))
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    home = Path(tempfile.gettempdir()) / "devserve-venvs" / f"{name}-{digest}"
    found = home / "bin" / "python"
    done = home / "complete"
    if not done.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with home.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                # Built in place: its scripts name its folder. The marker is what makes it count.
                _make(home, requirements, version)
                done.write_text(text)
    return found


def use(folder: Path, interpreter: Path) -> None:
    """Makes the environment the project's own: `.venv` in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".venv").symlink_to(home_of(interpreter), target_is_directory=True)


def home_of(interpreter: Path) -> Path:
    """The environment's folder, what `VIRTUAL_ENV` says."""
    return interpreter.parent.parent


def installed_in(interpreter: Path) -> Path:
    """Its `site-packages`."""
    return next(home_of(interpreter).glob("lib/python3.*/site-packages"))


def _make(home: Path, requirements: tuple[str, ...], version: str) -> None:
    wanted = sys.executable if version == OWN else _named(version)
    _uv("venv", "--quiet", "--clear", "--python", wanted, str(home))
    if requirements:
        # Hundreds of starts read it; a fresh project would have to compile everything first.
        _uv("pip", "install", "--quiet", "--compile-bytecode", "--python", str(home / "bin" / "python"), *requirements)


def _named(version: str) -> str:
    """pyenv's Pythons are not on the PATH of every test."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = sorted(root.glob(f"versions/{version}*/bin/python"))
    return str(found[-1]) if found else version


def _uv(*arguments: str) -> None:
    line = [sys.executable, "-m", "uv", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(line)}\n{done.stderr}"
