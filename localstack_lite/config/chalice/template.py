"""A Chalice app → a CloudFormation template, for the one reader of templates. Pure.

Logical ids, the body of the REST API and its CORS were recorded with `chalice package` 1.34; functions have the names
that `chalice deploy` gives them: `APP-STAGE` for all routes, `APP-STAGE-NAME` for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localstack_lite.config.chalice.app import ChaliceApp, ChaliceFunction
from localstack_lite.config.chalice.authorizers import named, schemes
from localstack_lite.config.chalice.settings import HANDLER, MEMORY, TIMEOUT, ChaliceSettings
from localstack_lite.config.chalice.source import Made
from localstack_lite.config.chalice.websockets import ROUTES, websocket_api
from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.variables import NEXT_FILE
from localstack_lite.config.yaml_cfn import Document, KeyPath

API, API_HANDLER = "RestAPI", "APIHandler"
BINARY_TYPES = (
    *("application/octet-stream", "application/x-tar", "application/zip", "audio/basic", "audio/ogg", "audio/mp4"),
    *("audio/mpeg", "audio/wav", "audio/webm", "image/png", "image/jpg", "image/jpeg", "image/gif", "video/ogg"),
    *("video/mpeg", "video/webm"),
)
_HEADERS = ("Authorization", "Content-Type", "X-Amz-Date", "X-Amz-Security-Token", "X-Api-Key")
_SOURCES = {
    "on_sqs_message": ("sqs", "queue", "queue_arn", ""),
    "on_kinesis_record": ("kinesis", "stream", "", "stream/"),
    "on_dynamodb_record": ("dynamodb", "", "stream_arn", ""),
}


def template_of(
    app: ChaliceApp, settings: ChaliceSettings, runtime: str, files: Sequence[str], policy: object = None
) -> Document:
    """`files` are the names of the files that lines are counted in, `app.py` first; `policy` is the API's."""
    name = settings.app_name or app.name or "chalice"
    resources: dict[str, Any] = {}
    lines: dict[KeyPath, int] = {}

    def add(logical_id: str, kind: str, properties: Mapping[str, Any], file: str, line: int) -> None:
        given = {key: value for key, value in properties.items() if value is not None}
        resources[logical_id] = {"Type": kind, "Properties": given}
        lines["Resources", logical_id] = files.index(file) * NEXT_FILE + line

    if app.routes:
        first = app.routes[0]
        body = _body(app, name, policy)
        size = settings.of("minimum_compression_size")
        properties = {"Name": name, "Body": body, "MinimumCompressionSize": size}
        add(API, "AWS::ApiGateway::RestApi", properties, first.file, first.line)
        deployment = {"RestApiId": {"Ref": API}, "StageName": settings.api_stage()}
        add("RestAPIDeployment", "AWS::ApiGateway::Deployment", deployment, first.file, first.line)
        handler = f"app.{app.variable}"
        physical = f"{name}-{settings.stage}"
        function = _function(physical, handler, HANDLER, settings, runtime)
        add(API_HANDLER, "AWS::Lambda::Function", function, first.file, first.line)
        if keyed := next((route for route in app.routes if route.protection.api_key), None):
            for logical, kind, made in _key(name, settings.api_stage()):
                add(logical, kind, made, keyed.file, keyed.line)
    sockets = [one for one in app.functions if one.kind in ROUTES]
    for logical, kind, made in websocket_api(sockets, f"{name}-{settings.stage}", settings.api_stage()):
        add(logical, kind, made, sockets[0].file, sockets[0].line)
    for one in app.functions:
        known = ROUTES[one.kind].name if one.kind in ROUTES else one.name
        function = _function(f"{name}-{settings.stage}-{known}", one.handler, known, settings, runtime)
        if one.kind in ROUTES:
            add(ROUTES[one.kind].logical_id, "AWS::Lambda::Function", function, one.file, one.line)
            continue
        add(logical_id(one.name), "AWS::Lambda::Function", function, one.file, one.line)
        if event := _event(one):
            add(f"{logical_id(one.name)}Event", *event, one.file, one.line)
    return Document({"Resources": resources}, lines)


