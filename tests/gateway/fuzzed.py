"""A project with everything a gateway can be asked for, and hostile requests and results made from a seed."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from random import Random
from typing import Any

from localstack_lite.model.api import Api, Closed, Cors, Face, HttpProxy, LambdaProxy, ServiceAction
from localstack_lite.model.authorizer import (
    CognitoAuthorizer,
    IamAuthorizer,
    JwtAuthorizer,
    JwtIssuer,
    LambdaAuthorizer,
    TestIdentity,
)
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from localstack_lite.model.integration import (
    ContentHandling,
    IntegrationKind,
    IntegrationResponse,
    MethodResponse,
    ParameterChanges,
    Passthrough,
    TemplatedIntegration,
)
from localstack_lite.model.project import Project
from localstack_lite.model.usage import ApiKey, Quota, RateLimit, UsagePlan
from localstack_lite.model.validation import Validation
from localstack_lite.wire.messages import Headers, Request
from tests.gateway.guarded import AUTH, document, guarded, statement
from tests.gateway.sockets.shared import chat
from tests.gateway.tale import alb, http, project, rest, url

ISSUER = JwtIssuer("https://issuer.example", ("shop",), "file:///keys.json")
VTL = """#set($body = $input.path('$'))
{"id": "$input.params('id')", "all": $input.json('$'), "q": "$util.escapeJavaScript($input.params().querystring)",
 "m": "$context.httpMethod", "x": "$util.urlEncode($input.body)", "s": "$stageVariables.one",
 "n": "#foreach($one in $body.list)$one,$foreach.count#end", "h": "$input.params('X-A').split(',').size()"
 #set($context.responseOverride.header.X-Over = "$input.params('q')")}"""
REPLY_VTL = """#set($context.responseOverride.status = $input.path('$.status'))
{"got": $input.json('$.body'), "why": "$util.escapeJavaScript($input.path('$.errorMessage'))"}"""
SCHEMA = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"pattern": "^x+$"}}}
KEY = "k" * 30


def _templated(kind: str, **more: Any) -> TemplatedIntegration:
    responses = (
        IntegrationResponse(
            "200",
            parameters={
                "method.response.header.X-Q": "integration.response.header.X-A",
                "method.response.header.X-B": "integration.response.body.a.b",
                "method.response.header.X-C": "'said'",
            },
            templates={"application/json": REPLY_VTL},
            content_handling=more.pop("handling", ContentHandling.PASSTHROUGH),
        ),
        IntegrationResponse("400", ".*bad.*"),
        IntegrationResponse("500", "5\\d\\d"),
    )
    parameters = {
        "integration.request.header.X-P": "method.request.header.X-A",
        "integration.request.querystring.p": "method.request.querystring.q",
        "integration.request.path.id": "method.request.path.id",
        "integration.request.header.X-Body": "method.request.body.a",
    }
    methods = (MethodResponse("200", ("X-Q", "X-B", "X-C"), {"application/json": "Empty"}), MethodResponse("400"))
    declared = {"parameters": parameters, "templates": {"application/json": VTL}} | more
    return TemplatedIntegration(IntegrationKind(kind), responses=responses, method_responses=methods, **declared)


MOCK = {"application/json": '{"statusCode": $input.params("status")}'}
BACKEND = "http://backend.example/{id}?s=${stageVariables.one}"


