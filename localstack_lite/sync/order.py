"""Which steps of a plan have to wait for which: the rest may be done at once. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from localstack_lite.sync.steps import (
    DeployStack,
    NewLayer,
    PublishVersion,
    PushImage,
    Step,
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UpdateStateMachine,
    UploadCode,
    UploadObject,
)


def needs(steps: Sequence[Step]) -> tuple[frozenset[int], ...]:
    """For each step the earlier ones that have to be done before it, by their place.

    A stack deploy waits for all before it, and all after it wait for it. Steps of one function go one after the other;
    what takes an object, an image or a layer waits for that; APIs and state machines come after the functions.
    """
    return tuple(frozenset(_needed(steps, place)) for place in range(len(steps)))


def _needed(steps: Sequence[Step], place: int) -> Iterator[int]:
    step = steps[place]
    for earlier, other in enumerate(steps[:place]):
        if isinstance(step, DeployStack) or isinstance(other, DeployStack) or _waits(step, other):
            yield earlier


def _waits(step: Step, other: Step) -> bool:
    function = function_of(step)
    if function and function == function_of(other):
        return True
    match step, other:
        case ((UploadCode(key=key) | UpdateLayer(key=key)), UploadObject(key=object_key)):
            return bool(key) and key == object_key
        case UploadCode(image=image), PushImage(target=target):
            return bool(image) and (step.id == other.id or image == target)
        case UpdateConfig(changes=changes), UpdateLayer(id=layer):
            return NewLayer(layer) in (changes.get("Layers") or ())
        case ((UpdateApi() | UpdateStateMachine()), _):
            return bool(function_of(other))
        case _:
            return False


def function_of(step: Step) -> str:
    """The id of the function that a step is about; empty for all others."""
    match step:
        case UploadCode() | UpdateConfig() | UpdateConcurrency() | UpdateAsyncConfig() | PublishVersion():
            return step.id
        case UpdateAlias():
            return step.function
        case _:
            return ""
