"""Recorded with `package` of osls 3.77."""

import pytest

from localstack_lite.config.serverless import names


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (names.function_id("hello-world"), "HelloDashworldLambdaFunction"),
        (names.function_id("under_score"), "UnderUnderscorescoreLambdaFunction"),
        (names.layer_id("my-libs"), "MyDashlibsLambdaLayer"),
        (names.log_group_id("authz"), "AuthzLogGroup"),
        (names.permission_id("img", "FnUrl"), "ImgLambdaPermissionFnUrl"),
        (names.plain("topic-one"), "Topicone"),
        (names.rest_resource_id("proxy/{proxy+}"), "ApiGatewayResourceProxyProxyVar"),
        (names.rest_resource_id("items/{id}"), "ApiGatewayResourceItemsIdVar"),
        (names.rest_method_id("items/{id}", "POST"), "ApiGatewayMethodItemsIdVarPost"),
        (names.rest_method_id("", "ANY"), "ApiGatewayMethodAny"),
        (names.http_route_id("GET /x"), "HttpApiRouteGetX"),
        (names.http_route_id("POST /y/{id}"), "HttpApiRoutePostYIdVar"),
        (names.http_route_id("ANY /any"), "HttpApiRouteAnyAny"),
        (names.http_route_id("$default"), "HttpApiRouteDefault"),
    ],
)
def test_ids_are_the_frameworks(made, expected):
    assert made == expected


@pytest.mark.parametrize(
    ("arn", "name"),
    [
        ("arn:aws:sqs:eu-west-2:123456789012:q-one", "Qone"),
        ("arn:aws:dynamodb:eu-west-2:123456789012:table/t/stream/1", "T"),
        ({"Fn::GetAtt": ["MyStream", "Arn"]}, "MyStream"),
        ({"Fn::GetAtt": "MyStream.Arn"}, "MyStream"),
        ({"Ref": "Topic2"}, "Topic2"),
        ({"Fn::ImportValue": "my-export"}, "Myexport"),
        ({"Fn::Join": [":", ["arn:aws:sqs", {"Ref": "AWS::Region"}, "orders"]]}, "Orders"),
        ({}, "Source"),
        (None, "Source"),
    ],
)
def test_a_source_is_named_by_what_it_is_called(arn, name):
    assert names.source_name(arn) == name
