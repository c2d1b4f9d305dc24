"""An image to build Python packages in, and a package that can be built nowhere else: as with a C library's headers.

The image is the test image of Python with the pip of this machine and one header. The package's own build backend needs
that header; it makes a compiled module for the Python that runs it, of a real one of that Python.
"""

from __future__ import annotations

import importlib.util
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live import containers, docker_engine

HEADER = "/opt/shop/include/shop.h"
PACKAGE = "shopnative"
_BACKEND = f'''\
import glob, os, sys, sysconfig, time, zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    if not os.path.exists("{HEADER}"):
        sys.exit("fatal error: shop.h: No such file or directory")
    print("building", flush=True)
    time.sleep(SLOW)
    version = "%d%d" % sys.version_info[:2]
    tag = "cp%s-cp%s-linux_%s" % (version, version, os.uname().machine)
    info = "{PACKAGE}-1.0.dist-info/"
    files = {{
        "{PACKAGE}.py": b"ANSWER = 42\\n",
        "_{PACKAGE}.so": open(sorted(glob.glob(sysconfig.get_config_var("DESTSHARED") + "/_*.so"))[0], "rb").read(),
        info + "METADATA": b"Metadata-Version: 2.1\\nName: {PACKAGE}\\nVersion: 1.0\\n",
        info + "WHEEL": ("Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: " + tag + "\\n").encode(),
        info + "RECORD": b"",
    }}
    name = "{PACKAGE}-1.0-" + tag + ".whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, content in files.items():
            wheel.writestr(path, content)
    return name

def build_sdist(folder, config_settings=None):
    raise NotImplementedError
'''
_PROJECT = f"""\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "{PACKAGE}"
version = "1.0"
"""


@contextmanager
def build_image() -> Iterator[str]:
    """The image's name, until the block ends."""
    docker_engine.require_images()
    found = importlib.util.find_spec("pip")
    if found is None or not found.origin:
        why = "this Python has no pip that could be put into an image"
        if docker_engine.REQUIRED:
            pytest.fail(f"DEVSERVE_REQUIRE_DOCKER=1, but {why}", pytrace=False)
        pytest.skip(why)
    pip = Path(found.origin).parent
    python = f"python{docker_engine.PYTHON_RUNTIME.removeprefix('python').partition('.')[0]}"
    files = {f"pip/{path.relative_to(pip)}": path.read_bytes() for path in _files(pip)}
    lines = [
        f"FROM {docker_engine.IMAGES[docker_engine.PYTHON_RUNTIME]}",
        f"COPY pip /usr/lib/{python}/dist-packages/pip",
        f"COPY shop.h {HEADER}",
    ]
    with containers.image("\n".join(lines) + "\n", {**files, "shop.h": b"/* of a library */\n"}) as name:
        yield name


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")


def native_source(folder: Path, *, slow: float = 0.0) -> Path:
    """A source archive of the package. `slow` is how many seconds its build takes."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{PACKAGE}-1.0.tar.gz"
    files = {
        "pyproject.toml": _PROJECT,
        "backend.py": f"SLOW = {slow}\n{_BACKEND}",
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 1.0\n",
    }
    with tarfile.open(file, "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{PACKAGE}-1.0/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return file
