from tests.config.services import made_from, resources_of


def test_resources_are_merged_into_what_the_service_makes():
    made = made_from("""
functions: {a: {handler: m.a, events: [{s3: photos}]}}
resources:
  Conditions: {C: {'Fn::Equals': [a, a]}}
  Resources:
    T: {Type: AWS::SNS::Topic}
    S3BucketPhotos: {Properties: {VersioningConfiguration: {Status: Enabled}}}
  Outputs: {O: {Value: 1}}
  extensions:
    ALambdaFunction: {Properties: {Description: extended, Environment: {Variables: {X: y}}}, DependsOn: [T]}
""")
    values = made.document.values
    assert values["Resources"]["T"] == {"Type": "AWS::SNS::Topic"}
    bucket = values["Resources"]["S3BucketPhotos"]["Properties"]
    assert bucket["BucketName"] == "photos"
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    function = values["Resources"]["ALambdaFunction"]
    assert function["Properties"]["Description"] == "extended"
    assert function["DependsOn"] == ["ALogGroup", "T"]
    assert (values["Conditions"], values["Outputs"]["O"]) == ({"C": {"Fn::Equals": ["a", "a"]}}, {"Value": 1})


def test_an_extension_of_nothing_is_told_with_the_nearest():
    made = made_from(
        "functions: {a: {handler: m.a}}\nresources:\n  extensions:\n    ALambdaFuncton: {Properties: {}}\n"
    )
    assert [(one.where, one.hint) for one in made.problems] == [("serverless.yml:6", "did you mean ALambdaFunction?")]


def test_resources_keep_the_lines_of_the_service():
    made = made_from("functions: {a: {handler: m.a}}\nresources:\n  Resources:\n    T:\n      Type: AWS::SNS::Topic\n")
    assert made.document.line("Resources", "T", "Type") == 7


def test_the_first_api_of_the_template_is_the_rest_api_then_the_http_api():
    made = resources_of(
        "functions: {a: {handler: m.a, url: true, events: [{httpApi: 'GET /x'}, {alb: {listenerArn: {Ref: L}, "
        "priority: 1, conditions: {path: /y}}}, {http: GET /z}]}}"
    )
    assert list(made)[:2] == ["ApiGatewayRestApi", "HttpApi"]


def test_events_that_are_not_known_or_not_read_are_told_and_the_rest_counts():
    made = made_from("""
functions:
  a:
    handler: m.a
    events:
      - htp: GET /x
      - alexaSkill
      - kafka: {topic: t}
      - http: GET /y
  b: {handler: m.b, events: {http: GET /z}}
""")
    assert [one.what for one in made.problems] == [
        "function a: there is no event htp",
        "function a: alexaSkill events are not read by this version",
        "function a: kafka events are not read by this version",
        "function b: events is no list",
    ]
    assert made.problems[0].hint == "did you mean http?"
    assert "ApiGatewayMethodYGet" in made.document.values["Resources"]
