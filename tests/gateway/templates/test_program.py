"""Directives do what Velocity's do."""

from __future__ import annotations

import json

import pytest

from localstack_lite.gateway.templates.program import LARGEST_TEMPLATE, Unreadable, program
from localstack_lite.gateway.templates.velocity import TemplateFailed
from tests.gateway.templates.shared import run


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("#if($none)a#{else}b#end", "b"),
        ("#if('')empty texts are true#end", "empty texts are true"),
        ("#if(false)a#elseif(true)b#{else}c#end", "b"),
        ("#foreach($i in ['a', 'b'])$i$foreach.index$foreach.count#if($foreach.hasNext),#end#end", "a01,b12"),
        ('#foreach($v in {"a": 1, "b": 2})$v#end', "12"),
        ("#foreach($i in 'text')$i#end#foreach($i in $none)$i#end#foreach($i in 5)$i#end", ""),
        (
            "#foreach($i in [1, 2])#foreach($j in [1, 2])$foreach.parent.index$foreach.index #end#end$i|",
            "00 01 10 11 |",
        ),
        ("#foreach($i in [1..5])#if($i == 3)#break#end$i#end.", "12."),
        ("a#stop b", "a"),
        ("#define($d)<$q>#end#set($q = 1)$d#set($q = 2)$d", "<1><2>"),
        ("#macro(hi $a $b)[$a$b]#end#hi('x' 'y')#hi('z')", "[xy][z]"),
        ("#set($a = 'kept')#macro(m $a)$a#end#m('mine')$a", "minekept"),
        ("#evaluate('$stageVariables.s!')", "v!"),
        ("## a comment\na#* another *#b", "ab"),
        ("#set(${x} = 1)$x#set($!{y} = 2)$y", "12"),
        ("#set($m = {})#set($m.a = 1)#set($m['b'] = 2)$m", "{a=1, b=2}"),
        ("#set($l = [1, 2])#set($l[0] = 5)#set($l[9] = 5)$l", "[5, 2]"),
        ("#set($none.a.b = 1)$none", ""),
        ("#fff #{ # #1", "#fff #{ # #1"),
        ("#set($x = 'a')\n$x\n", "a"),
        ("#foreach($i in [1])#set($made = 'here')#end$made", "here"),
    ],
)
def test_directives_do_what_velocity_does(template: str, printed: str) -> None:
    assert run(template, stage={"s": "v"}) == printed


def test_the_template_of_the_serverless_framework_makes_json() -> None:
    """Written after its default request template: a loop that is defined once and used for several maps."""
    template = """
    #define( $loop )
    {
        #foreach($key in $map.keySet())
            #set( $k = $util.escapeJavaScript($key) )
            #set( $v = $util.escapeJavaScript($map.get($key)).replaceAll("\\\\'", "'") )
            "$k":
              "$v"
              #if( $foreach.hasNext ) , #end
        #end
    }
    #end
    {
      #set( $body = $input.json("$") )
      "body": $body,
      #set( $map = $context.authorizer )
      "authorizer": $loop,
      #set( $map = $input.params().header )
      "headers": $loop
    }
    """
    made = json.loads(run(template, {"a": 1}, headers={"It": 'it is "a" text\'s /é'}, context={"authorizer": {}}))
    assert made == {"body": {"a": 1}, "authorizer": {}, "headers": {"It": 'it is "a" text\'s /é'}}


@pytest.mark.parametrize(
    "template",
    [
        "#if(",
        "#set($x = ",
        "#foreach($x",
        "#if(true)a",
        "${x",
        "#end",
        "#set($x 1)",
        "#if($a = 1)b#end",
        "a #foreach(x) #end",
        "#parse('a')",
    ],
)
def test_a_syntax_error_is_said_in_one_line(template: str) -> None:
    with pytest.raises(Unreadable) as found:
        program(template)
    assert "\n" not in str(found.value)


def test_what_is_nested_too_deep_cannot_be_read() -> None:
    with pytest.raises(Unreadable, match="too many parts"):
        program("#set($x = " + "(" * 5000 + "1" + ")" * 5000 + ")")


def test_lists_that_would_take_forever_to_read_are_not_read() -> None:
    with pytest.raises(Unreadable, match="lists in each other"):
        program("#set($x = " + "[$a.b(" * 60 + "1" + ")]" * 60 + ")")
    program("[" * 100 + "]" * 100 + "[$a]" * 100)


def test_a_template_has_a_largest_size() -> None:
    program("x" * LARGEST_TEMPLATE)
    with pytest.raises(Unreadable, match="characters"):
        program("x" * (LARGEST_TEMPLATE + 1))


@pytest.mark.parametrize(
    "template",
    [
        "#foreach($i in [1..1001])x#end",
        "#foreach($i in [1..1000])#foreach($j in [1..1000])x#end#end",
        "#macro(r)#r()#end#r()",
        "#define($d)$d#end$d",
        "#set($t = '#evaluate($t)')#evaluate($t)",
        "#set($m = {})#set($x = $m.put('m', $m))$m",
    ],
)
def test_no_template_runs_without_end(template: str) -> None:
    with pytest.raises(TemplateFailed):
        run(template)


def test_a_loop_of_a_thousand_runs() -> None:
    assert len(run("#foreach($i in [1..1000])x#end")) == 1000
