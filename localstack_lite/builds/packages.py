"""Which commands install the packages that code names: for a function, and for a layer. Pure.

They have to fit Lambda's machine, not this one: wheels for its Python, its glibc and its architecture. No index is ever
named: which one is asked is the environment's (pip's and uv's own settings) and the list's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from hashlib import sha256

from localstack_lite.builds.platform_tags import Target, version_of

REQUIREMENTS = "requirements.txt"
PACKAGE = "package.json"
LOCKS = ("package-lock.json", "npm-shrinkwrap.json")
#: Changes when the same list is installed in another way: what was installed before is not used any more.
_MANNER = "2"
_NO_MODULE = "No module named"
#: pip compares environment markers with the machine that it runs on. This starts it with Lambda's in their place; where
#: a pip keeps them elsewhere, it is as if it had been started plainly.
_PIP_FOR = """\
import runpy, sys
try:
    from pip._vendor.packaging import markers
    here = markers.default_environment()
    markers.default_environment = lambda: {{**here, **{markers!r}}}
except Exception:
    pass
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def named(manifest: str, runtime: str, architecture: str, locked: str = "") -> str:
    """A name for what an installation holds: the same text for the same machine is installed once."""
    major = version_of(runtime) or runtime
    return sha256("\0".join((_MANNER, manifest, locked, major, architecture)).encode()).hexdigest()[:16]


def has_dependencies(text: str) -> bool:
    """Whether a `package.json` names any. One that is no JSON has none: npm will say so to its owner."""
    try:
        package = json.loads(text)
    except ValueError:
        return False
    return isinstance(package, dict) and bool(package.get("dependencies"))


def wheels(
    target: Target,
    folder: str,
    requirements: str,
    *,
    uv: str = "",
    python: str = "",
    complete: bool = False,
    built_here: bool = False,
    dry: bool = False,
) -> list[str]:
    """Install wheels only, of any machine's for Lambda's. With `uv` when its path is given, else with the pip of
    `python`. `complete`: the list names everything. `built_here`: it names wheels that this machine has built. `dry`:
    only look whether it could be done."""
    flags = ["--only-binary", ":all:", *(["--no-deps"] if complete else []), *(["--dry-run"] if dry else [])]
    if uv:
        words = [uv, "pip", "install", "--python-version", target.full_version]
        words += ["--python-platform", target.uv_platform, "--no-compile-bytecode", "--link-mode", "copy", *flags]
        return [*words, "--target", folder, "-r", requirements]
    words = [python, "-c", _PIP_FOR.format(markers=target.markers()), "install", *_PIP]
    words += ["--implementation", "cp", "--python-version", target.full_version, *flags]
    for platform in (*target.platforms, *([f"linux_{target.machine}"] if built_here else [])):
        words += ["--platform", platform]
    return [*words, "--target", folder, "-r", requirements]


def for_this_machine(folder: str, requirements: str, *, uv: str = "", python: str, complete: bool = False) -> list[str]:
    """Install for that Python as it is, building what has no wheel."""
    flags = ["--no-deps"] if complete else []
    if uv:
        return [uv, "pip", "install", "--python", python, *flags, "--target", folder, "-r", requirements]
    return [python, "-m", "pip", "install", *_PIP, *flags, "--target", folder, "-r", requirements]


def source(folder: str, requirements: str, names: Collection[str] = (), *, uv: str = "", python: str) -> list[str]:
    """Build the one package that the list names, for that Python: with pip into a wheel in the folder, with uv into the
    folder itself. `names` is what has to be built although there may be a wheel for this machine."""
    forced = [word for name in sorted(names) for word in ("--no-binary", name)]
    if uv:
        words = [uv, "pip", "install", "--python", python, "--no-compile-bytecode", "--link-mode", "copy", "--no-deps"]
        return [*words, *forced, "--target", folder, "-r", requirements]
    words = [python, "-m", "pip", "wheel", *_PIP[:-1], "--no-deps", "--ignore-requires-python", *forced]
    return [*words, "--wheel-dir", folder, "-r", requirements]


def npm(tool: str, *, locked: bool) -> list[str]:
    """Run it where `package.json` is; makes `node_modules` there."""
    return [tool, "ci" if locked else "install", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"]


def complaint(output: str) -> str:
    """The line of pip's, uv's or npm's output that says most."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|error|npm (ERR!|error)|×|╰)", line)]
    return (errors or lines or ["it said nothing"])[-1]


def has_no_pip(output: str) -> bool:
    return re.search(rf"{_NO_MODULE} '?pip'?\b", output) is not None


_PIP = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--no-compile"]
