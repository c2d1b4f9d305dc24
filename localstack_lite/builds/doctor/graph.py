"""Which of a project's own files run when its handler does: from module to module by their imports. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from localstack_lite.builds.doctor.source import Source, module_name

_TEST = re.compile(r"(^|/)(tests?|testing)/|(^|/)(test_[^/]*|[^/]*_test|tests|conftest|setup|noxfile|fabfile)\.py$")


def by_module(sources: Iterable[Source]) -> dict[str, Source]:
    return {module_name(source.path): source for source in sources}


def reachable(entries: Iterable[str], modules: Mapping[str, Source]) -> list[Source]:
    """`entries` are dotted names of modules; those of no module of the project are nothing. Sorted by path."""
    found: set[str] = set()
    waiting = [name for entry in entries for name in _with_packages(entry)]
    while waiting:
        name = waiting.pop()
        if name in found or name not in modules:
            continue
        found.add(name)
        for one in modules[name].imports:
            for target in (one.module, *(f"{one.module}.{inner}" for inner in one.names)):
                waiting += _with_packages(target)
    return sorted((modules[name] for name in found), key=lambda source: source.path)


def not_tests(sources: Iterable[Source]) -> list[Source]:
    return [source for source in sources if not _TEST.search(source.path)]


def tops(paths: Iterable[str]) -> set[str]:
    """What can be imported at the top of a folder with these files: modules, and folders with Python in them."""
    found = set()
    for path in paths:
        first, slash, rest = path.partition("/")
        if slash and rest.endswith((".py", ".so", ".pyc")):
            found.add(first)
        elif not slash and path.endswith((".py", ".so", ".pyc")):
            found.add(path.partition(".")[0])
    return found


def _with_packages(name: str) -> list[str]:
    """`a.b.c`, `a.b`, `a`: a module's packages are imported before it."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]
