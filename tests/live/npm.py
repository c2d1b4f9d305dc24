"""Packages of npm for tests, installed once per machine and kept in the temporary directory.

    modules = npm.modules("@aws-sdk/client-lambda@3")   # a `node_modules`, for NODE_PATH

Packages come from the registry that `npm` is configured for. Two workers of pytest may ask for the same ones.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import tempfile
from pathlib import Path

INSTALL_SECONDS = 240.0


def modules(*packages: str) -> Path:
    """The `node_modules` folder with these packages (`name@version`)."""
    text = "\n".join(sorted(packages))
    home = Path(tempfile.gettempdir()) / "devserve-npm" / hashlib.sha256(text.encode()).hexdigest()[:12]
    done = home / "complete"
    if not done.exists():
        home.parent.mkdir(parents=True, exist_ok=True)
        with home.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                _install(home, packages)
                done.write_text(text)
    return home / "node_modules"


def _install(home: Path, packages: tuple[str, ...]) -> None:
    home.mkdir(exist_ok=True)
    (home / "package.json").write_text("{}")
    ran = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error", *packages],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"npm could not install {', '.join(packages)}: {ran.stderr}")
