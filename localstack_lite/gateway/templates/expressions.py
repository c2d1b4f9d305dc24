"""The expressions of templates, made out of what airspeed parsed: each becomes a function of a `Run`. Pure.

Velocity's rules as Java has them: `+` joins texts, whole numbers divide to whole numbers, values of different classes
are equal when they print alike, null is less than nothing.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any, Final

from localstack_lite.gateway.templates.methods import LARGEST, item
from localstack_lite.gateway.templates.run import Defined, Located, Run, call, member
from localstack_lite.gateway.templates.values import CannotGoOn, Value, limited, text_of, true

Expression = Callable[[Run], Value]
Block = Callable[[Run], None]
#: An element of airspeed's syntax tree; the package has no types.
Node = Any

#: From loose to tight.
_PRECEDENCE: Final = {
    **dict.fromkeys(("||", "or"), 1),
    **dict.fromkeys(("&&", "and"), 2),
    **dict.fromkeys(("==", "eq", "!=", "ne"), 3),
    **dict.fromkeys((">", "gt", ">=", "ge", "<", "lt", "<=", "le"), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}
_ORDERS: Final[dict[str, Callable[..., bool]]] = {
    **dict.fromkeys((">", "gt"), operator.gt),
    **dict.fromkeys((">=", "ge"), operator.ge),
    **dict.fromkeys(("<", "lt"), operator.lt),
    **dict.fromkeys(("<=", "le"), operator.le),
}
#: Java would go on with numbers of any size; nobody needs more than these.
_LARGEST_NUMBER: Final = 2**256


class Expressions:
    """`block` makes the function of a block in a text with references."""

    def __init__(self, block: Callable[[Node], Block]) -> None:
        self._block = block

    def value(self, node: Node) -> Expression:
        """Any expression."""
        match type(node).__name__:
            case "Value":
                return self.value(node.expression)
            case "Expression":
                return self._operations(node)
            case "ParenthesizedExpression":
                return self.value(node.calculate.__self__)
            case "FormalReference":
                return self.reference(node)
            case "InterpolatedStringLiteral":
                return _interpolated(self._block(node.block))
            case "ArrayLiteral":
                return self._list(node.values)
            case "DictionaryLiteral":
                return self._map(node)
            case "UnaryOperatorValue":
                negated = self.value(node.value)
                return lambda run: not true(negated(run))
            case "NullLiteral" | "IntegerLiteral" | "FloatingPointLiteral" | "BooleanLiteral" | "StringLiteral":
                constant = node.value
                return lambda _: constant
        raise CannotGoOn(f"{type(node).__name__} is nothing that has a value")

    def reference(self, node: Node) -> Expression:
        """`$x`, `$x.y(...)[0]`, `${x|"other"}`."""
        if node.expression is None:
            text = node.my_text()
            return lambda _: text
        found = self._path(node.expression)
        if node.alternate is None:
            return found
        other = self.value(node.alternate.expression)

        def alternate(run: Run) -> Value:
            value = found(run)
            return other(run) if value is None else value

        return alternate

    def _path(self, node: Node) -> Expression:
        name = node.part.name
        steps = tuple(self._steps(node))

        def read(run: Run) -> Value:
            run.step()
            value = run.names.get(name)
            for step in steps:
                if value is None:
                    return None
                value = step(run, value)
            if isinstance(value, Defined):
                run.left -= 1
                return run.aside(lambda inner: inner.deeper(value.work))
            return value

        return read

    def _steps(self, variable: Node) -> list[Callable[[Run, Value], Value]]:
        """What is done to a variable, one after the other: members, calls, indexes."""
        steps: list[Callable[[Run, Value], Value]] = []
        self._index(steps, variable.part.index)
        rest = variable.subexpression
        while rest is not None:
            if type(rest.expression).__name__ == "ArrayIndex":
                self._index(steps, rest.expression)
                rest = rest.subexpression
                continue
            part = rest.expression.part
            if part.parameters is None:
                steps.append(_member_step(part.name))
            else:
                values = getattr(part.parameters.values, "values", [])
                steps.append(_call_step(part.name, tuple(self.value(each) for each in values)))
            self._index(steps, part.index)
            rest = rest.expression.subexpression
        return steps

    def _index(self, steps: list[Callable[[Run, Value], Value]], node: Node) -> None:
        if node is not None:
            wanted = self.value(node.index)
            steps.append(lambda run, value: item(value, wanted(run)))

    def _list(self, node: Node) -> Expression:
        if type(node).__name__ == "Range":
            first, last = self.value(node.value1), self.value(node.value2)
            return lambda run: _range(first(run), last(run))
        items = tuple(self.value(each) for each in getattr(node, "values", ()))
        return lambda run: [each(run) for each in items]

    def _map(self, node: Node) -> Expression:
        items = tuple((self.value(key), self.value(value)) for key, value in node.local_data.items())
        return lambda run: {text_of(key(run)): value(run) for key, value in items}

    def _operations(self, node: Node) -> Expression:
        terms = node.expression
        first, rest = self.value(terms[0]), terms[1:]
        pairs = [(rest[i].my_text().strip(), self.value(rest[i + 1])) for i in range(0, len(rest), 2)]
        made, left = _climbed(first, pairs, 0)
        if left:
            raise CannotGoOn(f"operator {left[0][0]} is unknown")
        return made


def _climbed(left: Expression, pairs: list[tuple[str, Expression]], loosest: int) -> tuple[Expression, Any]:
    """The operations that bind at least so tightly, and those that are left."""
    while pairs and _PRECEDENCE.get(pairs[0][0], -1) >= max(loosest, 1):
        sign, right = pairs[0]
        pairs = pairs[1:]
        while pairs and _PRECEDENCE.get(pairs[0][0], -1) > _PRECEDENCE[sign]:
            right, pairs = _climbed(right, pairs, _PRECEDENCE[pairs[0][0]])
        left = _operation(sign, left, right)
    return left, pairs


def _operation(sign: str, left: Expression, right: Expression) -> Expression:
    match sign:
        case "||" | "or":
            return lambda run: true(left(run)) or true(right(run))
        case "&&" | "and":
            return lambda run: true(left(run)) and true(right(run))
        case "==" | "eq":
            return lambda run: equal(left(run), right(run))
        case "!=" | "ne":
            return lambda run: not equal(left(run), right(run))
        case "+" | "-" | "*" | "/" | "%":
            return lambda run: calculated(sign, left(run), right(run))
    order = _ORDERS[sign]
    return lambda run: _ordered(order, left(run), right(run))


def _interpolated(inner: Block) -> Expression:
    def text(run: Run) -> Value:
        try:
            return run.aside(inner)
        except Located as error:
            # its place is that in the text, not in the template
            raise CannotGoOn(error.cause) from None

    return text


def _member_step(name: str) -> Callable[[Run, Value], Value]:
    return lambda _, value: member(value, name)


def _call_step(name: str, arguments: tuple[Expression, ...]) -> Callable[[Run, Value], Value]:
    def step(run: Run, value: Value) -> Value:
        run.step()
        return call(value, name, [each(run) for each in arguments])

    return step


def _range(first: Value, last: Value) -> list[int] | None:
    if not _is_number(first) or not _is_number(last):
        return None
    if not math.isfinite(first) or not math.isfinite(last) or abs(last - first) >= LARGEST:
        raise CannotGoOn(f"a range of more than {LARGEST} numbers")
    start, end = int(first), int(last)
    return list(range(start, end + 1) if start <= end else range(start, end - 1, -1))


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def equal(left: Value, right: Value) -> bool:
    """`==`: numbers by value, null only to null, others of different classes by how they print."""
    if left is None or right is None:
        return left is right
    if _is_number(left) and _is_number(right):
        return bool(left == right)
    if type(left) is type(right):
        return bool(left == right)
    return text_of(left) == text_of(right)


def _ordered(order: Callable[..., bool], left: Value, right: Value) -> bool:
    return order(left, right) if _is_number(left) and _is_number(right) else False


def calculated(sign: str, left: Value, right: Value) -> Value:
    """Arithmetic; null where it has no result."""
    if sign == "+" and (isinstance(left, str) or isinstance(right, str)):
        return limited(text_of(left) + text_of(right))
    if not _is_number(left) or not _is_number(right):
        return None
    if sign in "/%" and right == 0:
        return None
    whole = isinstance(left, int) and isinstance(right, int)
    result: Value
    try:
        match sign:
            case "+":
                result = left + right
            case "-":
                result = left - right
            case "*":
                result = left * right
            case "/" if whole:
                result = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
            case "/":
                result = left / right
            case _:
                result = abs(left) % abs(right) * (-1 if left < 0 else 1) if whole else math.fmod(left, right)
    except (OverflowError, ValueError):
        return None
    if whole and abs(result) > _LARGEST_NUMBER:
        raise CannotGoOn("a number that is too large")
    return result
