"""A CloudFormation stack as the readers see it: the resources that exist, their properties resolved on demand. Pure
but for `found`, the list of problems that grows while the stack is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.intrinsics import NO_VALUE, Resolver, Scope, name_of
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.sam import SAM_ID
from localstack_lite.config.text_functions import text, whole
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.model.project import Problem


@dataclass(frozen=True, slots=True)
class Stack:
    """`name` is the template's name for messages; `source` what the user wrote, for lines; `resources` what is left
    after the transform and the conditions."""

    name: str
    source: Document
    scope: Scope
    resources: Mapping[str, Any]
    found: list[Problem] = field(default_factory=list)
    path: str = ""
    """`Child/` in a nested stack: what its logical ids start with in the project. Empty in the project's own."""
    family: list[Stack] = field(default_factory=list, repr=False, compare=False)
    """All stacks that are nested in one, itself included, as far as they are open. Routes of an API may be anywhere."""

    def of_type(self, *kinds: str) -> Iterator[Resource]:
        for logical_id, declared in self.resources.items():
            if declared["Type"] in kinds:
                yield Resource(self, logical_id)

    def where(self, *path: str) -> str:
        line = self.source.line(*path)
        return f"{self.name}:{line}" if line else self.name

    def warn(self, where: str, what: str, hint: str, subject: str) -> None:
        self.found.append(Problem(where, what, hint, subject, warning=True))


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that exists. Paths of properties leave out `Properties`."""

    stack: Stack
    logical_id: str

    @property
    def id(self) -> str:
        """The logical id in the project: `Child/Function` in a nested stack."""
        return self.stack.path + self.logical_id

    @property
    def given_id(self) -> str:
        """The logical id that the user wrote; SAM adds a digest to those of layers, and keeps the user's here."""
        metadata = self.stack.resources[self.logical_id].get("Metadata")
        given = metadata.get(SAM_ID) if isinstance(metadata, Mapping) else None
        known = isinstance(given, str) and ("Resources", given) in self.stack.source.lines
        return str(given) if known else self.logical_id

    @property
    def derived_name(self) -> str:
        """The physical name of what the template gives none, as `Ref` answers it."""
        return self.stack.scope.prefix + self.logical_id

    @property
    def kind(self) -> str:
        return str(self.stack.resources[self.logical_id]["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        properties = self.stack.resources[self.logical_id].get("Properties")
        return properties if isinstance(properties, Mapping) else {}

    def where(self, *path: str) -> str:
        """`file:line` of a property; one that came from SAM's Globals is found there."""
        lines, own = self.stack.source.lines, ("Resources", self.given_id, *(("Properties", *path) if path else ()))
        if own[:2] not in lines:  # SAM made it
            return self.stack.name
        if path[:1] == ("Body",) and own[:4] not in lines:  # SAM's word for it
            own = (*own[:3], "DefinitionBody", *own[4:])
        if path and own not in lines and (line := lines.get(("Globals", "Function", *path))):
            return f"{self.stack.name}:{line}"
        return self.stack.where(*own)

    def raw(self, *path: str) -> object:
        """The property as it stands, behind its choices (`Fn::If`); None when it is not there."""
        resolver = Resolver(self.stack.scope)
        value: object = self.properties
        try:
            for key in path:
                value = resolver.head(value)
                value = value.get(key) if isinstance(value, Mapping) else None
            value = resolver.choice(value)
        except Refusal as refusal:
            raise refusal.at(path) from None
        return None if value is NO_VALUE else value

    def value(self, *path: str) -> object:
        """The property resolved; None when it is not there. A Refusal knows its path."""
        return self.resolve(self.raw(*path), path)

    def resolve(self, value: object, path: tuple[str, ...]) -> object:
        resolver = Resolver(self.stack.scope)
        try:
            resolved = resolver.resolve(value)
        except Refusal as refusal:
            raise refusal.at(path) from None
        for what, hint in resolver.notes:
            self.stack.warn(self.where(*path), f"{self.id}: {what}", hint, self.id)
        return None if resolved is NO_VALUE else resolved

    def text(self, *path: str, default: str = "") -> str:
        value = self.value(*path)
        try:
            return default if value is None else text(value, ".".join(path))
        except Refusal as refusal:
            raise refusal.at(path) from None

    def whole(self, *path: str, default: int) -> int:
        value = self.value(*path)
        try:
            return default if value is None else whole(value, ".".join(path))
        except Refusal as refusal:
            raise refusal.at(path) from None

    def text_or(self, default: str, *path: str) -> str:
        """Text that devserve can do without: a property that cannot be resolved is told and the default taken."""
        try:
            return self.text(*path, default=default)
        except Refusal as refusal:
            self.warn(refusal, f"; {default!r} is used" if default else "; it is left empty")
            return default

    def whole_or(self, default: int, *path: str) -> int:
        try:
            return self.whole(*path, default=default)
        except Refusal as refusal:
            self.warn(refusal, f"; {default} is used")
            return default

    def mapping(self, *path: str) -> Mapping[str, object]:
        """A mapping whose values are still raw; empty when it is not there or something else."""
        value = self.raw(*path)
        if name_of(value):
            value = self.resolve(value, path)
        return value if isinstance(value, Mapping) else {}

    def texts(self, *path: str) -> tuple[str, ...]:
        value = self.value(*path)
        return tuple(text(item, ".".join(path)) for item in value) if isinstance(value, list) else ()

    def warn(self, refusal: Refusal, then: str = "") -> None:
        place = ".".join(refusal.path)
        what = f"{self._shown}: {place + ': ' if place else ''}{refusal.what}{then}"
        self.stack.warn(self.where(*refusal.path), what, refusal.hint, self.id)

    def leave_out(self, refusal: Refusal) -> None:
        place = ".".join(refusal.path)
        what = f"{self._shown}: {place + ': ' if place else ''}{refusal.what}"
        self.stack.found.append(Problem(self.where(*refusal.path), what, refusal.hint, self.id))

    @property
    def _shown(self) -> str:
        return self.stack.path + self.given_id


def open_stack(
    name: str,
    source: Document,
    template: Mapping[str, Any],
    scope: Scope,
    found: list[Problem],
    path: str = "",
    family: list[Stack] | None = None,
) -> Stack:
    """`template` is CloudFormation; resources without a type or whose condition does not hold are not there."""
    resources: dict[str, Any] = {}
    stack = Stack(name, source, scope, resources, found, path, [] if family is None else family)
    stack.family.append(stack)
    declared = template.get("Resources")
    for logical_id, resource in declared.items() if isinstance(declared, Mapping) else ():
        place = stack.where("Resources", logical_id)
        if not isinstance(resource, Mapping) or not isinstance(resource.get("Type"), str):
            found.append(Problem(place, f"{path}{logical_id} has no Type", "every resource has one", path + logical_id))
            continue
        try:
            if Resolver(scope).exists(resource):
                resources[logical_id] = resource
        except Refusal as refusal:
            what = f"{path}{logical_id}: its condition cannot be decided: {refusal.what}"
            found.append(Problem(place, what, refusal.hint, path + logical_id))
    return stack
