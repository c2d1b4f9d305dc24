"""What is noted of a plan before it is begun, so that no end of it, however sudden, is taken for another. Pure.

AWS tells what code and which settings a function has. What it is not asked about (bodies of APIs, definitions of state
machines, which version an alias should have) is doubted from here on, until a step says that it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from localstack_lite.sync.aliases import TARGET, UNPUBLISHED
from localstack_lite.sync.api_bodies import BODY
from localstack_lite.sync.async_configs import SETTINGS
from localstack_lite.sync.function_settings import ARGUMENTS, CONCURRENCY
from localstack_lite.sync.ground import DOUBT
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.state_machines import DEFINITION
from localstack_lite.sync.steps import (
    Step,
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateStateMachine,
)

_PROPERTY = {argument: property for property, argument in ARGUMENTS.items()}


def ahead(manifest: Manifest, steps: Iterable[Step]) -> Manifest:
    """The manifest to write before those steps are begun."""
    direct: dict[str, dict[str, Any]] = {id: dict(known) for id, known in manifest.direct.items()}
    for step in steps:
        for property, value in _doubts(step):
            direct.setdefault(step.id, {})[property] = value
    return replace(manifest, direct=direct)


def _doubts(step: Step) -> Iterator[tuple[str, str]]:
    match step:
        case UpdateConfig():
            yield from ((_PROPERTY[argument], DOUBT) for argument in step.changes)
        case UpdateConcurrency():
            yield CONCURRENCY, DOUBT
        case UpdateAsyncConfig():
            yield from ((name, DOUBT) for name in SETTINGS)
        case UpdateApi():
            yield BODY, DOUBT
        case UpdateStateMachine():
            yield from ((name, DOUBT) for name in DEFINITION)
        case UpdateAlias():
            yield TARGET, UNPUBLISHED
        case _:
            return