def _rest(name: str, **more: Any) -> Api:
    spec: dict[str, Any] = {
        "ANY /": LambdaProxy("Fn", timeout=29.0),
        "ANY /fn/{proxy+}": LambdaProxy("Fn", timeout=29.0),
        "ANY /stream/{id}": LambdaProxy("Stream", streamed=True),
        "ANY /mock/{id}": _templated("MOCK", templates=MOCK),
        "ANY /vtl/{id}": _templated("AWS", function="Fn", method="POST"),
        "ANY /never/{id}": _templated("AWS", function="Fn", method="POST", passthrough=Passthrough.NEVER, templates={}),
        "ANY /text/{id}": _templated("AWS", function="Fn", method="POST", handling=ContentHandling.TO_TEXT),
        "ANY /binary/{id}": _templated("AWS", function="Fn", content_handling=ContentHandling.TO_BINARY),
        "ANY /http/{id}": _templated("HTTP", uri=BACKEND, method="POST"),
        "ANY /proxy/{id}": _templated("HTTP_PROXY", uri=BACKEND, method="ANY", templates={}),
        "GET /only/{id}": LambdaProxy("Fn"),
        "ANY /closed": Closed("nobody"),
    }
    made = rest(
        spec,
        name=name,
        stage="dev",
        stage_variables={"one": "1"},
        binary_media_types=("image/*", "application/octet-stream"),
        minimum_compression=20,
        **more,
    )
    checked = Validation(("method.request.header.X-A", "method.request.querystring.q"), {"application/json": SCHEMA})
    routes = [
        replace(
            one, validation=checked if "only" in one.path or "never" in one.path else None, api_key="text" in one.path
        )
        for one in made.routes
    ]
    return replace(made, routes=tuple(routes))


def _http(name: str, **more: Any) -> Api:
    changes = ParameterChanges(
        {
            "append:header.X-New": "$request.querystring.q",
            "overwrite:querystring.z": "$request.header.X-A",
            "remove:header.X-B": "''",
            "overwrite:path": "/over/$request.path.id",
        },
        {"200": {"overwrite:statuscode": "$response.body.status", "append:header.X-R": "$response.header.X-A"}},
    )
    spec: dict[str, Any] = {
        "ANY /fn/{proxy+}": LambdaProxy("Fn"),
        "ANY /old/{id}": LambdaProxy("Fn", payload="1.0"),
        "ANY /changed/{id}": LambdaProxy("Fn", changes=changes),
        "ANY /proxy/{id}": HttpProxy("http://backend.example/{id}", changes=changes),
        "POST /queue": ServiceAction(
            "SQS-SendMessage", {"QueueUrl": "http://q/1", "MessageBody": "$request.body.message"}, "us-east-1"
        ),
        "ANY /events": ServiceAction(
            "EventBridge-PutEvents", {"Detail": "$request.body", "DetailType": "$request.path", "Source": "x"}
        ),
        "GET /only": LambdaProxy("Fn"),
    }
    if more.pop("default", False):
        spec["$default"] = LambdaProxy("Fn")
    return http(spec, name=name, **more)


CORS = Cors(("https://a.example",), ("*",), ("X-A", "content-type"), ("x-b",), True, 60)
CHANGED = tuple(
    GatewayResponse(
        kind,
        status,
        {"gatewayresponse.header.X-M": "method.request.header.X-A", "gatewayresponse.header.X-S": "'said'"},
        {"application/json": '{"m": $context.error.messageString, "q": "$method.request.querystring.q"}'},
    )
    for kind, status in ((ResponseType.DEFAULT_4XX, ""), (ResponseType.DEFAULT_5XX, "599"))
)
PLAN = UsagePlan("plan", "plan", (ApiKey("k", "k", KEY),), RateLimit(1000.0, 2000), Quota(100_000))
POLICY = document(
    statement("Allow", Principal="*"),
    statement("Deny", "*/GET/fn/secret*", Principal="*", Condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}),
)


def apis() -> tuple[Api, ...]:
    header = "method.request.header.Authorization"
    asks = LambdaAuthorizer(
        "Asks", "Auth", sources=("method.request.header.X-A", "method.request.querystring.q"), ttl=0
    )
    simple = LambdaAuthorizer("Simple", "Auth", sources=("$request.header.X-A",), payload="2.0", simple=True)
    return (
        _rest("Rest", gateway_responses=CHANGED, usage_plans=(PLAN,), policy=POLICY),
        _http("Http", cors=CORS),
        _http("All", default=True, stage="dev"),
        _rest("Faced", face=Face.AWS),
        guarded(
            _rest("Token"), LambdaAuthorizer("Tokens", "Auth", token=True, sources=(header,), validation="^[a-z ]+$")
        ),
        guarded(_rest("Asking"), asks),
        guarded(_rest("Pool"), CognitoAuthorizer("Pool", (ISSUER,)), "read"),
        guarded(_rest("Signed"), IamAuthorizer()),
        guarded(_http("Simple", cors=CORS), simple),
        guarded(_http("Jwt"), JwtAuthorizer("Jwt", (ISSUER,)), "read"),
        guarded(_http("Iam"), IamAuthorizer()),
        url("Fn", cors=Cors(("*",), ("*",))),
        guarded(url("Signed"), IamAuthorizer()),
        alb(),
        replace(alb(multi_value=True), logical_id="Lb2", name="lb2"),
        chat({"$connect": "Fn", "$disconnect": "Fn", "$default": "Fn", "echo": "Fn"}, responds=("echo", "$default")),
    )


