from textwrap import dedent

import pytest

from localstack_lite.config.foreach import MOST_RESOURCES, expand, has_loops
from localstack_lite.config.intrinsics import Resolver, Scope
from localstack_lite.config.parameters import read_parameters
from localstack_lite.config.yaml_cfn import parse


def expand_text(text):
    document = parse(dedent(text), "template.yaml")
    parameters = read_parameters(document.values.get("Parameters"), {})
    scope = Scope(parameters, mappings=document.values.get("Mappings", {}))
    return (document, *expand("template.yaml", document, lambda value: Resolver(scope).resolve(value)))


def test_a_loop_over_resources_makes_one_of_each_value():
    text = """\
        Parameters:
          Names: {Type: CommaDelimitedList, Default: "a,b"}
        Resources:
          Before: {Type: T}
          Fn::ForEach::Queues:
            - Name
            - !Ref Names
            - Queue${Name}:
                Type: T
                Properties:
                  Exact: !Ref Name
                  Text: "x-${Name}-${Other}"
                  Sub: !Sub "${Name}.${AWS::Region}"
                  Att: !GetAtt "Other${Name}.Arn"
                  List: [1, "${Name}"]
          After: {Type: T}
        """
    document, made, problems = expand_text(text)
    resources = made.values["Resources"]
    assert list(resources) == ["Before", "Queuea", "Queueb", "After"]
    assert resources["Queuea"]["Properties"] == {
        "Exact": "a",
        "Text": "x-a-${Other}",
        "Sub": {"Fn::Sub": "a.${AWS::Region}"},
        "Att": {"Fn::GetAtt": ["Othera", "Arn"]},
        "List": [1, "a"],
    }
    assert problems == ()
    assert has_loops(document.values)
    assert not has_loops(made.values)


def test_what_a_loop_makes_has_the_line_of_its_body():
    text = """\
        Resources:
          Fn::ForEach::L:
            - N
            - [a, b]
            - Queue${N}:
                Type: T
                Properties:
                  Size: 1
          After: {Type: T}
        """
    _, made, _ = expand_text(text)
    for name in ("Queuea", "Queueb"):
        assert made.line("Resources", name) == 5
        assert made.line("Resources", name, "Properties", "Size") == 8
    assert made.line("Resources", "After") == 9
    assert made.line("Resources") == 1


def test_loops_stand_in_loops_in_properties_in_conditions_and_in_outputs():
    text = """\
        Conditions:
          Fn::ForEach::C: [N, [a, b], {"Is${N}": !Equals ["${N}", a]}]
        Resources:
          Fn::ForEach::Outer:
            - Stage
            - [dev, prod]
            - Fn::ForEach::Inner:
                - Name
                - ["x${Stage}", y]
                - R${Stage}${Name}: {Type: T, Condition: "Is${Stage}"}
              Other${Stage}: {Type: T}
          P:
            Type: T
            Properties:
              Kept: 1
              Fn::ForEach::Props: [K, [A, B], {"Key${K}": !Ref K }]
        Outputs:
          Fn::ForEach::O: [N, [a], {"Out${N}": {Value: "${N}"}}]
        """
    _, made, problems = expand_text(text)
    assert list(made.values["Conditions"]) == ["Isa", "Isb"]
    assert list(made.values["Resources"]) == [
        *("Rdevxdev", "Rdevy", "Otherdev"),
        *("Rprodxprod", "Rprody", "Otherprod"),
        "P",
    ]
    assert made.values["Resources"]["Rdevy"]["Condition"] == "Isdev"
    assert made.values["Resources"]["P"]["Properties"] == {"Kept": 1, "KeyA": "A", "KeyB": "B"}
    assert made.values["Outputs"] == {"Outa": {"Value": "a"}}
    assert problems == ()


def test_an_ampersand_keeps_only_what_a_logical_id_may_have():
    text = 'Resources: {"Fn::ForEach::L": [Ip, [10.0.0.1], {"Host&{Ip}": {Type: T, Properties: {Ip: "${Ip}"}}}]}'
    _, made, _ = expand_text(text)
    assert made.values["Resources"] == {"Host10001": {"Type": "T", "Properties": {"Ip": "10.0.0.1"}}}


