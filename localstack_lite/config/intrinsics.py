"""Resolves CloudFormation's intrinsic functions over a template's own values. Pure.

`Resolver` never raises anything but `Refusal`, never recurses without end (references in progress are remembered, depth
and work are bounded) and never asks the cloud: resources answer with stand-ins (see `standins`)
unless somebody knows them (`Known`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Protocol

from localstack_lite.config import standins
from localstack_lite.config.parameters import Parameters, Place, as_text, pseudo
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.text_functions import PLAIN, arguments, items, text

NESTED_STACK = "AWS::CloudFormation::Stack"
MOST_LEVELS = 100
MOST_STEPS = 200_000
_VARIABLE = re.compile(r"\$\{([^}]*)\}")


class Nothing(Enum):
    """`AWS::NoValue`: the property that gets it does not exist."""

    NO_VALUE = "AWS::NoValue"


NO_VALUE: Final = Nothing.NO_VALUE


class Known(Protocol):
    """What resources really are, where somebody knows: answers in place of stand-ins. Raises Refusal."""

    def ref(self, logical_id: str, kind: str) -> object: ...

    def get_att(self, logical_id: str, kind: str, attribute: str, prop: standins.Property) -> object: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """All that an intrinsic can speak of: sections of the template as they stand, parameters with their values."""

    parameters: Parameters = field(default_factory=Parameters)
    place: Place = field(default_factory=Place)
    mappings: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = field(default="", kw_only=True)
    """What names made up for a nested stack's resources start with: `Child-`, so that two stacks of one template have
    two sets of them. Empty in the stack of the project itself."""
    output: Callable[[str, str], object] | None = field(default=None, kw_only=True)
    """An output of a nested stack, by the logical id of its resource and its own name; a Refusal when it has none."""
    known: Known | None = field(default=None, kw_only=True)
    """With it nothing is made up: what is not known for sure is refused."""


def name_of(value: object) -> str:
    """`Ref`, `Fn::Sub` ... when the value is a call of an intrinsic function, else empty."""
    if isinstance(value, Mapping) and len(value) == 1:
        key = next(iter(value))
        if key == "Ref" or (isinstance(key, str) and key.startswith("Fn::")):
            return str(key)
    return ""


class Resolver:
    """One use: what it met on the way is in `notes` (what, hint), for the user to hear."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.notes: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._level = 0
        self._steps = 0

    def resolve(self, value: object) -> object:
        """The value with every intrinsic replaced; `NO_VALUE` members of lists and mappings are gone."""
        with self._deeper():
            if name := name_of(value):
                assert isinstance(value, Mapping)
                return self._call(name, value[name])
            if isinstance(value, Mapping):
                pairs = [(key, self.resolve(item)) for key, item in value.items()]
                return {key: item for key, item in pairs if item is not NO_VALUE}
            if isinstance(value, list):
                return [item for item in map(self.resolve, value) if item is not NO_VALUE]
            return value

    def head(self, value: object) -> object:
        """The value with only its outermost call made, so that one bad leaf does not spoil its siblings."""
        chosen = self.choice(value)
        return self.resolve(chosen) if name_of(chosen) else chosen

    def choice(self, value: object) -> object:
        """The value as it stands in the template, behind every outer `Fn::If`; `NO_VALUE` when that was chosen."""
        with self._deeper():
            match name_of(value):
                case "Fn::If":
                    assert isinstance(value, Mapping)
                    return self.choice(self._chosen(value["Fn::If"]))
                case "Ref" if value == {"Ref": "AWS::NoValue"}:
                    return NO_VALUE
            return value

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        if name not in self.scope.conditions:
            hint = did_you_mean(name, self.scope.conditions, "declare it under Conditions")
            raise Refusal(f"there is no condition {name}", hint)
        with self._in_progress(f"condition {name}"):
            return self._test(self.scope.conditions[name])

    def exists(self, resource: object) -> bool:
        """Whether a resource's own `Condition` holds. `resource` is its declaration."""
        name = resource.get("Condition") if isinstance(resource, Mapping) else None
        return self.condition(name) if isinstance(name, str) else True

    def _call(self, name: str, argument: object) -> object:
        match name:
            case "Ref":
                return self._ref(text(argument, "the argument of Ref"))
            case "Fn::GetAtt":
                return self._get_att(argument)
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::If":
                return self.resolve(self._chosen(argument))
            case "Fn::FindInMap":
                return self._find_in_map(argument)
            case "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not":
                return self._test({name: argument})
            case "Fn::GetAZs":
                if self.scope.known is not None:
                    raise Refusal("only AWS knows the zones of an account")
                region = text(self.resolve(argument), "the region of Fn::GetAZs") or self.scope.place.region
                return [region + letter for letter in "abc"]
            case "Fn::ImportValue":
                export = self.resolve(argument)
                raise Refusal(f"Fn::ImportValue of {export!r} is another stack's value, unknown here", _SET_IT)
            case "Fn::Transform":
                macro = argument.get("Name", "") if isinstance(argument, Mapping) else ""
                raise Refusal(f"the macro {macro} runs only in CloudFormation", "write out what it makes")
        if name not in PLAIN:
            hint = did_you_mean(name, [*PLAIN, *_WITH_SCOPE], "look the name up in the CloudFormation reference")
            raise Refusal(f"there is no function {name}", hint)
        return PLAIN[name](self.resolve(argument))

    def _ref(self, name: str) -> object:
        if name == "AWS::NoValue":
            return NO_VALUE
        parameters = self.scope.parameters
        if name in parameters.unusable:
            raise Refusal(parameters.unusable[name].what, parameters.unusable[name].hint)
        if name.startswith("AWS::") and name in (given := pseudo(self.scope.place)):
            return parameters.values.get(name, given[name])
        if name in parameters.values:
            return parameters.values[name]
        kind, properties = self._resource(name)
        with self._in_progress(name):
            if self.scope.known is not None:
                return self.scope.known.ref(name, kind)
            physical, made = self._name(kind, name, properties), self.scope.prefix + name
            return standins.ref(kind, made, physical, self._property(properties), self._place)

    def _get_att(self, argument: object) -> object:
        if isinstance(argument, str):
            argument = argument.split(".", 1)
        name, attribute = (text(self.resolve(part), "Fn::GetAtt") for part in arguments(argument, "Fn::GetAtt", 2))
        kind, properties = self._resource(name)
        with self._in_progress(name):
            if kind == NESTED_STACK and attribute.startswith("Outputs.") and self.scope.output is not None:
                return self.scope.output(name, attribute.removeprefix("Outputs."))
            prop = self._property(properties)
            if self.scope.known is not None:
                return self.scope.known.get_att(name, kind, attribute, prop)
            physical = self._name(kind, name, properties)
            found = standins.get_att(kind, self.scope.prefix + name, physical, attribute, prop, self._place)
        if found is None:
            found = f"{name}.{attribute}"
            self.notes.append((f"{attribute} of {name} ({kind}) is not known here, {found} is used", _SET_IT))
        return found

    def _sub(self, argument: object) -> str:
        given: Mapping[str, object] = {}
        if isinstance(argument, list):
            argument, variables = arguments(argument, "Fn::Sub", 2)
            if not isinstance(variables, Mapping):
                raise Refusal("the second argument of Fn::Sub is not a mapping")
            given = variables

        def replace(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in given:
                return text(self.resolve(given[name]), f"{name} in Fn::Sub")
            target = {"Fn::GetAtt": name.split(".", 1)} if "." in name else {"Ref": name}
            return text(self.resolve(target), f"{name} in Fn::Sub")

        return _VARIABLE.sub(replace, text(argument, "the argument of Fn::Sub"))

    def _chosen(self, argument: object) -> object:
        name, then, otherwise = arguments(argument, "Fn::If", 3)
        holds = self.condition(name) if isinstance(name, str) else self._test(name)
        return then if holds else otherwise

    def _find_in_map(self, argument: object) -> object:
        call = arguments(argument, "Fn::FindInMap", 3, 4)
        keys = [text(self.resolve(key), "a key of Fn::FindInMap") for key in call[:3]]
        found: object = self.scope.mappings
        for depth, key in enumerate(keys):
            if not isinstance(found, Mapping) or key not in found:
                if len(call) == 4 and isinstance(call[3], Mapping) and "DefaultValue" in call[3]:
                    return self.resolve(call[3]["DefaultValue"])
                known = found if isinstance(found, Mapping) else {}
                inside = ".".join(keys[:depth]) or "Mappings"
                raise Refusal(f"{inside} has no key {key}", did_you_mean(key, known, "add it to the mapping"))
            found = found[key]
        return self.resolve(found)

    def _test(self, value: object) -> bool:
        with self._deeper():
            match value:
                case {"Condition": str(name)}:
                    return self.condition(name)
                case {"Fn::Equals": argument}:
                    left, right = (self.resolve(side) for side in arguments(argument, "Fn::Equals", 2))
                    return _comparable(left) == _comparable(right)
                case {"Fn::Not": argument}:
                    return not self._test(arguments(argument, "Fn::Not", 1)[0])
                case {"Fn::And": argument}:
                    return all(self._test(part) for part in items(argument, "the argument of Fn::And"))
                case {"Fn::Or": argument}:
                    return any(self._test(part) for part in items(argument, "the argument of Fn::Or"))
            match _comparable(self.resolve(value)):
                case "true":
                    return True
                case "false":
                    return False
            raise Refusal("a condition is neither true nor false", "use Fn::Equals, Fn::And, Fn::Or, Fn::Not")

    @property
    def _place(self) -> Place:
        return self.scope.place

    def _resource(self, name: str) -> tuple[str, Mapping[str, Any]]:
        resources = self.scope.resources
        if name not in resources:
            known = [*resources, *self.scope.parameters.values, *self.scope.parameters.unusable]
            raise Refusal(f"there is no parameter or resource {name}", did_you_mean(name, known, "declare it"))
        declared = resources[name] if isinstance(resources[name], Mapping) else {}
        with self._in_progress(f"the condition of {name}"):
            if not self.exists(declared):
                raise Refusal(f"{name} does not exist: its condition {declared.get('Condition')} does not hold")
        properties = declared.get("Properties")
        return str(declared.get("Type", "")), properties if isinstance(properties, Mapping) else {}

    def _name(self, kind: str, logical_id: str, properties: Mapping[str, Any]) -> str:
        return self._property(properties)(standins.NAME_PROPERTY.get(kind, "")) or self.scope.prefix + logical_id

    def _property(self, properties: Mapping[str, Any]) -> standins.Property:
        def read(name: str) -> str:
            found = self.resolve(properties[name]) if name in properties else None
            return "" if found is None or found is NO_VALUE else text(found, name)

        return read

    @contextmanager
    def _in_progress(self, what: str) -> Iterator[None]:
        if what in self._open:
            circle = " → ".join([*self._open[self._open.index(what) :], what])
            raise Refusal(f"circular reference: {circle}", "break the circle in the template")
        self._open.append(what)
        try:
            yield
        finally:
            self._open.pop()

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._level += 1
        self._steps += 1
        try:
            if self._level > MOST_LEVELS or self._steps > MOST_STEPS:
                raise Refusal("nested too deep or too big to be resolved")
            yield
        finally:
            self._level -= 1


_SET_IT = "set the variable with --env-vars FILE, or put a parameter there"
_WITH_SCOPE = (
    *("Ref", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::FindInMap", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not"),
    *("Fn::GetAZs", "Fn::ImportValue"),
)


def _comparable(value: object) -> object:
    """CloudFormation compares text: `true` and `"true"` are the same."""
    return value if isinstance(value, list | Mapping | Nothing) else as_text(value)