def everything() -> Project:
    people = (
        TestIdentity("ann", "ann", {"a": 1}, {"sub": "ann", "n": [1]}, ("read",), "arn:aws:iam::1:user/ann", KEY),
    )
    return replace(project(*apis()), functions=(AUTH,), identities=people)


_HTTP_APIS = ("http", "all", "simple", "jwt", "iam")
_APIS = ("rest", "faced", "token", "asking", "pool", "signed", "lb", "lb2", "chat", *_HTTP_APIS)
HOSTS = tuple(f"{name}.localhost" for name in _APIS)
ODD_HOSTS = (
    *(f"{name}.execute-api.localhost:3000" for name in ("rest", "http", "all", "faced", "chat")),
    *("fn.lambda-url.localhost", "signed.lambda-url.localhost", "localhost:3000", "127.0.0.1", "[::1]:3000", ""),
    *(
        "rest.execute-api.us-east-1.amazonaws.com",
        "evil.example",
        "localhost.",
        "a" * 300,
        "%00",
        "..",
        "-",
        "[",
        ":80",
    ),
    "nobody.localhost",
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH")
OF_REST = (
    *("/", "/fn/a", "/fn/a/b", "/stream/1", "/stream/2", "/mock/1", "/vtl/1", "/never/1", "/text/1", "/binary/1"),
    *("/http/1", "/proxy/1", "/only/1", "/closed", "/dev/fn/a", "/dev//fn/a", "/dev/vtl/1", "/fn/secret"),
)
OF_HTTP = ("/fn/a", "/fn/a/", "/old/1", "/changed/1", "/proxy/1", "/queue", "/events", "/only", "/dev/fn/a", "/dev")
PLACES = (
    *("", "//", "/nowhere", "/dev/@connections/abc", "/@connections/L0SM9cOFvHcCIhw%3D", "*", "/dev", "/prod/fn/a"),
    *OF_REST,
    *OF_HTTP,
)
PIECES = (
    *(
        "%",
        "%zz",
        "%00",
        "%2F",
        "%2e%2e",
        "..",
        "%ff%fe",
        "%C3%BC",
        "+",
        "%20",
        "?",
        "#",
        ";",
        "{id}",
        "${x}",
        "$input",
    ),
    *(
        "*",
        "&",
        "=",
        "a",
        "a" * 300,
        "[0]",
        "'",
        '"',
        "\\",
        "<x>",
        "//",
        "%25%32",
        "\xff",
        "$",
        "#set($a=1)",
        "1",
        "200",
    ),
)
TEXTS = (
    *(
        "",
        " ",
        "a",
        "1",
        "0",
        "-1",
        "a,b",
        "a, b",
        "a;b=c",
        '"',
        "'",
        "\\",
        "\xff\xfe",
        "\x80",
        "a=b; c=d",
        "=;=",
        "null",
    ),
    *(
        "application/json",
        "application/json; charset=x",
        "text/plain",
        "image/png",
        "*/*",
        "multipart/form-data",
        "x" * 500,
    ),
    *("gzip", "gzip, br", "gzip;q=0", "https://a.example", "https://b.example", "Bearer a.b.c", "Bearer", "abc", "ann"),
    *(
        "AWS4-HMAC-SHA256 Credential=A/20240802/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=0",
        KEY,
    ),
    *(
        "AWS4-HMAC-SHA256 Credential=/",
        "203.0.113.9",
        "1.2.3.4, 5.6.7.8",
        "http",
        "https",
        "Root=1-2-3;Parent=x",
        "Root=",
    ),
    *(
        "bytes=0-1",
        "100-continue",
        "websocket",
        "Upgrade",
        "$context.x",
        "#foreach($a in 1)",
        "${a",
        "{",
        "𝒳".encode().decode("latin-1"),
    ),
    *("20240802T233443Z", "14", "13", "dGhlIHNhbXBsZSBub25jZQ==", "y"),
)
NAMES = (
    *("X-A", "X-B", "x-a", "Accept", "Accept-Encoding", "Authorization", "Content-Type", "Content-Encoding", "Cookie"),
    *(
        "Origin",
        "Access-Control-Request-Method",
        "Access-Control-Request-Headers",
        "User-Agent",
        "X-Api-Key",
        "X-Amz-Date",
    ),
    *(
        "X-Forwarded-For",
        "X-Forwarded-Proto",
        "X-Forwarded-Port",
        "X-Amzn-Trace-Id",
        "Content-Length",
        "Expect",
        "Upgrade",
    ),
    *("X-Devserve-Identity", "X-Amz-Security-Token", "X-Amz-Content-Sha256", "Referer", "Connection", "If-None-Match"),
    *(
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
        "Sec-WebSocket-Protocol",
        "Range",
        "Host",
        "!#$%&'*+-.^_`|~",
        "__proto__",
    ),
)
USUAL = (("X-A", "ab"), ("Authorization", "abc"), ("X-Api-Key", KEY), ("Content-Type", "application/json"))
SOCKET = (
    ("Upgrade", "websocket"),
    ("Connection", "Upgrade"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)
BODIES = (
    *(b"", b"{}", b'{"a": 1, "list": [1, {"b": null}], "message": "m"}', b'{"a":', b"[1,2", b"null", b'"x"', b"1e999"),
    *(b"\xff\xfe\x00", b"a=b&c=d", b"<x/>", b"[" * 500, b'{"a": "bad"}', b"NaN", "ü𝒳".encode(), b"\x1f\x8b\x08broken"),
    *(b'{"__proto__": {"a": 1}, "a.b": {"$": 1}}', b"x" * 70_000, b'{"a": ' + b"9" * 400 + b"}"),
)
JSON_VALUES: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        1,
        -1,
        200,
        201,
        204,
        301,
        304,
        404,
        599,
        600,
        99,
        1000,
        2**80,
        1.5,
        1e300,
        "200",
        "abc",
        "",
        "ü𝒳\ud83d",
    ),
    *(
        [],
        {},
        [1, "a", None],
        {"a": {"b": [1]}},
        "a\r\nb: c",
        "\0",
        "x" * 9000,
        "aGk=",
        "a=b; Path=/; Secure; Domain=x",
        "\xff",
    ),
)
RESULT_KEYS = ("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded", "cookies", "statusDescription")
RAW = (
    b"",
    b"nothing",
    b"{",
    b"\xff\xfe",
    b"NaN",
    b'"\\ud800"',
    b"[" * 2000,
    b"1" * 5000,
    b'{"statusCode":200',
    b" ",
    b"\x1f\x8b",
)


