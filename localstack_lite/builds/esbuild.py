"""esbuild's command line from SAM's `BuildProperties`, and what esbuild complains about. Pure.

The names are esbuild's own options in AWS's spelling: `KeepNames` is `--keep-names`. Source of the defaults: the SAM
developer guide, with two differences that only show in a debugger and in stack traces: nothing is minified unless it is
asked for, and source maps are made unless they are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: What devserve decides, or what is no option of esbuild.
_NOT_PASSED = frozenset({"EntryPoints", "Outdir", "Outfile", "Outbase", "Bundle", "Platform", "UseNpmCi"})
#: Options that are given once per value: `--external:x`.
_REPEATED = frozenset({"External", "Inject", "Drop", "Pure"})
#: Options of pairs: `--define:K=V`.
_PAIRS = frozenset({"Loader", "OutExtension", "Banner", "Footer", "Define", "Alias"})
_PLACE = re.compile(r"^\s+(\S.*?):(\d+):(\d+):\s*$")
_ERROR = re.compile(r"\[ERROR\]\s+(.*)")


@dataclass(frozen=True, slots=True)
class Complaint:
    """`where` is `file:line:column` as esbuild says it, or empty."""

    what: str
    where: str = ""


def command(tool: str, properties: Mapping[str, object], runtime: str, output: str) -> list[str]:
    """Run it in the source folder. `output` is a folder."""
    entries = properties.get("EntryPoints")
    words = [tool, *(map(str, entries) if isinstance(entries, list) else ()), "--bundle", "--platform=node"]
    words.append(f"--outdir={output}")
    given = {str(key): value for key, value in properties.items() if str(key) not in _NOT_PASSED}
    defaults: dict[str, object] = {"Target": _target(runtime), "Format": "cjs", "Sourcemap": "linked"}
    # Sourcemap: true is esbuild's bare option, which is `linked`.
    for key, value in {**defaults, **given}.items():
        words += _option(key, value)
    return [*words, "--log-level=warning", "--color=false"]


def complaints(output: str) -> tuple[Complaint, ...]:
    """The errors of what esbuild wrote; warnings are left out. Never empty."""
    found: list[Complaint] = []
    waiting = False
    for line in output.splitlines():
        if error := _ERROR.search(line):
            found.append(Complaint(error[1].strip()))
            waiting = True
        elif "[WARNING]" in line:
            waiting = False
        elif waiting and (place := _PLACE.match(line)):
            found[-1] = Complaint(found[-1].what, f"{place[1]}:{place[2]}:{place[3]}")
            waiting = False
    if found:
        return tuple(found)
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "it said nothing")
    return (Complaint(last),)


def _target(runtime: str) -> str:
    version = re.fullmatch(r"nodejs(\d+)\.x", runtime)
    return f"node{version[1]}" if version else "es2020"


def _option(key: str, value: object) -> Iterator[str]:
    flag = "--" + re.sub(r"(?<=[a-z0-9])([A-Z])", r"-\1", key).lower()
    if key in _PAIRS:
        yield from (f"{flag}:{pair}" for pair in _pairs(value))
    elif key in _REPEATED:
        yield from (f"{flag}:{each}" for each in _several(value))
    elif isinstance(value, list | tuple):
        yield f"{flag}={','.join(map(str, value))}"
    elif _is(value, True):
        yield flag
    elif _is(value, False):
        if key != "Sourcemap":
            yield f"{flag}=false"
    elif value is not None:
        yield f"{flag}={value}"


def _is(value: object, what: bool) -> bool:
    return value is what or str(value).lower() == str(what).lower()


def _several(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else [value]


def _pairs(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{key}={each}" for key, each in value.items())
    else:
        yield from map(str, _several(value))
