import json

import jsonschema
import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.schemas import Model, Schemas
from localstack_lite.config.stack import Resource
from tests.config.samples import stack_of

OWNER = Resource(stack_of("Resources: {Api: {Type: AWS::ApiGateway::RestApi}}"), "Api")
URL = "https://apigateway.amazonaws.com/restapis/api/models/"


def schemas(of_body=False, **declared):
    return Schemas({name: Model(OWNER, schema, of_body) for name, schema in declared.items()})


def holds(schema, value):
    return jsonschema.Draft4Validator(schema).is_valid(value)


@pytest.mark.parametrize("form", [dict, json.dumps])
def test_a_model_is_a_schema_or_its_text(form):
    assert schemas(M=form({"type": "object"})).named("M") == {"type": "object"}


def test_other_models_are_inside():
    models = schemas(
        Pet={"type": "object", "properties": {"owner": {"$ref": {"Fn::Sub": URL + "Person"}}}},
        Person={"type": "object", "properties": {"name": {"$ref": URL + "Name"}, "friend": {"$ref": URL + "Person"}}},
        Name={"type": "string"},
    )
    found = models.named("Pet")
    assert found["properties"] == {"owner": {"$ref": "#/definitions/Person"}}
    assert sorted(found["definitions"]) == ["Name", "Person"]
    assert holds(found, {"owner": {"name": "a", "friend": {"name": "b"}}})
    assert not holds(found, {"owner": {"friend": {"name": 1}}})


def test_definitions_of_a_models_own_stay_its_own():
    models = schemas(
        A={
            "definitions": {"B": {"type": "integer"}},
            "properties": {"own": {"$ref": "#/definitions/B"}, "other": {"$ref": URL + "B"}},
        },
        B={"definitions": {"c": {"type": "string"}}, "properties": {"x": {"$ref": "#/definitions/c"}}},
    )
    found = models.named("A")
    assert holds(found, {"own": 1, "other": {"x": "text"}})
    assert not holds(found, {"own": "text"})
    assert not holds(found, {"other": {"x": 1}})


@pytest.mark.parametrize("link", ["#/definitions/Name", "#/components/schemas/Name"])
def test_models_of_a_body_speak_of_each_other(link):
    models = schemas(True, Pet={"properties": {"name": {"$ref": link}}}, Name={"type": "string"})
    for found in (models.named("Pet"), models.inline({"$ref": link.replace("Name", "Pet")})):
        assert holds(found, {"name": "a"})
        assert not holds(found, {"name": 1})
    assert holds(models.inline({"type": "array", "items": {"$ref": link}}), ["a"])


def test_a_model_that_speaks_of_itself_ends():
    models = schemas(True, Tree={"properties": {"below": {"type": "array", "items": {"$ref": "#/definitions/Tree"}}}})
    found = models.named("Tree")
    assert holds(found, {"below": [{"below": []}]})
    assert not holds(found, {"below": [{"below": 1}]})
    own = schemas(Tree={"properties": {"below": {"$ref": "#"}}, "type": "object"}).named("Tree")
    assert not holds(own, {"below": {"below": 1}})


def test_every_api_has_two_models_from_the_beginning():
    assert holds(schemas().named("Empty"), {"anything": 1})
    assert schemas(Empty={"type": "string"}).named("Empty") == {"type": "string"}


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({}, "no model M"),
        ({"N": {}}, "no model M"),
        ({"M": "{"}, "no JSON"),
        ({"M": "[]"}, "no mapping"),
        ({"M": None}, "no mapping"),
        ({"M": {"Ref": "Nobody"}}, "Nobody"),
        ({"M": {"$ref": URL + "Gone"}}, "no model Gone"),
    ],
)
def test_what_is_no_schema_is_refused(declared, why):
    with pytest.raises(Refusal) as caught:
        schemas(**declared).named("M")
    assert why in caught.value.what