class Fuzz:
    """What one seed makes."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def some(self, values: tuple[Any, ...], most: int = 4) -> list[Any]:
        return [self.random.choice(values) for _ in range(self.random.randrange(most))]

    def request(self) -> Request:
        any_of, roll = self.random.choice, self.random.random
        lines = [(any_of(NAMES), any_of(TEXTS)) for _ in range(self.random.randrange(9))]
        lines += [line for line in USUAL if roll() < 0.5]
        chats = roll() < 0.05
        if chats:
            lines += [line for line in SOCKET if roll() < 0.95]
        if roll() < 0.01:
            lines.append((any_of(NAMES), "a" * 11_000))
        host = "chat.localhost" if chats else any_of(HOSTS if roll() < 0.8 else ODD_HOSTS)
        if roll() < 0.97:
            lines.insert(0, ("Host", host))
        path = any_of(OF_HTTP if host.partition(".")[0] in _HTTP_APIS else OF_REST) if roll() < 0.8 else any_of(PLACES)
        path = "/dev" if chats and roll() < 0.7 else path
        if roll() < 0.2:
            path += "".join(self.some(PIECES))
        names = ("q", "id", "status", "q", "status", *PIECES)
        pairs = [f"{any_of(names)}={any_of(('200', '404', *PIECES))}" for _ in self.some(PIECES, 6)]
        query = "&".join([*pairs, *(pair for pair in ("q=1", "status=200") if roll() < 0.5)])
        scheme = any_of(("http", "http", "https"))
        client = any_of(("192.0.2.7", "203.0.113.9", "::1"))
        body = any_of(BODIES)
        return Request(any_of(METHODS), path, query, Headers(tuple(lines)), body, client, scheme=scheme)

    def prelude(self) -> bytes:
        """How a function begins a streamed answer: what it says about it, eight NULs, the body."""
        found: dict[str, Any] = {"statusCode": self.random.choice((200, 404, self.value(1)))}
        for key in self.some(("headers", "multiValueHeaders", "cookies", "body"), 3):
            found[key] = self.names_and_values() if key == "headers" else self.value()
        return self.json(found) + bytes(8) + self.random.choice(BODIES)

    def value(self, depth: int = 2) -> Any:
        roll = self.random.random()
        if depth and roll < 0.15:
            return {self.random.choice(TEXTS): self.value(depth - 1) for _ in range(3)}
        if depth and roll < 0.25:
            return [self.value(depth - 1) for _ in range(3)]
        return self.random.choice(JSON_VALUES)

    def names_and_values(self) -> Any:
        if self.random.random() < 0.1:
            return self.value()

        def each() -> Any:
            return self.random.choice(TEXTS) if self.random.random() < 0.7 else self.value(1)

        return {
            self.random.choice((*NAMES, *TEXTS[:17], "Set-Cookie", "Location", "Content-Length")): each()
            for _ in range(4)
        }

    def result(self) -> bytes:
        """What a function returns."""
        roll = self.random.random()
        if roll < 0.08:
            return self.random.choice(RAW)
        if roll < 0.2:
            return self.json(self.value())
        found: dict[str, Any] = {"statusCode": self.random.choice((200, 200, 204, 302, 404, self.value(1)))}
        for key in self.some(RESULT_KEYS, 7):
            match key:
                case "headers":
                    found[key] = self.names_and_values()
                case "multiValueHeaders":
                    found[key] = {name: self.some(TEXTS) for name in self.some(NAMES)} if roll < 0.9 else self.value()
                case "cookies":
                    found[key] = self.some(TEXTS) if roll < 0.9 else self.value()
                case "isBase64Encoded":
                    found[key] = self.random.choice((True, False, self.value(0)))
                case "body":
                    found[key] = self.random.choice(
                        (self.value(), base64.b64encode(self.random.choice(BODIES)).decode())
                    )
                case _:
                    found[key] = self.value(1)
        return self.json(found)

    def permission(self) -> bytes:
        """What an authorizer returns."""
        roll = self.random.random()
        if roll < 0.1:
            return self.result()
        if roll < 0.3:
            return self.json({"isAuthorized": self.random.choice((True, False, self.value())), "context": self.value()})
        found: dict[str, Any] = {
            "principalId": self.random.choice(("ann", self.value(1))),
            "policyDocument": document(
                statement(
                    self.random.choice(("Allow", "Allow", "Allow", "Deny", "x")),
                    self.random.choice(("*", ["*"], self.value(1))),
                )
            ),
        }
        if roll < 0.7:
            found["context"] = self.random.choice(({"a": 1, "b": "ü", "c": True}, self.names_and_values()))
        if roll < 0.4:
            found["usageIdentifierKey"] = self.random.choice((KEY, self.value()))
            found["policyDocument"] = self.value()
        return self.json(found)

    def json(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=self.random.random() < 0.7).encode("utf-8", "surrogatepass")
