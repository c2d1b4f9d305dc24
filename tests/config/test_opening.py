import pytest

from localstack_lite.config.dynamic import Unknown
from localstack_lite.config.nested import Given
from localstack_lite.config.opening import SAM_TRANSFORM, Opening
from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import Transformed
from localstack_lite.config.stack import Resource
from localstack_lite.errors import UserError
from tests.config.samples import source_of, untouched


def open_text(text, overrides=None, transform=untouched, look_up=None):
    opening = Opening(transform, look_up or (lambda references: dict.fromkeys(references, Unknown("it is away"))))
    source = source_of("template.yaml", {"template.yaml": text, "part.yaml": "B: {Type: T}"})
    return opening.open(source, Place(), Given(overrides or {}), "", ()), opening.found


def test_includes_loops_and_extensions_are_done_before_sam_sees_the_template():
    seen = []

    def transform(values, parameters, place):
        seen.append(values["Resources"])
        return untouched(values, parameters, place)

    text = f"""
Transform: [AWS::LanguageExtensions, {SAM_TRANSFORM}]
Resources:
  Fn::Transform: {{Name: AWS::Include, Parameters: {{Location: part.yaml}}}}
  Fn::ForEach::L:
    - N
    - [a]
    - F${{N}}: {{Type: AWS::Serverless::SimpleTable, Properties: {{S: !FindInMap [M, a, b, {{DefaultValue: 3}}]}}}}
"""
    opened, found = open_text(text, transform=transform)
    expected = {"B": {"Type": "T"}, "Fa": {"Type": "AWS::Serverless::SimpleTable", "Properties": {"S": 3}}}
    assert seen == [expected]
    assert list(opened.stack.resources) == ["B", "Fa"]
    assert found == []


@pytest.mark.parametrize(
    ("transform", "body", "says"),
    [
        ("Mine", "{A: {Type: T}}", "the macro Mine runs only in CloudFormation"),
        ("{Name: Mine, Parameters: {}}", "{A: {Type: T}}", "the macro Mine runs only in CloudFormation"),
        ("''", "{'Fn::ForEach::L': [N, [a], {'R${N}': {Type: T}}]}", "uses Fn::ForEach but has no Transform"),
        ("''", "{A: {Type: T, Properties: {B: {'Fn::Length': [1]}}}}", "uses Fn::Length but has no Transform"),
        (f"[{SAM_TRANSFORM}, AWS::LanguageExtensions]", "{A: {Type: T}}", "stands after"),
        ("''", "{A: {Type: AWS::Serverless::Api}}", f"no Transform: {SAM_TRANSFORM}"),
    ],
)
def test_what_cloudformation_would_not_do_is_told_and_runs_as_far_as_it_can(transform, body, says):
    opened, (problem,) = open_text(f"Transform: {transform}\nResources: {body}\n")
    assert says in problem.what
    assert problem.warning
    assert len(opened.stack.resources) == 1


STORED = f"""
Transform: {SAM_TRANSFORM}
Parameters:
  P: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /name}}
  Unused: {{Type: 'AWS::SSM::Parameter::Value<String>', Default: /unused}}
  Q: {{Type: String, Default: q}}
Resources:
  R: {{Type: AWS::Serverless::SimpleTable, Properties: {{V: !Ref P }}}}
"""


def test_a_stored_value_reaches_properties_but_neither_the_translator_nor_its_cache():
    seen, asked = [], []

    def transform(values, parameters, place):
        seen.append((values["Parameters"]["P"], dict(parameters)))
        return untouched(values, parameters, place)

    def look_up(references):
        asked.extend(references)
        return dict.fromkeys(references, "hush")

    opened, found = open_text(STORED, transform=transform, look_up=look_up)
    assert Resource(opened.stack, "R").value("V") == "hush"
    assert seen == [({"Type": "AWS::SSM::Parameter::Value<String>"}, {"Q": "q"})]
    assert [reference.name for reference in asked] == ["/name"]
    assert found == []


def test_what_sam_refused_is_told_at_its_line():
    text = f"Transform: {SAM_TRANSFORM}\nResources:\n  F: {{Type: AWS::Serverless::Function}}\n"
    with pytest.raises(UserError, match="hopeless"):
        open_text(text, transform=lambda *_: Transformed({}, failure="hopeless"))


def test_what_nests_too_deep_for_a_loop_is_the_users_error():
    deep = '{"a":' * 400 + "1" + "}" * 400
    loop = '"Fn::ForEach::L": ["N", ["a"], {"R${N}": {"Type": "T"}}]'
    source = source_of("t.json", {"t.json": f'{{"Resources": {{{loop}, "D": {deep}}}}}'})
    with pytest.raises(UserError, match="nested too deep"):
        Opening(untouched).open(source, Place(), Given(), "", ())


def test_for_the_cloud_nothing_secret_stored_or_made_up_gets_into_the_template():
    text = """
Transform: AWS::LanguageExtensions
Parameters:
  Plain: {Type: String, Default: a}
  Secret: {Type: String, NoEcho: true, Default: hidden}
Resources:
  R:
    Type: T
    Properties:
      Plain: !FindInMap [M, !Ref Plain, b, {DefaultValue: !Ref Plain}]
      Secret: !FindInMap [M, a, b, {DefaultValue: !Ref Secret}]
      Account: !FindInMap [M, a, b, {DefaultValue: !Ref AWS::AccountId}]
"""
    source = source_of("template.yaml", {"template.yaml": text})
    for account, known in (("123456789012", False), ("111122223333", True)):
        opening = Opening(untouched, deploying=True)
        opened = opening.open(source, Place(account=account), Given(), "", ())
        properties = opened.template["Resources"]["R"]["Properties"]
        assert properties["Plain"] == "a"
        assert properties["Secret"] == source.document.values["Resources"]["R"]["Properties"]["Secret"]
        assert (properties["Account"] == account) is known
        assert opened.template["Parameters"] == source.document.values["Parameters"]
