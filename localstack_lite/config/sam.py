"""A SAM template made CloudFormation by AWS's own translator, with local paths kept. Pure but for the translator.

The translator takes only code and definitions that are in S3. So what is local is swapped out before and put back after
as `Code: <what CodeUri was>`, the form that `aws cloudformation package` reads too. What the translator refuses is
taken out, one resource (or one event) at a time, and told; the rest is translated.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.parameters import Place

FUNCTIONS = ("AWS::Serverless::Function", "AWS::Serverless::WebFunction")
#: Properties that name local files, by type. SAM wants them in S3; their content plays no role in the transform.
_LOCAL = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::WebFunction": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}
_ELSEWHERE = "s3://devserve/local"
#: Where the translator says so: the logical id that a resource had before it got another.
SAM_ID = "SamResourceId"
#: The image of a function that names none, because its Dockerfile stands in the metadata.
NO_IMAGE = "devserve/none"
_MOST_ROUNDS = 50
#: How the translator names an event inside its complaint about a function.
_EVENT = re.compile(r"Event with id \[(.+?)\]")


@dataclass(frozen=True, slots=True)
class Refused:
    """What the translator did not take: a resource or, with `event`, one event of it."""

    logical_id: str
    what: str
    event: str = ""


@dataclass(frozen=True, slots=True)
class Transformed:
    """`template` is CloudFormation; functions have `Code` as a local path, an S3 place, or inline."""

    template: dict[str, Any]
    refused: tuple[Refused, ...] = ()
    failure: str = ""
    """Why nothing could be translated; `template` is then empty."""


@dataclass(frozen=True, slots=True)
class Prepared:
    document: dict[str, Any]
    local: Mapping[str, Any] = field(default_factory=dict)
    """What CodeUri was, by logical id."""
    layers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Layers whose content is local, as they were, by logical id."""
    definitions: Mapping[str, str] = field(default_factory=dict)
    """Local definitions of state machines, by logical id."""


def is_sam(document: Mapping[str, Any]) -> bool:
    """Whether the template needs the SAM transform, declared or not."""
    resources = document.get("Resources")
    kinds = (r.get("Type") for r in resources.values() if isinstance(r, Mapping)) if isinstance(resources, dict) else ()
    return any(isinstance(kind, str) and kind.startswith("AWS::Serverless::") for kind in kinds)


def prepare(document: Mapping[str, Any]) -> Prepared:
    """A copy in which nothing is local."""
    copied: dict[str, Any] = copy.deepcopy(dict(document))
    globals_ = copied.get("Globals")
    common = globals_.get("Function") if isinstance(globals_, dict) else None
    shared = common.pop("CodeUri", None) if isinstance(common, dict) else None
    local: dict[str, Any] = {}
    layers: dict[str, Mapping[str, Any]] = {}
    definitions: dict[str, str] = {}
    for logical_id, resource in copied["Resources"].items():
        if not isinstance(resource, dict):
            continue
        name = _LOCAL.get(str(resource.get("Type")))
        properties = resource.setdefault("Properties", {}) if name else None
        if not name or not isinstance(properties, dict):
            continue
        if name == "CodeUri":
            if "InlineCode" in properties:
                continue
            if "ImageUri" in properties or properties.get("PackageType") == "Image":
                properties.setdefault("ImageUri", NO_IMAGE)
                continue
            local[logical_id] = properties.get(name, shared)
        if name == "ContentUri":
            if _is_local(properties.get(name)):
                layers[logical_id] = {**resource, "Properties": dict(properties)}
                properties[name] = f"{_ELSEWHERE}/{logical_id}"
            continue
        if name == "DefinitionUri":
            if isinstance(uri := properties.get(name), str) and not uri.startswith("s3://"):
                definitions[logical_id] = uri
                properties[name] = _ELSEWHERE
            continue
        properties[name] = _ELSEWHERE
    return Prepared(copied, local, layers, definitions)


def _is_local(content: object) -> bool:
    if isinstance(content, str):
        return not content.startswith("s3://")
    return isinstance(content, dict) and not content.keys() & {"Bucket", "Key"}


def restore(template: dict[str, Any], prepared: Prepared) -> dict[str, Any]:
    """Puts the local code back: `Code` is what CodeUri was, `.` when there was none, `Content` what ContentUri was, and
    `DefinitionS3Location` what DefinitionUri was.
    A layer gets its metadata again, which the translator drops, and in it the logical id that the user gave it."""
    for resource in template["Resources"].values():
        match resource:
            case {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"Content": {"S3Bucket": "devserve", "S3Key": str(key)}} as properties,
            } if (logical_id := key.rpartition("/")[2]) in prepared.layers:
                was = prepared.layers[logical_id]
                metadata = was.get("Metadata")
                resource["Metadata"] = {**(metadata if isinstance(metadata, dict) else {}), SAM_ID: logical_id}
                properties["Content"] = was["Properties"]["ContentUri"]
    for logical_id, code in prepared.local.items():
        resource = template["Resources"].get(logical_id)
        if isinstance(resource, dict) and isinstance(resource.get("Properties"), dict):
            resource["Properties"]["Code"] = "." if code is None else code
    for logical_id, definition in prepared.definitions.items():
        resource = template["Resources"].get(logical_id)
        if isinstance(resource, dict) and "DefinitionS3Location" in resource.get("Properties", {}):
            resource["Properties"]["DefinitionS3Location"] = definition
    return template


