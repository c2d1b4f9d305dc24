"""Which code a qualifier stands for: `$LATEST`, published versions, and aliases with their weights."""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project


class Catalogue:
    """What can be called, of the project as it is now."""

    def __init__(self, project: Project) -> None:
        self._functions = {function.logical_id: function for function in project.functions}

    def swap(self, project: Project) -> None:
        self._functions = {function.logical_id: function for function in project.functions}

    def resolve(self, logical_id: str, qualifier: str, roll: Callable[[], float]) -> Function | None:
        """The function's value at that version (`Function.version` says which). `roll` gives a number from 0 up to 1,
        and is asked for an alias with weights only. None when there is no such function, version or alias."""
        return self._functions.get(logical_id) if qualifier in ("", LATEST) else None
