"""The Condition block of an IAM policy: whether it holds for a request. Source: AWS docs, "IAM JSON policy elements:
Condition operators" and "Multivalued context keys".

Three answers: it holds, it does not, or nobody can say (None): an operator that is not known here, a value that cannot
be read, a variable without a value. Whoever asks takes None for what lets nobody through.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt

from localstack_lite.gateway.guards.policy_pattern import Keys, fits, literal, pattern

Test = Callable[[str, str, Keys, bool], bool]
"""A value that is there, the one that the policy names, condition keys, whether there are variables. Raises
`ValueError` when one cannot be read."""


def holds(block: object, keys: Keys, *, variables: bool, notes: list[str]) -> bool | None:
    """`block` as written; what nobody can say is told in `notes`."""
    if block is None:
        return True
    if not isinstance(block, Mapping):
        notes.append("a Condition that is no object")
        return None
    known = [_operator(operator, tests, keys, variables, notes) for operator, tests in block.items()]
    return all_of(known)


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Whether all hold: one that does not decides, however little is known of the others."""
    found = list(answers)
    if False in found:
        return False
    return None if None in found else True


def _operator(operator: str, tests: object, keys: Keys, variables: bool, notes: list[str]) -> bool | None:
    amount, _, name = operator.rpartition(":")
    bare = name.removesuffix("IfExists")
    test = _TESTS.get(bare)
    if amount not in ("", "ForAnyValue", "ForAllValues") or (test is None and name != "Null"):
        notes.append(f"the condition operator {operator} is not known here and lets nobody through")
        return None
    if not isinstance(tests, Mapping):
        notes.append(f"the condition {operator} is no object")
        return None
    answers: list[bool | None] = []
    for key, given in tests.items():
        wanted = texts(given)
        values = keys.get(str(key).lower(), ())
        if wanted is None:
            notes.append(f"the condition {operator} on {key} has values that cannot be read")
            answers.append(None)
        elif test is None:
            answers.append(any((text.lower() == "true") is (not values) for text in wanted))
        elif not values:
            if_missing = bare in _NEGATED and amount != "ForAnyValue"
            answers.append(if_missing or amount == "ForAllValues" or bare != name)
        else:
            try:
                answers.append(_compared(test, bare in _NEGATED, amount, values, wanted, keys, variables))
            except ValueError as error:
                notes.append(f"the condition {operator} on {key} cannot be decided: {error}")
                answers.append(None)
    return all_of(answers)


def _compared(
    test: Test, negated: bool, amount: str, values: tuple[str, ...], wanted: list[str], keys: Keys, variables: bool
) -> bool:
    fit = [any(test(value, one, keys, variables) for one in wanted) is not negated for value in values]
    if amount:
        return any(fit) if amount == "ForAnyValue" else all(fit)
    return all(fit) if negated else any(fit)


def texts(given: object) -> list[str] | None:
    """One value or a list of them, as texts; None when they are something else."""
    found = []
    for one in given if isinstance(given, list) else [given]:
        if isinstance(one, bool):
            found.append(str(one).lower())
        elif isinstance(one, str | int | float):
            found.append(str(one))
        else:
            return None
    return found


def _equal(value: str, wanted: str, keys: Keys, variables: bool) -> bool:
    return value == literal(wanted, keys, variables=variables)


def _equal_in_any_case(value: str, wanted: str, keys: Keys, variables: bool) -> bool:
    return value.lower() == literal(wanted, keys, variables=variables).lower()


def _like(value: str, wanted: str, keys: Keys, variables: bool) -> bool:
    return fits(pattern(wanted, keys, variables=variables), value)


def _arn_like(value: str, wanted: str, keys: Keys, variables: bool) -> bool:
    """Each of the six parts for itself: no wildcard reaches over a colon."""
    there, named = value.split(":", 5), wanted.split(":", 5)
    if len(there) != 6 or len(named) != 6:
        return False
    return all(_like(*pair, keys, variables) for pair in zip(there, named, strict=True))


def _address(value: str, wanted: str, keys: Keys, variables: bool) -> bool:
    address = ipaddress.ip_address(value)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address in ipaddress.ip_network(literal(wanted, keys, variables=variables), strict=False)


def _truth(value: str, wanted: str, _keys: Keys, _variables: bool) -> bool:
    return value.lower() == wanted.lower()


def _number(compare: Callable[[float, float], bool]) -> Test:
    return lambda value, wanted, _keys, _variables: compare(float(value), float(wanted))


def _date(compare: Callable[[float, float], bool]) -> Test:
    return lambda value, wanted, _keys, _variables: compare(_moment(value), _moment(wanted))


def _moment(text: str) -> float:
    """Epoch seconds of an ISO 8601 date, or of a number of them."""
    try:
        return float(text)
    except ValueError:
        found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


_TESTS: dict[str, Test] = {
    "StringEquals": _equal,
    "StringNotEquals": _equal,
    "StringEqualsIgnoreCase": _equal_in_any_case,
    "StringNotEqualsIgnoreCase": _equal_in_any_case,
    "StringLike": _like,
    "StringNotLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "ArnNotEquals": _arn_like,
    "ArnNotLike": _arn_like,
    "IpAddress": _address,
    "NotIpAddress": _address,
    "Bool": _truth,
    "NumericEquals": _number(eq),
    "NumericNotEquals": _number(eq),
    "NumericLessThan": _number(lt),
    "NumericLessThanEquals": _number(le),
    "NumericGreaterThan": _number(gt),
    "NumericGreaterThanEquals": _number(ge),
    "DateEquals": _date(eq),
    "DateNotEquals": _date(eq),
    "DateLessThan": _date(lt),
    "DateLessThanEquals": _date(le),
    "DateGreaterThan": _date(gt),
    "DateGreaterThanEquals": _date(ge),
}
_NEGATED = frozenset(name for name in _TESTS if "Not" in name)
