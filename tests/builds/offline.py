"""pip and uv without any index: what they install lies in a folder."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

#: Where uv is: beside the Python that runs the tests, or on the PATH. The `[test]` extra brings it.
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}")
TOOLS = ["pip", *(["uv"] if UV else [])]


def environ(place: Path, links: Path, tool: str = "pip") -> dict[str, str]:
    """An environment whose PATH has uv or has not. `place` takes what they keep."""
    programs = place / "programs" / tool
    programs.mkdir(parents=True, exist_ok=True)
    if tool == "uv" and not (programs / "uv").exists():
        assert UV is not None
        (programs / "uv").symlink_to(UV)
    links.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": f"{programs}{os.pathsep}{os.defpath}",
        "HOME": str(place),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(links),
        "PIP_CACHE_DIR": str(place / "pip"),
        "UV_NO_CONFIG": "1",
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(links),
        "UV_CACHE_DIR": str(place / "uv"),
    }
