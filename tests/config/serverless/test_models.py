"""Recorded with `package` of osls 3.77."""

from localstack_lite.config.serverless.models import parameters_of
from tests.config.services import made_from

SHARED = "  apiGateway: {request: {schemas: {item: {name: Item, description: d, schema: {type: object}}}}}\n"


def made(request, provider=""):
    text = f"service: shop\nprovider:\n  name: aws\n{provider}functions:\n  a:\n    handler: m.a\n    events:\n"
    found = made_from(f"{text}      - http: {{path: x, method: post, request: {request}}}\n")
    return found.document.values["Resources"], found.problems


def test_a_required_parameter_makes_the_validator():
    resources, problems = made("{parameters: {querystrings: {q: true, r: false}}}")
    method = resources["ApiGatewayMethodXPost"]["Properties"]
    assert method["RequestParameters"] == {"method.request.querystring.q": True, "method.request.querystring.r": False}
    assert method["RequestValidatorId"] == {"Ref": "ApiGatewayShopRequestValidator"}
    assert "RequestModels" not in method
    assert resources["ApiGatewayShopRequestValidator"]["Properties"] == {
        "RestApiId": {"Ref": "ApiGatewayRestApi"},
        "ValidateRequestBody": True,
        "ValidateRequestParameters": True,
        "Name": "shop-dev | Validate request body and querystring parameters",
    }
    assert problems == ()


def test_nothing_to_demand_makes_none():
    resources, _ = made("{parameters: {headers: {h: false}}}")
    assert "RequestValidatorId" not in resources["ApiGatewayMethodXPost"]["Properties"]


def test_a_schema_of_the_provider_is_one_model():
    resources, problems = made("{schemas: {application/json: item}}", SHARED)
    models = resources["ApiGatewayMethodXPost"]["Properties"]["RequestModels"]
    assert models == {"application/json": {"Ref": "ApiGatewayItemModel"}}
    assert resources["ApiGatewayItemModel"]["Properties"] == {
        "RestApiId": {"Ref": "ApiGatewayRestApi"},
        "Schema": {"type": "object"},
        "ContentType": "application/json",
        "Name": "Item",
        "Description": "d",
    }
    assert problems == ()


def test_schemas_of_the_event_are_models_of_their_own():
    resources, _ = made(
        "{schemas: {application/json: {type: object}, text/plain: {schema: {type: string}, name: Txt}}}"
    )
    assert resources["ApiGatewayMethodXPostApplicationJsonModel"]["Properties"]["Schema"] == {"type": "object"}
    text = resources["ApiGatewayMethodXPostTextPlainModel"]["Properties"]
    assert (text["Schema"], text["Name"], text["ContentType"]) == ({"type": "string"}, "Txt", "text/plain")


def test_the_older_word_for_schemas():
    resources, _ = made("{schema: {application/json: {type: object}}}")
    assert resources["ApiGatewayMethodXPost"]["Properties"]["RequestModels"].keys() == {"application/json"}


def test_a_schema_that_is_nowhere_is_told_and_lets_nothing_past():
    resources, (problem,) = made("{schemas: {application/json: nobody}}", SHARED)
    assert "there is no schema nobody" in problem.what
    assert resources["ApiGatewayNobodyModel"]["Properties"]["Schema"] == {"not": {}}


def test_only_places_that_a_method_has_count():
    assert parameters_of({"parameters": {"cookies": {"c": True}, "paths": {"id": {"required": True}}}}) == {
        "method.request.path.id": True
    }
