"""A Zappa project → what is pushed to its stage: one function, which Zappa deployed outside of any stack. Pure.

Stated are the settings that `zappa update` sets on the function itself, and nothing that is Zappa's alone: its role,
its gateway, its schedules and event sources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from localstack_lite.model.adapter import AppKind
from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project
from localstack_lite.model.stage import lone_id

#: Settings that are not pushed: what is wrong with one does not keep the code from being pushed.
_NOT_PUSHED = ("events", "bot_events", "cognito", "keep_warm_expression", "cors", "authorizer")


def is_zappa(project: Project) -> bool:
    return any(one.adapter is not None and one.adapter.kind is AppKind.ZAPPA for one in project.functions)


def zappa_blueprint(project: Project) -> Blueprint:
    found = next(one for one in project.functions if one.adapter is not None and one.adapter.kind is AppKind.ZAPPA)
    id = lone_id(found.name)
    function = replace(found, logical_id=id)
    piece = Piece(id, PieceKind.FUNCTION, function.code.folder, "", (function.runtime,), function.architecture)
    template = {"Resources": {id: {"Type": "AWS::Lambda::Function", "Properties": dict(_properties(function))}}}
    problems = tuple(_problems(project.problems))
    return Blueprint((StackBlueprint("", template),), (piece,), problems, (function,))


def _properties(function: Function) -> Iterator[tuple[str, Any]]:
    yield "FunctionName", function.name
    yield "Code", {SLOT: function.logical_id}
    yield "Runtime", function.runtime
    yield "Handler", function.handler
    yield "MemorySize", function.memory
    yield "Timeout", function.timeout
    yield "Architectures", [function.architecture]
    if function.environment:
        yield "Environment", {"Variables": dict(function.environment)}
    if function.ephemeral_storage != 512:
        yield "EphemeralStorage", {"Size": function.ephemeral_storage}
    if function.layers:
        yield "Layers", [layer.arn for layer in function.layers]
    if function.tracing != "PassThrough":
        yield "TracingConfig", {"Mode": function.tracing}


def _problems(told: tuple[Problem, ...]) -> Iterator[Problem]:
    """Those that keep it from being pushed: a setting that was not understood is not pushed as its default."""
    for problem in told:
        if not problem.warning and problem.subject not in _NOT_PUSHED:
            yield problem