@pytest.mark.parametrize(
    ("collection", "names"),
    [
        ("[a, 1, true]", ["Ra", "R1", "Rtrue"]),
        ("[!Ref One, b]", ["Rone", "Rb"]),
        ("!FindInMap [M, dev, names]", ["Rm", "Rn"]),
        ('!Split [",", "p,q"]', ["Rp", "Rq"]),
        ("[]", []),
        ("[a, !Ref AWS::NoValue ]", ["Ra"]),
    ],
)
def test_a_collection_is_a_list_or_gives_one(collection, names):
    text = f"""\
        Parameters: {{One: {{Type: String, Default: one}}}}
        Mappings: {{M: {{dev: {{names: [m, n]}}}}}}
        Resources: {{"Fn::ForEach::L": [N, {collection}, {{"R${{N}}": {{Type: T}}}}]}}
        """
    _, made, problems = expand_text(text)
    assert list(made.values["Resources"]) == names
    assert problems == ()


MANY = ", ".join(map(str, range(1000)))


@pytest.mark.parametrize(
    ("loop", "says"),
    [
        ("x", "not a list of an identifier"),
        ("[N, [a]]", "not a list of an identifier"),
        ("[N, [a], {}]", "not a list of an identifier"),
        ("[[N], [a], {A: 1}]", "not a list of an identifier"),
        ("[N, text, {'R${N}': {Type: T}}]", "its collection is text"),
        ("[N, [[a]], {'R${N}': {Type: T}}]", "no text"),
        ("[N, [{a: b}], {'R${N}': {Type: T}}]", "no text"),
        ("[N, !Ref Nobody, {'R${N}': {Type: T}}]", "no parameter or resource Nobody"),
        ("[N, !Ref Text, {'R${N}': {Type: T}}]", "its collection is no list"),
        ("[N, [a, a], {'R${N}': {Type: T}}]", "it makes Ra twice"),
        ("[N, [a, b], {R: {Type: T}}]", "it makes R twice"),
        ("[N, [a], {Kept: {Type: T}}]", "it makes Kept twice"),
        ("[N, [a], {'Fn::ForEach::M': [N, [b], {'R${N}': {Type: T}}]}]", "that of a loop around it"),
        (f"[N, [{MANY}], {{'R${{N}}': {{Type: T}}}}]", f"more than {MOST_RESOURCES} resources"),
        (
            f"[N, [{MANY}], {{'Fn::ForEach::M': [K, [{MANY}], {{'R${{N}}x${{K}}': 1}}]}}]",
            "more than",
        ),
    ],
)
def test_a_loop_that_cannot_run_is_told_at_its_line_and_costs_only_itself(loop, says):
    text = f"""\
        Parameters: {{Text: {{Type: String, Default: t}}}}
        Resources:
          Kept: {{Type: T}}
          Fn::ForEach::L: {loop}
        """
    _, made, (problem,) = expand_text(text)
    assert made.values["Resources"] == {"Kept": {"Type": "T"}}
    assert (problem.where, problem.subject, problem.warning) == ("template.yaml:4", "L", False)
    assert problem.what.startswith("Fn::ForEach::L: ")
    assert says in problem.what
    assert problem.hint


def test_a_bad_loop_in_properties_names_the_resource():
    text = 'Resources: {F: {Type: T, Properties: {A: 1, "Fn::ForEach::L": [N, [a, a], {"K${N}": 1}]}}}'
    _, made, (problem,) = expand_text(text)
    assert made.values["Resources"]["F"]["Properties"] == {"A": 1}
    assert problem.subject == "F"
    assert problem.what == "Fn::ForEach::L of F: it makes Ka twice"


def test_loops_of_loops_in_properties_end():
    inner = f"[K, [{MANY}], {{'K${{N}}x${{K}}': {{a: {{b: [c, d, e]}}}}}}]"
    outer = f"[N, [{MANY}], {{'Fn::ForEach::M': {inner}}}]"
    text = f"Resources: {{F: {{Type: T, Properties: {{'Fn::ForEach::L': {outer}}}}}}}"
    _, made, (problem,) = expand_text(text)
    assert made.values["Resources"]["F"]["Properties"] == {}
    assert "turn more than" in problem.what


def test_a_template_without_loops_is_left_as_it_is():
    document, made, problems = expand_text("Resources: {F: {Type: T}}")
    assert made is document
    assert problems == ()
