"""What of a service is packaged: `package.patterns`, `include` and `exclude` → patterns as in `.gitignore`. Pure.

The framework takes everything and then goes through its patterns, the last one that fits counts; paths are relative to
the service. `!` says the opposite in the two languages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import as_list

_WILD = "*?[{"


def excluded(package: Mapping[str, Any]) -> tuple[str, ...]:
    """Patterns of what is not pushed; those that begin with `!` are pushed all the same."""
    said = [f"!{as_text(one)}" for one in as_list(package.get("exclude"))]
    said += [as_text(one) for one in as_list(package.get("include"))]
    said += [as_text(one) for one in as_list(package.get("patterns"))]
    return tuple(dict.fromkeys(pattern for one in said for pattern in _pattern(one)))


def _pattern(said: str) -> Iterator[str]:
    path = said.strip().removeprefix("!").removeprefix("./").lstrip("/")
    if not path:
        return
    for one in _alternatives(path):
        anchored = one if one.startswith("**") else f"/{one}"
        if said.strip().startswith("!"):
            yield anchored
            if one.endswith("/**"):
                yield anchored.removesuffix("**")
            continue
        # What is kept may lie in folders that were left out.
        above = one.split("/")[:-1]
        for depth, part in enumerate(above, start=1):
            if any(sign in part for sign in _WILD):
                yield "!**/"
                break
            yield f"!/{'/'.join(above[:depth])}/"
        yield f"!{anchored}"


def _alternatives(path: str) -> list[str]:
    """`{a,b}` written out."""
    before, brace, rest = path.partition("{")
    inside, closed, after = rest.partition("}")
    if not brace or not closed:
        return [path]
    return [whole for part in inside.split(",") for whole in _alternatives(before + part + after)]
