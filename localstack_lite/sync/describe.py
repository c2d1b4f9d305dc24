"""Steps in the words that people read: what each does, why, and what it costs. Pure.

No value of an environment variable, of a parameter or of a definition is ever among them: only names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from localstack_lite.model.package import Package
from localstack_lite.model.push_facts import PlannedStep
from localstack_lite.sync.drift import shortened
from localstack_lite.sync.function_settings import ARGUMENTS, actual
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.steps import (
    Change,
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

_PROPERTY = {argument: property for property, argument in ARGUMENTS.items()}
#: What a setting is called, and its unit.
_WORDS = {
    "DeadLetterConfig": ("dead letters", ""),
    "Description": ("description", ""),
    "EphemeralStorage": ("/tmp", " MB"),
    "FileSystemConfigs": ("file systems", ""),
    "Handler": ("handler", ""),
    "ImageConfig": ("image settings", ""),
    "KMSKeyArn": ("key", ""),
    "Layers": ("layers", ""),
    "LoggingConfig": ("logging", ""),
    "MemorySize": ("memory", " MB"),
    "Role": ("role", ""),
    "Runtime": ("runtime", ""),
    "SnapStart": ("snap start", ""),
    "Timeout": ("timeout", " s"),
    "TracingConfig": ("tracing", ""),
    "VpcConfig": ("VPC", ""),
}
#: Settings whose values are short and say something.
_TOLD = ("EphemeralStorage", "Handler", "MemorySize", "Runtime", "SnapStart", "Timeout", "TracingConfig")
_MOST_LINES = 500
#: Bytes of a zip of which it is worth a line what makes it so large.
_LARGE = 1024 * 1024


def planned(step: Step, remote: Remote | None = None) -> PlannedStep:
    """With `remote`, what is changed is told as it is now, too."""
    return PlannedStep(step.kind, _subject(step), _what(step, remote), step.reason, calls(step), _details(step))


def calls(step: Step) -> int:
    """Calls that write."""
    match step:
        case UpdateApi():
            return 1 + len(step.stages)
        case DeployStack():
            return 2  # CreateChangeSet, ExecuteChangeSet
        case _:
            return 1


def _subject(step: Step) -> str:
    return f"{step.function}:{step.alias}" if isinstance(step, UpdateAlias) else step.id


def _what(step: Step, remote: Remote | None) -> str:
    match step:
        case UploadObject():
            return sized(step.package.size if step.package else len(step.text.encode()))
        case PushImage():
            return _package(step.package)
        case UploadCode():
            return _code(step)
        case UpdateConfig():
            return "; ".join(_settings(step, remote))
        case UpdateConcurrency():
            return "no reserved concurrency" if step.reserved is None else f"reserved concurrency {step.reserved}"
        case UpdateAsyncConfig():
            return shortened(sorted(_async_words(step.settings))) or "AWS's defaults"
        case UpdateLayer():
            return f"new version, {sized(step.package.size)}"
        case UpdateApi():
            return f"new body, deployed to {', '.join(step.stages)}" if step.stages else "new body"
        case UpdateStateMachine():
            return "new definition"
        case PublishVersion():
            return "new version"
        case UpdateAlias():
            return "to the new version"
        case DeployStack():
            return "make the stack" if step.create else "change set"


def _code(step: UploadCode) -> str:
    told = f", {step.architecture}" if step.architecture else ""
    if step.package is not None:
        return _package(step.package) + told
    return ("from the registry" if step.image else "from the bucket") + told


def _package(package: Package) -> str:
    if package.size:
        return sized(package.size)
    return "image" if package.image else "from this machine"


def sized(bytes: int) -> str:
    """`4.2 KB`."""
    if bytes < 1024:
        return f"{bytes} B"
    value = float(bytes)
    for unit in ("KB", "MB", "GB"):
        value /= 1024
        if value < 1023.95 or unit == "GB":
            break
    return f"{value:.1f} {unit}"


def _settings(step: UpdateConfig, remote: Remote | None) -> Iterator[str]:
    function = remote.functions.get(step.id) if remote else None
    for argument, value in step.changes.items():
        was: Any = None
        if function is not None:
            with suppress(LookupError):
                was = actual(_PROPERTY[argument], function.configuration, function.name)
        if argument == "Environment":
            yield f"environment: {_environment(value, was)}"
            continue
        word, unit = _WORDS[argument]
        if argument not in _TOLD:
            yield word
        elif was is None:
            yield f"{word} {_short(value)}{unit}"
        else:
            yield f"{word} {_short(was) or 'none'} → {_short(value) or 'none'}{unit}"


def _environment(value: Mapping[str, Any], was: Mapping[str, Any] | None) -> str:
    """`TABLE changed, DEBUG new`: names only."""
    new = value.get("Variables", {})
    if was is None:
        return shortened(new) or "none"
    old = was.get("Variables", {})
    words = [
        f"{name} {'changed' if name in old else 'new'}" for name in new if name not in old or old[name] != new[name]
    ]
    return shortened([*words, *(f"{name} gone" for name in old if name not in new)])


def _short(value: Any) -> str:
    """The value, or the one that a setting of one entry has."""
    if isinstance(value, Mapping):
        value = next(iter(value.values()), "")
    text = str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _async_words(settings: Mapping[str, Any]) -> Iterator[str]:
    if "MaximumRetryAttempts" in settings:
        yield f"retries {settings['MaximumRetryAttempts']}"
    if "MaximumEventAgeInSeconds" in settings:
        yield f"age {settings['MaximumEventAgeInSeconds']} s"
    if settings.get("DestinationConfig"):
        yield "destinations"


def _details(step: Step) -> tuple[str, ...]:
    match step:
        case DeployStack():
            lines = [line(change) for change in step.changes]
            more = [f"… and {len(lines) - _MOST_LINES} more"] if len(lines) > _MOST_LINES else []
            return (*lines[:_MOST_LINES], *more)
        case (
            UploadCode(package=Package(size=size, largest=largest))
            | UpdateLayer(package=Package(size=size, largest=largest))
        ) if largest and size >= _LARGE:
            return (f"largest: {', '.join(f'{name} {sized(bytes)}' for name, bytes in largest[:3])}",)
        case UpdateConfig(changes={"Layers": layers}):
            return tuple(f"layer {layer.id}: its new version" for layer in layers if isinstance(layer, NewLayer))
        case _:
            return ()


def line(change: Change) -> str:
    """`~ Table AWS::DynamoDB::Table: KeySchema (is replaced)`."""
    sign = {"add": "+", "remove": "-", "modify": "~"}[change.action]
    about = f": {shortened(path.removeprefix('@') for path in change.properties)}" if change.properties else ""
    replaced = {"no": "", "maybe": " (may be replaced)", "yes": " (is replaced)"}[change.replacement]
    id = change.id.replace(".", " ")  # `Orders Version`: a snapshot has no name of its own (see `canonical`)
    return f"{sign} {id} {change.type}{about}{replaced}"
