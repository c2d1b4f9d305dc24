"""Dynamic references, `{{resolve:ssm:NAME}}` and its like, in what functions get. Pure: who knows the values is a
callable, asked once for all of them.

They are looked up last, when everything else of the project is decided, so that no secret passes through the SAM
transform, its cache or a message. What cannot be looked up stays as it is. Source of the forms: AWS docs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem

_REFERENCE = re.compile(r"\{\{resolve:([^{}]*)\}\}")
_SECRET_STRING = "SecretString"
#: Parts of an ARN before the name of a parameter and of a secret has ended.
_ARN_PARTS = {"ssm": 6, "ssm-secure": 6, "secretsmanager": 7}
#: How many parts may follow the name.
_MOST_AFTER = {"ssm": 1, "ssm-secure": 1, "secretsmanager": 4}
_FORMS = "{{resolve:ssm:NAME:VERSION}} or {{resolve:secretsmanager:ID:SecretString:KEY}}"
_SET_IT = "set the variable with --env-vars FILE, or say with AWS_ENDPOINT_URL whom to ask"


@dataclass(frozen=True, slots=True)
class Reference:
    """`service` is `ssm`, `ssm-secure` or `secretsmanager`; what is empty was not given."""

    service: str
    name: str
    version: str = ""
    """Of a parameter: its number. Of a secret: its version id."""
    key: str = ""
    """The key inside a secret that is a JSON object."""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a value could not be had: one clause that holds no value."""

    why: str


Values = Mapping[Reference, str | Unknown]
LookUp = Callable[[Collection[Reference]], Values]


def nobody(references: Collection[Reference]) -> Values:
    """For projects that are read without anybody to ask."""
    return dict.fromkeys(references, Unknown("nobody is asked"))


def parse_reference(inside: str) -> Reference | None:
    """What stands between `{{resolve:` and `}}`; None when it is of no known form."""
    service, *parts = inside.split(":")
    if service not in _ARN_PARTS or not parts:
        return None
    length = _ARN_PARTS[service] if parts[0] == "arn" else 1
    name, after = ":".join(parts[:length]), parts[length:]
    if not name or len(parts) < length or len(after) > _MOST_AFTER[service]:
        return None
    if service != "secretsmanager":
        version = after[0] if after else ""
        return Reference(service, name, version) if not version or version.isdecimal() else None
    form, key, stage, version = (*after, *[""] * (4 - len(after)))
    return Reference(service, name, version, key, stage) if form in ("", _SECRET_STRING) else None


def found_in(text: str) -> Iterator[tuple[str, Reference | None]]:
    """Every reference of a text, as it stands and as it is understood."""
    for match in _REFERENCE.finditer(text):
        yield match[0], parse_reference(match[1])


def filled(text: str, values: Values) -> str:
    """The text with every value that is known in place. Values are not looked into for further references."""

    def value(match: re.Match[str]) -> str:
        reference = parse_reference(match[1])
        found = values.get(reference) if reference is not None else None
        return found if isinstance(found, str) else match[0]

    return _REFERENCE.sub(value, text)


def looked_up(functions: Iterable[Function], look_up: LookUp) -> tuple[tuple[Function, ...], tuple[Problem, ...]]:
    """The functions with the values in place, and a warning for what is not known. Nobody is asked when there is no
    reference."""
    given = tuple(functions)
    texts = [text for function in given for _, text in _texts(function)]
    wanted = {reference for text in texts for _, reference in found_in(text) if reference is not None}
    if not any("{{resolve:" in text for text in texts):
        return given, ()
    values = look_up(sorted(wanted, key=repr)) if wanted else {}
    problems = tuple(problem for function in given for problem in _problems(function, values))
    return tuple(_filled(function, values) for function in given), problems


def _texts(function: Function) -> Iterator[tuple[str, str]]:
    """The properties in which references are looked for, with the name to tell the user."""
    yield "Description", function.description
    yield "Role", function.role
    yield from ((f"Environment.Variables.{name}", text) for name, text in function.environment.items())


def _filled(function: Function, values: Values) -> Function:
    environment = {name: filled(text, values) for name, text in function.environment.items()}
    return replace(
        function,
        description=filled(function.description, values),
        role=filled(function.role, values),
        environment=environment,
    )


def _problems(function: Function, values: Values) -> Iterator[Problem]:
    """One warning for each reason, with all places that it concerns."""
    places: dict[tuple[str, str], list[str]] = {}
    for place, text in _texts(function):
        for whole, reference in found_in(text):
            if reference is None:
                reason = (f"{whole} is of no form that CloudFormation knows", f"write {_FORMS}")
            elif isinstance(found := values.get(reference, Unknown("it was not answered")), Unknown):
                reason = (f"{whole} is not looked up: {found.why}; it stays as it is", _SET_IT)
            elif reference.service == "ssm-secure":
                reason = (
                    f"{whole}: CloudFormation takes ssm-secure in no property of a function",
                    "use secretsmanager",
                )
            else:
                continue
            places.setdefault(reason, []).append(place)
    for (what, hint), where in places.items():
        told = f"{function.logical_id}: {', '.join(where)}: {what}"
        yield Problem(function.where, told, hint, function.logical_id, warning=True)
