"""Recorded with `package` of osls 3.77."""

import pytest

from tests.config.services import made_from, resources_of

ALL_HEADERS = "'Content-Type,X-Amz-Date,Authorization,X-Api-Key,X-Amz-Security-Token,X-Amz-User-Agent,X-Amzn-Trace-Id'"


def resources(*events, provider="", deploying=False):
    listed = "".join(f"\n      - http: {event}" for event in events)
    head = f"service: shop\nprovider:\n  name: aws\n{provider}functions:\n"
    return resources_of(
        f"{head}  a:\n    handler: m.a\n    events:{listed}\n  b: {{handler: m.b}}\n", deploying=deploying
    )


def test_paths_become_a_tree_of_resources():
    made = resources("GET /items", "{path: '/items/{id}/', method: post}", "any /")
    api, items = {"Ref": "ApiGatewayRestApi"}, {"Ref": "ApiGatewayResourceItems"}
    root = {"Fn::GetAtt": ["ApiGatewayRestApi", "RootResourceId"]}
    assert made["ApiGatewayResourceItems"]["Properties"] == {"ParentId": root, "PathPart": "items", "RestApiId": api}
    assert made["ApiGatewayResourceItemsIdVar"]["Properties"] == {
        "ParentId": items,
        "PathPart": "{id}",
        "RestApiId": api,
    }
    assert made["ApiGatewayMethodItemsGet"]["Properties"]["ResourceId"] == items
    assert made["ApiGatewayMethodAny"]["Properties"]["ResourceId"] == root
    assert made["ApiGatewayRestApi"]["Properties"] == {
        "Name": "dev-shop",
        "EndpointConfiguration": {"Types": ["EDGE"]},
    }


def test_a_method_calls_its_function():
    made = resources("{path: x, method: GET, timeoutInMillis: 5000}")["ApiGatewayMethodXGet"]
    integration = made["Properties"]["Integration"]
    assert (integration["Type"], integration["IntegrationHttpMethod"]) == ("AWS_PROXY", "POST")
    assert {"Fn::GetAtt": ["ALambdaFunction", "Arn"]} in integration["Uri"]["Fn::Join"][1]
    assert integration["TimeoutInMillis"] == 5000
    assert made["DependsOn"] == ["ALambdaPermissionApiGateway"]


def preflight(*events):
    response = resources(*events)["ApiGatewayMethodXOptions"]["Properties"]["Integration"]["IntegrationResponses"][0]
    given = response["ResponseParameters"]
    return {name.rpartition(".")[2]: value for name, value in given.items()}, response["ResponseTemplates"]


def test_cors_of_true_allows_everybody():
    assert preflight("{path: x, method: post, cors: true}") == (
        {
            "Access-Control-Allow-Origin": "'*'",
            "Access-Control-Allow-Headers": ALL_HEADERS,
            "Access-Control-Allow-Methods": "'OPTIONS,POST'",
        },
        {"application/json": ""},
    )


def test_cors_of_any_method_lists_them_all():
    headers, _ = preflight("{path: x, method: any, cors: true}")
    assert headers["Access-Control-Allow-Methods"] == "'OPTIONS,DELETE,GET,HEAD,PATCH,POST,PUT'"


def test_cors_with_several_origins_answers_the_one_that_asks():
    headers, templates = preflight(
        "{path: x, method: put, cors: {origins: ['https://a.com', 'https://*.b.com'], headers: [X-A], "
        "allowCredentials: true, maxAge: 10, cacheControl: 'no-store'}}"
    )
    assert headers == {
        "Access-Control-Allow-Origin": "'https://a.com'",
        "Access-Control-Allow-Headers": "'X-A'",
        "Access-Control-Allow-Methods": "'OPTIONS,PUT'",
        "Access-Control-Allow-Credentials": "'true'",
        "Access-Control-Max-Age": "'10'",
        "Cache-Control": "'no-store'",
    }
    assert (
        '$origin.matches("https://a[.]com") || $origin.matches("https://.+[.]b[.]com")' in templates["application/json"]
    )


def test_events_of_one_path_share_their_preflight():
    headers, _ = preflight("{path: x, method: get, cors: true}", "{path: x, method: post, cors: true}")
    assert headers["Access-Control-Allow-Methods"] == "'OPTIONS,GET,POST'"


