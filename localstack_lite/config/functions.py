"""`AWS::Lambda::Function` resources → functions. Pure: the disk is behind `Files`.

Handler, runtime and code decide whether there is a function at all; every other property that cannot be understood is
told and replaced by AWS's default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.config.declaration import MEMORY, TIMEOUT, Awaited, Files, check_handler, within
from localstack_lite.config.environment import Variables
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.runtimes import check_runtime
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.function import Code, Function, Layer, LogFormat, Logging

FUNCTION = "AWS::Lambda::Function"
#: AWS quotas: MB.
STORAGE = range(512, 10_241)
#: All variables of a function together, names and values (AWS quotas).
MOST_ENVIRONMENT = 4096


@dataclass(frozen=True, slots=True)
class FunctionsRead:
    """`left_out` says why, by logical id; `awaited` are files whose arrival would heal a problem."""

    functions: tuple[Function, ...]
    left_out: Mapping[str, str]
    awaited: tuple[Path, ...] = ()


def read_functions(stack: Stack, files: Files, variables: Variables) -> FunctionsRead:
    functions, left_out, awaited = [], {}, []
    for resource in stack.of_type(FUNCTION):
        try:
            functions.append(_function(resource, files, variables))
        except Refusal as refusal:
            resource.leave_out(refusal)
            left_out[resource.logical_id] = refusal.what
            if isinstance(refusal, Awaited):
                awaited.append(refusal.file)
    return FunctionsRead(tuple(functions), left_out, tuple(awaited))


def _function(resource: Resource, files: Files, variables: Variables) -> Function:
    if resource.text_or("Zip", "PackageType") == "Image" or resource.mapping("Code").get("ImageUri"):
        raise Refusal("its code is a container image, which this version does not run", "only zip functions so far")
    runtime = resource.text("Runtime")
    try:
        if remark := check_runtime(runtime):
            resource.warn(Refusal(remark, path=("Runtime",)))
    except Refusal as refusal:
        raise refusal.at(("Runtime",)) from None
    handler = resource.text("Handler")
    code = _code(resource, files, runtime)
    check_handler(files, code, runtime, handler, ("Handler",))
    name = resource.text_or(resource.logical_id, "FunctionName") or resource.logical_id
    _warn_of_layers(resource)
    return Function(
        logical_id=resource.logical_id,
        name=name,
        runtime=runtime,
        handler=handler,
        code=code,
        memory=_figure(resource, 128, MEMORY, "MemorySize"),
        timeout=_figure(resource, 3, TIMEOUT, "Timeout"),
        environment=_environment(resource, variables.of(resource.logical_id, name)),
        reserved_concurrency=_reserved(resource),
        ephemeral_storage=_figure(resource, 512, STORAGE, "EphemeralStorage", "Size"),
        architecture=_first(resource, "Architectures", "x86_64"),
        layers=_layers(resource),
        description=resource.text_or("", "Description"),
        role=resource.text_or("", "Role"),
        tracing=resource.text_or("PassThrough", "TracingConfig", "Mode"),
        logging=_logging(resource),
        tags=_tags(resource),
        where=resource.where(),
    )


def _code(resource: Resource, files: Files, runtime: str) -> Code:
    # A folder in SAM is CodeUri; the translator calls it Code, and messages point to what the user wrote.
    is_uri = ("Resources", resource.logical_id, "Properties", "CodeUri") in resource.stack.source.lines
    path = ("CodeUri",) if is_uri else ("Code",)
    code = resource.value("Code")
    try:
        match code:
            case {"ZipFile": str(text)}:
                return files.inline(text, ".mjs" if runtime.startswith("nodejs") else ".py")
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
            if isinstance(value, str) and "{{resolve:" in value:
                what = "a {{resolve:...}} is looked up only by CloudFormation; it stays as it is"
                resource.warn(
                    Refusal(what, "set the variable with --env-vars FILE", ("Environment", "Variables", name))
                )
        except Refusal as refusal:
            own[name] = f"{resource.logical_id}.{name}"
            resource.warn(refusal, f"; {own[name]!r} is used")
    whole = {**own, **given}
    if (size := sum(len(key.encode()) + len(value.encode()) for key, value in whole.items())) > MOST_ENVIRONMENT:
        resource.warn(Refusal(f"{size} bytes of variables; AWS takes 4096", "", ("Environment", "Variables")))
    return whole


def _layers(resource: Resource) -> tuple[Layer, ...]:
    try:
        return tuple(Layer(arn) for arn in resource.texts("Layers"))
    except Refusal:
        return ()


def _warn_of_layers(resource: Resource) -> None:
    if resource.raw("Layers"):
        what = "its layers are not loaded by this version"
        resource.warn(Refusal(what, "install what they hold in the environment that runs devserve", ("Layers",)))


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
