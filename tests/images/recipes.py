"""What goes into each test image, and the digest that tells one recipe from another."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.images.rootfs import packages
from tests.images.suite import PYTHON_OF, libraries, node, node_is_of_debian, node_major, suite

HERE = Path(__file__).parent
NODE_RUNTIME = HERE.parents[1] / "runtimes" / "nodejs"
NAMESPACE = "devserve-test"
BASE = f"{NAMESPACE}/debian:{suite()}"
PYTHON = f"{NAMESPACE}/python:{PYTHON_OF[suite()]}"
NODE = f"{NAMESPACE}/nodejs:{node_major()}"
PROVIDED = f"{NAMESPACE}/provided:al2023"
NO_SHELL = f"{NAMESPACE}/noshell:1"


@dataclass(frozen=True, slots=True)
class Recipe:
    """`fill` writes the build's context, a Dockerfile among it, into an empty folder. `base` is the tag of the recipe
    that it is built from; empty for the Debian itself."""

    tag: str
    base: str
    digest: str
    fill: Callable[[Path], None]

    @property
    def own_tag(self) -> str:
        """The tag that only this version of the recipe has."""
        return f"{self.tag}-{self.digest}"


def base_digest() -> str:
    return digest("debian", suite(), *packages())


def recipes() -> tuple[Recipe, ...]:
    """Each after the one that it is based on."""
    client = f"awslambdaric=={version('awslambdaric')}"
    python = Recipe(
        PYTHON,
        BASE,
        digest(base_digest(), client, *_texts("python")),
        lambda folder: _python(folder, client),
    )
    provided = Recipe(
        PROVIDED, BASE, digest(base_digest(), *_texts("provided")), lambda folder: _own("provided", folder)
    )
    bare = Recipe(NO_SHELL, PYTHON, digest(python.digest, *_texts("noshell")), lambda folder: _own("noshell", folder))
    return (python, provided, bare, *([_node_recipe()] if node() and NODE_RUNTIME.is_dir() else []))


def digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _node_recipe() -> Recipe:
    runtime = [f"{path.relative_to(NODE_RUNTIME)}\n{path.read_text()}" for path in _node_runtime()]
    stat = Path(node()).stat()
    parts = (base_digest(), f"{node_major()} {stat.st_size} {stat.st_mtime_ns}", *runtime, *_texts("nodejs"))
    return Recipe(NODE, BASE, digest(*parts), _node)


def _node_runtime() -> list[Path]:
    return sorted(path for path in NODE_RUNTIME.rglob("*") if path.suffix in (".js", ".mjs", ".cjs", ".json"))


def _texts(name: str) -> list[str]:
    files = [*sorted((HERE / name).iterdir()), HERE / "lambda-entrypoint.sh"]
    return [f"{path.name}\n{path.read_text()}" for path in files if path.is_file()]


def _own(name: str, folder: Path) -> None:
    for path in [*sorted((HERE / name).iterdir()), HERE / "lambda-entrypoint.sh"]:
        if path.is_file():
            shutil.copy(path, folder)
    for script in ("bootstrap", "lambda-entrypoint.sh"):
        if (folder / script).exists():
            (folder / script).chmod(0o755)


def _python(folder: Path, client: str) -> None:
    _own("python", folder)
    wanted = ["--python-version", PYTHON_OF[suite()], "--only-binary=:all:", "--target", str(folder / "runtime")]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check", *wanted]
    done = subprocess.run([*pip, "--root-user-action=ignore", client], capture_output=True, text=True)
    if done.returncode != 0:
        raise OSError(f"{client} could not be had: {done.stderr.strip()}")


def _node(folder: Path) -> None:
    _own("nodejs", folder)
    for path in _node_runtime():
        copied = folder / "runtime" / path.relative_to(NODE_RUNTIME)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    start = next(path.name for path in _node_runtime() if path.stem == "bootstrap")
    script = (folder / "bootstrap").read_text()
    (folder / "bootstrap").write_text(script.replace("@BOOTSTRAP@", start).replace("@MAJOR@", node_major()))
    (folder / "lang" / "bin").mkdir(parents=True)
    if node_is_of_debian():
        return
    shutil.copy(node(), folder / "lang" / "bin" / "node")
    (folder / "lang" / "lib").mkdir()
    for name, path in libraries(node()).items():
        if name.startswith(("libstdc++", "libgcc_s")) or not Path(path).resolve().is_relative_to("/usr/lib"):
            shutil.copy(path, folder / "lang" / "lib" / name)
