"""CloudFormation text (YAML or JSON) → plain values and the line of every key. Pure.

The short forms `!Ref`, `!GetAtt`, `!Sub` ... become what JSON templates write. Keys are always text, as CloudFormation
takes them (`200:`, `on:` and `012345678901:` included); dates stay text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from localstack_lite.errors import UserError

if TYPE_CHECKING:
    from yaml.nodes import Node

#: More nodes than any real template has (CloudFormation takes 1 MB); aliases of aliases can make billions.
MOST_NODES = 400_000

#: Deeper than any template can be written by hand, and far from the interpreter's own limit.
MOST_LEVELS = 120

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`lines` maps the path of a key, as in `("Resources", "Hello", "Type")`, to its line, counted from 1.
    `repeated` are the paths of keys that stand twice in one mapping; the last one counts."""

    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    repeated: tuple[KeyPath, ...] = ()

    def line(self, *path: str) -> int | None:
        """The line of the longest part of the path that is known."""
        for end in range(len(path), 0, -1):
            if line := self.lines.get(path[:end]):
                return line
        return None


def parse(text: str, where: str, form: str = "a template has a Resources section") -> Document:
    """The document, which is a mapping. `where` is the file's name; a syntax error is a UserError at `where:line`.
    `form` is the hint when there is no mapping."""
    if where.endswith(".json"):
        return _parse_json(text, where)
    values, lines, repeated = _loaded(text, where, form, core=False)
    return Document(_mapping(values, where, form), lines, repeated)


def parse_any(text: str, where: str) -> tuple[object, Mapping[KeyPath, int]]:
    """A file of any content, with the lines of its keys: YAML as of its version 1.2, in which `yes`, `on` and `12:30`
    are text, with the short forms of CloudFormation; or JSON. A syntax error is a UserError at `where:line`."""
    if where.endswith(".json"):
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            place = f"{where}:{error.lineno}"
            raise UserError(place, f"not valid JSON: {error.msg}", "look before it") from None
        except RecursionError:
            raise UserError(where, "nested too deep to be read") from None
        try:  # good enough for the lines, which are only for messages
            return values, _loaded(text.replace("\t", " "), where, "", core=True)[1]
        except UserError:
            return values, {}
    values, lines, _ = _loaded(text, where, "write names and values, or a list", core=True)
    return values, lines


def _loaded(text: str, where: str, form: str, core: bool) -> tuple[Any, dict[KeyPath, int], tuple[KeyPath, ...]]:
    import yaml

    loader = _loader_class(core)(text)
    try:
        _check_depth(text, where)
        node = loader.get_single_node()
        if node is None:
            raise UserError(where, "the file is empty", form)
        lines, repeated = _lines(node, where)
        return loader.construct_document(node), lines, repeated
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{where}:{mark.line + 1}" if mark else where
        line = text.splitlines()[mark.line] if mark and mark.line < len(text.splitlines()) else ""
        raise UserError(place, f"not valid YAML: {error.problem or error.context}", _hint(str(error), line)) from None
    except yaml.YAMLError as error:
        raise UserError(where, f"not valid YAML: {str(error).splitlines()[0]}", "save the file as UTF-8 text") from None
    except RecursionError:
        raise UserError(where, "nested too deep to be read") from None
    finally:
        loader.dispose()


def _parse_json(text: str, where: str) -> Document:
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError(f"{where}:{error.lineno}", f"not valid JSON: {error.msg}", "look before it") from None
    except RecursionError:
        raise UserError(where, "nested too deep to be read") from None
    try:
        # JSON is YAML but for tabs and a few escapes: good enough for the lines, which are only for messages.
        lines = parse(text.replace("\t", " "), where + " ").lines
    except UserError:
        lines = {}
    return Document(_mapping(values, where), lines)


def _mapping(values: Any, where: str, form: str = "a template has a Resources section") -> Mapping[str, Any]:
    if not isinstance(values, dict):
        raise UserError(where, "not a mapping of names to values", form)
    return values


def _hint(message: str, line: str) -> str:
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "YAML is indented with spaces, never with tabs"
    if "flow" in message:
        return "inside { } and [ ] put values with braces, colons or commas in quotes"
    return "look at this line and the one before: indentation, quotes, colons"


