"""The system that all test images are based on: a small Debian, made once and kept as an archive.

The mirror is the one that this machine's own package lists come from.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.images.suite import node_is_of_debian, suite


def packages() -> tuple[str, ...]:
    return ("python3", "curl", *(["nodejs"] if node_is_of_debian() else []))


def cache_folder() -> Path:
    """Kept between runs and outside of any checkout."""
    if named := os.environ.get("XDG_CACHE_HOME"):
        return Path(named) / "devserve-tests"
    return Path("/var/cache/devserve-tests") if os.geteuid() == 0 else Path.home() / ".cache" / "devserve-tests"


def archive() -> Path:
    """A tar file of the whole system. Takes about a minute when it is made."""
    kept = cache_folder() / f"{suite()}-{'-'.join(packages())}.tar"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="devserve-rootfs-") as folder:
            _bootstrap(Path(folder) / "root", kept)
    return kept


def _bootstrap(root: Path, kept: Path) -> None:
    if not shutil.which("debootstrap", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        raise OSError("debootstrap is not installed (Debian's package of this name)")
    command = ["debootstrap", "--variant=minbase", f"--include={','.join(packages())}", suite(), str(root)]
    done = subprocess.run(_as_root([*command, *_mirror()]), capture_output=True, text=True, errors="replace")
    if done.returncode != 0:
        raise OSError("debootstrap failed: " + " / ".join((done.stdout + done.stderr).splitlines()[-3:]))
    unfinished = kept.with_suffix(".unfinished")
    leave_out = ["--exclude=./var/cache/apt/*", "--exclude=./var/lib/apt/lists/*", "--exclude=./usr/share/doc/*"]
    leave_out += ["--exclude=./usr/share/locale/*", "--exclude=./usr/share/man/*", "--exclude=./dev/*"]
    subprocess.run(_as_root(["tar", "-C", str(root), *leave_out, "-cf", str(unfinished), "."]), check=True)
    subprocess.run(_as_root(["rm", "-rf", "--one-file-system", str(root)]), check=True)
    unfinished.rename(kept)


def _mirror() -> list[str]:
    """Where apt has Debian's own packages from. Nothing when it cannot be said: debootstrap knows a default."""
    wanted = ["Created-By: Packages", "Component: main", "Label: Debian", f"Codename: {suite()}"]
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted]
    try:
        return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()[:1]
    except (OSError, subprocess.CalledProcessError):
        return []


def _as_root(command: list[str]) -> list[str]:
    return command if os.geteuid() == 0 else ["sudo", "-n", *command]
