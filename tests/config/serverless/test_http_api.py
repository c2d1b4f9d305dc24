"""Recorded with `package` of osls 3.77."""

import pytest

from tests.config.services import made_from, resources_of

HEADERS = [
    *("Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key"),
    *("X-Amz-Security-Token", "X-Amz-User-Agent", "X-Amzn-Trace-Id"),
]


def service(*events, provider=""):
    listed = "".join(f"\n      - {event}" for event in events)
    return f"service: shop\nprovider:\n  name: aws\n{provider}functions:\n  a:\n    handler: m.a\n    events:{listed}\n"


def resources(*events, provider="", deploying=False):
    return resources_of(service(*events, provider=provider), deploying=deploying)


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ("'GET /x'", "GET /x"),
        ("'*'", "$default"),
        ("{path: '*'}", "$default"),
        ("{path: '/y/{id}', method: post}", "POST /y/{id}"),
        ("{path: /any, method: '*'}", "ANY /any"),
        ("{path: /any}", "ANY /any"),
        ("any /z", "ANY /z"),
    ],
)
def test_an_event_is_a_route_of_the_http_api(event, key):
    made = resources(f"httpApi: {event}")
    routes = [one["Properties"]["RouteKey"] for one in made.values() if one["Type"] == "AWS::ApiGatewayV2::Route"]
    assert routes == [key]
    assert made["HttpApiStage"]["Properties"]["StageName"] == "$default"
    assert made["HttpApiIntegrationA"]["Properties"]["PayloadFormatVersion"] == "2.0"


def test_payload_cors_and_name_are_the_providers():
    provider = "  httpApi: {payload: '1.0', name: mine, cors: true}\n"
    made = resources("httpApi: 'GET /x'", provider=provider)
    assert made["HttpApiIntegrationA"]["Properties"]["PayloadFormatVersion"] == "1.0"
    assert made["HttpApi"]["Properties"] == {
        "Name": "mine",
        "ProtocolType": "HTTP",
        "CorsConfiguration": {
            "AllowHeaders": HEADERS,
            "AllowMethods": ["OPTIONS", "GET"],
            "AllowOrigins": ["*"],
        },
    }


def test_cors_of_a_mapping_is_what_it_says_and_else_what_true_is():
    provider = "  httpApi: {cors: {allowedOrigins: [https://a.com], allowCredentials: true, maxAge: 6}}\n"
    made = resources("httpApi: 'GET /x'", provider=provider)["HttpApi"]["Properties"]["CorsConfiguration"]
    assert made["AllowOrigins"] == ["https://a.com"]
    assert (made["AllowCredentials"], made["MaxAge"], made["AllowHeaders"]) == (True, 6, HEADERS)


AUTHORIZERS = """  httpApi:
    authorizers:
      one: {type: jwt, identitySource: $request.header.Authorization, issuerUrl: https://e.com, audience: [x]}
      two: {type: request, functionName: a, resultTtlInSeconds: 0}
"""


@pytest.mark.parametrize(
    ("authorizer", "kind", "reference"),
    [
        ("one", "JWT", {"Ref": "HttpApiAuthorizerOne"}),
        ("{name: two}", "CUSTOM", {"Ref": "HttpApiAuthorizerTwo"}),
        ("{type: aws_iam}", "AWS_IAM", None),
        ("{id: abc, type: jwt}", "JWT", "abc"),
    ],
)
def test_an_authorizer_protects_its_route(authorizer, kind, reference):
    made = resources(f"httpApi: {{path: /x, method: get, authorizer: {authorizer}}}", provider=AUTHORIZERS)
    route = made["HttpApiRouteGetX"]["Properties"]
    assert (route["AuthorizationType"], route.get("AuthorizerId")) == (kind, reference)


def test_an_authorizer_that_is_not_declared_still_protects_and_is_told():
    made = made_from(service("httpApi: {path: /x, authorizer: nope}"))
    assert made.document.values["Resources"]["HttpApiRouteAnyX"]["Properties"]["AuthorizationType"] == "JWT"
    assert "no authorizer nope" in made.problems[0].what


def test_an_api_that_is_elsewhere_is_stood_in_for_here_and_named_in_the_cloud():
    provider = "  httpApi: {id: abc}\n"
    assert "HttpApi" in resources("httpApi: 'GET /x'", provider=provider)
    there = resources("httpApi: 'GET /x'", provider=provider, deploying=True)
    assert there["HttpApiRouteGetX"]["Properties"]["ApiId"] == "abc"
    assert "HttpApi" not in there


def test_what_is_no_route_is_told_and_left_out():
    made = made_from(service("httpApi: GET x"))
    assert [(problem.where, problem.warning) for problem in made.problems] == [("serverless.yml:8", False)]


def test_cors_allows_the_methods_of_the_routes_and_all_where_one_takes_any():
    provider = "  httpApi: {cors: true}\n"

    def allowed(*events):
        return resources(*events, provider=provider)["HttpApi"]["Properties"]["CorsConfiguration"]["AllowMethods"]

    assert allowed("httpApi: 'POST /x'", "httpApi: 'GET /x'", "httpApi: 'POST /y'") == ["OPTIONS", "POST", "GET"]
    every = ["OPTIONS", "GET", "POST", "PUT", "PATCH", "HEAD", "DELETE"]
    assert allowed("httpApi: 'GET /x'", "httpApi: '*'") == every
    assert allowed("httpApi: {path: /x, method: any}") == every
