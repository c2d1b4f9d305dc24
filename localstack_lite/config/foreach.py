"""`Fn::ForEach` written out: every loop is replaced by the keys that it makes, before anything else is read. Pure.

Each key that a loop makes has the line of the loop's body, so messages point to what the user wrote. A loop that cannot
be run is left out and told; everything around it stays. Source of the rules: AWS docs (language extensions).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.intrinsics import Nothing
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.yaml_cfn import Document, KeyPath
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

LOOP = "Fn::ForEach::"
#: CloudFormation's quota of resources in one template.
MOST_RESOURCES = 500
#: Turns of all loops of a template together, and values that they make: far above any template that can be deployed.
MOST_TURNS = 5_000
MOST_VALUES = 200_000
_SECTIONS = ("Conditions", "Resources", "Outputs")
_FORM = "write Fn::ForEach::NAME: [Identifier, [values], {key with ${Identifier}: ...}]"

Resolve = Callable[[object], object]
"""An intrinsic function's value, from parameters and mappings alone. Raises Refusal."""


def has_loops(values: object) -> bool:
    """Whether there is a loop anywhere in it."""
    waiting = [values]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            if any(isinstance(key, str) and key.startswith(LOOP) for key in value):
                return True
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return False


def expand(name: str, document: Document, resolve: Resolve) -> tuple[Document, tuple[Problem, ...]]:
    """The document without loops; the same one when it has none. `name` is the file's, for messages."""
    sections = {section: document.values[section] for section in _SECTIONS if section in document.values}
    if not has_loops(sections):
        return document, ()
    work = _Expansion(name, document, resolve)
    # What stands outside these sections keeps its lines.
    work.lines.update((path, line) for path, line in document.lines.items() if path[0] not in _SECTIONS)
    try:
        made = {section: work.walk(value, (section,), (section,), {}) for section, value in sections.items()}
    except RecursionError:
        raise UserError(name, "nested too deep for a template") from None
    for section in made:
        if line := document.lines.get((section,)):
            work.lines[section,] = line
    return Document({**document.values, **made}, work.lines, document.repeated), tuple(work.found)


@dataclass(slots=True)
class _Expansion:
    """One document on its way. `walk` goes along the document as it stands and as it becomes at once: that is how the
    lines come along."""

    name: str
    source: Document
    resolve: Resolve
    lines: dict[KeyPath, int] = field(default_factory=dict)
    found: list[Problem] = field(default_factory=list)
    turns: int = 0
    values: int = 0

    def walk(self, value: Any, old: KeyPath, new: KeyPath, bound: Mapping[str, str]) -> Any:
        """`old` is the place in the source, `new` the place in what is made; `bound` the identifiers' values."""
        self.values += bool(bound)  # what stands outside of loops was bounded when it was parsed
        if bound and self.values > MOST_VALUES:
            raise Refusal("its loops make more than any template can hold", "take fewer values")
        match value:
            case {"Ref": str(name)} if name in bound and len(value) == 1:
                return bound[name]
            case Mapping():
                return self._mapping(value, old, new, bound)
            case list():
                return [self.walk(item, (*old, str(at)), (*new, str(at)), bound) for at, item in enumerate(value)]
            case str() if bound:
                return _filled(value, bound)
        return value

    def _mapping(
        self, value: Mapping[str, Any], old: KeyPath, new: KeyPath, bound: Mapping[str, str]
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, item in value.items():
            here = (*old, key)
            if not key.startswith(LOOP):
                self._put(made, key, item, here, new, bound)
                continue
            before = dict(made)
            try:
                self._loop(made, item, here, new, bound, set(value))
            except Refusal as refusal:
                made.clear()
                made.update(before)
                self._tell(here, key, refusal, new)
        return made

    def _put(
        self, made: dict[str, Any], key: str, item: Any, old: KeyPath, new: KeyPath, bound: Mapping[str, str]
    ) -> None:
        name = _filled(key, bound)
        if line := self.source.lines.get(old):
            self.lines[*new, name] = line
        made[name] = self.walk(item, old, (*new, name), bound)

    def _loop(
        self,
        made: dict[str, Any],
        loop: Any,
        old: KeyPath,
        new: KeyPath,
        bound: Mapping[str, str],
        siblings: set[str],
    ) -> None:
        identifier, collection, body = _parts(loop)
        if identifier in bound:
            raise Refusal(f"its identifier {identifier} is that of a loop around it", "give it another name")
        for item in self._items(collection, bound):
            self.turns += 1
            if self.turns > MOST_TURNS:
                raise Refusal(f"the loops of this template turn more than {MOST_TURNS} times", "take fewer values")
            inside = {**bound, identifier: item}
            for inner, value in body.items():
                path = (*old, "2", inner)
                if inner.startswith(LOOP):
                    self._loop(made, value, path, new, inside, siblings)
                    continue
                name = _filled(inner, inside)
                if name in made or name in siblings:
                    raise Refusal(
                        f"it makes {name} twice", f"the key must hold ${{{identifier}}}, and each value stand once"
                    )
                self._put(made, inner, value, path, new, inside)
            if new == ("Resources",) and len(made) > MOST_RESOURCES:
                raise Refusal(f"with it there are more than {MOST_RESOURCES} resources", "CloudFormation takes no more")

    def _items(self, collection: Any, bound: Mapping[str, str]) -> Iterator[str]:
        """The values of a collection: a list, whose members may be calls, or a call that gives one."""
        given = self.walk(collection, (), (), bound)
        listed = given if isinstance(given, list) else self.resolve(given)
        if not isinstance(listed, list):
            raise Refusal("its collection is no list", "a list of text, or a Ref to a CommaDelimitedList")
        for item in listed:
            # A call may give several.
            found = self.resolve(item) if isinstance(item, Mapping) else [item]
            for each in found if isinstance(found, list) else [found]:
                if isinstance(each, Nothing):
                    continue
                if isinstance(each, Mapping | list) or each is None:
                    raise Refusal("its collection holds something that is no text", "a list of text")
                yield as_text(each)

    def _tell(self, path: KeyPath, key: str, refusal: Refusal, new: KeyPath) -> None:
        line = self.source.line(*path)
        subject = new[1] if len(new) > 1 else key.removeprefix(LOOP)
        inside = f" of {subject}" if len(new) > 1 and new[0] == "Resources" else ""
        what = f"{key}{inside}: {refusal.what}"
        problem = Problem(f"{self.name}:{line}" if line else self.name, what, refusal.hint or _FORM, subject)
        if problem not in self.found:
            self.found.append(problem)


def _parts(loop: Any) -> tuple[str, Any, Mapping[str, Any]]:
    match loop:
        case [str(identifier), (list() | Mapping()) as collection, Mapping() as body] if identifier and body:
            return identifier, collection, body
        case [str(), str(), Mapping()]:
            raise Refusal("its collection is text", "a list of text, or a Ref to a CommaDelimitedList")
    raise Refusal("it is not a list of an identifier, a collection and what to make", _FORM)


def _filled(text: str, bound: Mapping[str, str]) -> str:
    """`${Name}` is the value as it is; `&{Name}` only its letters and digits, as a logical id needs them."""

    def value(match: re.Match[str]) -> str:
        found = bound.get(match[2])
        if found is None:
            return match[0]
        return found if match[1] == "$" else "".join(c for c in found if c.isascii() and c.isalnum())

    return re.sub(r"([$&])\{(\w+)\}", value, text) if bound and "{" in text else text
