"""A template made ready to run: airspeed reads Velocity's syntax, and each part of it becomes a function of a `Run`.

airspeed's own evaluation is not used: it looks up attributes of Python objects by the names that a template gives, has
no bounds, and follows Python's rules where API Gateway follows Java's. Its grammar is that of AWS (its authors compare
it with recordings). `#break`, which it does not know, is added here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from localstack_lite.gateway.templates.expressions import Block, Expression, Expressions, Node
from localstack_lite.gateway.templates.run import MOST_ITERATIONS, Broken, Defined, Located, Loop, Run, Stopped
from localstack_lite.gateway.templates.values import CannotGoOn, JsonList, Value, text_of, true

#: Characters of a template (AWS quotas).
LARGEST_TEMPLATE: Final = 300 * 1024
_BREAK: Final = re.compile(r"break\b[ \t]*\n?")
_BRACKET: Final = re.compile(r"\[(\s*\$)?|\]")
_MOST_LISTS: Final = 10
_DIRECTIVE: Final = re.compile(r"#(?:if|foreach|set|macro|define|evaluate)[ \t]*\(")
#: `#set(${x} = 1)`, which Velocity takes and airspeed does not.
_BRACED: Final = re.compile(r"(#set\s*\(\s*\$)!?\{(\w+)\}")


class Unreadable(Exception):
    """The template has a syntax error; the first argument says it in one line."""


def program(text: str) -> Block:
    """The template as a function of a run. Raises `Unreadable`."""
    if len(text) > LARGEST_TEMPLATE:
        raise Unreadable(f"it has {len(text)} characters; API Gateway takes {LARGEST_TEMPLATE}")
    from airspeed import operators

    source = _BRACED.sub(r"\1\2", text)
    try:
        _check_lists(source)
        body = operators.TemplateBody("template", source)
        return _Builder().block(body.block)
    except operators.TemplateSyntaxError as error:
        raise Unreadable(" ".join(str(error).split())) from None
    except (operators.NoMatch, KeyError, AttributeError, TypeError, ValueError, CannotGoOn) as error:
        raise Unreadable(f"it cannot be read: {' '.join(str(error).split())}".rstrip(": ")) from None
    except RecursionError:
        raise Unreadable("it has too many parts in each other") from None


class _Builder:
    """Makes the parts of one template. `macros` are known everywhere in it, by name in lower case."""

    def __init__(self) -> None:
        self._expressions = Expressions(self.block)
        self._macros: dict[str, tuple[tuple[str, ...], Block]] = {}

    def block(self, node: Node) -> Block:
        works = [(self._work(child), child.start) for child in self._children(node)]

        def work(run: Run) -> None:
            for each, at in works:
                run.step()
                try:
                    each(run)
                except CannotGoOn as error:
                    raise Located(str(error), at) from None

        return work

    def _children(self, node: Node) -> list[Node]:
        """What stands in a block, each `#break` in one piece."""
        found: list[Node] = []
        for child in node.children:
            before: Node = found[-1] if found else None
            if type(before).__name__ == "FallthroughHashText" and (cut := _BREAK.match(getattr(child, "text", ""))):
                found[-1] = _BreakHere(before.start)
                child.text = child.text[cut.end() :]
            elif before is not None and type(before).__name__ == "FallthroughHashText":
                _check(before)
            found.append(child)
        return found

    def _work(self, node: Node) -> Block:
        match type(node).__name__:
            case "Text" | "FallthroughHashText":
                return _writing(node.text)
            case "FormalReference":
                return self._shown(node)
            case "IfDirective":
                return self._if(node)
            case "SetDirective":
                return self._set(node.assignment)
            case "ForeachDirective":
                return self._foreach(node)
            case "MacroDefinition":
                self._macros[node.function_name.lower()] = (tuple(node.arg_names), self.block(node.block))
                return _nothing
            case "DefineDefinition":
                defined, name = Defined(self.block(node.block)), node.function_name
                return lambda run: run.names.__setitem__(name, defined)
            case "MacroCall":
                return self._macro(node)
            case "EvaluateDirective":
                return self._evaluate(self._expressions.value(node.value))
            case "StopDirective":
                return _raising(Stopped)
            case "_BreakHere":
                return _raising(Broken)
            case "Comment":
                return _nothing
            case "IncludeDirective" | "ParseDirective":
                raise CannotGoOn("#include and #parse have nothing to read in API Gateway")
        return _writing(node.my_text())

    def _shown(self, node: Node) -> Block:
        value = self._expressions.reference(node)

        def work(run: Run) -> None:
            shown = value(run)
            # recorded: a reference to nothing prints nothing
            if shown is not None:
                run.write(text_of(shown))

        return work

    def _if(self, node: Node) -> Block:
        branches = [(self._expressions.value(node.condition.expression), self.block(node.block))]
        branches += [
            (self._expressions.value(each.condition.expression), self.block(each.block)) for each in node.elseifs
        ]
        other = self.block(node.else_block.block) if hasattr(node.else_block, "block") else _nothing

        def work(run: Run) -> None:
            for condition, then in branches:
                if true(condition(run)):
                    return then(run)
            return other(run)

        return work

    def _set(self, node: Node) -> Block:
        value, root = self._expressions.value(node.value), node.root_term
        if not node.terms:
            return lambda run: run.names.__setitem__(root, value(run))
        keys = [self._key(each.term) for each in node.terms]

        def work(run: Run) -> None:
            new, place = value(run), run.names.get(root)
            for key in keys[:-1]:
                name = key(run)
                place = place.get(name) if isinstance(place, dict) else None
            _put(place, keys[-1](run), new)

        return work

    def _key(self, node: Node) -> Expression:
        if isinstance(node.value, str):
            name = node.value
            return lambda _: name
        return self._expressions.value(node.value)

    def _foreach(self, node: Node) -> Block:
        wanted, name, body = self._expressions.value(node.value), node.loop_var_name, self.block(node.block)

        def work(run: Run) -> None:
            items = _items(wanted(run))
            names = run.names
            before = {each: names[each] for each in (name, "foreach", "velocityCount") if each in names}
            parent = names.get("foreach")
            try:
                for index, value in enumerate(items):
                    if index == MOST_ITERATIONS:
                        raise CannotGoOn(f"a #foreach of more than {MOST_ITERATIONS} iterations")
                    names[name] = value
                    names["foreach"] = Loop(index, len(items), parent)
                    names["velocityCount"] = index + 1
                    body(run)
            except Broken:
                pass
            finally:
                for each in (name, "foreach", "velocityCount"):
                    names.pop(each, None)
                names.update(before)

        return work

    def _macro(self, node: Node) -> Block:
        arguments = [self._expressions.value(each) for each in node.args]
        written, macros, called = node.my_text(), self._macros, node.macro_name

        def work(run: Run) -> None:
            if called not in macros:
                run.write(written)
                return
            parameters, body = macros[called]
            names = run.names
            before = {each: names[each] for each in parameters if each in names}
            values = [each(run) for each in arguments]
            for index, parameter in enumerate(parameters):
                names[parameter] = values[index] if index < len(values) else None
            try:
                run.deeper(body)
            finally:
                for parameter in parameters:
                    names.pop(parameter, None)
                names.update(before)

        return work

    def _evaluate(self, value: Expression) -> Block:
        def work(run: Run) -> None:
            text = value(run)
            if text is not None:
                try:
                    inner = program(text_of(text))
                except Unreadable as error:
                    raise CannotGoOn(f"#evaluate: {error}") from None
                # reading costs more than running
                run.left -= len(text_of(text))
                try:
                    run.deeper(inner)
                except Located as error:
                    raise CannotGoOn(f"#evaluate: {error.cause}") from None

        return work


def _check_lists(source: str) -> None:
    """airspeed reads what is in a list that begins with a reference twice, so lists in each other take twice as long
    with each of them."""
    opened: list[bool] = []
    depth = 0
    for found in _BRACKET.finditer(source):
        if found[0] == "]":
            depth -= opened.pop() if opened else False
            continue
        opened.append(bool(found[1]))
        depth += opened[-1]
        if depth > _MOST_LISTS:
            raise CannotGoOn(f"more than {_MOST_LISTS} lists in each other")


def _check(hash_text: Node) -> None:
    """airspeed takes a directive that it cannot read for a text; in Velocity it is an error."""
    source, at = hash_text.full_text(), hash_text.start
    if found := _DIRECTIVE.match(source, at):
        line = source.count("\n", 0, at) + 1
        raise CannotGoOn(f"line {line}: {found[0].rstrip(' (')} and its parentheses")


class _BreakHere:
    def __init__(self, start: int) -> None:
        self.start = start


def _nothing(_: Run) -> None:
    pass


def _writing(text: str) -> Block:
    return lambda run: run.write(text)


def _raising(what: Callable[[], Exception]) -> Block:
    def work(_: Run) -> None:
        raise what()

    return work


def _items(value: Value) -> list[Value]:
    """What a `#foreach` goes through: of a map its values; nothing of what is no collection."""
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _put(place: Value, key: Value, value: Value) -> None:
    """`#set($place.key = value)`. Where that is no place nothing happens, as in Velocity."""
    if isinstance(place, dict):
        place[text_of(key)] = value
    elif isinstance(place, (JsonList, list)) and isinstance(key, int) and -len(place) <= key < len(place):
        place[key] = value
