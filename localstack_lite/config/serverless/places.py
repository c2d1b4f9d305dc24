"""Lines of several files in one figure → the file and the line. Pure.

A service is read as one template with one name; what came from an included file says so only here, at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from localstack_lite.config.serverless.variables import NEXT_FILE
from localstack_lite.config.template import TemplateRead
from localstack_lite.model.project import Problem

_PLACE = re.compile(r":(\d{7,})")


def placer(files: Sequence[str]) -> Callable[[str], str]:
    """`serverless.yml:2000014` → `functions.yml:14`."""

    def place(where: str) -> str:
        found = _PLACE.search(where)
        if found is None:
            return where
        number, line = divmod(int(found[1]), NEXT_FILE)
        return f"{files[number]}:{line}" if number < len(files) else where

    return place


def placed_problems(problems: Sequence[Problem], files: Sequence[str]) -> tuple[Problem, ...]:
    place = placer(files)
    return tuple(replace(one, where=place(one.where)) for one in problems)


def placed(read: TemplateRead, files: Sequence[str]) -> TemplateRead:
    place = placer(files)
    return replace(
        read,
        functions=tuple(replace(one, where=place(one.where)) for one in read.functions),
        apis=tuple(replace(one, where=place(one.where)) for one in read.apis),
        schedules=tuple(replace(one, where=place(one.where)) for one in read.schedules),
        triggers=tuple(replace(one, where=place(one.where)) for one in read.triggers),
        problems=placed_problems(read.problems, files),
    )
