"""Will it run on Lambda? The story for one function: what is read, which rules look at it, how big it would be. I/O is
`reading`'s; nothing of the user's is imported or run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.builds import sizes
from localstack_lite.builds.doctor import code_rules, django_rules, graph, package_rules, reading, settings_files
from localstack_lite.builds.doctor.distributions import Distribution, closure, providers
from localstack_lite.builds.doctor.django_settings import Settings
from localstack_lite.builds.doctor.finding import Finding, Severity, ordered
from localstack_lite.builds.doctor.package_rules import Packaged
from localstack_lite.builds.doctor.reading import Code
from localstack_lite.builds.doctor.source import Import, Source
from localstack_lite.builds.platform_tags import Target, version_of
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.function import Function
from localstack_lite.model.package import MOST_DIRECT, MOST_UNPACKED, Package
from localstack_lite.model.project import Project

#: What a zip of Python weighs, of what is in it: measured over the packages of a few projects. Only for an estimate.
_ZIPPED = 0.33
#: Share of the limit from which it is worth a word.
_NEARLY = 0.8
#: What Zappa never packages although it is installed.
_NOT_ZAPPAS = frozenset({"pip", "setuptools", "wheel", "docutils"})


@dataclass(frozen=True, slots=True)
class Running:
    """The Python that runs the function here: its environment's folder, `3.12`, and why that one."""

    home: Path
    version: str
    reason: str


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes. `measured`: a package was made; else it is what is installed here, and the zip is an estimate."""

    unpacked: int
    zipped: int
    largest: tuple[tuple[str, int], ...] = ()
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Checkup:
    function: Function
    findings: tuple[Finding, ...] = ()
    weight: Weight | None = None


def checkup(project: Project, function: Function, running: Running | None, package: Package | None = None) -> Checkup:
    """`running` is None for what is no Python; `package` was made just now, if it was."""
    if function.image is not None:
        what = "is a container image: what is in it is what runs, and up to 10 GB of it"
        return Checkup(function, (Finding(Severity.NOTE, "packages", function.name, what),))
    folder = function.code.watched
    patterns = project.exclude
    try:
        code = reading.code(folder, patterns, project=folder.resolve() == project.root.resolve())
    except OSError as error:
        what = f"the code cannot be read: {error.strerror}"
        return Checkup(function, (Finding(Severity.FAILS, "files", str(folder), what),))
    found: list[Finding] = [*code_rules.packaged_databases(path for path, _ in code.files)]
    included: list[Distribution] = []
    if function.language == "python":
        python, included = _python(project, function, code, running)
        found += python
    weight = _packed(package) if package is not None else _weight(function, code, included)
    return Checkup(function, ordered([*found, *_size(function, weight)]), weight)


def _python(
    project: Project, function: Function, code: Code, running: Running | None
) -> tuple[list[Finding], list[Distribution]]:
    target = Target(version_of(function.runtime), function.architecture)
    here = reading.installed(running.home, running.version) if running is not None else {}
    wanted = reading.wanted(code.folder, project.root, target)
    zappa = function.adapter is not None and function.adapter.kind is AppKind.ZAPPA
    names, absent = closure(wanted.needs, here, target.markers())
    included = list(here.values()) if zappa else [here[name] for name in names if name in here]
    included = [one for one in included if not (zappa and one.name in _NOT_ZAPPAS)]
    packaged = Packaged(
        wanted.listed,
        zappa,
        frozenset(names),
        frozenset() if zappa else frozenset(absent),
        wanted.development - set(names),
        providers(here.values()),
    )
    prefix = _prefix(code.folder, project.root)
    settings = settings_files.settings(project, function)
    sources = _running_sources(function, code, settings)
    found = [
        *code_rules.broken(sources, prefix),
        *code_rules.written(_without_settings(sources, settings, prefix), prefix),
    ]
    found += code_rules.served(sources, prefix)
    found += code_rules.personal(sources, prefix)
    if wanted.why:
        found.append(Finding(Severity.NOTE, "packages", wanted.listed, f"cannot be read here: {wanted.why}"))
    else:
        found += _imports(function, code, sources, settings, packaged, target, prefix)
    if settings.files:
        domain = next((api.domain for api in project.apis if api.domain), "")
        found += django_rules.findings(settings, project.region, domain)
    if zappa:
        found += code_rules.shadows(reading.entry_names(code.folder))
    version = running.version if running is not None else ""
    reason = running.reason if running is not None else ""
    found += package_rules.version(target, version, reason, sum(one.compiled for one in included))
    found += package_rules.wheels(included, target, version)
    found += package_rules.for_developing(included, wanted.listed)
    return found, included


def _imports(
    function: Function,
    code: Code,
    sources: list[Source],
    settings: Settings,
    packaged: Packaged,
    target: Target,
    prefix: str,
) -> Iterator[Finding]:
    own = graph.tops(path for path, _ in code.files)
    if function.opt is not None:
        for place in (function.opt / "python", *reading.site_packages(function.opt / "python")):
            own |= {name.partition(".")[0] for name in reading.entry_names(place)}
    if function.adapter is not None:
        for place in function.adapter.folders:
            own |= {name.partition(".")[0] for name in reading.entry_names(place)}
    told: set[str] = set()
    for source in sources:
        for finding in package_rules.imports(f"{prefix}{source.path}", source.imports, own, packaged, target):
            if finding.what not in told:
                told.add(finding.what)
                yield finding
    for name in ("INSTALLED_APPS", "MIDDLEWARE"):
        value = settings.get(name)
        if value is None:
            continue
        line = value.node.lineno
        named = [Import(text, line) for text in value.texts if text.replace(".", "").isidentifier()]
        for finding in package_rules.imports(value.file, named, own, packaged, target):
            what = finding.what.replace("imports", f"{name} has", 1)
            if finding.what not in told:
                told.add(finding.what)
                yield Finding(finding.severity, finding.topic, finding.where, what, finding.hint)


def _running_sources(function: Function, code: Code, settings: Settings) -> list[Source]:
    """The files that run, from the handler on. Django finds apps by their names, Zappa functions by its settings: of
    those projects it is all files but the tests."""
    sources = graph.not_tests(code.sources)
    adapter = function.adapter
    if settings.files or (adapter is not None and adapter.kind is AppKind.ZAPPA):
        return sources
    entry = adapter.app.partition(":")[0] if adapter is not None else function.handler.rpartition(".")[0]
    return graph.reachable([entry.replace("/", ".")], graph.by_module(code.sources)) or sources


def _without_settings(sources: list[Source], settings: Settings, prefix: str) -> list[Source]:
    """Rules of their own look at Django's settings."""
    return [source for source in sources if f"{prefix}{source.path}" not in settings.files]


