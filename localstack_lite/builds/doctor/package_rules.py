"""Whether what a function imports would be in its package, and would run on Lambda's machine. Pure.

Sources: AWS docs, "Lambda runtimes" (what the Python images carry: boto3 and what it needs; the glibc of each), and
Python's release notes (modules that were removed from its library).
"""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from localstack_lite.builds.doctor.distributions import Distribution
from localstack_lite.builds.doctor.finding import Finding, Severity
from localstack_lite.builds.doctor.source import Import
from localstack_lite.builds.pinned import normal
from localstack_lite.builds.platform_tags import Target

#: What the image of every Python runtime carries.
_CARRIED = frozenset({"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3", "six", "awslambdaric"})
_REMOVED = {
    12: frozenset({"asynchat", "asyncore", "distutils", "imp", "smtpd"}),
    13: frozenset(
        {
            *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis"),
            *("nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
        }
    ),
}
_LIBRARY = frozenset(sys.stdlib_module_names).union(*_REMOVED.values())
#: Packages that are for developing and that nobody wants in a package.
_FOR_DEVELOPING = frozenset(
    {
        "pytest",
        "ipython",
        "ipdb",
        "black",
        "ruff",
        "mypy",
        "flake8",
        "pylint",
        "coverage",
        "tox",
        "django-debug-toolbar",
    }
)


@dataclass(frozen=True, slots=True)
class Packaged:
    """What would be in the package beside the code. `listed` is the file that names it; empty when there is none.
    `everything`: all that is installed is packaged, as Zappa does. `included` are normal names of packages, `absent`
    those of them that are not installed here; `development` those that only a list for developing names."""

    listed: str = ""
    everything: bool = False
    included: Container[str] = frozenset()
    absent: frozenset[str] = frozenset()
    development: frozenset[str] = frozenset()
    providers: Mapping[str, Sequence[Distribution]] = field(default_factory=dict)

    @property
    def advice(self) -> str:
        """Where a package has to be named to be packaged."""
        if self.everything:
            return "the environment: Zappa packages what is installed there"
        return self.listed or "a requirements.txt beside the code"


def imports(
    where: str, found: Iterable[Import], own: Container[str], packaged: Packaged, target: Target
) -> Iterator[Finding]:
    """Of one file. `own` are the top-level modules of the code itself and of its layers."""
    told: set[str] = set()
    for one in found:
        top = one.top
        if top in told or not top or top in own:
            continue
        told.add(top)
        finding = _import(f"{where}:{one.line}", one, packaged, target)
        if finding is not None:
            yield finding


def _import(where: str, one: Import, packaged: Packaged, target: Target) -> Finding | None:
    top = one.top
    bringing = packaged.providers.get(top, ())
    inside = [each for each in bringing if packaged.everything or each.name in packaged.included]
    if inside or normal(top) in packaged.absent:
        return None
    fails = Severity.DIFFERS if one.late else Severity.FAILS
    if (since := _removed(top)) and target.minor >= since:
        hint = "setuptools brings one" if top == "distutils" else ""
        what = f"imports {top}, which Python 3.{since} and newer do not have; the function's is {target.version}"
        return Finding(fails, "imports", where, what, hint)
    if top in _LIBRARY or top == "__future__":
        return None
    if top in _CARRIED:
        name = "python-dateutil" if top == "dateutil" else top
        what = f"imports {top}, which is not in the package: Lambda's own is used, of a version that AWS chooses"
        return Finding(Severity.NOTE, "imports", where, what, f"add {name} to {packaged.advice}")
    if bringing:
        first = bringing[0]
        kind = "is only a requirement for developing" if first.name in packaged.development else "is installed here"
        listed = f"not in {packaged.listed}" if packaged.listed else "in no list of requirements"
        what = f"imports {top}: {first.shown} {kind} and {listed}, so it is not in the package"
        hint = f"add {first.shown} to {packaged.advice}"
        return Finding(fails, "imports", where, what, hint)
    if packaged.absent:
        some = ", ".join(sorted(packaged.absent)[:3])
        what = f"imports {top}, which nothing that is installed here brings; {some} is listed and not installed"
        return Finding(Severity.NOTE, "imports", where, what, "install the requirements and look again")
    what = f"imports {top}, which is neither in the project nor installed"
    return Finding(fails, "imports", where, what, f"add it to {packaged.advice}")


def _removed(module: str) -> int:
    return next((minor for minor, names in _REMOVED.items() if module in names), 0)


def wheels(included: Iterable[Distribution], target: Target, running: str) -> Iterator[Finding]:
    """Packages that are here and may not be had for Lambda. `running` is the Python that they are installed for: where
    that is another one, what is installed says nothing about compiled packages."""
    for one in included:
        where = f"{one.shown} {one.version}"
        if one.editable:
            what = "is installed in place (editable): the package gets a copy of its folder as it is then"
            yield Finding(Severity.NOTE, "packages", where, what)
        if running != target.version or not one.tags:
            continue
        # As if this machine were Lambda's: a wheel for one processor is there for the other as a rule.
        tags = [tag.replace("aarch64", target.machine).replace("x86_64", target.machine) for tag in one.tags]
        platforms = {tag.rpartition("-")[2] for tag in tags}
        if any(target.fits(f"x-1-{tag}.whl") for tag in tags) or not one.compiled:
            continue
        if any(platform.startswith("linux_") for platform in platforms):
            what = "was compiled on this machine: there may be no wheel of it for Lambda"
            hint = "devserve builds it in a container of the runtime when it pushes"
            yield Finding(Severity.DIFFERS, "packages", where, what, hint)
        elif any(platform.startswith("manylinux") for platform in platforms):
            newest = ", ".join(sorted(platforms))
            what = f"is installed for {newest}; {target} has glibc 2.{target.glibc} and cannot load that"
            hint = "an older version may have a wheel; python3.12 and newer have glibc 2.34"
            yield Finding(Severity.DIFFERS, "packages", where, what, hint)


def for_developing(included: Iterable[Distribution], listed: str) -> Iterator[Finding]:
    for one in included:
        if one.name in _FOR_DEVELOPING:
            what = "is for developing, and would be in the package"
            hint = "keep it in a list of its own (requirements-dev.txt, a group)"
            yield Finding(Severity.NOTE, "packages", one.shown, what, f"{hint}; {listed} names it" if listed else hint)


def version(target: Target, running: str, reason: str, compiled: int) -> Iterator[Finding]:
    """`running` is the Python that runs the function here, and `reason` why that one; `compiled` how many of its
    packages have compiled modules."""
    if not running or running == target.version:
        return
    what = f"Python {running} runs it here ({reason}), Python {target.version} on Lambda"
    more = f"; {compiled} packages are compiled for {running}" if compiled else ""
    hint = f"make the environment with Python {target.version}, or set the runtime to python{running}"
    yield Finding(Severity.DIFFERS, "runtime", "runtime", what + more, hint)
