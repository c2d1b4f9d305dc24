"""Events as the services send them (AWS docs), for the branches of Zappa's handler. Each call makes a new one."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl

Event = dict[str, Any]
Lines = Iterable[tuple[str, str]]

API_HOST = "shop.execute-api.us-east-1.amazonaws.com"
#: What a gateway adds: the client and its own edge.
FORWARDED = (
    ("X-Forwarded-For", "192.0.2.7, 198.51.100.1"),
    ("X-Forwarded-Port", "443"),
    ("X-Forwarded-Proto", "https"),
)


def rest(
    path: str,
    method: str = "GET",
    *,
    host: str = API_HOST,
    query: str = "",
    headers: Lines = (),
    body: str | bytes | None = None,
    context: Mapping[str, Any] | None = None,
    **more: Any,
) -> Event:
    """A REST API's, format 1.0. Bytes as a body come in base64."""
    several: dict[str, list[str]] = {}
    for name, value in [*((("Host", host),) if host else ()), *FORWARDED, *headers]:
        several.setdefault(name, []).append(value)
    values = parse_qs(query, keep_blank_values=True)
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {name: lines[-1] for name, lines in several.items()},
        "multiValueHeaders": several,
        "queryStringParameters": {name: each[-1] for name, each in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": {"proxy": path.strip("/")},
        "stageVariables": None,
        "requestContext": {"stage": "dev", "apiId": "shop", "identity": {"sourceIp": "192.0.2.7"}, **(context or {})},
        **_body(body),
        **more,
    }


def http(
    path: str,
    method: str = "GET",
    *,
    stage: str = "$default",
    query: str = "",
    headers: Lines = (),
    cookies: Iterable[str] = (),
    body: str | bytes | None = None,
    context: Mapping[str, Any] | None = None,
    **more: Any,
) -> Event:
    """An HTTP API's, format 2.0; `path` as it is in `rawPath`. Function URLs send the same."""
    lines = {name.lower(): value for name, value in [("Host", API_HOST), *FORWARDED, *headers]}
    several: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        several.setdefault(name, []).append(value)
    given = {"cookies": list(cookies)} if cookies else {}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        **given,
        "headers": lines,
        **({"queryStringParameters": {name: ",".join(each) for name, each in several.items()}} if several else {}),
        "requestContext": {
            "stage": stage,
            "domainName": API_HOST,
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "t"},
            **(context or {}),
        },
        **_body(body),
        **more,
    }


def alb(path: str, method: str = "GET", *, several: bool = False, headers: Lines = (), query: str = "") -> Event:
    """A load balancer's: one of the two kinds of headers, never both."""
    lines = [("host", "lb.example.com"), ("x-forwarded-for", "192.0.2.7"), ("x-forwarded-port", "80"), *headers]
    event: Event = {
        "requestContext": {
            "elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/b"}
        },
        "httpMethod": method,
        "path": path,
        "body": "",
        "isBase64Encoded": False,
    }
    if several:
        event["multiValueHeaders"] = {name: [value for other, value in lines if other == name] for name, _ in lines}
        event["multiValueQueryStringParameters"] = parse_qs(query)
    else:
        event["headers"] = dict(lines)
        event["queryStringParameters"] = dict(parse_qsl(query))
    return event


def scheduled(rule: str, **more: Any) -> Event:
    """Of an EventBridge rule."""
    return {
        "version": "0",
        "id": "cdc73f9d-aea9-11e3-9d5a-835b769c0d9c",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-11-22T08:00:00Z",
        "region": "us-east-1",
        "resources": [f"arn:aws:events:us-east-1:123456789012:rule/{rule}"],
        "detail": {},
        **more,
    }


def records(*each: Mapping[str, Any]) -> Event:
    return {"Records": [dict(one) for one in each]}


def sqs(arn: str, body: str = "") -> Event:
    return records({"eventSource": "aws:sqs", "eventSourceARN": arn, "body": body, "messageId": "1"})


def sns(arn: str, message: str) -> Event:
    return records({"EventSource": "aws:sns", "Sns": {"TopicArn": arn, "Message": message, "Subject": None}})


def s3(bucket: str, configuration: str = "none") -> Event:
    stored = {"configurationId": configuration, "bucket": {"arn": f"arn:aws:s3:::{bucket}", "name": bucket}}
    return records(
        {"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "s3": {**stored, "object": {"key": "a"}}}
    )


def dynamodb(arn: str) -> Event:
    return records({"eventSource": "aws:dynamodb", "eventSourceARN": arn, "dynamodb": {"Keys": {"id": {"S": "1"}}}})


def kinesis(arn: str) -> Event:
    data = base64.b64encode(b"x").decode()
    return records({"eventSource": "aws:kinesis", "eventSourceARN": arn, "kinesis": {"data": data}})


def bot(intent: str, source: str) -> Event:
    return {"bot": {"name": "Shop", "version": "1"}, "currentIntent": {"name": intent}, "invocationSource": source}


def token(arn: str = "arn:aws:execute-api:us-east-1:123456789012:shop/dev/GET/") -> Event:
    return {"type": "TOKEN", "methodArn": arn, "authorizationToken": "letmein"}


def cognito(source: str) -> Event:
    return {"version": "1", "triggerSource": source, "userName": "ann", "request": {}, "response": {}}


def socket(kind: str, route: str) -> Event:
    context = {
        "eventType": kind,
        "routeKey": route,
        "connectionId": "c1",
        "domainName": "ws.example.com",
        "stage": "dev",
    }
    return {"requestContext": context, "isBase64Encoded": False}


def _body(body: str | bytes | None) -> Event:
    if isinstance(body, bytes):
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    return {"body": body, "isBase64Encoded": False}
