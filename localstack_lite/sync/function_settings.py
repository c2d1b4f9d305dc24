"""A function's configuration, property by property: what a template wants of it, as UpdateFunctionConfiguration takes
it, and what the function really has, as GetFunctionConfiguration tells it. Pure.

Both are brought to one form, in which they are equal when there is nothing to do. Defaults are AWS's, from the Lambda
API reference: a property that a template does not state any more is set to its default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

#: Properties of `AWS::Lambda::Function` that UpdateFunctionConfiguration sets, and the argument that does it.
ARGUMENTS: Mapping[str, str] = {
    "DeadLetterConfig": "DeadLetterConfig",
    "Description": "Description",
    "Environment": "Environment",
    "EphemeralStorage": "EphemeralStorage",
    "FileSystemConfigs": "FileSystemConfigs",
    "Handler": "Handler",
    "ImageConfig": "ImageConfig",
    "KmsKeyArn": "KMSKeyArn",
    "Layers": "Layers",
    "LoggingConfig": "LoggingConfig",
    "MemorySize": "MemorySize",
    "Role": "Role",
    "Runtime": "Runtime",
    "SnapStart": "SnapStart",
    "Timeout": "Timeout",
    "TracingConfig": "TracingConfig",
    "VpcConfig": "VpcConfig",
}
CONCURRENCY = "ReservedConcurrentExecutions"
ARCHITECTURES = "Architectures"
X86 = "x86_64"
_LEVEL = "INFO"


def _text(value: Any) -> str:
    """As CloudFormation hands it on."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case Mapping() | list():
            return json.dumps(value, separators=(",", ":"))
        case None:
            return ""
        case _:
            return str(value)


def _number(value: Any) -> Any:
    """A number, where it is one in any spelling. Anything else is left for AWS to refuse."""
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: Any) -> list[str]:
    return [_text(each) for each in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _environment(value: Any) -> dict[str, Any]:
    variables = _mapping(_mapping(value).get("Variables"))
    return {"Variables": {name: _text(each) for name, each in sorted(variables.items())}}


def _layers(value: Any) -> list[Any]:
    """ARNs; stand-ins for versions that are still to be made stay what they are. AWS tells sizes with them."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [each.get("Arn", "") if isinstance(each, Mapping) else each for each in value]


def _logging(value: Any, name: str) -> dict[str, Any]:
    given = _mapping(value)
    format = given.get("LogFormat") or "Text"
    made = {"LogFormat": format, "LogGroup": given.get("LogGroup") or f"/aws/lambda/{name}"}
    if format == "JSON":  # with Text there are no levels, and AWS refuses those
        made["ApplicationLogLevel"] = given.get("ApplicationLogLevel") or _LEVEL
        made["SystemLogLevel"] = given.get("SystemLogLevel") or _LEVEL
    return made


def _vpc(value: Any) -> dict[str, Any]:
    given = _mapping(value)
    made: dict[str, Any] = {
        "SubnetIds": sorted(_texts(given.get("SubnetIds"))),
        "SecurityGroupIds": sorted(_texts(given.get("SecurityGroupIds"))),
    }
    if _text(given.get("Ipv6AllowedForDualStack")).lower() == "true":
        made["Ipv6AllowedForDualStack"] = True
    return made


def _file_systems(value: Any) -> list[dict[str, str]]:
    every = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [{name: _text(_mapping(each).get(name)) for name in ("Arn", "LocalMountPath")} for each in every]


def _image(value: Any) -> dict[str, Any]:
    given = _mapping(value)
    lists = {name: _texts(given[name]) for name in ("Command", "EntryPoint") if given.get(name)}
    folder = given.get("WorkingDirectory")
    return {**lists, "WorkingDirectory": _text(folder)} if folder else lists


def _one(key: str, default: Any, form: Callable[[Any], Any]) -> Callable[[Any], dict[str, Any]]:
    """Of properties with one entry."""

    def made(value: Any) -> dict[str, Any]:
        given = _mapping(value).get(key)
        return {key: form(default if given in (None, "") else given)}

    return made


def _or(default: Any, form: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: default if value is None else form(value)


_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "DeadLetterConfig": _one("TargetArn", "", _text),
    "Description": _or("", _text),
    "Environment": _environment,
    "EphemeralStorage": _one("Size", 512, _number),
    "FileSystemConfigs": _file_systems,
    "Handler": _or("", _text),
    "ImageConfig": _image,
    "KmsKeyArn": _or("", _text),
    "Layers": _layers,
    "MemorySize": _or(128, _number),
    "Role": _or("", _text),
    "Runtime": _or("", _text),
    "SnapStart": _one("ApplyOn", "None", _text),
    "Timeout": _or(3, _number),
    "TracingConfig": _one("Mode", "PassThrough", _text),
    "VpcConfig": _vpc,
}
#: Without these there is no function: a template that does not state one any more needs CloudFormation's own words.
NEVER_DEFAULT = frozenset({"Handler", "Role", "Runtime"})


def form(property: str, value: Any, name: str) -> Any:
    """The argument for a resolved value of the property, its default for None; `name` is the function's."""
    return _logging(value, name) if property == "LoggingConfig" else _FORMS[property](value)


def actual(property: str, configuration: Mapping[str, Any], name: str) -> Any:
    """What the function has, in the same form. LookupError when AWS does not tell."""
    value = configuration.get(ARGUMENTS[property])
    if property == "Environment" and _mapping(value).get("Error"):
        raise LookupError("AWS could not read its environment variables")
    if property == "ImageConfig":
        value = _mapping(configuration.get("ImageConfigResponse")).get("ImageConfig")
    return form(property, value, name)


def architecture_of(value: Any) -> str:
    """The one that `Architectures` names: x86_64 unless it says otherwise."""
    named = _texts(value)
    return named[0] if named else X86
