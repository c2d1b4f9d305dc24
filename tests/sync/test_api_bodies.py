"""Bodies of APIs and where they are deployed to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localstack_lite.sync.api_bodies import HTTP, REST, api_step
from tests.sync.grounds import ground

BODY = {"info": {"version": "1"}, "paths": {"/a": {"x": {"Ref": "A"}}}}


def rest(**stated: Any) -> dict[str, Any]:
    stage = {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "prod"}}
    other = {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "Other"}, "StageName": "dev"}}
    return {"Api": {"Type": REST, "Properties": {"Body": BODY, **stated}}, "Stage": stage, "OtherStage": other}


def http(automatic: bool, **stated: Any) -> dict[str, Any]:
    properties = {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": automatic}
    stage = {"Type": "AWS::ApiGatewayV2::Stage", "Properties": properties}
    return {"Api": {"Type": HTTP, "Properties": {"Body": BODY, **stated}}, "Stage": stage}


def test_a_rest_body_is_resolved_and_deployed_to_the_apis_own_stages() -> None:
    step = api_step(ground(rest(), physical={"Api": "abc123"}), "Api", REST)
    assert (step.name, step.stages, step.http) == ("abc123", ("prod",), False)
    assert json.loads(step.body)["paths"] == {"/a": {"x": "A!"}}


def test_what_a_rest_api_says_beside_its_body_is_said_in_it() -> None:
    stated = {"Name": "shop", "BinaryMediaTypes": ["image/png"], "DisableExecuteApiEndpoint": True, "Policy": {"a": 1}}
    body = json.loads(api_step(ground(rest(**stated)), "Api", REST).body)
    assert body["info"] == {"version": "1", "title": "shop"}
    assert body["x-amazon-apigateway-binary-media-types"] == ["image/png"]
    assert body["x-amazon-apigateway-endpoint-configuration"] == {"disableExecuteApiEndpoint": True}
    assert body["x-amazon-apigateway-policy"] == {"a": 1}


def test_http_stages_that_deploy_by_themselves_are_not_deployed_to() -> None:
    assert api_step(ground(http(True)), "Api", HTTP).stages == ()
    step = api_step(ground(http(False)), "Api", HTTP)
    assert (step.stages, step.http) == (("$default",), True)


def test_cors_of_an_http_api_is_said_in_its_body() -> None:
    stated = {"CorsConfiguration": {"AllowOrigins": ["*"], "MaxAge": 5}}
    body = json.loads(api_step(ground(http(True, **stated)), "Api", HTTP).body)
    assert body["x-amazon-apigateway-cors"] == {"allowOrigins": ["*"], "maxAge": 5}


@pytest.mark.parametrize("body", [None, {"Fn::GetAtt": ["Secret", "Body"]}, {"paths": {"Ref": "Secret"}}])
def test_a_body_that_cannot_be_known_is_a_lookup_error(body: Any) -> None:
    with pytest.raises(LookupError):
        api_step(ground(rest(Body=body)), "Api", REST)


def test_an_api_without_an_id_is_a_lookup_error() -> None:
    with pytest.raises(LookupError):
        api_step(ground(rest(), physical={"Api": ""}), "Api", REST)
