import pytest

from localstack_lite.config.api_stages import http_stages, limit_of, rest_stages, stage_variables
from localstack_lite.config.part import Part
from localstack_lite.config.stack import Resource
from localstack_lite.model.api import ApiStage, LambdaProxy, Route
from localstack_lite.model.usage import RateLimit, UsagePlan
from tests.config.samples import stack_of

ROUTES = tuple(
    Route(method, path, LambdaProxy("F")) for method, path in (("GET", "/"), ("GET", "/a/b"), ("PUT", "/a/b"))
)


def stages(kind, *declared):
    resources = "".join(f"  S{index}: {text}\n" for index, text in enumerate(declared))
    stack = stack_of(f"Resources:\n  Api: {{Type: AWS::{kind}}}\n{resources}")
    read = rest_stages if kind.startswith("ApiGateway::") else http_stages
    return read(Resource(stack, "Api")), stack.found


def rest(settings):
    (stage,), found = stages(
        "ApiGateway::RestApi",
        "{Type: AWS::ApiGateway::Stage, "
        f"Properties: {{RestApiId: !Ref Api, StageName: dev, MethodSettings: {settings}}}}}",
    )
    return stage.of_rest(ROUTES, ()).limits, found


STAGE = "{Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: %s, Variables: {A: %s}}}"
DEPLOYMENT = (
    "{Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api, StageName: %s, StageDescription: %s}}"
)


def test_stages_in_the_order_of_the_template_each_once():
    found, _ = stages("ApiGateway::RestApi", STAGE % ("dev", 1), STAGE % ("live", 2), STAGE % ("dev", 3))
    assert [(one.name, one.variables) for one in found] == [("dev", {"A": "1"}), ("live", {"A": "2"})]
    plans = (UsagePlan("P", "P"),)
    assert found[1].of_rest(ROUTES, plans) == ApiStage("live", {"A": "2"}, {}, plans)


def test_deployments_name_stages_where_there_are_none():
    described = (
        "{Variables: {A: b}, ThrottlingRateLimit: 3, "
        "MethodSettings: [{ResourcePath: /, HttpMethod: GET, ThrottlingRateLimit: 1}]}"
    )
    found, _ = stages("ApiGateway::RestApi", DEPLOYMENT % ("v1", described))
    assert [one.of_rest(ROUTES, ()) for one in found] == [
        ApiStage("v1", {"A": "b"}, {"*": RateLimit(3.0), "GET /": RateLimit(1.0)})
    ]
    both, _ = stages("ApiGateway::RestApi", DEPLOYMENT % ("Stage", "{}"), STAGE % ("dev", 1))
    assert [one.name for one in both] == ["dev"]


@pytest.mark.parametrize(("kind", "name"), [("ApiGateway::RestApi", "Prod"), ("ApiGatewayV2::Api", "$default")])
def test_an_api_without_a_stage_has_the_usual_one(kind, name):
    found, problems = stages(kind)
    assert [one.name for one in found] == [name]
    assert (found[0].of_http().limits, problems) == ({}, [])


@pytest.mark.parametrize(
    ("settings", "limits"),
    [
        (
            "[{ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 2}]",
            {"*": RateLimit(5.0, 2)},
        ),
        ("[{ResourcePath: '*', HttpMethod: '*', ThrottlingRateLimit: 5}]", {"*": RateLimit(5.0)}),
        ("[{ResourcePath: '/a~1b', HttpMethod: PUT, ThrottlingBurstLimit: 0}]", {"PUT /a/b": RateLimit(None, 0)}),
        ("[{ResourcePath: '/~1a~1b', HttpMethod: put, ThrottlingBurstLimit: 0}]", {"PUT /a/b": RateLimit(None, 0)}),
        (
            "[{ResourcePath: '/a/b', HttpMethod: '*', ThrottlingRateLimit: 1}]",
            {"GET /a/b": RateLimit(1.0), "PUT /a/b": RateLimit(1.0)},
        ),
        (
            "[{ResourcePath: '/a/b', HttpMethod: PUT, ThrottlingRateLimit: 2}, "
            "{ResourcePath: '/a/b', HttpMethod: '*', ThrottlingRateLimit: 1}]",
            {"GET /a/b": RateLimit(1.0), "PUT /a/b": RateLimit(2.0)},
        ),
        (
            "[{ResourcePath: '/*', HttpMethod: GET, ThrottlingRateLimit: 1}]",
            {"GET /": RateLimit(1.0), "GET /a/b": RateLimit(1.0)},
        ),
        ("[{ResourcePath: /, HttpMethod: GET, ThrottlingRateLimit: 1}]", {"GET /": RateLimit(1.0)}),
        ("[{ResourcePath: /else, HttpMethod: '*', ThrottlingRateLimit: 1}]", {"ANY /else": RateLimit(1.0)}),
        ("[{ResourcePath: '/*', HttpMethod: '*', LoggingLevel: INFO}]", {}),
    ],
)
def test_method_settings_limit_routes(settings, limits):
    assert rest(settings) == (limits, [])


@pytest.mark.parametrize(
    "settings", ["!Ref Nobody", "[{ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: many}]"]
)
def test_a_limit_that_cannot_be_read_is_told_and_limits_nothing(settings):
    limits, (problem,) = rest(settings)
    assert limits == {}
    assert "limits nothing here" in problem.what


def test_routes_of_an_http_api_have_limits_by_their_keys():
    properties = (
        "{ApiId: !Ref Api, StageName: dev, StageVariables: {A: b}, DefaultRouteSettings: {ThrottlingRateLimit: 4, "
        "ThrottlingBurstLimit: 3}, RouteSettings: "
        "{GET /a: {ThrottlingRateLimit: 1}, $default: {DetailedMetricsEnabled: true}}}"
    )
    found, problems = stages("ApiGatewayV2::Api", f"{{Type: AWS::ApiGatewayV2::Stage, Properties: {properties}}}")
    assert found[0].of_http() == ApiStage("dev", {"A": "b"}, {"*": RateLimit(4.0, 3), "GET /a": RateLimit(1.0)})
    assert problems == []


def test_a_variable_that_cannot_be_read_costs_itself():
    stack = stack_of("Resources: {S: {Type: X, Properties: {V: {A: !Ref Nobody, B: 1}}}}")
    assert stage_variables(Resource(stack, "S"), "V") == {"B": "1"}
    assert len(stack.found) == 1


def test_a_limit_is_there_when_one_of_its_figures_is():
    owner = Resource(stack_of("Resources: {S: {Type: X}}"), "S")
    assert limit_of(Part(owner, {"RateLimit": "0.5"}), "rateLimit", "burstLimit") == RateLimit(0.5)
    assert limit_of(Part(owner, {}), "rateLimit", "burstLimit") is None
    assert limit_of(None, "rateLimit", "burstLimit") is None
