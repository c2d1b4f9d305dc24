from textwrap import dedent

import pytest

from localstack_lite.config.includes import include
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.yaml_cfn import parse
from tests.config.samples import source_of

FILES = {
    "api.yaml": "paths: {/x: {}}",
    "part.yaml": "/y: {}",
    "outer.yaml": "paths: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: part.yaml}}}",
    "self.yaml": "a: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: self.yaml}}}",
    "broken.yaml": "a: 1\nb: [\n",
    "list.yaml": "- 1",
    "sections.yaml": "Resources: {B: {Type: FromFile}, A: {Type: FromFile}}\nMappings: {M: {}}",
}


def include_in(text, resolve=lambda value: value):
    document = parse(dedent(text), "template.yaml")
    load = source_of("api.yaml", FILES).load
    return (document, *include("template.yaml", document, load, resolve, "template.yaml"))


def one(location):
    return f"{{Name: AWS::Include, Parameters: {{Location: {location}}}}}"


@pytest.mark.parametrize(
    ("kind", "named", "held"),
    [
        ("AWS::Serverless::Api", "DefinitionUri", "DefinitionBody"),
        ("AWS::Serverless::HttpApi", "DefinitionUri", "DefinitionBody"),
        ("AWS::ApiGateway::RestApi", "BodyS3Location", "Body"),
        ("AWS::ApiGatewayV2::Api", "BodyS3Location", "Body"),
    ],
)
def test_a_local_definition_is_put_in_place(kind, named, held):
    _, made, problems = include_in(f"Resources: {{Api: {{Type: {kind}, Properties: {{{named}: api.yaml, Name: n}}}}}}")
    assert made.values["Resources"]["Api"]["Properties"] == {held: {"paths": {"/x": {}}}, "Name": "n"}
    assert problems == ()


def test_an_include_is_merged_where_it_stands_and_what_stands_there_wins():
    text = f"""\
        Resources:
          Api:
            Type: AWS::Serverless::HttpApi
            Properties:
              DefinitionBody: {{paths: {{"Fn::Transform": {one("part.yaml")}, /y: {{get: {{}}}}}}}}
          F: {{Type: T, Properties: {{"Fn::Transform": {one("part.yaml")}}}}}
        """
    document, made, _ = include_in(text)
    resources = made.values["Resources"]
    assert resources["Api"]["Properties"]["DefinitionBody"]["paths"] == {"/y": {"get": {}}}
    assert resources["F"]["Properties"] == {"/y": {}}
    assert "Fn::Transform" in document.values["Resources"]["F"]["Properties"]
    assert made.lines == document.lines


def test_an_included_file_may_include_another_one():
    _, made, _ = include_in("Resources: {A: {Type: AWS::ApiGatewayV2::Api, Properties: {BodyS3Location: outer.yaml}}}")
    assert made.values["Resources"]["A"]["Properties"]["Body"] == {"paths": {"/y": {}}}


@pytest.mark.parametrize("transform", [one("sections.yaml"), f"[Other, {one('sections.yaml')}]"])
def test_an_include_at_the_top_gives_sections_and_what_the_template_says_wins(transform):
    _, made, _ = include_in(f"Transform: {transform}\nResources: {{A: {{Type: Own}}}}\n")
    assert made.values["Resources"] == {"A": {"Type": "Own"}, "B": {"Type": "FromFile"}}
    assert made.values["Mappings"] == {"M": {}}
    assert made.values["Transform"] == (["Other"] if "Other" in transform else [])


def test_a_location_may_be_a_call():
    resolve = {"part.yaml": "part.yaml"}.get
    _, made, problems = include_in(f"Resources: {{'Fn::Transform': {one('part.yaml')}}}", resolve)
    assert made.values["Resources"] == {"/y": {}}
    assert problems == ()


def refused(value):
    raise Refusal("there is no parameter X", "declare it")


@pytest.mark.parametrize(
    ("location", "resolve", "says", "where"),
    [
        ("nowhere.yaml", None, "there is no file nowhere.yaml", "template.yaml:3"),
        ("s3://bucket/key", None, "s3://bucket/key is not here", "template.yaml:3"),
        ("self.yaml", None, "self.yaml includes itself", "template.yaml:3"),
        ("broken.yaml", None, "not valid YAML", "broken.yaml:3"),
        ("list.yaml", None, "not a mapping", "list.yaml"),
        ("[1]", None, "has no Location", "template.yaml:3"),
        ("!Ref X", refused, "no parameter X", "template.yaml:3"),
    ],
)
def test_what_cannot_be_included_is_told_and_costs_only_itself(location, resolve, says, where):
    text = f"""\
        Resources:
          A: {{Type: T}}
          F: {{Type: T, Properties: {{"Fn::Transform": {one(location)}, B: 1}}}}
        """
    _, made, (problem,) = include_in(text, resolve or (lambda value: value))
    assert made.values["Resources"]["A"] == {"Type": "T"}
    assert made.values["Resources"]["F"]["Properties"]["B"] == 1
    assert says in problem.what
    assert problem.where == where
    assert problem.hint
    assert not problem.warning


def test_an_api_whose_definition_is_missing_keeps_the_routes_that_events_give_it():
    text = "Resources: {Api: {Type: AWS::Serverless::HttpApi, Properties: {DefinitionUri: nowhere.yaml}}}"
    _, made, (problem,) = include_in(text)
    assert made.values["Resources"]["Api"]["Properties"]["DefinitionBody"]["paths"] == {}
    assert (problem.subject, problem.what) == ("Api", "Api: DefinitionUri: there is no file nowhere.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: 's3://b/k'}}}",
        "Resources: {Api: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: {Bucket: b}}}}",
        "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Code: x}}, Odd: odd}",
        "Resources:",
        "Transform: Other",
        "Resources: {F: {'Fn::Transform': {Name: Other}}}",
    ],
)
def test_what_is_elsewhere_stays_as_it_is(text):
    document, made, problems = include_in(text)
    assert made is document
    assert problems == ()
