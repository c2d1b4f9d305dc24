"""The Java methods of templates do what Java's do, and nothing else of Python can be reached."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.templates.methods import item, method
from localstack_lite.gateway.templates.values import CannotGoOn
from localstack_lite.gateway.templates.velocity import TemplateFailed
from tests.gateway.templates.shared import run

SETS = "#set($s = 'Hello, World')#set($l = ['a', 'b', 'c'])#set($m = {\"x\": 1, \"y\": 2})#set($n = 5)"


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        ("$s.length()", "12"),
        ("$s.toLowerCase()$s.toUpperCase()", "hello, worldHELLO, WORLD"),
        ("$s.contains('World')$s.startsWith('He')$s.endsWith('x')", "truetruefalse"),
        ("$s.indexOf('l')$s.lastIndexOf('l')$s.indexOf('z')", "210-1"),
        ("$s.substring(7)$s.substring(0, 4)", "WorldHell"),
        ("$s.replace('l', 'L')", "HeLLo, WorLd"),
        ("$s.replaceAll('[lo]+', '<$0>')", "He<llo>, W<o>r<l>d"),
        ("$s.replaceFirst('l', '\\\\')", "He\\lo, World"),
        ("$s.split(', ').size()$s.split(', ')[1]", "2World"),
        ("$s.matches('Hello')$s.matches('Hello.*')", "falsetrue"),
        ("$s.equals('Hello, World')$s.equalsIgnoreCase('HELLO, world')$s.equals(5)", "truetruefalse"),
        ("$s.isEmpty()$s.concat('!').charAt(12)", "false!"),
        ("$s.trim()$s.toString()", "Hello, WorldHello, World"),
        ("$s.compareTo('Hello, Worlds')", "-1"),
        ("$l.size()$l.get(0)$l[1]$l[-1]$l.isEmpty()", "3abcfalse"),
        ("$l.contains('b')$l.indexOf('c')$l.indexOf('x')", "true2-1"),
        ("#set($x = $l.add('d'))$x$l", "true[a, b, c, d]"),
        ("#set($x = $l.add(1, 'z'))$x$l", "[a, z, b, c]"),
        ("#set($x = $l.remove(0))$x$l", "a[b, c]"),
        ("#set($x = $l.set(0, 'z'))$x$l", "a[z, b, c]"),
        ("#set($x = $l.addAll(['d', 'e']))$l.subList(2, 5)", "[c, d, e]"),
        ("$m.size()$m.get('x')$m.x$m.containsKey('z')$m.getOrDefault('z', 9)", "211false9"),
        ("$m.keySet()$m.values()$m.isEmpty()", "[x, y][1, 2]false"),
        ("#set($x = $m.put('z', 3))$m", "{x=1, y=2, z=3}"),
        ("#set($x = $m.putAll({\"x\": 7}))$m.remove('y')$m", "2{x=7}"),
        ("#foreach($e in $m.entrySet())$e.key=$e.value/$e.getKey()=$e.getValue() #end", "x=1/x=1 y=2/y=2 "),
        ("$n.parseInt('41')$n.toString().length()$n.equals(5)", "411true"),
        ("$n.parseDouble('1.5')$n.intValue()", "1.55"),
        ("$l.empty$s.empty", "falsefalse"),
    ],
)
def test_methods_do_what_java_does(expression: str, printed: str) -> None:
    assert run(SETS + expression) == printed


@pytest.mark.parametrize(
    "expression",
    [
        "$l.get(3)",
        "$l[3]",
        "$l.get('a')",
        "$s.substring(13)",
        "$s.substring(4, 2)",
        "$s.replaceAll('(', '')",
        "$s.replaceAll('l', '$1')",
        "$s.replaceAll('l', '$')",
        "$s.contains(1)",
        "$s.length(1)",
        "$n.parseInt('x')",
        "$n.parseInt('99999999999')",
        "$l.addAll('x')",
        "$l.add(9, 'x')",
        "$l.subList(2, 9)",
        "$m.putAll([])",
    ],
)
def test_what_java_throws_at_ends_the_template(expression: str) -> None:
    with pytest.raises(TemplateFailed, match="the template, line 1: "):
        run(SETS + expression)


@pytest.mark.parametrize(
    "name",
    [
        "__class__",
        "__init__",
        "__globals__",
        "__getattribute__",
        "format",
        "format_map",
        "encode",
        "mro",
        "gi_frame",
        "popitem",
        "fromkeys",
        "real",
    ],
)
def test_nothing_of_python_can_be_reached(name: str) -> None:
    things = ("s", "l", "m", "n", "input", "util", "context", "stageVariables", "foreach")
    for thing in things:
        for form in (f"${thing}.{name}", f"${thing}.{name}()", f"${thing}.{name}('x')", f"${thing}['{name}']"):
            if thing == "l" and "[" in form:
                continue
            assert run(f"{SETS}#foreach($one in [1]){form}#end") == "", form


def test_a_map_finds_its_items_by_what_the_key_prints_as() -> None:
    assert item({"1": "a"}, 1) == "a"
    assert item("text", 0) is None
    with pytest.raises(CannotGoOn):
        item([1], True)


def test_texts_cannot_grow_without_end() -> None:
    with pytest.raises(TemplateFailed, match="a text of more than"):
        run("#set($s='a')#foreach($i in [1..40])#set($s=$s.replace('a', 'aaaa'))#end")
    with pytest.raises(TemplateFailed, match="a text of more than"):
        run("#set($s='a')#foreach($i in [1..40])#set($s=$s.replaceAll('a', 'aaaa'))#end")
    with pytest.raises(TemplateFailed, match="a list of more than"):
        run("#set($l=[1])#foreach($i in [1..40])#set($x=$l.addAll($l))#end")


def test_there_are_no_methods_of_what_is_no_value_of_templates() -> None:
    assert method(object(), "toString") is None
    assert method(True, "toString") is not None
