"""Recorded with `package` of osls 3.77 where a test says what the framework makes."""

import pytest

from tests.config.services import made_from, resources_of


def function(text, name="ALambdaFunction", **given):
    return resources_of(text, **given)[name]


def properties(text, name="ALambdaFunction", **given):
    return function(text, name, **given)["Properties"]


def test_the_defaults_are_the_frameworks():
    made = function("functions: {a: {handler: m.a}}")
    assert made["Properties"] == {
        "FunctionName": "shop-dev-a",
        "MemorySize": 1024,
        "Timeout": 6,
        "Role": {"Fn::GetAtt": ["IamRoleLambdaExecution", "Arn"]},
        "Runtime": "python3.12",
        "Handler": "m.a",
        "Code": ".",
    }
    assert made["DependsOn"] == ["ALogGroup"]


def test_a_functions_own_settings_go_before_the_providers():
    text = """
service: s
provider: {name: aws, runtime: python3.12, memorySize: 512, timeout: 20, architecture: arm64, stage: x}
functions:
  a: {handler: m.a, name: given, memorySize: 256, runtime: nodejs20.x, ephemeralStorageSize: 1024,
      reservedConcurrency: 0, description: d, tags: {k: v}, tracing: Active, condition: C, dependsOn: [T]}
"""
    made = function(text)
    expected = {
        "FunctionName": "given",
        "MemorySize": 256,
        "Timeout": 20,
        "Runtime": "nodejs20.x",
        "Architectures": ["arm64"],
        "EphemeralStorage": {"Size": 1024},
        "ReservedConcurrentExecutions": 0,
        "Description": "d",
        "Tags": [{"Key": "k", "Value": "v"}],
        "TracingConfig": {"Mode": "Active"},
    }
    assert expected.items() <= made["Properties"].items()
    assert (made["Condition"], made["DependsOn"]) == ("C", ["ALogGroup", "T"])


def test_variables_are_the_providers_then_the_functions_and_null_takes_one_out():
    text = """
service: s
provider: {name: aws, environment: {A: 1, B: true, GONE: x, R: {Ref: T}}}
functions: {a: {handler: m.a, environment: {A: own, GONE: null, N: 1.5}}}
"""
    assert properties(text)["Environment"] == {
        "Variables": {"A": "own", "B": "true", "R": {"Ref": "T"}, "N": "1.5"},
    }


def test_layers_are_made_and_named_and_that_of_python_requirements_is_not():
    text = """
layers: {my-libs: {path: layer, compatibleRuntimes: [python3.12], retain: true}}
functions: {a: {handler: m.a, layers: [{Ref: MyDashlibsLambdaLayer}, {Ref: PythonRequirementsLambdaLayer}]}}
"""
    made = resources_of(text)
    assert made["ALambdaFunction"]["Properties"]["Layers"] == [{"Ref": "MyDashlibsLambdaLayer"}]
    assert made["MyDashlibsLambdaLayer"] == {
        "Type": "AWS::Lambda::LayerVersion",
        "Properties": {"Content": "layer", "LayerName": "my-libs", "CompatibleRuntimes": ["python3.12"]},
        "DeletionPolicy": "Retain",
    }


HEADERS = ["Content-Type", "X-Amz-Date", "Authorization", "X-Api-Key", "X-Amz-Security-Token", "X-Amzn-Trace-Id"]


@pytest.mark.parametrize(
    ("url", "auth", "cors", "mode"),
    [
        ("true", "NONE", None, None),
        ("{authorizer: aws_iam}", "AWS_IAM", None, None),
        (
            "{cors: true, invokeMode: RESPONSE_STREAM}",
            "NONE",
            {"AllowHeaders": HEADERS, "AllowMethods": ["*"], "AllowOrigins": ["*"]},
            "RESPONSE_STREAM",
        ),
        (
            "{cors: {allowedOrigins: [https://x.com], allowedHeaders: [A], allowCredentials: true, maxAge: 5}}",
            "NONE",
            {
                "AllowCredentials": True,
                "AllowHeaders": ["A"],
                "AllowMethods": ["*"],
                "AllowOrigins": ["https://x.com"],
                "MaxAge": 5,
            },
            None,
        ),
    ],
)
def test_a_url_is_as_the_framework_makes_it(url, auth, cors, mode):
    made = resources_of(f"functions: {{a: {{handler: m.a, url: {url}}}}}")
    found = made["ALambdaFunctionUrl"]["Properties"]
    assert (found["AuthType"], found.get("Cors"), found.get("InvokeMode")) == (auth, cors, mode)
    assert ("ALambdaPermissionFnUrl" in made) is (auth == "NONE")


def test_code_is_the_service_or_an_artifact_of_it_or_of_the_function():
    assert properties("functions: {a: {handler: m.a}}\npackage: {artifact: all.zip}")["Code"] == "all.zip"
    text = "functions: {a: {handler: m.a, package: {artifact: own.zip}}}\npackage: {artifact: all.zip}"
    assert properties(text)["Code"] == "own.zip"


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("arn:aws:iam::1:role/x", "arn:aws:iam::1:role/x"),
        ("MyRole", {"Fn::GetAtt": ["MyRole", "Arn"]}),
        ("{Ref: R}", {"Ref": "R"}),
    ],
)
def test_a_role_is_an_arn_or_a_resource_of_the_service(role, expected):
    assert properties(f"functions: {{a: {{handler: m.a, role: '{role}'}}}}".replace("'{", "{").replace("}'", "}"))[
        "Role"
    ] == (expected)


def test_asynchronous_settings_and_destinations_are_made():
    text = """
functions:
  a:
    {handler: m.a, maximumRetryAttempts: 1, maximumEventAge: 60, destinations: {onSuccess: b, onFailure: arn:aws:sqs:x}}
  b: {handler: m.b}
"""
    assert resources_of(text)["ALambdaEvConf"]["Properties"] == {
        "FunctionName": {"Ref": "ALambdaFunction"},
        "DestinationConfig": {
            "OnSuccess": {"Destination": {"Fn::GetAtt": ["BLambdaFunction", "Arn"]}},
            "OnFailure": {"Destination": "arn:aws:sqs:x"},
        },
        "MaximumEventAgeInSeconds": 60,
        "MaximumRetryAttempts": 1,
        "Qualifier": "$LATEST",
    }


def test_logs_are_kept_as_long_as_the_service_says_or_not_made():
    text = "functions: {a: {handler: m.a, logRetentionInDays: 3}, b: {handler: m.b, disableLogs: true}}"
    made = resources_of(text)
    assert made["ALogGroup"]["Properties"] == {"LogGroupName": "/aws/lambda/shop-dev-a", "RetentionInDays": 3}
    assert "BLogGroup" not in made


def test_an_unknown_key_of_a_function_is_told_with_the_nearest():
    (problem,) = made_from("functions:\n  a:\n    handler: m.a\n    memory: 1\n    memorySzie: 5\n").problems[1:]
    assert (problem.where, problem.hint) == ("serverless.yml:7", "did you mean memorySize?")


def test_every_property_knows_its_line():
    text = "functions:\n  a:\n    handler: m.a\n    environment:\n      X: 1\n    timeout: 9\n"
    lines = made_from(text).document.lines
    own = ("Resources", "ALambdaFunction")
    assert lines[own] == 4
    assert lines[(*own, "Properties", "Handler")] == 5
    assert lines[(*own, "Properties", "Environment", "Variables", "X")] == 7
    assert lines[(*own, "Properties", "Timeout")] == 8
    assert lines[(*own, "Properties", "Runtime")] == 2
