"""Functions and routes that `devserve.toml` declares, and what it changes in those of a template. Pure: the disk is
behind `Files`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_lite.config.declaration import (
    MEMORY,
    STORAGE,
    TIMEOUT,
    Awaited,
    Files,
    check_bootstrap,
    check_handler,
    within,
)
from localstack_lite.config.devserve_toml import FunctionSettings, Settings
from localstack_lite.config.environment import Variables
from localstack_lite.config.images import at_dockerfile, image_tag
from localstack_lite.config.layers import local, opt_of, published
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.runtimes import check_runtime
from localstack_lite.config.service_settings import treated
from localstack_lite.config.toml_routes import apis_of
from localstack_lite.model.api import Api
from localstack_lite.model.function import Code, Function, Image, Layer
from localstack_lite.model.project import Problem


@dataclass(frozen=True, slots=True)
class TomlRead:
    functions: tuple[Function, ...]
    apis: tuple[Api, ...] = ()
    problems: tuple[Problem, ...] = ()
    awaited: tuple[Path, ...] = ()


def read_toml(
    settings: Settings, declared: tuple[Function, ...], name: str, files: Files, variables: Variables, runtime: str
) -> TomlRead:
    """`declared` are the functions of the template, which settings may change; a table that names none of them and has
    a handler is a function of its own, of `runtime` unless it says another. `name` is the new API's."""
    functions = {function.logical_id: function for function in declared}
    problems: list[Problem] = []
    awaited: list[Path] = []  # and what layers come from
    ids: dict[str, str] = {}
    for given in settings.functions:
        known = next((f for f in declared if given.name in (f.logical_id, f.name)), None)
        try:
            layers = _layers(given, files, problems, awaited)
            if known:
                made = _changed(known, given, files, problems, layers)
            else:
                made = _made(given, files, runtime, problems, layers)
        except Refusal as refusal:
            what = f"{given.name}: {refusal.what}"
            problems.append(Problem(given.where, what, refusal.hint, given.name))
            awaited += [refusal.file] if isinstance(refusal, Awaited) else []
            continue
        # What was given beside the files still wins over what is written in them.
        environment = {**made.environment, **variables.of(made.logical_id, made.name)}
        made = treated(replace(made, environment=environment), given.service, given.where, problems)
        functions[made.logical_id] = made
        ids[given.name] = made.logical_id
    everything = tuple(functions.values())
    apis = apis_of(settings, everything, ids, name, not declared, problems)
    return TomlRead(everything, apis, tuple(problems), tuple(awaited))


def _made(
    given: FunctionSettings, files: Files, runtime: str, problems: list[Problem], layers: tuple[Layer, ...] | None
) -> Function:
    image = _image(given, files)
    if not given.stands_alone:
        hint = "give it a handler, or the logical id of a function of the template"
        raise Refusal("there is no such function in the template, and it has no handler", hint)
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given.name):
        raise Refusal("not a name that Lambda takes", "up to 64 letters, digits, - and _")
    runtime = "" if image is not None else given.runtime or runtime
    layers = layers or ()
    if image is not None:
        code = Code(image.dockerfile.context) if image.dockerfile else files.at(given.code or ".")
    else:
        if remark := check_runtime(runtime):
            problems.append(Problem(given.where, f"{given.name}: {remark}", "", given.name, warning=True))
        code = files.at(given.code or ".")
        check_handler(files, code, runtime, given.handler, (), layers)
        _remark_of_bootstrap(given, files, code, runtime, layers, problems)
    return Function(
        logical_id=given.name,
        name=given.name,
        runtime=runtime,
        handler="" if image is not None else given.handler,
        code=code,
        layers=layers,
        opt=opt_of(layers, files.state),
        image=image,
        ephemeral_storage=_figure(given, "ephemeral_storage", given.ephemeral_storage, 512, STORAGE, problems),
        architecture=given.architecture or "x86_64",
        memory=_figure(given, "memory", given.memory, 128, MEMORY, problems),
        timeout=_figure(given, "timeout", given.timeout, 3, TIMEOUT, problems),
        environment=given.environment,
        reserved_concurrency=_reserved(given, None, problems),
        in_stage=given.run == "stage",
        where=given.where,
    )