def _weight(function: Function, code: Code, included: list[Distribution]) -> Weight:
    parts = [*code.files, *((f"{one.name}/", one.size) for one in included)]
    layers = sum(layer.size for layer in function.layers)
    unpacked = sum(size for _, size in parts) + layers
    return Weight(unpacked, int(unpacked * _ZIPPED), sizes.largest(parts))


def _packed(package: Package) -> Weight:
    return Weight(package.unpacked, package.size, package.largest, measured=True)


def _size(function: Function, weight: Weight) -> Iterator[Finding]:
    about = "" if weight.measured else "about "
    if weight.unpacked > MOST_UNPACKED:
        what = f"{about}{sizes.text(weight.unpacked)} unpacked, and AWS takes {sizes.text(MOST_UNPACKED)}"
        hint = f"the largest is {weight.largest[0][0]}; leave it out, or make it a container image"
        yield Finding(Severity.FAILS, "size", function.name, what, hint)
    elif weight.unpacked > MOST_UNPACKED * _NEARLY:
        what = f"{about}{sizes.text(weight.unpacked)} unpacked, of the {sizes.text(MOST_UNPACKED)} that AWS takes"
        yield Finding(Severity.NOTE, "size", function.name, what)
    if weight.zipped > MOST_DIRECT:
        what = f"{about}{sizes.text(weight.zipped)} zipped: above {sizes.text(MOST_DIRECT)} it goes through S3"
        yield Finding(Severity.NOTE, "size", function.name, what)


def _prefix(folder: Path, root: Path) -> str:
    """What goes before paths of the code, so that they are the project's."""
    if folder == root or not folder.is_relative_to(root):
        return ""
    return f"{folder.relative_to(root).as_posix()}/"