def logical_id(name: str) -> str:
    """`bp_bpfn` → `BpBpfn`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name))


def _function(name: str, handler: str, key: str, settings: ChaliceSettings, runtime: str) -> dict[str, Any]:
    variables = settings.environment(key)
    layers = settings.of("layers", key)
    return {
        "FunctionName": name,
        "Runtime": runtime,
        "Handler": handler,
        "Code": ".",
        "MemorySize": settings.of("lambda_memory_size", key) or MEMORY,
        "Timeout": settings.of("lambda_timeout", key) or TIMEOUT,
        "Environment": {"Variables": variables} if variables else None,
        "ReservedConcurrentExecutions": settings.of("reserved_concurrency", key),
        "EphemeralStorage": {"Size": size} if (size := settings.of("lambda_ephemeral_storage", key)) else None,
        "Layers": layers if isinstance(layers, list) else None,
        "TracingConfig": {"Mode": "Active"} if settings.of("xray", key) is True else None,
    }


def _event(one: ChaliceFunction) -> tuple[str, dict[str, Any]] | None:
    """The type and properties of what calls a function; None when only its name does."""
    arn = {"Fn::GetAtt": [logical_id(one.name), "Arn"]}
    given, target = one.given, [{"Arn": arn, "Id": "1"}]
    match one.kind:
        case "schedule":
            expression = _expression(given.get("expression"))
            rule = {"ScheduleExpression": expression, "State": "ENABLED", "Targets": target}
            return ("AWS::Events::Rule", {**rule, "Description": given.get("description")}) if expression else None
        case "on_cw_event":
            return "AWS::Events::Rule", {
                "EventPattern": given.get("event_pattern"),
                "State": "ENABLED",
                "Targets": target,
            }
        case "on_sns_message":
            topic = as_text(given.get("topic"))
            source = topic if topic.startswith("arn:") else _arn("sns", topic)
            return "AWS::SNS::Subscription", {"TopicArn": source, "Protocol": "lambda", "Endpoint": arn}
        case "on_s3_event":
            return "AWS::S3::Bucket", _bucket(given, arn)
        case kind if kind in _SOURCES:
            service, named, whole, before = _SOURCES[kind]
            told: Any = given.get(whole) or _arn(service, before + as_text(given.get(named)))
            mapping = {"EventSourceArn": told, "FunctionName": arn, "BatchSize": given.get("batch_size")}
            if service != "sqs":
                mapping["StartingPosition"] = given.get("starting_position", "LATEST")
            mapping["MaximumBatchingWindowInSeconds"] = given.get("maximum_batching_window_in_seconds")
            return "AWS::Lambda::EventSourceMapping", mapping
    return None


def _bucket(given: Mapping[str, Any], arn: Any) -> dict[str, Any]:
    names = (("prefix", given.get("prefix")), ("suffix", given.get("suffix")))
    rules = [{"Name": name, "Value": value} for name, value in names if value]
    called = {"Function": arn, **({"Filter": {"S3Key": {"Rules": rules}}} if rules else {})}
    events = given.get("events") or ["s3:ObjectCreated:*"]
    configurations = [{"Event": event, **called} for event in events]
    return {
        "BucketName": given.get("bucket"),
        "NotificationConfiguration": {"LambdaConfigurations": configurations},
    }


def _expression(given: object) -> str:
    match given:
        case str(text):
            return text
        case Made("Rate", {"value": value, "unit": unit}):
            word = str(unit).lower()
            return f"rate({value} {word.removesuffix('s') if value == 1 else word})"
        case Made("Cron", parts):
            names = ("minutes", "hours", "day_of_month", "month", "day_of_week", "year")
            return f"cron({' '.join(as_text(parts.get(name)) for name in names)})"
    return ""


def _arn(service: str, name: str) -> dict[str, Any]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{name}"}


def _key(name: str, stage: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A key to get in with: Chalice leaves keys and plans to the user, who makes them in AWS."""
    yield "APIKey", "AWS::ApiGateway::ApiKey", {"Name": f"{name}-{stage}", "Enabled": True}
    yield "APIKeyPlan", "AWS::ApiGateway::UsagePlan", {"ApiStages": [{"ApiId": {"Ref": API}, "Stage": stage}]}
    member = {"KeyId": {"Ref": "APIKey"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "APIKeyPlan"}}
    yield "APIKeyMember", "AWS::ApiGateway::UsagePlanKey", member


def _body(app: ChaliceApp, title: str, policy: object) -> dict[str, Any]:
    routes = app.routes
    asked = {
        one.handler: (one.name, logical_id(one.name), one.given) for one in app.functions if one.kind == "authorizer"
    }
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        operations = paths.setdefault(route.path, {})
        for method in route.methods:
            operations[method.lower()] = _operation(named(route.protection, asked))
    for path, operations in paths.items():
        shared = [route for route in routes if route.path == path and route.cors is not None]
        if shared and "options" not in operations:
            operations["options"] = _preflight(
                [method for route in shared for method in route.methods], shared[-1].cors or {}
            )
    return {
        "swagger": "2.0",
        "info": {"version": "1.0", "title": title},
        "x-amazon-apigateway-binary-media-types": list(dict.fromkeys((*BINARY_TYPES, *app.binary_types))),
        "paths": paths,
        "securityDefinitions": schemes([route.protection for route in routes], asked),
        **({"x-amazon-apigateway-policy": policy} if policy is not None else {}),
    }


def _operation(security: list[dict[str, list[str]]]) -> dict[str, Any]:
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
        f"${{{API_HANDLER}.Arn}}/invocations"
    )
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": uri}}
    demand = {"security": security} if security else {}
    return {**demand, "x-amazon-apigateway-integration": integration}


def _preflight(methods: Sequence[str], cors: Mapping[str, Any]) -> dict[str, Any]:
    allowed = sorted({*_HEADERS, *map(str, cors.get("allow_headers") or ())})
    headers = {
        "Access-Control-Allow-Methods": ",".join(dict.fromkeys((*methods, "OPTIONS"))),
        "Access-Control-Allow-Origin": cors.get("allow_origin") or "*",
        "Access-Control-Allow-Headers": ",".join(allowed),
        "Access-Control-Expose-Headers": ",".join(map(str, cors.get("expose_headers") or ())),
        "Access-Control-Max-Age": as_text(cors.get("max_age")),
        "Access-Control-Allow-Credentials": "true" if cors.get("allow_credentials") is True else "",
    }
    given = {f"method.response.header.{name}": f"'{value}'" for name, value in headers.items() if value}
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "passthroughBehavior": "when_no_match",
        "contentHandling": "CONVERT_TO_TEXT",
        "responses": {"default": {"statusCode": "200", "responseParameters": given}},
    }
    declared = {name: {"type": "string"} for name, value in headers.items() if value}
    answers = {"200": {"description": "200 response", "headers": declared}}
    return {
        "produces": ["application/json"],
        "responses": answers,
        "x-amazon-apigateway-integration": integration,
    }
