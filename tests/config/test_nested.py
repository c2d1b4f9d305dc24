import pytest

from localstack_lite.config.nested import Given, as_stacks
from localstack_lite.config.opening import MOST_STACKS, Opening
from localstack_lite.config.parameters import Place
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from tests.config.samples import source_of, untouched

CHILD = """\
    Parameters:
      In: {Type: String, Default: unset}
      List: {Type: CommaDelimitedList, Default: ""}
      Needed: {Type: String, Default: d}
    Conditions: {Never: !Equals [1, 2]}
    Resources:
      T: {Type: AWS::DynamoDB::Table}
    Outputs:
      In: {Value: !Ref In }
      Joined: {Value: !Join ["+", !Ref List ]}
      Table: {Value: !GetAtt T.Arn }
      Name: {Value: !Ref AWS::StackName }
      Hidden: {Value: x, Condition: Never}
      Empty: {Value: !Ref AWS::NoValue }
      Lost: {Value: !Ref Nobody }
      Odd: odd
    """


def open_texts(**templates):
    """Templates by name without `.yaml`; `main` is the project's own."""
    opening = Opening(untouched)
    source = source_of("main.yaml", {f"{name}.yaml": text for name, text in templates.items()})
    return opening.open(source, Place(stack="shop"), Given(), "", ()), opening


def stack(url, parameters="{}"):
    return f"{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: {url}, Parameters: {parameters}}}}}"


def value_of(opened, **properties):
    """Resolves a property of the resource R of the project's own stack."""
    return Resource(opened.stack, "R").value("V")


def with_value(value, *more):
    return "\n".join(["Resources:", f"  R: {{Type: T, Properties: {{V: {value}}}}}", *more])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("!GetAtt A.Outputs.In", "given"),
        ("!Sub 'x-${A.Outputs.In}'", "x-given"),
        ("{'Fn::GetAtt': [A, Outputs.In]}", "given"),
        ("!GetAtt A.Outputs.Joined", "a+b"),
        ("!GetAtt A.Outputs.Name", "shop-A"),
        ("!GetAtt A.Outputs.Table", "arn:aws:dynamodb:us-east-1:123456789012:table/A-T"),
        ("!Ref A", "arn:aws:cloudformation:us-east-1:123456789012:stack/shop-A/devserve"),
    ],
)
def test_an_output_is_what_the_nested_template_makes_of_its_parameters(value, expected):
    opened, opening = open_texts(
        main=with_value(value, f"  A: {stack('child.yaml', '{In: given, List: [a, b]}')}"), child=CHILD
    )
    assert value_of(opened) == expected
    assert opening.found == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Inn", "has no output Inn"),
        ("Hidden", "its condition does not hold"),
        ("Empty", "has no value"),
        ("Lost", "no parameter or resource Nobody"),
        ("Odd", "has no output Odd"),
    ],
)
def test_an_output_that_is_not_there_says_so(name, says):
    opened, _ = open_texts(main=with_value(f"!GetAtt A.Outputs.{name}", f"  A: {stack('child.yaml')}"), child=CHILD)
    with pytest.raises(Refusal, match=says):
        value_of(opened)


def test_siblings_hand_outputs_to_each_other_whatever_their_order():
    opened, opening = open_texts(
        main=with_value(
            "!GetAtt A.Outputs.In",
            f"  A: {stack('child.yaml', '{In: !GetAtt B.Outputs.In }')}",
            f"  B: {stack('child.yaml', '{In: !GetAtt C.Outputs.In }')}",
            f"  C: {stack('child.yaml', '{In: deep}')}",
        ),
        child=CHILD,
    )
    assert value_of(opened) == "deep"
    assert opening.found == []


def test_siblings_that_need_each_other_are_a_circle_and_all_the_same_there():
    opened, _ = open_texts(
        main=with_value(
            "!GetAtt A.Outputs.In",
            f"  A: {stack('child.yaml', '{In: !GetAtt B.Outputs.In }')}",
            f"  B: {stack('child.yaml', '{In: !GetAtt A.Outputs.In }')}",
        ),
        child=CHILD,
    )
    with pytest.raises(Refusal, match="circular reference: A → B → A"):
        value_of(opened)
    assert [one.stack.path for one in opened.below()] == ["", "A/", "B/"]


def test_stacks_nest_to_any_depth_and_one_template_may_be_several_stacks():
    middle = f"Resources:\n  X: {stack('child.yaml')}\n  Y: {stack('child.yaml')}\n"
    opened, opening = open_texts(main=f"Resources:\n  A: {stack('middle.yaml')}\n", middle=middle, child=CHILD)
    assert [(one.stack.path, one.source.name) for one in opened.below()] == [
        ("", "main.yaml"),
        ("A/", "middle.yaml"),
        ("A/X/", "child.yaml"),
        ("A/Y/", "child.yaml"),
    ]
    assert opening.found == []


def told(opened, opening):
    list(opened.below())
    (problem,) = opening.found
    return problem


