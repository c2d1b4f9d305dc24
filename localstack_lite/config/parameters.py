"""Template parameters: defaults, overrides, pseudo parameters. Pure.

A parameter without a usable value stops nothing by itself: it is remembered with its reason, and whoever refers to it
is told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.dynamic import LookUp, Reference, Unknown, Values, nobody
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.model.arn import ACCOUNT, REGION

Value = str | list[str]
_STORED = "AWS::SSM::Parameter::Value<"


@dataclass(frozen=True, slots=True)
class Unusable:
    what: str
    hint: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stack would be, were it deployed."""

    region: str = REGION
    account: str = ACCOUNT
    stack: str = "devserve"

    @property
    def partition(self) -> str:
        for prefix, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
            if self.region.startswith(prefix):
                return partition
        return "aws"

    @property
    def url_suffix(self) -> str:
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Text for most types, a list of text for `CommaDelimitedList` and `List<...>`. `undeclared` are overrides that no
    parameter takes, each with a hint. The values of those in `stored` came from the SSM Parameter Store; those in
    `unsure` only stand for what there will be in the cloud."""

    values: Mapping[str, Value] = field(default_factory=dict)
    unusable: Mapping[str, Unusable] = field(default_factory=dict)
    undeclared: Mapping[str, str] = field(default_factory=dict)
    stored: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


def read_parameters(
    declared: object,
    overrides: Mapping[str, str],
    look_up: LookUp = nobody,
    used: Collection[str] | None = None,
    set_it: str = "--parameter-overrides {}=...",
) -> Parameters:
    """`declared` is the template's Parameters section as it stands; `set_it` says how a value is given.

    Parameters of the type `AWS::SSM::Parameter::Value<...>` that are `used` (None: all) are looked up. Their override
    is the name to look up, as in CloudFormation, or, where that is not known, the value itself.
    """
    section: Mapping[str, Any] = declared if isinstance(declared, Mapping) else {}
    values: dict[str, Value] = {}
    unusable: dict[str, Unusable] = {}
    stored = _stored(section, overrides, section if used is None else used)
    known = look_up(sorted(set(stored.values()), key=repr)) if stored else {}
    for name, declaration in section.items():
        properties = declaration if isinstance(declaration, Mapping) else {}
        given = _from_store(stored[name], known, overrides.get(name)) if name in stored else overrides.get(name)
        match _value(name, properties, given, set_it.format(name)):
            case Unusable() as reason:
                unusable[name] = reason
            case value:
                values[name] = value
    undeclared = {
        name: did_you_mean(name, section, "the template declares no such parameter")
        for name in overrides
        if name not in section
    }
    return Parameters(values, unusable, undeclared, frozenset(stored))


def pseudo(place: Place) -> Mapping[str, Value]:
    """`AWS::Region` and its like, without `AWS::NoValue`."""
    stack_id = f"arn:{place.partition}:cloudformation:{place.region}:{place.account}:stack/{place.stack}/devserve"
    return {
        "AWS::Region": place.region,
        "AWS::AccountId": place.account,
        "AWS::StackName": place.stack,
        "AWS::StackId": stack_id,
        "AWS::Partition": place.partition,
        "AWS::URLSuffix": place.url_suffix,
        "AWS::NotificationARNs": [],
    }


def as_text(value: object) -> str:
    """A scalar as CloudFormation writes it into text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _stored(section: Mapping[str, Any], overrides: Mapping[str, str], used: Collection[str]) -> dict[str, Reference]:
    """What is to be looked up, by parameter."""
    found = {}
    for name, declared in section.items():
        if name not in used or not isinstance(declared, Mapping):
            continue
        named = overrides.get(name, declared.get("Default"))
        if str(declared.get("Type")).startswith(_STORED) and isinstance(named, str) and named:
            found[name] = Reference("ssm", named)
    return found


def _from_store(reference: Reference, known: Values, override: str | None) -> str | Unknown:
    found = known.get(reference, Unknown("it was not answered"))
    return override if isinstance(found, Unknown) and override is not None else found


def _value(name: str, declared: Mapping[str, Any], override: str | Unknown | None, set_it: str) -> Value | Unusable:
    kind = str(declared.get("Type", "String"))
    if isinstance(override, Unknown):
        what = f"the value of parameter {name} is in the SSM Parameter Store: {override.why}"
        return Unusable(what, f"give it: {set_it}")
    if override is None and kind.startswith(_STORED):
        return Unusable(f"the value of parameter {name} is in the SSM Parameter Store", f"give it: {set_it}")
    if override is None and declared.get("Default") is None:
        return Unusable(f"parameter {name} has no default and no value was given", set_it)
    given = override if override is not None else declared["Default"]
    text = ",".join(map(as_text, given)) if isinstance(given, list) else as_text(given)
    is_list = "CommaDelimitedList" in kind or "List<" in kind
    items = [item.strip() for item in text.split(",")] if is_list and text else [] if is_list else [text]
    for item in [] if kind.startswith(_STORED) else items:  # what is stored is bound by nothing, and never shown
        if problem := _check(name, kind, declared, item):
            return Unusable(problem, set_it)
    return items if is_list else text


def _check(name: str, kind: str, declared: Mapping[str, Any], item: str) -> str:
    """What is wrong with one value of a parameter, or nothing."""
    allowed = declared.get("AllowedValues")
    if isinstance(allowed, list) and item not in (choices := [as_text(choice) for choice in allowed]):
        return f"parameter {name} is {item!r}, allowed are {', '.join(choices)}"
    if kind in ("Number", "List<Number>"):
        try:
            number = float(item)
        except ValueError:
            return f"parameter {name} is {item!r}, which is not a number"
        if broken := _outside(number, declared, "MinValue", "MaxValue"):
            return f"parameter {name} is {item}, {broken}"
    pattern = declared.get("AllowedPattern")
    if isinstance(pattern, str) and kind == "String" and not _fits(pattern, item):
        return f"parameter {name} is {item!r}, which does not fit its AllowedPattern {pattern}"
    if kind == "String" and (broken := _outside(len(item), declared, "MinLength", "MaxLength")):
        return f"parameter {name} is {item!r}, {broken}"
    return ""


def _outside(figure: float, declared: Mapping[str, Any], lowest: str, highest: str) -> str:
    low, high = _number(declared.get(lowest)), _number(declared.get(highest))
    if low is not None and figure < low:
        return f"its {lowest} is {as_text(low)}"
    if high is not None and figure > high:
        return f"its {highest} is {as_text(high)}"
    return ""


def _number(value: object) -> float | None:
    try:
        return float(str(value)) if value is not None else None
    except ValueError:
        return None


def _fits(pattern: str, item: str) -> bool:
    try:
        return re.fullmatch(pattern, item) is not None
    except re.error:  # CloudFormation's patterns are Java's; what Python cannot compile is not our business to refuse
        return True
