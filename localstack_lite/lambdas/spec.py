"""A function → what an environment of it is started with, and the name of its log stream. Pure."""

from __future__ import annotations

from time import gmtime, strftime

from localstack_lite.lambdas.settings import Settings
from localstack_lite.lambdas.variables import variables
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.project import Project
from localstack_lite.ports import SandboxSpec


def stream_of(now: float, unique: str, version: str = LATEST) -> str:
    """As Lambda names log streams: by the day (UTC, `now` is epoch seconds), the version, and what no other has."""
    return f"{strftime('%Y/%m/%d', gmtime(now))}/[{version}]{unique}"


def spec_of(
    function: Function,
    project: Project,
    settings: Settings,
    *,
    name: str,
    stream: str,
    address: str = "",
    debug: bool = False,
    initialization: Initialization = Initialization.ON_DEMAND,
) -> SandboxSpec:
    """`name` tells it from all others of this run; `address` is where its Runtime API listens (empty: it has none)."""
    tag = f"{settings.run}-{name}"
    environ = variables(
        function,
        project,
        runtime_api=address,
        stream=stream,
        initialization=initialization,
        user=dict(settings.user),
        lambda_endpoint=settings.lambda_endpoint,
        connections_endpoint=settings.connections_endpoint,
    )
    return SandboxSpec(
        tag,
        function.runtime,
        function.handler,
        function.code.folder,
        environ,
        address,
        function.memory,
        settings.scratch / tag,
        function=function.logical_id,
        opt=function.opt,
        dependencies=function.dependencies,
        architecture=function.architecture,
        storage=function.ephemeral_storage,
        image=function.image,
        adapter=function.adapter,
        strict_fs=settings.strict_fs,
        debug=debug,
        extensions=settings.extensions,
    )
