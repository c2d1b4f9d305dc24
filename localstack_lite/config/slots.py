"""One opened stack → its template for CloudFormation: slots where a local path stood, small definitions in place. Pure:
reading a file is a callable.

What lies in S3, in a registry or in the template itself stays as it is. A resource whose condition does not hold needs
no code; CloudFormation still wants the property, so it gets a name that nothing has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack_lite.config.cdk.template import LAYER, STACK
from localstack_lite.config.definitions import Definitions
from localstack_lite.config.functions import FUNCTION, FunctionsRead
from localstack_lite.config.images import is_image
from localstack_lite.config.language_extensions import TRANSFORM, extensions_used
from localstack_lite.config.metadata import declared_method, metadata_of
from localstack_lite.config.nested import Opened
from localstack_lite.config.opening import SAM_TRANSFORM, section
from localstack_lite.config.parameters import as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.sam import NO_IMAGE, SAM_ID
from localstack_lite.config.stack import Resource
from localstack_lite.model.blueprint import SLOT, Piece, PieceKind, StackBlueprint
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem

#: What AWS calls a bucket and a key, here and in SAM.
_PLACE = {"Bucket": "S3Bucket", "Key": "S3Key", "Version": "S3ObjectVersion"}
_NOT_HERE = "not-in-this-stage"
#: Metadata that says how something is built here, and what else holds paths of this machine.
_BUILD_METADATA = ("BuildMethod", "BuildProperties", "BuildArchitecture", "SkipBuild", SAM_ID)
_BUILD_PREFIXES = ("Docker", "aws:asset:")


@dataclass(frozen=True, slots=True)
class Slotted:
    stack: StackBlueprint
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]


def slotted(
    opened: Opened,
    read: FunctionsRead,
    lost: Mapping[str, Problem],
    text: Callable[[Path], str],
    given: Mapping[str, str],
) -> Slotted:
    """`read` are the functions and layers of the stack as they are on this machine, `lost` says by id why one is not;
    `text` is a file's, `given` the parameters that the stage gives."""
    work = _Slots(opened, {function.logical_id: function for function in read.functions}, read, lost, text)
    template = work.template()
    known = section(template, "Parameters")
    parameters = {name: value for name, value in given.items() if name in known}
    return Slotted(StackBlueprint(opened.stack.path, template, parameters), tuple(work.pieces), tuple(work.problems))


