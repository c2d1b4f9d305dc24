"""Nested stacks (`AWS::CloudFormation::Stack`, `AWS::Serverless::Application`) of local templates. Pure: loading a
template and opening a stack are callables.

A nested stack is opened when it is first asked for: by an output of it that something needs, or because its functions
are wanted. So parameters and outputs, between siblings too, find their own order, and a circle is what asks for a stack
that is being opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from localstack_lite.config.declaration import Files
from localstack_lite.config.includes import Load
from localstack_lite.config.intrinsics import NESTED_STACK, NO_VALUE, Resolver
from localstack_lite.config.parameters import Place, Unusable, as_text
from localstack_lite.config.references import references
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

APPLICATION = "AWS::Serverless::Application"
_ELSEWHERE = ("s3://", "http://", "https://", "arn:")
#: Pseudo parameters that are made up here.
PSEUDO_UNKNOWN = ("AWS::AccountId", "AWS::StackName", "AWS::StackId", "AWS::NotificationARNs")
_LOCAL = "name a template file or its folder, relative to this template"


@dataclass(frozen=True, slots=True)
class Source:
    """A template that was read. `name` stands for it in messages, `key` tells one file from another; what is relative
    to it is reached by `files`, `load` (what it includes) and `child` (templates that it nests; raises Refusal, and
    UserError with the place when one cannot be read)."""

    name: str
    key: str
    document: Document
    files: Files
    load: Load
    child: Callable[[str], Source]


@dataclass(frozen=True, slots=True)
class Given:
    """The parameters that a stack gets; `unusable` are those whose value is not known, with the reason, `unsure` those
    whose value is made of stand-ins. `owner` is the resource that gives them; none for the project's own stack."""

    values: Mapping[str, str] = field(default_factory=dict)
    unusable: Mapping[str, Unusable] = field(default_factory=dict)
    owner: Resource | None = None
    unsure: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Opened:
    """`template` is the whole of it as plain CloudFormation, its parameters as the user declared them."""

    stack: Stack
    source: Source
    template: Mapping[str, Any]
    nested: Nested

    @property
    def outputs(self) -> Mapping[str, Any]:
        found = self.template.get("Outputs")
        return found if isinstance(found, Mapping) else {}

    def below(self) -> Iterator[Opened]:
        """This stack and every stack inside it, each before those that it nests. Opens them all."""
        yield self
        for child in self.nested:
            yield from child.below()


class OpenStack(Protocol):
    def __call__(self, source: Source, place: Place, given: Given, path: str, above: tuple[Source, ...]) -> Opened:
        """A stack of the template; `path` is what its logical ids start with, `above` are the templates around it."""
        ...


