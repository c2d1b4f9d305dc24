"""Where a project's Python environments are, looked up without starting any Python or tool. I/O: looks at folders.

An environment says its version in `pyvenv.cfg`, and what is installed by the names of folders. How Poetry and Pipenv
name theirs: their sources (Poetry 2.5, Pipenv 2026).
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Folders of a project that may be an environment, in the order in which they count.
NAMES = (".venv", "venv", "env", ".env")
_VERSION = re.compile(r"^\s*version(?:_info)?\s*=\s*(\d+\.\d+)", re.MULTILINE)
_ODD = re.compile(r'[ $`!*@"\\\r\n\t]')


@dataclass(frozen=True, slots=True)
class PythonHome:
    """`python` is its interpreter, `version` `X.Y` (empty when it could not be read), `reason` where it is, for a
    person. What is installed is in `home`."""

    home: Path
    python: Path
    version: str
    reason: str


def homes(folder: Path, root: Path, environ: Mapping[str, str]) -> Iterator[PythonHome]:
    """The environments of a project, best first: those in its folders (the code's own before those above it), the
    active one, and those that tools keep elsewhere for it. `environ` is devserve's own environment."""
    around = places(folder, root)
    if named := environ.get("UV_PROJECT_ENVIRONMENT"):
        yield from home_at(root / named, f"UV_PROJECT_ENVIRONMENT, {named}")
    for place in around:
        for name in NAMES:
            yield from home_at(place / name, _shown(place / name, root))
    if active := environ.get("VIRTUAL_ENV"):
        yield from home_at(Path(active), f"the active environment {active}")
    conda = environ.get("CONDA_PREFIX", "")
    if conda and environ.get("CONDA_DEFAULT_ENV") != "base":
        yield from home_at(Path(conda), f"the active conda environment {conda}")
    for place in around:
        yield from _of_pdm(place)
        yield from _of_poetry(place, environ)
        yield from _of_pipenv(place, environ)
        yield from _of_pyenv(place, environ)


def places(folder: Path, root: Path) -> list[Path]:
    """The code's folder and those above it up to the project's; only the two when one is not inside the other."""
    if not folder.is_relative_to(root):
        return [folder, root]
    depth = len(folder.relative_to(root).parts)
    return [folder, *folder.parents[:depth]]


def home_at(home: Path, reason: str) -> Iterator[PythonHome]:
    """The environment in that folder, when there is one."""
    python = home / "bin" / "python"
    if not os.access(python, os.X_OK) or _is_old(home):
        return
    try:
        version = version_in((home / "pyvenv.cfg").read_text("utf-8", "replace"))
    except OSError:
        # conda's environments have no such file, but like all others a folder with the version in its name.
        libraries = sorted(home.glob("lib/python3.*"))
        version = libraries[0].name.removeprefix("python") if libraries else ""
    yield PythonHome(home, python, version, reason)


def unusable(root: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Environments of a project that are passed over, as where and why: their interpreter is gone or too old."""
    named = [(root / name, name) for name in NAMES]
    if active := environ.get("VIRTUAL_ENV"):
        named.append((Path(active), f"VIRTUAL_ENV={active}"))
    for home, shown in named:
        python = home / "bin" / "python"
        there = os.path.exists(python)  # a Path's own question fails on folders that are not ours to look into
        if home.name == shown and not there and not os.path.islink(python):
            continue  # no environment: `env` may be anything, and `.env` mostly is a file
        if _is_old(home):
            yield shown, "it is an environment of Python 2, which nothing here runs on: it is not used"
        elif not there:
            gone = f"{os.readlink(python)} is not there" if os.path.islink(python) else f"there is no {python}"
            yield shown, f"its Python cannot be started ({gone}): it is not used"
        elif not os.access(python, os.X_OK):
            yield shown, f"its Python cannot be started ({python.name} is not executable): it is not used"


def _is_old(home: Path) -> bool:
    return any(home.glob("lib/python2.*")) and not any(home.glob("lib/python3.*"))


def version_in(config: str) -> str:
    """`X.Y` from the text of a `pyvenv.cfg`: Python itself writes `version`, virtualenv and uv `version_info`."""
    found = _VERSION.search(config)
    return found[1] if found else ""


def installed_version(home: Path, package: str) -> str:
    """The version of an installed package, by its metadata folder's name; empty when it is not installed there."""
    wanted = _normal(package)
    for found in home.glob("lib/python3.*/site-packages/*.dist-info"):
        name, _, version = found.name.removesuffix(".dist-info").partition("-")
        if _normal(name) == wanted:
            return version
    return ""


def poetry_name(project: str, folder: str) -> str:
    """How Poetry calls the environment of a project in a folder, without the `-pyX.Y` at its end."""
    return f"{_ODD.sub('_', _normal(project))[:42]}-{_digest(folder.encode())}"


def pipenv_name(pipfile: str) -> str:
    """How Pipenv calls the environment of a project by the path of its Pipfile."""
    name = os.path.basename(os.path.dirname(pipfile))
    short = base64.urlsafe_b64encode(hashlib.sha256(pipfile.encode()).digest()[:6]).decode()[:8]
    return f"{_ODD.sub('_', name)[:42]}-{short}"


def _of_poetry(place: Path, environ: Mapping[str, str]) -> Iterator[PythonHome]:
    pyproject = _toml(place / "pyproject.toml")
    poetry = _table(pyproject, "tool", "poetry")
    if not poetry and not (place / "poetry.lock").is_file():
        return
    settings = _table(_toml(place / "poetry.toml"), "virtualenvs")
    user = Path(environ.get("HOME", "/nonexistent"))
    mac = sys.platform == "darwin"
    cache = environ.get("POETRY_CACHE_DIR") or str(
        user / "Library/Caches/pypoetry"
        if mac
        else Path(environ.get("XDG_CACHE_HOME") or str(user / ".cache")) / "pypoetry"
    )
    path = environ.get("POETRY_VIRTUALENVS_PATH") or settings.get("path") or "{cache-dir}/virtualenvs"
    folder = Path(str(path).replace("{cache-dir}", cache)).expanduser()
    project = poetry.get("name") or _table(pyproject, "project").get("name") or "non-package-mode"
    name = poetry_name(str(project), os.path.normcase(os.path.realpath(place)))
    chosen = _table(_toml(folder / "envs.toml"), name).get("minor")
    there = sorted(folder.glob(f"{name}-py*"), key=_python_of, reverse=True)
    for home in sorted(there, key=lambda home: home.name != f"{name}-py{chosen}"):
        yield from home_at(home, f"Poetry's environment {home.name}")


def _of_pipenv(place: Path, environ: Mapping[str, str]) -> Iterator[PythonHome]:
    pipfile = place / "Pipfile"
    if not pipfile.is_file():
        return
    user = Path(environ.get("HOME", "/nonexistent"))
    folder = Path(environ.get("WORKON_HOME") or user / ".local/share/virtualenvs").expanduser()
    name = environ.get("PIPENV_CUSTOM_VENV_NAME") or pipenv_name(str(pipfile))
    yield from home_at(folder / name, f"Pipenv's environment {name}")


def _of_pdm(place: Path) -> Iterator[PythonHome]:
    named = _text(place / ".pdm-python")
    if named:
        yield from home_at(Path(named).parent.parent, "the environment in .pdm-python")


def _of_pyenv(place: Path, environ: Mapping[str, str]) -> Iterator[PythonHome]:
    """Of `.python-version` only what names an environment (pyenv-virtualenv): a bare version has no packages."""
    named = _text(place / ".python-version").split("\n")[0].strip()
    if not named or "/" in named:
        return
    root = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "/nonexistent")) / ".pyenv")
    home = root / "versions" / named
    if (home / "pyvenv.cfg").is_file():
        yield from home_at(home, f"pyenv's environment {named}")


def wanted_version(folder: Path, root: Path, environ: Mapping[str, str]) -> Iterator[PythonHome]:
    """pyenv's Python of the version that `.python-version` names, when it is installed."""
    base = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME", "/nonexistent")) / ".pyenv") / "versions"
    for place in places(folder, root):
        named = _text(place / ".python-version").split("\n")[0].strip()
        if not re.fullmatch(r"3\.\d+(\.\d+)?", named):
            continue
        found = [base / named] if named.count(".") == 2 else sorted(base.glob(f"{named}.*"))
        for home in reversed(found):
            yield from home_at(home, f"Python {home.name} of .python-version")


def _python_of(home: Path) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", home.name.rpartition("-py")[2])))


def _digest(text: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text).digest()).decode()[:8]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _toml(file: Path) -> Mapping[str, object]:
    try:
        return tomllib.loads(_text(file))
    except tomllib.TOMLDecodeError:
        return {}


def _table(of: Mapping[str, object], *names: str) -> Mapping[str, object]:
    for name in names:
        inner = of.get(name)
        of = inner if isinstance(inner, dict) else {}
    return of


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