@dataclass(slots=True)
class _Slots:
    opened: Opened
    functions: Mapping[str, Function]
    read: FunctionsRead
    lost: Mapping[str, Problem]
    text: Callable[[Path], str]
    pieces: list[Piece] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def template(self) -> dict[str, Any]:
        whole = self.opened.template
        definitions = Definitions(Path(self.opened.source.key).parent, self.text)
        resources: dict[str, Any] = {}
        for logical_id, declared in section(whole, "Resources").items():
            if not isinstance(declared, Mapping):
                continue  # which was told when the stack was opened
            made = definitions.inlined(self._place(logical_id), declared, self.problems)
            resources[logical_id] = _for_good(self._slotted(logical_id, made))
        rest = {name: part for name, part in whole.items() if name not in ("Globals", "Transform", "Resources")}
        template: dict[str, Any] = _plain({**rest, "Resources": resources})
        if macros := _macros(whole, template):
            template["Transform"] = macros
        return template

    def _place(self, logical_id: str) -> tuple[str, str]:
        """Where the resource is, and its id, for messages."""
        stack = self.opened.stack
        return stack.where("Resources", logical_id), stack.path + logical_id

    def _slotted(self, logical_id: str, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        properties = declared.get("Properties")
        if not isinstance(properties, Mapping) or declared.get("Type") not in (FUNCTION, LAYER, STACK):
            return declared
        kind, stack = declared["Type"], self.opened.stack
        there = Resource(stack, logical_id) if logical_id in stack.resources else None
        if kind == FUNCTION:
            changed = {"Code": self._function(there, properties)}
        elif kind == LAYER:
            changed = {"Content": self._layer(there, properties)}
        else:
            changed = {"TemplateURL": self._nested(there, properties)}
        return {**declared, "Properties": {**properties, **changed}}

    def _function(self, resource: Resource | None, properties: Mapping[str, Any]) -> object:
        code = properties.get("Code")
        if resource is None:
            return _elsewhere(code) or {"S3Bucket": _NOT_HERE, "S3Key": _NOT_HERE}
        if is_image(resource):
            return self._image(resource, code)
        if found := _elsewhere(_resolved(resource, "Code", code), code):
            return found
        function = self._known(resource)
        if function is not None:
            build = function.code.build
            source = function.code.source or (build.source if build else function.code.folder)
            self.pieces.append(
                Piece(resource.id, PieceKind.FUNCTION, source, "", (function.runtime,), function.architecture)
            )
        return {SLOT: resource.id}

    def _image(self, resource: Resource, code: object) -> object:
        uri = code.get("ImageUri") if isinstance(code, Mapping) else None
        metadata = metadata_of(resource)
        if not (metadata.get("Dockerfile") or metadata.get("DockerContext")):
            resolved = _resolved(resource, "Code", code)
            name = resolved.get("ImageUri") if isinstance(resolved, Mapping) else None
            of_others = references(uri) & section(self.opened.template, "Resources").keys()
            # What only AWS can say is no image of this machine either.
            only_there = uri is not None and not isinstance(name, str)
            if of_others or only_there or (isinstance(name, str) and name != NO_IMAGE and ".dkr.ecr." in name):
                return code
        function = self._known(resource)
        if function is not None:
            source = function.code.folder
            self.pieces.append(Piece(resource.id, PieceKind.IMAGE, source, "", (), function.architecture))
        return {SLOT: resource.id}

    def _known(self, resource: Resource) -> Function | None:
        """The function as it is here; told when it is not, since its code cannot be pushed then."""
        function = self.functions.get(resource.id)
        if function is None:
            what = f"{resource.id}: its code is not here"
            problem = Problem(resource.where("Code"), what, "look at the path", resource.id)
            self.problems.append(self.lost.get(resource.id, problem))
        return function

    def _layer(self, resource: Resource | None, properties: Mapping[str, Any]) -> object:
        content = properties.get("Content")
        if resource is None:
            return _elsewhere(content) or {"S3Bucket": _NOT_HERE, "S3Key": _NOT_HERE}
        path = _resolved(resource, "Content", content)
        if found := _elsewhere(path, content):
            return found
        layer = self.read.layers.by_id.get(resource.logical_id)
        if layer is None or layer.folder is None:
            problem = Problem(resource.where(), f"{resource.id}: its content is not here", "", resource.id)
            self.problems.append(self.lost.get(resource.id, problem))
        else:
            source = (Path(self.opened.source.key).parent / as_text(path)).resolve()
            # A method that is not known here is no reason to push what was never built: its package is refused.
            method = layer.build.method if layer.build else declared_method(resource) if layer.folder == source else ""
            told = metadata_of(resource)
            architecture = as_text(told.get("BuildArchitecture")) or next(iter(_texts(resource, _FITS)), "x86_64")
            runtimes = _texts(resource, "CompatibleRuntimes")
            self.pieces.append(Piece(resource.id, PieceKind.LAYER, source, method, runtimes, architecture))
        return {SLOT: resource.id}

    def _nested(self, resource: Resource | None, properties: Mapping[str, Any]) -> object:
        url = properties.get("TemplateURL")
        if resource is None:
            is_local = isinstance(url, str) and not is_remote(url)
            return f"https://s3.amazonaws.com/{_NOT_HERE}/template" if is_local else url
        if is_remote(_resolved(resource, "TemplateURL", url)):
            return url
        try:
            child = self.opened.nested.child(resource.logical_id)
        except Refusal:  # told by who opened it
            return {SLOT: resource.id}
        self.pieces.append(Piece(resource.id, PieceKind.TEMPLATE, Path(child.source.key)))
        return {SLOT: resource.id}


_FITS = "CompatibleArchitectures"


def is_remote(url: object) -> bool:
    """Whether a nested template is where CloudFormation finds it by itself."""
    return isinstance(url, str) and url.startswith(("https://", "http://"))


def _resolved(resource: Resource, name: str, value: object) -> object:
    """A property as this machine understands it; as it stands when it does not."""
    try:
        return resource.value(name)
    except Refusal:
        return value


def _elsewhere(value: object, written: object = None) -> object:
    """Code or content that is no local path, as CloudFormation writes it; None for one that is. `written` is how the
    template says it, which stays where that is what CloudFormation takes."""
    written = value if written is None else written
    if isinstance(value, str) and value.startswith("s3://"):
        bucket, _, key = value.removeprefix("s3://").partition("/")
        return {"S3Bucket": bucket, "S3Key": key}
    if value is None or isinstance(value, str):
        return None
    if isinstance(written, Mapping) and {"Bucket", "Key"} <= written.keys():
        return {_PLACE.get(str(key), key): part for key, part in written.items()}
    return written


def _texts(resource: Resource, name: str) -> tuple[str, ...]:
    try:
        return resource.texts(name)
    except Refusal:
        return ()


def _for_good(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as it is deployed: without what only building needs, and with what deploying does."""
    made = dict(resource)
    metadata = made.pop("Metadata", None)
    if isinstance(metadata, Mapping):
        kept = {
            key: value
            for key, value in metadata.items()
            if key not in _BUILD_METADATA and not str(key).startswith(_BUILD_PREFIXES)
        }
        if kept:
            made["Metadata"] = kept
        # SAM gives every layer's content a resource of its own, which stays; here the next one takes its place.
        if SAM_ID in metadata and made.get("Type") == LAYER and "DeletionPolicy" in made:
            made.setdefault("UpdateReplacePolicy", made["DeletionPolicy"])
    match made:
        case {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": {"info": {"title": title}}} as properties}:
            # AWS takes the title for the name; what stands in for AWS wants it said.
            made["Properties"] = {"Name": title, **properties} if title else properties
    return made


def _macros(whole: Mapping[str, Any], template: Mapping[str, Any]) -> list[Any]:
    """The macros that are left to do in the cloud."""
    declared = whole.get("Transform")
    listed = declared if isinstance(declared, list) else [declared] if declared else []
    left = [_plain(macro) for macro in listed if macro != SAM_TRANSFORM]
    if TRANSFORM in left and not extensions_used(template) and not _has_open_policies(template):
        left.remove(TRANSFORM)
    return left


def _has_open_policies(template: Mapping[str, Any]) -> bool:
    policies = ("DeletionPolicy", "UpdateReplacePolicy")
    resources = section(template, "Resources").values()
    return any(isinstance(resource.get(name), Mapping) for resource in resources for name in policies)


def _plain(value: Any) -> Any:
    """A copy of nothing but what JSON has."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)
