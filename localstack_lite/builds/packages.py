"""Which commands install the packages that code names: for a function in a container, and for a layer. Pure.

They have to fit Lambda's machine, not this one: wheels for its Python, its glibc and its architecture. Source of the
operating systems: AWS docs, "Lambda runtimes": Amazon Linux 2 (glibc 2.26) up to Python 3.11, Amazon Linux 2023 (2.34)
from 3.12 on.
"""

from __future__ import annotations

import json
import re
from hashlib import sha256

REQUIREMENTS = "requirements.txt"
PACKAGE = "package.json"
LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
_OLDEST_GLIBC = 17
_VERSION = re.compile(r"python(3\.\d+)")


def version_of(runtime: str) -> str:
    """`3.12` of `python3.12`, empty for what is no Python."""
    found = _VERSION.match(runtime)
    return found[1] if found else ""


def named(manifest: str, runtime: str, architecture: str, locked: str = "") -> str:
    """A name for what an installation holds: the same text for the same machine is installed once."""
    major = version_of(runtime) or runtime
    return sha256("\0".join((manifest, locked, major, architecture)).encode()).hexdigest()[:16]


def has_requirements(text: str) -> bool:
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return any(lines)


def has_dependencies(text: str) -> bool:
    """Whether a `package.json` names any. One that is no JSON has none: npm will say so to its owner."""
    try:
        package = json.loads(text)
    except ValueError:
        return False
    return isinstance(package, dict) and bool(package.get("dependencies"))


def wheels(version: str, architecture: str, target: str, *, uv: str = "", python: str = "") -> list[str]:
    """Install wheels only, of any machine's for Lambda's. With `uv` when its path is given, else with the pip of
    `python`. Run it where `requirements.txt` is."""
    machine = "aarch64" if architecture == "arm64" else "x86_64"
    newest = 34 if int(version.partition(".")[2]) >= 12 else 26
    if uv:
        platform = f"{machine}-manylinux_2_{newest if newest == 34 else 17}"
        words = [uv, "pip", "install", "--quiet", "--python-version", version, "--python-platform", platform]
        return [*words, "--only-binary", ":all:", "--target", target, "-r", REQUIREMENTS]
    words = [*_pip(python), "--implementation", "cp", "--python-version", version, "--only-binary", ":all:"]
    for minor in range(newest, _OLDEST_GLIBC - 1, -1):
        words += ["--platform", f"manylinux_2_{minor}_{machine}"]
    words += ["--platform", f"manylinux2014_{machine}"]
    return [*words, "--target", target, "-r", REQUIREMENTS]


def sources(target: str, *, uv: str = "", python: str) -> list[str]:
    """Build what has no wheel: only right when `python` is Lambda's version on Lambda's architecture."""
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", python, "--target", target, "-r", REQUIREMENTS]
    return [*_pip(python), "--target", target, "-r", REQUIREMENTS]


def npm(tool: str, *, locked: bool) -> list[str]:
    """Run it where `package.json` is; makes `node_modules` there."""
    return [tool, "ci" if locked else "install", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]


def complaint(output: str) -> str:
    """The line of pip's, uv's or npm's output that says most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|error|npm (ERR!|error)|×|╰)", line)]
    return (errors or lines or ["it said nothing"])[-1]


def _pip(python: str) -> list[str]:
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"]
