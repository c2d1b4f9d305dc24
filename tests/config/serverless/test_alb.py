"""Recorded with `package` of osls 3.77."""

from tests.config.services import made_from, resources_of

LISTENER = "arn:aws:elasticloadbalancing:eu-west-2:1:listener/app/my-lb/50dc6c495c0c9188/f2f7dc8efc522ab2"
TEXT = """
functions:
  under_score:
    handler: m.a
    events:
      - alb: {listenerArn: %s, priority: 1, multiValueHeaders: true, healthCheck: true, conditions: %s}
"""
ALL = (
    "{path: /alb/*, method: [GET, POST], host: [a.com], header: {name: x-a, values: [b]}, query: {q: '1'}, "
    "ip: [10.0.0.0/8]}"
)


def test_an_event_is_a_target_group_and_a_rule():
    made = resources_of(TEXT % (LISTENER, ALL))
    group = "UnderUnderscorescoreAlbMultiValueTargetGroup50dc6c495c0c9188"
    assert made[group]["Properties"] == {
        "TargetType": "lambda",
        "Targets": [{"Id": {"Fn::GetAtt": ["UnderUnderscorescoreLambdaFunction", "Arn"]}}],
        "Name": "0f90886f95f7c3be5350bf660181ad1c",
        "Tags": [{"Key": "Name", "Value": "shop-under_score-50dc6c495c0c9188-dev"}],
        "TargetGroupAttributes": [{"Key": "lambda.multi_value_headers.enabled", "Value": True}],
        "HealthCheckEnabled": True,
        "HealthCheckPath": "/",
        "HealthCheckIntervalSeconds": 35,
        "HealthCheckTimeoutSeconds": 30,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 5,
        "Matcher": {"HttpCode": "200"},
    }
    assert made["UnderUnderscorescoreAlbListenerRule1"]["Properties"] == {
        "Actions": [{"Type": "forward", "TargetGroupArn": {"Ref": group}}],
        "Conditions": [
            {"Field": "path-pattern", "Values": ["/alb/*"]},
            {"Field": "host-header", "HostHeaderConfig": {"Values": ["a.com"]}},
            {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "POST"]}},
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "x-a", "Values": ["b"]}},
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "q", "Value": "1"}]}},
            {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
        ],
        "ListenerArn": LISTENER,
        "Priority": 1,
    }


def test_a_listener_of_the_service_gives_the_group_its_name():
    made = resources_of(TEXT % ("{Ref: MyListener}", "{path: /x}"))
    assert "UnderUnderscorescoreAlbMultiValueTargetGroupMyListener" in made


def test_a_rule_behind_an_authorizer_never_stands_open():
    made = made_from(TEXT % (LISTENER, "{path: /x}, authorizer: mine"))
    assert "UnderUnderscorescoreAlbListenerRule1" not in made.document.values["Resources"]
    assert not made.problems[0].warning


def test_a_rule_without_conditions_is_told():
    assert "no conditions" in made_from(TEXT % (LISTENER, "{}")).problems[0].what
