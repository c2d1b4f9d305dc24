"""What a push came to, in the words of its last fact. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from localstack_lite.sync.order import function_of
from localstack_lite.sync.steps import Change, Step, UpdateApi, UpdateLayer

_FUNCTION = "AWS::Lambda::Function"
_LAYER = "AWS::Lambda::LayerVersion"
_APIS = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
#: What holds nothing that could be lost: made anew at nearly every deploy of an API, a layer or a version.
_FLEETING = (
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
)


def touched(
    steps: Sequence[Step], changes: Sequence[Change]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Functions, layers and APIs that were changed, directly or by the stack deploy, each once and sorted."""
    functions = [function_of(step) for step in steps if function_of(step)]
    layers = [step.id for step in steps if isinstance(step, UpdateLayer)]
    apis = [step.id for step in steps if isinstance(step, UpdateApi)]
    for change in changes:
        if change.action != "remove":
            if change.type == _FUNCTION:
                functions.append(change.id)
            elif change.type == _LAYER:
                layers.append(change.id)
            elif change.type in _APIS:
                apis.append(change.id)
    return _once(functions), _once(layers), _once(apis)


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))


def risky(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Those that take something away that may hold data or that others know by its name: to be asked for."""
    return tuple(
        change
        for change in changes
        if change.type not in _FLEETING and (change.action == "remove" or change.replacement != "no")
    )