@pytest.mark.parametrize(
    ("declared", "says", "where"),
    [
        (stack("nowhere.yaml"), "A: TemplateURL: there is no file nowhere.yaml", "main.yaml:3"),
        (stack("https://host/x.yaml"), "its template is at https://host/x.yaml, not here", "main.yaml:3"),
        (stack("s3://b/x.yaml"), "its template is at s3://b/x.yaml, not here", "main.yaml:3"),
        (stack("!Ref Nobody"), "no parameter or resource Nobody", "main.yaml:3"),
        ("{Type: AWS::CloudFormation::Stack}", "names no template", "main.yaml:3"),
        (
            "{Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: app, SemanticVersion: 1}}}",
            "A: Location: app is in the Serverless Application Repository, not here",
            "main.yaml:3",
        ),
        ("{Type: AWS::Serverless::Application, Properties: {Location: main.yaml}}", "nests itself: main.yaml →", None),
        (stack("broken.yaml"), "A: not valid YAML", "broken.yaml:2"),
        (stack("list.yaml"), "A: not a mapping", "list.yaml"),
        (stack("empty.yaml"), "A: has no Resources", "empty.yaml"),
    ],
)
def test_a_nested_stack_that_cannot_be_opened_is_told_once_and_costs_only_itself(declared, says, where):
    opened, opening = open_texts(
        main=with_value("!GetAtt A.Outputs.In", f"  A: {declared}"),
        broken="a: [\n",
        list="[1]",
        empty="Resources: {}",
    )
    with pytest.raises(Refusal, match="the nested stack A is not there: "):
        value_of(opened)
    problem = told(opened, opening)
    assert says in problem.what
    assert problem.where == (where or "main.yaml:3")
    assert (problem.subject, problem.warning) == ("A", False)
    assert problem.hint


def test_templates_that_nest_each_other_are_a_circle():
    opened, opening = open_texts(
        main=f"Resources:\n  A: {stack('b.yaml')}\n",
        b=f"Resources:\n  B: {stack('c.yaml')}\n",
        c=f"Resources:\n  C: {stack('b.yaml')}\n",
    )
    problem = told(opened, opening)
    assert (problem.where, problem.subject) == ("c.yaml:2", "A/B/C")
    assert "nests itself: b.yaml → c.yaml → b.yaml" in problem.what


def test_templates_that_nest_more_and_more_end():
    templates = {
        f"t{at}": f"Resources:\n  A: {stack(f't{at + 1}.yaml')}\n  B: {stack(f't{at + 1}.yaml')}\n" for at in range(12)
    }
    opened, opening = open_texts(main=f"Resources:\n  A: {stack('t0.yaml')}\n", **templates, t12=CHILD)
    assert len(list(opened.below())) == MOST_STACKS
    assert all(f"more than {MOST_STACKS} nested stacks" in problem.what for problem in opening.found)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("{Inn: 1}", "child.yaml declares no parameter Inn; CloudFormation would refuse the stack"),
        ("{Inn: !Ref Nobody }", "child.yaml declares no parameter Inn"),
    ],
)
def test_a_parameter_that_the_template_does_not_declare_is_told(parameters, says):
    opened, opening = open_texts(main=f"Resources:\n  A: {stack('child.yaml', parameters)}\n", child=CHILD)
    problem = told(opened, opening)
    assert says in problem.what
    assert (problem.where, problem.warning) == ("main.yaml:2", True)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ("{In: !Ref Nobody }", "parameter In of A: there is no parameter or resource Nobody"),
        ("{In: {a: b}}", "parameter In of A: is not text"),
        ("{In: [[1]]}", "parameter In of A: is not text"),
    ],
)
def test_a_parameter_whose_value_is_not_known_costs_only_what_needs_it(parameters, says):
    main = with_value("!GetAtt A.Outputs.In", f"  A: {stack('child.yaml', parameters)}")
    opened, opening = open_texts(main=main, child=CHILD)
    with pytest.raises(Refusal, match=says):
        value_of(opened)
    assert opened.nested.output("A", "Name") == "shop-A"
    assert opening.found == []


def test_a_parameter_that_nobody_gives_says_where_to_give_it():
    child = CHILD.replace(", Default: unset", "")
    opened, _ = open_texts(main=with_value("!GetAtt A.Outputs.In", f"  A: {stack('child.yaml')}"), child=child)
    with pytest.raises(Refusal) as caught:
        value_of(opened)
    assert caught.value.hint == "set In in the Parameters of A"


def test_a_nested_stack_whose_condition_does_not_hold_does_not_exist():
    main = f"""
Conditions: {{Never: !Equals [1, 2]}}
Resources:
  A: {stack("nowhere.yaml").replace("{Type", "{Condition: Never, Type", 1)}
"""
    opened, opening = open_texts(main=main)
    assert [one.stack.path for one in opened.below()] == [""]
    assert opening.found == []


def test_applications_become_stacks_before_sam_sees_them():
    application = {"Type": "AWS::Serverless::Application", "Properties": {"Location": "x", "Parameters": {"A": 1}}}
    made = as_stacks({"Resources": {"A": application, "B": {"Type": "T"}, "C": "odd"}})
    assert made["Resources"] == {
        "A": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x", "Parameters": {"A": 1}}},
        "B": {"Type": "T"},
        "C": "odd",
    }
    for plain in ({"Resources": {"B": {"Type": "T"}}}, {"Resources": None}, {}):
        assert as_stacks(plain) is plain
