"""Provisioned concurrency: what is asked for which version or alias, and how far it has come.

What the project declares holds until Put or Delete says otherwise; that stays in force when the project is read again,
as in the cloud until the next deployment. A configuration of an alias belongs to the version that the alias points to.
The environments themselves are the service's: it asks `wanted`, and tells `stands` and `failed`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.model.function import Function

Version = tuple[str, str]
"""A function (logical id) and its version."""

#: `StatusReason` when an environment could not be initialised (AWS's word).
INIT_FAILURE = "FUNCTION_ERROR_INIT_FAILURE"


class ProvisionedStatus(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Config:
    """What is asked, since `modified` (epoch seconds)."""

    qualifier: str
    requested: int
    modified: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it has come. `ready` environments are initialised, whether they are at work or not."""

    status: ProvisionedStatus
    ready: int
    reason: str = ""


def standing(requested: int, ready: int, failure: str = "") -> Standing:
    """Of one configuration. What failed stays so until it is asked for again, or the code changes."""
    if failure:
        return Standing(ProvisionedStatus.FAILED, min(ready, requested), failure)
    if ready >= requested:
        return Standing(ProvisionedStatus.READY, requested)
    return Standing(ProvisionedStatus.IN_PROGRESS, ready)


class Provisioning:
    """All configurations of one region. `started` (epoch seconds): since when there is what the project declares."""

    def __init__(self, started: float = 0.0) -> None:
        self._started = started
        self._overrides: dict[str, dict[str, Config | None]] = {}
        self._ready: Mapping[Version, int] = {}
        self._failures: dict[Version, str] = {}
        self.changed: Callable[[], object] = _nothing
        """Called after every change of what is asked."""

    # -- what is asked

    def configs(self, function: Function) -> tuple[Config, ...]:
        """In force for a function, declared ones first."""
        asked: dict[str, Config | None] = {
            one.qualifier: Config(one.qualifier, one.executions, self._started) for one in function.provisioned
        }
        asked.update(self._overrides.get(function.logical_id, {}))
        return tuple(one for one in asked.values() if one is not None)

    def config(self, function: Function, qualifier: str) -> Config | None:
        return next((one for one in self.configs(function) if one.qualifier == qualifier), None)

    def total(self, function: Function) -> int:
        return sum(one.requested for one in self.configs(function))

    def put(self, function: Function, qualifier: str, requested: int, now: float) -> None:
        self._overrides.setdefault(function.logical_id, {})[qualifier] = Config(qualifier, requested, now)
        self.retry([function.logical_id])
        self.changed()

    def delete(self, function: Function, qualifier: str) -> None:
        """Harmless when there is none."""
        if self.config(function, qualifier) is None:
            return
        self._overrides.setdefault(function.logical_id, {})[qualifier] = None
        self.changed()

    def wanted(
        self, functions: Iterable[Function], version_of: Callable[[Function, str], str | None]
    ) -> dict[Version, int]:
        """How many environments each version shall have. `version_of` says what a function's qualifier stands for;
        None: there is none like it, and then nothing is wanted for it."""
        found: defaultdict[Version, int] = defaultdict(int)
        for function in functions:
            for config in self.configs(function):
                version = version_of(function, config.qualifier)
                if version is not None:
                    found[function.logical_id, version] += config.requested
        return dict(found)

    # -- how far it has come

    def stands(self, ready: Mapping[Version, int]) -> None:
        """How many are initialised now."""
        self._ready = ready

    def failed(self, function: str, version: str, reason: str = INIT_FAILURE) -> None:
        """No more are started for that version until it is asked for again, or its code changes."""
        self._failures[function, version] = reason

    def failure(self, function: str, version: str) -> str:
        """Why there are not enough; empty when nothing is known against it."""
        return self._failures.get((function, version), "")

    def failing(self, function: str) -> bool:
        """Whether a version of that function could not be initialised."""
        return any(key[0] == function and reason == INIT_FAILURE for key, reason in self._failures.items())

    def retry(self, functions: Iterable[str]) -> None:
        """Their code or configuration changed: forget what failed. Logical ids."""
        names = frozenset(functions)
        self._failures = {key: reason for key, reason in self._failures.items() if key[0] not in names}

    def standing(self, function: Function, version: str, config: Config) -> Standing:
        key = function.logical_id, version
        return standing(config.requested, self._ready.get(key, 0), self._failures.get(key, ""))


def totals(wanted: Mapping[Version, int]) -> dict[str, int]:
    """By function, all its versions together."""
    found: defaultdict[str, int] = defaultdict(int)
    for (function, _), number in wanted.items():
        found[function] += number
    return dict(found)


def _nothing() -> None:
    pass
