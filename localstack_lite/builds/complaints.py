"""What pip and uv say when a package has no wheel for Lambda's machine. Pure; from their own output."""

from __future__ import annotations

import re
from collections.abc import Iterator

from localstack_lite.builds.pinned import normal

_REQUIREMENT = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?\s*((?:[<>=!~]=?=?[^\s,;()]+,?\s*)*)"
)
_PIP = (
    re.compile(r"No matching distribution found for (.+)"),
    re.compile(r"Could not find a version that satisfies the requirement (.+?) \(from"),
)
_PIP_NONE = re.compile(r"no matching distributions available for your environment:\n((?:[ \t]+\S+\n)+)")
_PIP_NEEDS = re.compile(r"^\s+(?:\S+ \S+ depends on|The user requested) (.+)$", re.M)
_UV = (
    re.compile(r"(?:all versions of )?(\S+) (?:has|have) no (?:usable )?wheels"),
    re.compile(r"there is no version of (\S+)"),
    re.compile(r"(\S+) was not found in the"),
)
_UV_NEEDS = re.compile(r"(?:depends? on|you require) ([A-Za-z0-9][^\s,]*(?:,[<>=!~][^\s,]+)*)")
_FILE = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._]*?(?:-[A-Za-z0-9._]*?)*?)-(\d[A-Za-z0-9.!+_]*?)\.(?:tar\.(?:gz|bz2|xz)|tgz|zip)\b"
)


def lacking(output: str) -> list[str]:
    """Requirements that nothing was found for, as far as this run got: `name==1.0`, each name once."""
    found: dict[str, str] = {}
    for text in _said(output):
        name, wanted = _split(text)
        if name and (name not in found or not found[name]):
            found[name] = wanted
    return [f"{name}{wanted}" for name, wanted in found.items()]


def name_of(requirement: str) -> str:
    return _split(requirement)[0]


def version_of(requirement: str, output: str) -> str:
    """Which version of it was meant: the one that is pinned, else the one whose source the tool took. Empty when
    nothing says."""
    name, wanted = _split(requirement)
    pinned = re.fullmatch(r"===?\s*([^*,\s]+)", wanted)
    if pinned:
        return pinned[1]
    for file, version in reversed(_FILE.findall(output)):
        if normal(file) == name:
            return str(version)
    built = re.search(rf"`{re.escape(name)}==([^`\s]+)`", output)
    return built[1] if built else ""


def no_source(output: str) -> bool:
    """Whether a build has failed because there is nothing to build."""
    return bool(lacking(output)) or "No matching distribution" in output


def unfit(output: str) -> str:
    """The tag of a wheel that uv has built and then found to be for another machine."""
    found = re.search(r"built wheel `([^`]+)\.whl` is not compatible", output)
    return "-".join(found[1].rsplit("-", 3)[1:]) if found else ""


def last_lines(output: str, most: int = 5) -> tuple[str, ...]:
    """The end of what a failed build has written, without what the tools say about themselves."""
    dull = re.compile(r"^(\[notice\]|note:|hint:|╰─>|\[end of output\]|ERROR: Failed (to build|building)|Traceback)")
    lines = [line.strip() for line in output.splitlines()]
    return tuple(line for line in lines if line and not dull.match(line))[-most:]


def _said(output: str) -> Iterator[str]:
    for pattern in _PIP:
        yield from pattern.findall(output)
    if "ResolutionImpossible" in output:
        needs = _PIP_NEEDS.findall(output)
        if found := _PIP_NONE.search(output):
            for name in found[1].split():
                yield next((need for need in needs if _split(need)[0] == normal(name)), name)
        else:
            yield from needs  # a pip that does not tell which of them it is
    needs = _UV_NEEDS.findall(output)
    for pattern in _UV:
        for one in pattern.findall(output):
            yield next((need for need in needs if _split(need)[0] == _split(one)[0] and need != one), one)


def _split(requirement: str) -> tuple[str, str]:
    """The normal name, and which versions are asked for, without spaces. `pure>=1 and pure>=0.5` is the first."""
    found = _REQUIREMENT.match(requirement.strip().strip("`'\""))
    if found is None:
        return "", ""
    return normal(found[1]), re.sub(r"\s+", "", found[2]).rstrip(",")
