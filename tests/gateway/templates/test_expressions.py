"""Expressions follow Velocity's rules, which are Java's."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.templates.expressions import calculated, equal
from localstack_lite.gateway.templates.velocity import TemplateFailed
from tests.gateway.templates.shared import run


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 / 4", "2"),
        ("-7 / 2", "-3"),
        ("-7 % 3", "-1"),
        ("7.5 / 2", "3.75"),
        ("10 - 3 - 2", "5"),
        ("'a' + 1 + 2", "a12"),
        ("1 + 'a'", "1a"),
        ("5 / 0", ""),
        ("'a' - 1", ""),
        ("1 == 1.0", "true"),
        ("1 == '1'", "true"),
        ("'a' == 'b'", "false"),
        ("$none == $null", "true"),
        ("$none == ''", "false"),
        ("$none != ''", "true"),
        ("2 > 1 && 1 >= 1 && 1 < 2 && 1 <= 1", "true"),
        ("2 gt 1 and 1 lt 2 or false", "true"),
        ("2 ge 3 or 2 le 1", "false"),
        ("'b' > 'a'", "false"),
        ("true || $boom.bang() && false", "true"),
        ("!true || !$none", "true"),
        ("!false && 1 == 1", "true"),
        ("[1, 'a', [2]]", "[1, a, [2]]"),
        ("[3..1]", "[3, 2, 1]"),
        ("[]", "[]"),
        ('{"a": 1, \'b\': "x"}', "{a=1, b=x}"),
        ("{}", "{}"),
        ('"in $five text"', "in 5 text"),
        ("'not $five here'", "not $five here"),
        ("null", ""),
        ("true", "true"),
        ("-1.5", "-1.5"),
        ('"${five}th"', "5th"),
    ],
)
def test_an_expression_has_the_value_that_velocity_gives_it(expression: str, value: str) -> None:
    assert run(f"#set($five = 5)#set($x = {expression})$x") == value


@pytest.mark.parametrize(
    ("reference", "printed"),
    [
        ("$x", "v"),
        ("${x}y", "vy"),
        ("$!x", "v"),
        ("$!{x}", "v"),
        ("$none", ""),
        ("${none|'other'}", "other"),
        ("${x|'other'}", "v"),
        ("$x.none.more()", ""),
        ("$m.a[1].b", "deep"),
        ("$m['a'][1]['b']", "deep"),
        ('$m["a"].get(1).get("b")', "deep"),
        ("$m.Some-Name", "dash"),
        ("$5.00 $ $x", "$5.00 $ v"),
        ("\\$x", "$x"),
        ("$x.", "v."),
        ("$x,$x", "v,v"),
    ],
)
def test_a_reference_prints_what_it_leads_to(reference: str, printed: str) -> None:
    sets = "#set($x = 'v')#set($m = {'a': [0, {'b': 'deep'}], 'Some-Name': 'dash'})"
    assert run(sets + reference) == printed


def test_numbers_and_ranges_have_an_end() -> None:
    with pytest.raises(TemplateFailed, match="too large"):
        run("#set($x = 10)#foreach($i in [1..1000])#set($x = $x * $x)#end")
    with pytest.raises(TemplateFailed, match="range"):
        run("#set($x = [1..999999999])")
    with pytest.raises(TemplateFailed, match="range"):
        run("#set($much = $input.path('$'))#set($x = [1..$much])", "1e999")


def test_what_fails_in_a_text_is_said_of_its_line() -> None:
    with pytest.raises(TemplateFailed, match="line 3: index 9"):
        run('one\ntwo\n#set($x = "text $stageVariables.keySet().get(9)")')


def test_arithmetic_of_what_is_no_number_is_null() -> None:
    assert calculated("*", None, 1) is None
    assert calculated("/", True, 1) is None
    assert calculated("%", 7.5, 2) == 1.5
    assert calculated("*", 1e308, 1e308) == float("inf")


def test_values_of_different_classes_are_equal_when_they_print_alike() -> None:
    assert equal(True, "true")
    assert not equal(None, "null")
    assert equal([1], [1])
