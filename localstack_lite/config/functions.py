"""`AWS::Lambda::Function` resources → functions. Pure: the disk is behind `Files`.

Handler, runtime and code decide whether there is a function at all; every other property that cannot be understood is
told and replaced by AWS's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localstack_lite.config.behaviour import read_behaviour
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
from localstack_lite.config.environment import Variables
from localstack_lite.config.images import context_of, is_image, read_image
from localstack_lite.config.layers import Declared, declared_layers, named_layers, opt_of
from localstack_lite.config.metadata import ESBUILD, build_folder, function_build, with_entry_points
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.runtimes import check_runtime
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.function import Code, Function, Image, Layer, LogFormat, Logging

FUNCTION = "AWS::Lambda::Function"
#: All variables of a function together, names and values (AWS quotas).
MOST_ENVIRONMENT = 4096


@dataclass(frozen=True, slots=True)
class FunctionsRead:
    """`left_out` says why, by logical id; `awaited` are files whose arrival would heal a problem, and what
    layers come from; `layers` are those that the stack declares."""

    functions: tuple[Function, ...]
    left_out: Mapping[str, str]
    awaited: tuple[Path, ...] = ()
    layers: Declared = field(default_factory=Declared)


def read_functions(stack: Stack, files: Files, variables: Variables) -> FunctionsRead:
    functions, left_out, awaited = [], {}, []
    layers = declared_layers(stack, files)
    for resource in stack.of_type(FUNCTION):
        try:
            functions.append(_function(resource, files, variables, layers))
        except Refusal as refusal:
            resource.leave_out(refusal)
            left_out[resource.logical_id] = refusal.what
            if isinstance(refusal, Awaited):
                awaited.append(refusal.file)
    return FunctionsRead(tuple(functions), left_out, (*awaited, *layers.sources), layers)


@dataclass(frozen=True, slots=True)
class _Package:
    """What runs: code with its runtime, or an image."""

    code: Code
    runtime: str = ""
    handler: str = ""
    layers: tuple[Layer, ...] = ()
    opt: Path | None = None
    image: Image | None = None


def _function(resource: Resource, files: Files, variables: Variables, declared: Declared) -> Function:
    package = _image(resource, files) if is_image(resource) else _zip(resource, files, declared)
    name = resource.text_or(resource.derived_name, "FunctionName") or resource.derived_name
    behaviour = read_behaviour(resource, package.runtime)
    return Function(
        logical_id=resource.id,
        name=name,
        runtime=package.runtime,
        handler=package.handler,
        code=package.code,
        layers=package.layers,
        opt=package.opt,
        image=package.image,
        memory=_figure(resource, 128, MEMORY, "MemorySize"),
        timeout=_figure(resource, 3, TIMEOUT, "Timeout"),
        environment=_environment(resource, variables.of(resource.logical_id, name)),
        reserved_concurrency=_reserved(resource),
        ephemeral_storage=_figure(resource, 512, STORAGE, "EphemeralStorage", "Size"),
        architecture=_first(resource, "Architectures", "x86_64"),
        description=resource.text_or("", "Description"),
        role=resource.text_or("", "Role"),
        tracing=resource.text_or("PassThrough", "TracingConfig", "Mode"),
        logging=_logging(resource),
        tags=_tags(resource),
        where=resource.where(),
        dead_letter=behaviour.dead_letter,
        snap_start=behaviour.snap_start,
        tenancy=behaviour.tenancy,
        recursive_loop=behaviour.recursive_loop,
        managed=behaviour.managed,
        max_concurrency=behaviour.max_concurrency,
    )


def _image(resource: Resource, files: Files) -> _Package:
    image = read_image(resource, files)
    if resource.raw("Layers"):
        resource.warn(Refusal("an image has no layers", "AWS refuses them; put them into the image", ("Layers",)))
    return _Package(Code(context_of(image, files)), image=image)


def _zip(resource: Resource, files: Files, declared: Declared) -> _Package:
    runtime = resource.text("Runtime")
    try:
        if remark := check_runtime(runtime):
            resource.warn(Refusal(remark, path=("Runtime",)))
    except Refusal as refusal:
        raise refusal.at(("Runtime",)) from None
    # A custom runtime needs none: its program decides what to do with it.
    handler = resource.text_or("", "Handler") if runtime.startswith("provided") else resource.text("Handler")
    code = _built(resource, files, _code(resource, files, runtime), handler)
    layers = named_layers(resource, declared, files)
    check_handler(files, code, runtime, handler, ("Handler",), layers)
    try:
        check_bootstrap(files, code, runtime, layers)
    except Refusal as refusal:
        resource.warn(refusal)
    return _Package(code, runtime, handler, layers, opt_of(layers, files.state))


def _built(resource: Resource, files: Files, code: Code, handler: str) -> Code:
    """The code as its build makes it; its folder need not be there yet."""
    build = function_build(resource, code.folder) if code.source is None else None
    if build is None:
        return code
    if build.method == ESBUILD:
        build = with_entry_points(build, handler, files)
    return Code(build_folder(files.state, resource.id, build), build=build)


def _code(resource: Resource, files: Files, runtime: str) -> Code:
    # A folder in SAM is CodeUri; the translator calls it Code, and messages point to what the user wrote.
    is_uri = ("Resources", resource.logical_id, "Properties", "CodeUri") in resource.stack.source.lines
    path = ("CodeUri",) if is_uri else ("Code",)
    code = resource.value("Code")
    try:
        match code:
            case {"ZipFile": str(text)}:
                # Of Node's two kinds of modules this is CommonJS (AWS docs).
                return files.inline(text, ".js" if runtime.startswith("nodejs") else ".py")
            case {"S3Bucket": _} | {"Bucket": _} | {"S3Key": _}:
                raise Refusal("its code is in S3, not here", "give a local folder or zip")
            case str(place) if place.startswith(("s3://", "https://")):
                raise Refusal(f"its code is at {place}, not here", "give a local folder or zip")
            case None | str():
                return files.at(code or ".")
        raise Refusal("its code is of no known form", "give a local folder or zip")
    except Refusal as refusal:
        raise refusal.at(path) from None


def _figure(resource: Resource, default: int, allowed: range, *path: str) -> int:
    figure = resource.whole_or(default, *path)
    if figure not in allowed:
        used = within(figure, allowed)
        what = f"AWS takes {allowed.start} to {allowed.stop - 1}, not {figure}; {used} is used"
        resource.warn(Refusal(what, "change it before you deploy", path))
        return used
    return figure


def _reserved(resource: Resource) -> int | None:
    reserved = resource.whole_or(-1, "ReservedConcurrentExecutions")
    return reserved if reserved >= 0 else None


def _first(resource: Resource, name: str, default: str) -> str:
    try:
        return next(iter(resource.texts(name)), default)
    except Refusal:
        return default


def _environment(resource: Resource, given: Mapping[str, str]) -> dict[str, str]:
    """The function's own variables, then those given beside the template, which win and may be new."""
    own: dict[str, str] = {}
    try:
        declared = resource.mapping("Environment", "Variables")
    except Refusal as refusal:
        resource.warn(refusal)
        declared = {}
    for name in declared:
        if name in given:
            continue
        try:
            value = resource.value("Environment", "Variables", name)
            if isinstance(value, list | Mapping):
                raise Refusal("is not text", "AWS takes only text here", ("Environment", "Variables", name))
            if value is not None:
                own[name] = as_text(value)
        except Refusal as refusal:
            own[name] = f"{resource.logical_id}.{name}"
            resource.warn(refusal, f"; {own[name]!r} is used")
    whole = {**own, **given}
    if (size := sum(len(key.encode()) + len(value.encode()) for key, value in whole.items())) > MOST_ENVIRONMENT:
        resource.warn(Refusal(f"{size} bytes of variables; AWS takes 4096", "", ("Environment", "Variables")))
    return whole


def _logging(resource: Resource) -> Logging:
    return Logging(
        format=LogFormat.JSON if resource.text_or("Text", "LoggingConfig", "LogFormat") == "JSON" else LogFormat.TEXT,
        application_level=resource.text_or("INFO", "LoggingConfig", "ApplicationLogLevel"),
        system_level=resource.text_or("INFO", "LoggingConfig", "SystemLogLevel"),
        group=resource.text_or("", "LoggingConfig", "LogGroup"),
    )


def _tags(resource: Resource) -> dict[str, str]:
    try:
        tags = resource.value("Tags")
    except Refusal:
        return {}
    tags = tags if isinstance(tags, list) else []
    return {as_text(tag.get("Key")): as_text(tag.get("Value")) for tag in tags if isinstance(tag, Mapping)}
