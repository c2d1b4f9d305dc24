"""Recorded with `chalice package` 1.34."""

import pytest

from localstack_lite.config.chalice.app import read_chalice_app
from localstack_lite.config.chalice.settings import chalice_settings
from localstack_lite.config.chalice.template import logical_id, template_of
from localstack_lite.config.yaml_cfn import Document

HEAD = "from chalice import Chalice, Rate, Cron, CORSConfig\napp = Chalice(app_name='shop')\n"


def template(text, values=None):
    app = read_chalice_app(lambda name: ("app.py", HEAD + text) if name == "app" else None)
    return template_of(app, chalice_settings(Document(values or {}), "dev", "config.json"), "python3.11", ("app.py",))


def resources(text, values=None):
    return template(text, values).values["Resources"]


def paths(text):
    return resources(text)["RestAPI"]["Properties"]["Body"]["paths"]


def test_all_routes_are_one_function_behind_a_rest_api():
    made = resources("@app.route('/items/{id}', methods=['GET', 'PUT'])\ndef item(id): pass\n")
    assert made["APIHandler"]["Properties"] == {
        "FunctionName": "shop-dev",
        "Runtime": "python3.11",
        "Handler": "app.app",
        "Code": ".",
        "MemorySize": 128,
        "Timeout": 60,
    }
    assert made["RestAPIDeployment"]["Properties"] == {"RestApiId": {"Ref": "RestAPI"}, "StageName": "api"}
    assert list(made["RestAPI"]["Properties"]["Body"]["paths"]["/items/{id}"]) == ["get", "put"]


def test_other_functions_have_names_and_settings_of_their_own():
    values = {"lambda_memory_size": 256, "lambda_functions": {"job": {"reserved_concurrency": 3, "layers": ["arn:l"]}}}
    made = resources("@app.lambda_function(name='job')\ndef f(e, c): pass\n", values)["Job"]["Properties"]
    expected = {"FunctionName": "shop-dev-job", "Handler": "app.f", "MemorySize": 256, "Layers": ["arn:l"]}
    assert expected.items() <= made.items()
    assert made["ReservedConcurrentExecutions"] == 3


def test_cors_is_answered_as_chalice_has_it():
    def preflight(cors):
        operation = paths(f"@app.route('/x', methods=['POST'], cors={cors})\ndef x(): pass\n")["/x"]["options"]
        given = operation["x-amazon-apigateway-integration"]["responses"]["default"]["responseParameters"]
        return {name.rpartition(".")[2]: value for name, value in given.items()}

    assert preflight("True") == {
        "Access-Control-Allow-Methods": "'POST,OPTIONS'",
        "Access-Control-Allow-Origin": "'*'",
        "Access-Control-Allow-Headers": "'Authorization,Content-Type,X-Amz-Date,X-Amz-Security-Token,X-Api-Key'",
    }
    config = "CORSConfig(allow_origin='https://a.com', max_age=5, allow_credentials=True, allow_headers=['X-A'], "
    assert preflight(config + "expose_headers=['X-B'])") == {
        "Access-Control-Allow-Methods": "'POST,OPTIONS'",
        "Access-Control-Allow-Origin": "'https://a.com'",
        "Access-Control-Allow-Headers": "'Authorization,Content-Type,X-A,X-Amz-Date,X-Amz-Security-Token,X-Api-Key'",
        "Access-Control-Expose-Headers": "'X-B'",
        "Access-Control-Max-Age": "'5'",
        "Access-Control-Allow-Credentials": "'true'",
    }


def test_preflights_are_mocks_that_declare_their_headers():
    operation = paths("@app.route('/x', methods=['POST'], cors=True)\ndef x(): pass\n")["/x"]["options"]
    integration = operation["x-amazon-apigateway-integration"]
    assert (integration["type"], integration["passthroughBehavior"]) == ("mock", "when_no_match")
    assert integration["requestTemplates"] == {"application/json": '{"statusCode": 200}'}
    declared = operation["responses"]["200"]["headers"]
    given = integration["responses"]["default"]["responseParameters"]
    assert {f"method.response.header.{name}" for name in declared} == given.keys()


def test_a_protected_route_says_by_what():
    assert paths("@app.route('/x', authorizer=auth)\ndef x(): pass\n")["/x"]["get"]["security"] == [{"auth": []}]


@pytest.mark.parametrize(
    ("decorator", "kind", "properties"),
    [
        ("schedule(Rate(5, unit=Rate.MINUTES))", "AWS::Events::Rule", {"ScheduleExpression": "rate(5 minutes)"}),
        ("schedule(Rate(1, unit=Rate.HOURS))", "AWS::Events::Rule", {"ScheduleExpression": "rate(1 hour)"}),
        (
            "schedule(Cron(0, 18, '?', '*', 'MON-FRI', '*'))",
            "AWS::Events::Rule",
            {"ScheduleExpression": "cron(0 18 ? * MON-FRI *)"},
        ),
        ("on_cw_event({'source': ['aws.ec2']})", "AWS::Events::Rule", {"EventPattern": {"source": ["aws.ec2"]}}),
        ("on_sns_message(topic='arn:t')", "AWS::SNS::Subscription", {"TopicArn": "arn:t"}),
        ("on_sqs_message(queue='q', batch_size=2)", "AWS::Lambda::EventSourceMapping", {"BatchSize": 2}),
        ("on_sqs_message(queue_arn='arn:q')", "AWS::Lambda::EventSourceMapping", {"EventSourceArn": "arn:q"}),
        ("on_dynamodb_record(stream_arn='arn:s')", "AWS::Lambda::EventSourceMapping", {"StartingPosition": "LATEST"}),
        ("on_kinesis_record(stream='s')", "AWS::Lambda::EventSourceMapping", {"StartingPosition": "LATEST"}),
        ("on_s3_event(bucket='b', prefix='up/')", "AWS::S3::Bucket", {"BucketName": "b"}),
    ],
)
def test_what_calls_a_function_is_a_resource(decorator, kind, properties):
    made = resources(f"@app.{decorator}\ndef f(event): pass\n")["FEvent"]
    assert made["Type"] == kind
    assert properties.items() <= made["Properties"].items()


def test_ids_and_lines_are_those_of_the_declaration():
    assert (logical_id("bp_bpfn"), logical_id("plain")) == ("BpBpfn", "Plain")
    assert template("@app.lambda_function()\ndef f(e, c): pass\n").lines == {("Resources", "F"): 3}
