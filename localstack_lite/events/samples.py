"""The sample events: what each one is, and how it is found by name.

This table is the only place that says which samples there are; each has a file `NAME.json` in the shipped folder.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """`name` is what people type; `what` says in a few words who sends such an event."""

    name: str
    what: str

    @property
    def file(self) -> str:
        return f"{self.name}.json"


SAMPLES: tuple[Sample, ...] = (
    Sample("apigw", "API Gateway REST API, Lambda proxy: GET /hello"),
    Sample("http_api", "API Gateway HTTP API, payload format 2.0: GET /hello"),
    Sample("http_api_v1", "API Gateway HTTP API, payload format 1.0: GET /hello"),
    Sample("function_url", "Lambda function URL: POST /hello with a JSON body"),
    Sample("alb", "Application Load Balancer: GET /hello"),
    Sample("websocket_connect", "API Gateway WebSocket API, $connect"),
    Sample("websocket_message", "API Gateway WebSocket API, a message with the action `send`"),
    Sample("websocket_disconnect", "API Gateway WebSocket API, $disconnect"),
    Sample("sqs", "SQS queue, two messages"),
    Sample("sns", "SNS topic, one notification"),
    Sample("s3", "S3 bucket, one object created"),
    Sample("dynamodb", "DynamoDB stream: one INSERT, one MODIFY, one REMOVE"),
    Sample("kinesis", "Kinesis data stream, two records"),
    Sample("eventbridge", "EventBridge, an event of your own"),
    Sample("schedule", "EventBridge rule with a schedule"),
    Sample("cloudwatch_logs", "CloudWatch Logs subscription, two log lines (base64 of gzip)"),
    Sample("cognito_pre_sign_up", "Cognito user pool, before a sign-up"),
    Sample("cognito_post_confirmation", "Cognito user pool, after a sign-up was confirmed"),
    Sample("cognito_pre_token_generation", "Cognito user pool, before tokens are made (version 2)"),
    Sample("cognito_custom_message", "Cognito user pool, the text of a sign-up message"),
    Sample("authorizer_token", "REST API, Lambda authorizer of type TOKEN"),
    Sample("authorizer_request_v1", "HTTP API, Lambda authorizer, payload format 1.0"),
    Sample("authorizer_request_v2", "HTTP API, Lambda authorizer, payload format 2.0"),
    Sample("step_functions", "Step Functions task: input, context object and task token"),
)


def find(wanted: str) -> Sample | None:
    """The sample that a person means: `apigw`, `apigw.json` and `sample_events/apigw.json` are the same one, and a
    hyphen is as good as an underscore. None when there is no such sample."""
    name = wanted.replace("\\", "/").removeprefix("./").removeprefix("sample_events/")
    name = name.removesuffix(".json").replace("-", "_").lower()
    return next((sample for sample in SAMPLES if sample.name == name), None)


def near(wanted: str) -> str:
    """The sample name closest to a mistyped one, or empty."""
    name = wanted.rsplit("/", 1)[-1].removesuffix(".json").replace("-", "_").lower()
    matches = difflib.get_close_matches(name, [sample.name for sample in SAMPLES], n=1)
    return matches[0] if matches else ""
