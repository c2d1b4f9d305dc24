from localstack_lite.config.environment import Variables
from localstack_lite.config.parameters import Place
from localstack_lite.config.template import read_template
from localstack_lite.model.api import ApiKind, LambdaProxy
from tests.config.samples import source_of, untouched

GROUP = """
  F: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: .}}
  G:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      TargetType: lambda
      Targets: [{Id: !GetAtt F.Arn}]
      Name: group
"""
RULE = """
  R%s:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties:
      Priority: %s
      ListenerArn: arn:x
      Actions: [{Type: forward, TargetGroupArn: !Ref G}]
      Conditions: %s
"""


def read_text(text):
    source = source_of("template.yaml", {"template.yaml": f"Resources:{text}"})
    return read_template(source, Place(), {}, untouched, Variables())


def api_of(*rules, more=""):
    read = read_text(GROUP + more + "".join(RULE % (n, n, rule) for n, rule in enumerate(rules, start=1)))
    (api,) = read.apis
    return api, read.problems


def keys(api):
    return [route.key for route in api.routes]


def test_a_group_with_a_function_is_an_api_and_takes_everything_when_nothing_leads_to_it():
    api, problems = api_of()
    assert (api.logical_id, api.name, api.kind, api.multi_value) == ("G", "group", ApiKind.ALB, False)
    assert keys(api) == ["$default"]
    called = api.routes[0].integration
    assert isinstance(called, LambdaProxy)
    assert called.function == "F"
    assert problems == ()


def test_paths_and_methods_of_rules_are_routes_the_lowest_priority_first():
    of_method = "{Field: http-request-method, HttpRequestMethodConfig: {Values: [GET]}}"
    second = f"[{of_method}, {{Field: path-pattern, PathPatternConfig: {{Values: [/c]}}}}]"
    api, _ = api_of("[{Field: path-pattern, Values: [/a/*, /b]}]", second)
    assert keys(api) == ["ANY /a/{proxy+}", "ANY /a/", "ANY /b", "GET /c"]


def test_conditions_that_are_not_looked_at_are_told():
    api, (problem,) = api_of("[{Field: host-header, Values: [a.com]}, {Field: path-pattern, Values: [/a]}]")
    assert keys(api) == ["ANY /a"]
    assert "conditions of host-header are not looked at" in problem.what


def test_a_pattern_that_no_route_can_say_is_taken_for_every_path():
    api, (problem,) = api_of("[{Field: path-pattern, Values: ['/img?/*.jpg']}]")
    assert keys(api) == ["$default"]
    assert "/img?/*.jpg is taken for every path" in problem.what


def test_a_listeners_default_is_everything():
    listener = """
  L:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: x, DefaultActions: [{Type: forward, TargetGroupArn: !Ref G}]}
"""
    api, _ = api_of("[{Field: path-pattern, Values: [/a]}]", more=listener)
    assert keys(api) == ["ANY /a", "$default"]


def test_attributes_and_tags_say_the_form_of_headers_and_the_name():
    text = GROUP + (
        "      Tags: [{Key: Name, Value: told}]\n"
        "      TargetGroupAttributes: [{Key: lambda.multi_value_headers.enabled, Value: true}]\n"
    )
    (api,) = read_text(text).apis
    assert (api.name, api.multi_value) == ("told", True)


def test_a_group_of_machines_is_no_api():
    assert read_text(GROUP.replace("TargetType: lambda", "TargetType: ip")).apis == ()