def transform(document: Mapping[str, Any], parameters: Mapping[str, str], place: Place) -> Transformed:
    """`parameters` are values as text, lists joined with commas. Imports the translator; takes about a second."""
    prepared = prepare(document)
    resources = prepared.document["Resources"]
    odd = [name for name, resource in resources.items() if not isinstance(resource, dict)]
    refused = [Refused(name, "is not a mapping with a Type; look at the indentation") for name in odd]
    for name in odd:
        del resources[name]
    for _ in range(_MOST_ROUNDS):
        attempt = _translate(prepared.document, parameters, place)
        if isinstance(attempt, dict):
            return Transformed(restore(attempt, prepared), tuple(refused))
        taken = _take_out(prepared.document, attempt) or _search(prepared.document, parameters, place, attempt)
        if not taken:
            return Transformed({}, tuple(refused), "; ".join(what for _, _, what in attempt))
        refused += taken
    return Transformed({}, tuple(refused), "too many resources that SAM does not take")


_Cause = tuple[str, str, str]
"""Logical id and event (each may be empty), and the translator's sentence."""


def _translate(document: dict[str, Any], parameters: Mapping[str, str], place: Place) -> dict[str, Any] | list[_Cause]:
    from samtranslator.model.exceptions import ExceptionWithMessage, InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    # Without a handler of its own, the translator's remarks would land on the user's terminal.
    logging.getLogger("samtranslator").addHandler(logging.NullHandler())
    translator = Translator(_AnyPolicy(place.partition), Parser(), boto_session=_Session(place.region))
    try:
        made: dict[str, Any] = translator.translate(copy.deepcopy(document), parameter_values=dict(parameters))
    except InvalidDocumentException as error:
        return [_cause(cause) for cause in error.causes]
    except ExceptionWithMessage as error:
        return [_cause(error)]
    except Exception as error:  # the translator meets odd templates with any error at all; none of them is ours
        return [("", "", f"the SAM translator stopped with {type(error).__name__}: {error}")]
    return made


def _cause(error: Any) -> _Cause:
    what = " ".join(str(getattr(error, "_message", "") or error.message).split())
    return (str(getattr(error, "_logical_id", "")), str(getattr(error, "_event_id", "")), what)


def _take_out(document: dict[str, Any], causes: list[_Cause]) -> list[Refused]:
    resources = document["Resources"]
    taken = []
    for logical_id, event, what in causes:
        if logical_id in resources:
            named = _EVENT.search(what)
            if named and _events(resources[logical_id]).pop(named[1], None) is not None:
                taken.append(Refused(logical_id, what, named[1]))
                continue
            del resources[logical_id]
            taken.append(Refused(logical_id, what))
        for owner in [name for name in resources if event and event in _events(resources[name])]:
            del _events(resources[owner])[event]
            taken.append(Refused(owner, what, event))
    return taken


def _events(resource: object) -> dict[str, Any]:
    match resource:
        case {"Properties": {"Events": dict() as events}}:
            return events
    return {}


def _search(
    document: dict[str, Any], parameters: Mapping[str, str], place: Place, causes: list[_Cause]
) -> list[Refused]:
    """The translator did not say who it was: the first resource without which it works."""
    for logical_id, resource in list(document["Resources"].items()):
        kind = resource.get("Type") if isinstance(resource, dict) else ""
        if not isinstance(kind, str) or not kind.startswith("AWS::Serverless::"):
            continue
        without = {**document, "Resources": {k: v for k, v in document["Resources"].items() if k != logical_id}}
        if without["Resources"] and isinstance(_translate(without, parameters, place), dict):
            del document["Resources"][logical_id]
            return [Refused(logical_id, causes[0][2])]
    return []


@dataclass(frozen=True, slots=True)
class _Session:
    """All that the translator wants of a boto3 session. A real one would read the user's profile."""

    region_name: str


class _AnyPolicy(dict[str, str]):
    """A map of managed policies that knows every name, so that none is looked up in IAM: those that the translator
    knows by their real ARNs, others by the form that most have."""

    def __init__(self, partition: str) -> None:
        from samtranslator.internal.managed_policies import get_bundled_managed_policy_map

        super().__init__(get_bundled_managed_policy_map(partition) or {})
        self._partition = partition

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and not name.startswith("arn:")

    def __missing__(self, name: str) -> str:
        return f"arn:{self._partition}:iam::aws:policy/{name}"

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            return default
        return self[name]
