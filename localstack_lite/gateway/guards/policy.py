"""IAM policy documents: what one says about a request. Source: AWS docs, "Policy evaluation logic".

An explicit deny wins over everything, an allow over silence. What cannot be decided (see `policy_condition`) never
allows, and denies where the statement denies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.gateway.guards.policy_condition import all_of, holds, texts
from localstack_lite.gateway.guards.policy_pattern import Keys, Unresolved, fits, pattern
from localstack_lite.model.record import record

INVOKE = "execute-api:Invoke"
#: Of the ARN of a resource in a policy that an authorizer returns (AWS quotas).
LONGEST_RESOURCE = 512
_WITH_VARIABLES = "2012-10-17"
_VERSIONS = (_WITH_VARIABLES, "2008-10-17")


class Verdict(StrEnum):
    ALLOW = "allow"
    DENY = "deny"
    NEITHER = "neither"


class Unreadable(ValueError):
    """It is no policy document; the text says why, for people."""


@record
class Asked:
    """`principals` are all names of who asks: ARNs, account; nobody has a name who did not sign."""

    resource: str
    keys: Keys
    action: str = INVOKE
    principals: tuple[str, ...] = ()


@record
class Judgement:
    verdict: Verdict
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Names:
    """Action and NotAction, Resource and NotResource, Principal and NotPrincipal: `others` means the Not-form."""

    names: tuple[str, ...]
    others: bool = False


@dataclass(frozen=True, slots=True)
class _Statement:
    allows: bool
    actions: _Names
    resources: _Names
    principals: _Names | None
    condition: object


@dataclass(frozen=True, slots=True)
class Policy:
    statements: tuple[_Statement, ...]
    variables: bool

    def judge(self, asked: Asked) -> Judgement:
        notes: list[str] = []
        verdict = Verdict.NEITHER
        for statement in self.statements:
            applies = self._applies(statement, asked, notes)
            if not statement.allows and applies is not False:
                return Judgement(Verdict.DENY, tuple(notes))
            if statement.allows and applies:
                verdict = Verdict.ALLOW
        return Judgement(verdict, tuple(notes))

    def longest_resource(self) -> int:
        """In bytes."""
        return max((len(name.encode()) for one in self.statements for name in one.resources.names), default=0)

    def _applies(self, statement: _Statement, asked: Asked, notes: list[str]) -> bool | None:
        who = statement.principals
        if who is not None and ("*" in who.names or any(name in who.names for name in asked.principals)) is who.others:
            return False
        try:
            action = self._named(statement.actions, asked.action.lower(), asked.keys, lower=True)
            resource = self._named(statement.resources, asked.resource, asked.keys)
        except Unresolved as error:
            notes.append(f"a statement of the policy cannot be decided: {error}")
            action = resource = None
        if action is False or resource is False:
            return False
        return all_of((action, resource, holds(statement.condition, asked.keys, variables=self.variables, notes=notes)))

    def _named(self, element: _Names, text: str, keys: Keys, *, lower: bool = False) -> bool | None:
        names = (name.lower() for name in element.names) if lower else element.names
        found = any(fits(pattern(name, keys, variables=self.variables and not lower), text) for name in names)
        return found is not element.others


def read_policy(document: object, *, short: str = "", needs_principal: bool = False) -> Policy:
    """`short` is what `execute-api:` stands for in the resources of an API's own policy, which also has to say about
    whom it speaks. Raises `Unreadable`."""
    if not isinstance(document, Mapping):
        raise Unreadable("the policy document is no object")
    version = document.get("Version", _VERSIONS[1])
    if version not in _VERSIONS:
        raise Unreadable("the policy document has a Version that is none")
    given = document.get("Statement")
    statements = given if isinstance(given, list) else [given]
    read = [_statement(one, short, needs_principal) for one in statements]
    return Policy(tuple(read), version == _WITH_VARIABLES)


def _statement(given: object, short: str, needs_principal: bool) -> _Statement:
    if not isinstance(given, Mapping):
        raise Unreadable("the policy document has no Statement, or one that is no object")
    effect = given.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise Unreadable("a statement's Effect is neither Allow nor Deny")
    if "Condition" in given and not isinstance(given["Condition"], Mapping):
        raise Unreadable("a statement's Condition is no object")
    resources = _either(given, "Resource")
    if short:
        resources = _Names(tuple(_long(name, short) for name in resources.names), resources.others)
    principals = None
    if "Principal" in given or "NotPrincipal" in given or needs_principal:
        principals = _principals(given)
    return _Statement(effect == "Allow", _either(given, "Action"), resources, principals, given.get("Condition"))


def _either(given: Mapping[str, object], name: str) -> _Names:
    """An element or its Not-form: exactly one of them is there, with texts."""
    present = [form for form in (name, f"Not{name}") if form in given]
    if len(present) != 1:
        raise Unreadable(f"a statement needs either {name} or Not{name}")
    return _Names(_names(given[present[0]], present[0]), others=present[0] != name)


def _names(value: object, element: str) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if not listed or not all(isinstance(one, str) for one in listed):
        raise Unreadable(f"a statement's {element} is neither a text nor a list of texts")
    return tuple(listed)


def _principals(given: Mapping[str, object]) -> _Names:
    present = [form for form in ("Principal", "NotPrincipal") if form in given]
    if len(present) != 1:
        raise Unreadable("a statement needs either Principal or NotPrincipal")
    value = given[present[0]]
    kinds: Iterable[tuple[object, object]] = value.items() if isinstance(value, Mapping) else (("AWS", value),)
    # a star among services or providers means all of those, and none of them calls here
    names = tuple(
        name if kind == "AWS" else f"{kind}:{name}"
        for kind, listed in kinds
        for name in texts(listed) or _names(listed, present[0])
    )
    return _Names(names, others=present[0] != "Principal")


def _long(resource: str, short: str) -> str:
    prefix = "execute-api:"
    return short + resource.removeprefix(prefix) if resource.startswith(prefix) else resource