@pytest.mark.parametrize(
    ("authorizer", "kind", "reference"),
    [
        ("aws_iam", "AWS_IAM", None),
        ("b", "CUSTOM", {"Ref": "BApiGatewayAuthorizer"}),
        ("{name: b, type: request}", "CUSTOM", {"Ref": "BApiGatewayAuthorizer"}),
        ("{type: COGNITO_USER_POOLS, authorizerId: {Ref: Auth}}", "COGNITO_USER_POOLS", {"Ref": "Auth"}),
        (
            "{name: p, arn: 'arn:aws:cognito-idp:eu:1:userpool/x'}",
            "COGNITO_USER_POOLS",
            {"Ref": "PApiGatewayAuthorizer"},
        ),
        ("arn:aws:lambda:eu:1:function:other", "CUSTOM", {"Ref": "OtherApiGatewayAuthorizer"}),
    ],
)
def test_an_authorizer_protects_its_method(authorizer, kind, reference):
    made = resources(f"{{path: x, method: get, authorizer: {authorizer}}}")
    method = made["ApiGatewayMethodXGet"]["Properties"]
    assert (method["AuthorizationType"], method.get("AuthorizerId")) == (kind, reference)
    if reference and reference["Ref"] != "Auth":
        assert made[reference["Ref"]]["Type"] == "AWS::ApiGateway::Authorizer"


def test_a_private_method_needs_a_key_and_others_do_not():
    made = resources("{path: x, method: get, private: true}", "GET /y")
    assert made["ApiGatewayMethodXGet"]["Properties"]["ApiKeyRequired"] is True
    assert made["ApiGatewayMethodYGet"]["Properties"]["ApiKeyRequired"] is False


def deployment(made):
    return next(name for name, one in made.items() if one["Type"] == "AWS::ApiGateway::Deployment")


def test_the_stage_is_deployed_anew_when_a_method_changes():
    one, other = resources("GET /x"), resources("GET /x", "GET /y")
    assert deployment(one) == deployment(resources("GET /x"))
    assert deployment(one) != deployment(other)
    assert one[deployment(one)]["Properties"]["StageName"] == "dev"


OUTSIDE = "  apiGateway: {restApiId: abc, restApiRootResourceId: root}\n"


def test_an_api_that_is_elsewhere_is_stood_in_for_here_and_named_in_the_cloud():
    here, there = resources("GET /x", provider=OUTSIDE), resources("GET /x", provider=OUTSIDE, deploying=True)
    assert here["ApiGatewayMethodXGet"]["Properties"]["RestApiId"] == {"Ref": "ApiGatewayRestApi"}
    assert there["ApiGatewayMethodXGet"]["Properties"]["RestApiId"] == "abc"
    assert there["ApiGatewayResourceX"]["Properties"]["ParentId"] == "root"
    assert "ApiGatewayRestApi" not in there


def test_settings_of_the_api_and_its_keys():
    said = "  apiGateway: {binaryMediaTypes: ['*/*'], apiKeys: [k], usagePlan: {quota: {limit: 5, period: DAY}}}\n"
    made = resources("GET /x", provider=said)
    assert made["ApiGatewayRestApi"]["Properties"]["BinaryMediaTypes"] == ["*/*"]
    assert made["ApiGatewayApiKey1"]["Properties"]["Name"] == "k"
    assert made["ApiGatewayUsagePlan"]["Properties"]["Quota"] == {"Limit": 5, "Period": "DAY"}
    assert made["ApiGatewayUsagePlanKey1"]["Properties"]["KeyId"] == {"Ref": "ApiGatewayApiKey1"}


@pytest.mark.parametrize("event", ["FETCH /x", "'/x'", "{path: x}"])
def test_an_event_that_is_no_route_is_told_and_left_out(event):
    made = made_from(f"functions:\n  a:\n    handler: m.a\n    events:\n      - http: {event}\n")
    assert "ApiGatewayRestApi" not in made.document.values["Resources"]
    assert [(problem.where, problem.warning) for problem in made.problems] == [("serverless.yml:7", False)]


def test_an_integration_that_is_no_proxy_is_not_pushed():
    text = "functions: {a: {handler: m.a, events: [{http: {path: x, method: get, integration: lambda}}]}}"
    assert made_from(text).problems == ()
    made = made_from(text, deploying=True)
    assert made.document.values["Resources"]["ApiGatewayMethodXGet"]["Properties"]["Integration"]["Type"] == "AWS"
    assert "type AWS is not pushed" in made.problems[0].what