def _changed(
    known: Function,
    given: FunctionSettings,
    files: Files,
    problems: list[Problem],
    layers: tuple[Layer, ...] | None,
) -> Function:
    if (image := _image(given, files)) is not None:
        kept = known.image or image
        image = replace(kept, uri=image.uri, dockerfile=image.dockerfile)
        context = image.dockerfile.context if image.dockerfile else known.code.folder
        known = replace(known, image=image, runtime="", handler="", code=Code(context))
        given = replace(given, handler="", code="", runtime="")
    runtime, handler = given.runtime or known.runtime, given.handler or known.handler
    code = files.at(given.code) if given.code else known.code
    layers = known.layers if layers is None else layers
    if given.runtime and (remark := check_runtime(runtime)):
        problems.append(Problem(given.where, f"{given.name}: {remark}", "", known.logical_id, warning=True))
    adapter = None if given.handler else known.adapter
    if adapter is None and (given.handler or given.code or given.runtime):
        check_handler(files, code, runtime, handler, (), layers)
    return replace(
        known,
        runtime=runtime,
        handler=handler,
        code=code,
        memory=_figure(given, "memory", given.memory, known.memory, MEMORY, problems),
        timeout=_figure(given, "timeout", given.timeout, known.timeout, TIMEOUT, problems),
        ephemeral_storage=_figure(
            given, "ephemeral_storage", given.ephemeral_storage, known.ephemeral_storage, STORAGE, problems
        ),
        architecture=given.architecture or known.architecture,
        layers=layers,
        opt=opt_of(layers, files.state),
        environment={**known.environment, **given.environment},
        reserved_concurrency=_reserved(given, known.reserved_concurrency, problems),
        adapter=adapter,
        in_stage=given.run == "stage" if given.run else known.in_stage,
    )


def _layers(
    given: FunctionSettings, files: Files, problems: list[Problem], sources: list[Path]
) -> tuple[Layer, ...] | None:
    """None when nothing was said. A layer that cannot be had is told, and the function runs without it."""
    if not given.layers:
        return None
    found: list[Layer] = []
    for text in given.layers:
        try:
            if text.startswith("arn:"):
                found.append(published(text, files.state))
                continue
            layer, source = local(text, files)
        except Refusal as refusal:
            what = f"{given.name}: layers: {refusal.what}; it runs without this layer"
            problems.append(Problem(given.where, what, refusal.hint, given.name, warning=True))
            sources += [refusal.file] if isinstance(refusal, Awaited) else []
            continue
        found.append(layer)
        sources.append(source)
    return tuple(found)


def _image(given: FunctionSettings, files: Files) -> Image | None:
    if given.dockerfile:
        folder, _, file = given.dockerfile.rpartition("/")
        dockerfile = at_dockerfile(files, given.code or folder or ".", file if not given.code else given.dockerfile, ())
        return Image(given.image or image_tag(given.name, dockerfile), dockerfile)
    return Image(given.image) if given.image else None


def _remark_of_bootstrap(
    given: FunctionSettings,
    files: Files,
    code: Code,
    runtime: str,
    layers: tuple[Layer, ...],
    problems: list[Problem],
) -> None:
    try:
        check_bootstrap(files, code, runtime, layers)
    except Refusal as refusal:
        problems.append(Problem(given.where, f"{given.name}: {refusal.what}", refusal.hint, given.name, warning=True))


def _figure(
    given: FunctionSettings, key: str, figure: int | None, default: int, allowed: range, problems: list[Problem]
) -> int:
    if figure is None:
        return default
    used = within(figure, allowed)
    if used != figure:
        what = f"{given.name}: {key}: AWS takes {allowed.start} to {allowed.stop - 1}, not {figure}; {used} is used"
        problems.append(Problem(given.where, what, "change it before you deploy", given.name, warning=True))
    return used


def _reserved(given: FunctionSettings, default: int | None, problems: list[Problem]) -> int | None:
    """None: the function shares with all others what is not reserved."""
    reserved = given.reserved_concurrency
    if reserved is None or reserved >= 0:
        return default if reserved is None else reserved
    what = f"{given.name}: reserved_concurrency is {reserved}"
    problems.append(Problem(given.where, what, "0 (off) or more", given.name, warning=True))
    return default