@dataclass(slots=True)
class Nested:
    """The stacks inside one stack. `above` ends with that stack's own template."""

    above: tuple[Source, ...]
    place: Place
    open_stack: OpenStack
    stack: Stack | None = None
    """The stack around them; known once it is open."""
    _opened: dict[str, Opened] = field(default_factory=dict)
    _refused: dict[str, Refusal] = field(default_factory=dict)
    _opening: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Opened]:
        """Those that can be opened; the others are told."""
        for resource in self._around.of_type(NESTED_STACK):
            try:
                yield self.child(resource.logical_id)
            except Refusal:
                continue

    def output(self, logical_id: str, name: str) -> object:
        """An output of a nested stack, resolved there."""
        child = self.child(logical_id)
        declared = child.outputs.get(name)
        if not isinstance(declared, Mapping):
            hint = did_you_mean(name, child.outputs, f"declare it under Outputs of {child.source.name}")
            raise Refusal(f"the nested stack {logical_id} has no output {name}", hint)
        resolver = Resolver(child.stack.scope)
        if not resolver.exists(declared):
            raise Refusal(f"the output {name} of {logical_id} does not exist: its condition does not hold")
        value = resolver.resolve(declared.get("Value"))
        if value is NO_VALUE or value is None:
            raise Refusal(f"the output {name} of {logical_id} has no value")
        return value

    def child(self, logical_id: str) -> Opened:
        if logical_id in self._opening:
            circle = " → ".join([*self._opening[self._opening.index(logical_id) :], logical_id])
            raise Refusal(f"circular reference: {circle}", "break the circle in the template")
        if logical_id in self._refused:
            raise self._refused[logical_id]
        if logical_id not in self._opened:
            self._opening.append(logical_id)
            try:
                self._opened[logical_id] = self._open(Resource(self._around, logical_id))
            finally:
                self._opening.pop()
        return self._opened[logical_id]

    @property
    def _around(self) -> Stack:
        assert self.stack is not None, "a nested stack was asked for before the stack around it was open"
        return self.stack

    def _open(self, resource: Resource) -> Opened:
        try:
            source = self._source(resource)
            place = Place(self.place.region, self.place.account, f"{self.place.stack}-{resource.logical_id}")
            given = _parameters(resource)
            return self.open_stack(source, place, given, f"{resource.id}/", self.above)
        except Refusal as refusal:
            resource.leave_out(refusal)
            why = refusal.what
        except UserError as error:
            what = f"{resource.id}: {error.what}"
            resource.stack.found.append(Problem(error.where, what, error.hint, resource.id))
            why = f"{error.where}: {error.what}"
        refused = Refusal(f"the nested stack {resource.id} is not there: {why}", "look at the problem of that stack")
        self._refused[resource.logical_id] = refused
        raise refused

    def _source(self, resource: Resource) -> Source:
        named = "Location" if _wrote(resource, "Location") else "TemplateURL"
        try:
            location = resource.value("TemplateURL")
            if isinstance(location, Mapping):
                name = as_text(location.get("ApplicationId")) or "it"
                what = f"{name} is in the Serverless Application Repository, not here"
                raise Refusal(what, "deploy it, or nest a local copy of its template")
            if not isinstance(location, str) or not location:
                raise Refusal("names no template", _LOCAL)
            if location.startswith(_ELSEWHERE):
                raise Refusal(f"its template is at {location}, not here", _LOCAL)
            source = self.above[-1].child(location)
        except Refusal as refusal:
            raise Refusal(refusal.what, refusal.hint, (named,)) from None
        keys = [one.key for one in self.above]
        if source.key in keys:
            circle = [*(one.name for one in self.above[keys.index(source.key) :]), source.name]
            raise Refusal(f"the stack nests itself: {' → '.join(circle)}", "break the circle", (named,))
        return source


def as_stacks(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The template with SAM's applications as the stacks that they become; itself when it has none. SAM's translator
    would ask the cloud about some of them."""
    resources = values.get("Resources")
    changed: dict[str, Any] = {}
    for logical_id, declared in resources.items() if isinstance(resources, Mapping) else ():
        if isinstance(declared, Mapping) and declared.get("Type") == APPLICATION:
            properties = declared.get("Properties")
            given = dict(properties) if isinstance(properties, Mapping) else {}
            given["TemplateURL"] = given.pop("Location", None)
            changed[logical_id] = {**declared, "Type": NESTED_STACK, "Properties": given}
    return {**values, "Resources": {**resources, **changed}} if changed and isinstance(resources, Mapping) else values


def _parameters(resource: Resource) -> Given:
    values: dict[str, str] = {}
    unusable: dict[str, Unusable] = {}
    try:
        declared = resource.mapping("Parameters")
    except Refusal as refusal:
        resource.warn(refusal)
        declared = {}
    for name in declared:
        try:
            value = resource.value("Parameters", name)
            if isinstance(value, list) and not any(isinstance(item, list | Mapping) for item in value):
                values[name] = ",".join(map(as_text, value))
            elif isinstance(value, list | Mapping):
                raise Refusal("is not text", "a parameter is text or a list of text")
            elif value is not None:
                values[name] = as_text(value)
        except Refusal as refusal:
            unusable[name] = Unusable(f"parameter {name} of {resource.id}: {refusal.what}", refusal.hint)
    scope = resource.stack.scope
    others = {*scope.resources, *scope.parameters.unsure, *scope.parameters.stored, *PSEUDO_UNKNOWN}
    unsure = {name for name, value in declared.items() if references(value) & others}
    return Given(values, unusable, resource, frozenset(unsure))


def _wrote(resource: Resource, name: str) -> bool:
    return ("Resources", resource.logical_id, "Properties", name) in resource.stack.source.lines