def _check_depth(text: str, where: str) -> None:
    """Refuses what is nested so deep that composing it, which libyaml's binding does by recursion in C, would crash.

    Without long lines or many brackets no text can be: most are not looked at.
    """
    suspicious = text.count("[") + text.count("{") > MOST_LEVELS
    if not suspicious and max(map(len, text.splitlines()), default=0) <= MOST_LEVELS * 2:
        return
    import yaml

    depth = 0
    for event in yaml.parse(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MOST_LEVELS:
            mark = event.start_mark
            raise UserError(f"{where}:{mark.line + 1}" if mark else where, "nested too deep for a template")


def _lines(root: Node, where: str) -> tuple[dict[KeyPath, int], tuple[KeyPath, ...]]:
    from yaml.nodes import MappingNode, ScalarNode, SequenceNode

    lines: dict[KeyPath, int] = {}
    repeated: list[KeyPath] = []
    seen = 0

    def walk(node: Node, path: KeyPath, above: frozenset[int]) -> None:
        nonlocal seen
        seen += 1
        if id(node) in above:
            raise UserError(f"{where}:{node.start_mark.line + 1}", "an alias stands inside what it names")
        if seen > MOST_NODES or len(above) > MOST_LEVELS:
            raise UserError(where, "too big or nested too deep for a template")
        inside = above | {id(node)}
        if isinstance(node, MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                if not isinstance(key, ScalarNode):
                    raise UserError(f"{where}:{key.start_mark.line + 1}", "a key is not text", "put the key in quotes")
                here = (*path, key.value)
                if key.value in names and key.value != "<<":
                    repeated.append(here)
                names.add(key.value)
                lines[here] = key.start_mark.line + 1
                walk(value, here, inside)
        elif isinstance(node, SequenceNode):
            for index, item in enumerate(node.value):
                walk(item, (*path, str(index)), inside)

    walk(root, (), frozenset())
    return lines, tuple(repeated)


_LOADERS: dict[bool, type[Any]] = {}
#: What YAML 1.2 takes for a number or a truth value, where 1.1 takes more.
_CORE = {
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+|0o[0-7]+", "-+0123456789"),
    "float": (
        r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
}


def _loader_class(core: bool = False) -> type[Any]:
    """The loader, made once: yaml is imported only by those who read a template. `core`: scalars as of YAML 1.2."""
    if core in _LOADERS:
        return _LOADERS[core]
    import yaml

    base: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class CloudFormationLoader(base):  # type: ignore[misc]
        """Knows the short forms and keeps keys and dates as text."""

    def construct_mapping(loader: Any, node: Any) -> Iterator[dict[str, Any]]:
        values: dict[str, Any] = {}
        yield values
        loader.flatten_mapping(node)
        for key, value in node.value:
            values[str(key.value)] = loader.construct_object(value)

    def construct_short_form(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
        value: Any
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = _now(construct_mapping(loader, node), loader)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    CloudFormationLoader.add_constructor("tag:yaml.org,2002:map", construct_mapping)
    CloudFormationLoader.add_constructor(
        "tag:yaml.org,2002:timestamp", lambda loader, node: loader.construct_scalar(node)
    )
    CloudFormationLoader.add_multi_constructor("!", construct_short_form)
    if core:
        kept = {
            first: [(tag, form) for tag, form in each if tag.rpartition(":")[2] not in _CORE]
            for first, each in base.yaml_implicit_resolvers.items()
        }
        CloudFormationLoader.yaml_implicit_resolvers = kept
        for name, (form, first) in _CORE.items():
            pattern = re.compile(rf"^(?:{form})$")
            CloudFormationLoader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", pattern, list(first))
    _LOADERS[core] = CloudFormationLoader
    return CloudFormationLoader


def _now(parts: Iterator[dict[str, Any]], loader: Any) -> dict[str, Any]:
    """Runs a two-step constructor to its end: what stands under a tag is wanted complete."""
    deep, loader.deep_construct = loader.deep_construct, True
    try:
        values = next(parts)
        for _ in parts:
            pass
    finally:
        loader.deep_construct = deep
    return values
