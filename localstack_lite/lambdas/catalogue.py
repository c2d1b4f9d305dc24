"""Which code a qualifier stands for: `$LATEST`, published versions, and aliases with their weights.

A *published* version is what PublishVersion made: a copy of the code as it was. A *hot* version is what an alias stands
for that the project declares without a version (`AutoPublishAlias`, an alias of an `AWS::Lambda::Version`): the version
that a deployment would publish now. Its code is the folder that the user edits, so it is never stale, and its number is
the one that the next publication gets; a save moves it on, and the one before is gone. An alias that declares a number
which was never published here is hot under that number, and so is `$LATEST.PUBLISHED`, what functions on managed
instances are called by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from localstack_lite.lambdas.published import NOTHING, Kept, OfFunction
from localstack_lite.model.alias import Alias
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project

#: The published version of a function on managed instances that is always the newest.
LATEST_PUBLISHED = "$LATEST.PUBLISHED"


class Catalogue:
    """What can be called, of the project as it is now. `kept` is what calls of the API made of its functions."""

    def __init__(self, project: Project, kept: Kept = NOTHING) -> None:
        self.kept = kept
        self._loops: dict[str, str] = {}
        self._hot: dict[str, int] = {}
        self._versions: dict[tuple[str, str], Function | None] = {}
        self._aliases: dict[str, Mapping[str, Alias]] = {}
        self._functions: Mapping[str, Function] = {}
        self._take(project)

    def swap(self, project: Project) -> None:
        """The project was read again. What the API made stays in force; hot versions of functions that are declared
        otherwise now move on."""
        before = self._functions
        self._take(project)
        self.saved([name for name, one in self._functions.items() if name in before and before[name] != one])

    def _take(self, project: Project) -> None:
        loops = self._loops
        if loops:
            functions = (
                replace(one, recursive_loop=loops.get(one.logical_id, one.recursive_loop)) for one in project.functions
            )
            project = replace(project, functions=tuple(functions))
        self.project = project
        self._functions = {function.logical_id: function for function in project.functions}
        self._forget()

    def put_recursion(self, logical_id: str, recursive_loop: str) -> None:
        """PutFunctionRecursionConfig: `Terminate` or `Allow`, of the function and all its versions, for this run."""
        self._loops[logical_id] = recursive_loop
        self._take(self.project)

    def keep(self, kept: Kept) -> None:
        self.kept = kept
        self._forget()

    def change(self, logical_id: str, of: OfFunction) -> None:
        self.keep(self.kept.with_function(logical_id, of))

    def saved(self, logical_ids: Iterable[str]) -> None:
        """They changed: hot versions move on to the next number."""
        for logical_id in logical_ids:
            if self._moves(logical_id):
                self._hot[logical_id] = self.next_number(logical_id) + 1
        self._forget()

    def _forget(self) -> None:
        self._versions.clear()
        self._aliases.clear()

    # -- asked

    def resolve(self, logical_id: str, qualifier: str, roll: Callable[[], float]) -> Function | None:
        """The function's value at that version (`Function.version` says which). `roll` gives a number from 0 up to 1,
        and is asked for an alias with weights only. None when there is no such function, version or alias."""
        if qualifier in ("", LATEST):
            return self._functions.get(logical_id)
        alias = self.aliases(logical_id).get(qualifier)
        if alias is None:
            return self.at(logical_id, qualifier)
        if alias.weights and (chosen := choose(alias, roll())) != alias.version:
            return self.at(logical_id, chosen)
        return self.at(logical_id, self._number(logical_id, alias))

    def has(self, function: Function, qualifier: str) -> bool:
        """Whether there is such a version or alias. What runs in the stage knows its own."""
        return function.in_stage or self.version_of(function.logical_id, qualifier) is not None

    def version_of(self, logical_id: str, qualifier: str) -> str | None:
        """The version that a qualifier stands for; of an alias with weights, the one that has the rest."""
        if qualifier in ("", LATEST):
            return LATEST if logical_id in self._functions else None
        alias = self.aliases(logical_id).get(qualifier)
        number = qualifier if alias is None else self._number(logical_id, alias)
        return number if self.at(logical_id, number) is not None else None

    def at(self, logical_id: str, version: str) -> Function | None:
        """The function at exactly this version: `$LATEST` or a number."""
        if version == LATEST:
            return self._functions.get(logical_id)
        key = (logical_id, version)
        if key not in self._versions:
            self._versions[key] = self._find(logical_id, version)
        return self._versions[key]

    def is_live(self, function: Function) -> bool:
        """Whether its code is the folder that the user edits, not a copy."""
        published = self.kept.of(function.logical_id).versions.get(function.version)
        return published is None or published.function.code != function.code

    def now(self, function: Function) -> Function | None:
        """What stands in the place of an earlier value now; None when it is gone for good."""
        before = function.version
        if before == LATEST or not self.is_live(function):
            return self.at(function.logical_id, before)
        same = self.at(function.logical_id, before)
        if same is not None or not self._moves(function.logical_id):
            return same
        return self.at(function.logical_id, str(self.next_number(function.logical_id)))

    def aliases(self, logical_id: str) -> Mapping[str, Alias]:
        """By name: those that the project declares, as calls of the API changed them, and those that they made."""
        known = self._aliases.get(logical_id)
        if known is None:
            function = self._functions.get(logical_id)
            merged = {} if function is None else {alias.name: alias for alias in function.aliases}
            for name, kept in self.kept.of(logical_id).aliases.items() if function is not None else ():
                if kept is None:
                    merged.pop(name, None)
                else:
                    merged[name] = kept.alias
            known = self._aliases[logical_id] = merged
        return known

    def versions(self, logical_id: str) -> tuple[str, ...]:
        """The numbers of all versions that can be called, lowest first, hot ones included."""
        numbers = set(self.kept.of(logical_id).versions)
        for alias in self.aliases(logical_id).values():
            numbers.update((self._number(logical_id, alias), *alias.weights))
        there = (number for number in numbers if number != LATEST and self.at(logical_id, number) is not None)
        return tuple(sorted(there, key=int))

    def next_number(self, logical_id: str) -> int:
        """What PublishVersion gives away next."""
        return max(self.kept.of(logical_id).last + 1, self._hot.get(logical_id, 1))

    # -- inside

    def _find(self, logical_id: str, version: str) -> Function | None:
        function = self._functions.get(logical_id)
        if function is None:
            return None
        if (published := self.kept.of(logical_id).versions.get(version)) is not None:
            return replace(published.function, recursive_loop=function.recursive_loop)
        if version == LATEST_PUBLISHED:
            return replace(function, version=version) if function.managed else None
        for alias in self.aliases(logical_id).values():
            if version in alias.weights or self._number(logical_id, alias) == version:
                return replace(function, version=version) if self._may_be_hot(logical_id, version) else None
        return None

    def _number(self, logical_id: str, alias: Alias) -> str:
        return alias.version or str(self.next_number(logical_id))

    def _moves(self, logical_id: str) -> bool:
        """Whether an alias stands for what a deployment would publish now."""
        return any(not alias.version for alias in self.aliases(logical_id).values())

    def _may_be_hot(self, logical_id: str, version: str) -> bool:
        """Whether a number without a publication stands for the code as it is: not when it was published and deleted
        here."""
        return version.isdecimal() and int(version) > self.kept.of(logical_id).last


def choose(alias: Alias, number: float) -> str:
    """The version that an invocation goes to, by a number from 0 up to 1: the other versions get their shares, the
    alias's own the rest."""
    for version, share in sorted(alias.weights.items()):
        if number < share:
            return version
        number -= share
    return alias.version
