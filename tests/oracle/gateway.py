"""The recorded cases about gateways whose set-up is told in words or needs a backend. All are played against one
devserve; each has an API of its own."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.refusals import Refusals
from localstack_lite.model.gateway_response import GatewayResponse, ResponseType
from tests.gateway import tale
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, devserve
from tests.live.wire import Reply
from tests.oracle import gateway_stage as on
from tests.oracle.backend import backend
from tests.oracle.case import Case
from tests.oracle.gateway_stage import Resources, Staging
from tests.oracle.match import Bindings, differences
from tests.oracle.play import ACCOUNT, REGION, USUAL_HEADERS, compare

KEY = "a-key-of-the-recorded-cases-0001"


#: Headers that the recordings' integration response set.
MAPPED = [
    "Accept",
    "Accept-Charset",
    "Accept-Encoding",
    "Age",
    "Authorization",
    "Connection",
    "Content-Encoding",
    "Content-Length",
    "Content-MD5",
    "Content-Type",
    "Date",
    "Expect",
    "Host",
    "Max-Forwards",
    "Pragma",
    "Proxy-Authenticate",
    "Range",
    "Referer",
    "Server",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "User-Agent",
    "Via",
    "Warn",
    "WWW-Authenticate",
]
#: How a case tells that its template takes what it shows into variables first.
VIA_SET = " (via #set variables)"
#: What AWS's console puts into a method that passes everything on, shortened to what the case looks at.
PASS_ALL = """\
#set($allParams = $input.params())
{
  "apiContext": {"apiId": "$context.apiId", "method": "$context.httpMethod", "stage": "$context.stage"},
  "params": {
#foreach($type in $allParams.keySet())
    #set($params = $allParams.get($type))
    "$type": {
    #foreach($name in $params.keySet())
      "$name": "$util.escapeJavaScript($params.get($name))"#if($foreach.hasNext),#end
    #end
    }#if($foreach.hasNext),#end
#end
  },
  "body": $input.json('$')
}
"""


@dataclass(frozen=True, slots=True)
class Gateways:
    server: Devserve

    def play(self, case: Case) -> None:
        """Raises AssertionError with every difference."""
        bindings = Bindings(region=REGION, account=ACCOUNT, fn=f"{case.logical_id}Fn", api_id=case.logical_id.lower())
        wrong = SCENARIOS[case.id][1](self, case, bindings)
        assert not wrong, "\n".join([f"{case.id} ({case.source})", *wrong])

    def ask(self, case: Case, body: bytes | None = None, **more: str) -> Reply:
        """The case's own request, or one like it."""
        asked = case.given["request"]
        headers = [*asked.get("headers", {}).items(), *more.items()]
        named = {name.lower() for name, _ in headers}
        headers += [line for line in USUAL_HEADERS if line[0].lower() not in named]
        if body is None:
            body = json.dumps(asked["body_json"]).encode() if "body_json" in asked else asked.get("body", "").encode()
        return self.server.request(
            asked["method"], asked["path"], headers, body, host=f"{case.logical_id.lower()}.execute-api.localhost"
        )

    def compared(self, case: Case, bindings: Bindings) -> list[str]:
        return compare(case, case.expect, self.ask(case), self.server, bindings)


Build = Callable[[Staging], Resources]
Play = Callable[[Gateways, Case, Bindings], list[str]]


def _usual(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    return gateways.compared(case, bindings)


# -- templates


def _request_template(on_stage: Staging) -> Resources:
    given = on_stage.case.given["api"]["resources"][0]["integration"]
    custom = on_stage.custom(requestTemplates=given["requestTemplates"])
    return on_stage.function(on.ECHO) | on_stage.rest("api", {"/test": {"get": custom}})


def _selected(on_stage: Staging) -> Resources:
    given = on_stage.case.given["api"]["resources"][0]["integration"]
    responses = {
        pattern["selectionPattern"] or "default": on.response(status)
        for status, pattern in given["integrationResponses"].items()
    }
    custom = on_stage.custom(
        *given["integrationResponses"], requestTemplates=given["requestTemplates"], responses=responses
    )
    return on_stage.function(on.SELECT) | on_stage.rest("dev", {"/{statusCode}": {"get": custom}})


def _overridden(on_stage: Staging) -> Resources:
    given = on_stage.case.given["api"]["resources"][0]["integration"]["integrationResponses"]["200"]
    custom = on_stage.custom(
        requestTemplates={"application/json": PASS_ALL}, responses={"default": on.response("200", **given)}
    )
    return on_stage.function(on.CUSTOM_ERROR) | on_stage.rest("api", {"/test": {"post": custom}})


def _body_templates(on_stage: Staging) -> Resources:
    given = on_stage.case.given
    http = on_stage.http(
        "/echo",
        requestTemplates={"application/json": given["request_template"]},
        responses={"default": on.response("200", responseTemplates={"application/json": given["response_template"]})},
    )
    return on_stage.rest("test", {"/echo": {"post": http}})


def _bodies(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    wrong: list[str] = []
    for name, body in case.given["requests"].items():
        reply = gateways.server.request(
            "POST",
            "/test/echo",
            list(case.given["headers"].items()),
            body.encode(),
            host=f"{case.logical_id.lower()}.execute-api.localhost",
        )
        wrong += differences(case.expect["bodies"][name], reply.text, bindings, at=name)
    return wrong


def _event_type(on_stage: Staging) -> Resources:
    custom = on_stage.custom(requestParameters={"integration.request.header.X-Amz-Invocation-Type": "'Event'"})
    return on_stage.function(on.SLEEPS) | on_stage.rest("test", {"/wait/{seconds}": {"get": custom}})


def _timed_out(on_stage: Staging) -> Resources:
    responses = {"default": on.response("200"), ".*Task timed out.*": on.response("504")}
    custom = on_stage.custom("200", "504", responses=responses)
    paths = {"/integration-lambda-timeout": {"get": custom}}
    return on_stage.function(on.SLEEPS, Timeout=1) | on_stage.rest("dev", paths)


# -- binary


def _binary(on_stage: Staging) -> Resources:
    given = on_stage.case.given["api"]
    handling = given["resources"][0]["integration"].get("contentHandling")
    http = on_stage.http("/seen", "PUT", **({"contentHandling": handling} if handling else {}))
    types = given.get("binaryMediaTypes", [])
    return on_stage.rest(
        "test",
        {"/{object_path+}": {"x-amazon-apigateway-any-method": http}},
        x_amazon_apigateway_binary_media_types=types,
    )


def _received(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    picture = base64.b64decode(PICTURE)
    body = base64.b64decode(gateways.ask(case, picture).json()["body"])
    expected = case.expect["backend_received"]
    wrong = differences(expected["length"], len(body), bindings, at="length")
    match expected.get("body"):
        case "unchanged bytes":
            wrong += [] if body == picture else ["the bytes were changed"]
        case "U+FFFD-replaced text":
            wrong += [] if body == picture.decode("utf-8", "replace").encode() else ["the bytes were not replaced"]
    return wrong + (differences(expected["body_text"], body.decode(), bindings) if "body_text" in expected else [])


# -- headers


def _mapped_headers(on_stage: Staging) -> Resources:
    parameters = {f"method.response.header.{name}": f"'response_param_{name}'" for name in MAPPED}
    custom = dict(on_stage.custom(responses={"default": on.response("200", responseParameters=parameters)}))
    custom["responses"] = {"200": {"description": "", "headers": {name: {"type": "string"} for name in MAPPED}}}
    return on_stage.function(on.CONSTANT) | on_stage.rest("test", {"/full": {"get": custom}})


def _forbidden_mapping(on_stage: Staging) -> Resources:
    custom = on_stage.custom(requestParameters=on_stage.case.given["integration"]["requestParameters"])
    return on_stage.function(on.CONSTANT) | on_stage.rest("test", {"/x": {"get": custom}})


def _data_mapping(on_stage: Staging) -> Resources:
    given = on_stage.case.given["integration"]
    integration = {
        "type": "http_proxy",
        "httpMethod": "POST",
        "uri": given["uri"].replace("<echo>", f"{on_stage.backend}/seen"),
        "requestParameters": given["requestParameters"],
    }
    return on_stage.rest("test", {"/{pathVariable}": {"post": on.operation(integration, "200")}})


def _mapped_data(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    reply = gateways.ask(case)
    expected, seen = case.expect["backend"], reply.json()
    wrong = differences(expected["query_multi"], seen["query"], bindings, exact=True, at="query")
    wrong += [f"{name} is there" for name in expected["query_absent"] if name in seen["query"]]
    wrong += differences(expected["headers"], seen["headers"], bindings, at="headers")
    rest = {key: value for key, value in case.expect.items() if key != "backend"}
    return wrong + compare(case, rest, reply, gateways.server, bindings)


# -- mocks, passthrough, keys, gateway responses


def _mock(on_stage: Staging) -> Resources:
    given = on_stage.case.given["integration"]
    template = given.get("responseTemplates", {}).get("application/json")
    if template is not None and template.endswith(VIA_SET):
        names = {name: f"$context.responseOverride.{name}" for name in ("status", "header.foo", "custom")}
        template = template.removesuffix(VIA_SET)
        for number, variable in enumerate(names.values()):
            template = f"#set($it{number} = {variable})\n" + template.replace(f'"{variable}"', f'"$it{number}"')
    reply = on.mock(given["requestTemplates"]["application/json"], template)
    reply["x-amazon-apigateway-integration"]["passthroughBehavior"] = given.get("passthroughBehavior", "WHEN_NO_MATCH")
    both = {"get": reply, "post": reply}
    if "resource" in on_stage.case.given:
        return on_stage.rest("test", {on_stage.case.given["resource"]: both})
    return on_stage.rest("dev", {"/": both})


def _passthrough(on_stage: Staging) -> Resources:
    given = on_stage.case.given["integration"]
    http = on_stage.http(
        "/seen",
        passthroughBehavior=given["passthroughBehavior"],
        requestTemplates=dict.fromkeys(given["requestTemplates"], "{}"),
    )
    return on_stage.rest("prod", {"/x": {"post": http}})


def _at_plain_address(gateways: Gateways, case: Case) -> Reply:
    asked = case.given["request"]
    return gateways.server.request(
        asked["method"],
        asked["path"],
        list(asked["headers"].items()),
        asked["body"].encode(),
        host=f"{case.logical_id.lower()}.localhost",
    )


def _passed(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    reply = _at_plain_address(gateways, case)
    if "backend_received" not in case.expect:
        return compare(case, case.expect, reply, gateways.server, bindings)
    body = base64.b64decode(reply.json()["body"]).decode()
    return differences(case.expect["backend_received"]["body"], body, bindings, at="body")


def _keyed(on_stage: Staging) -> Resources:
    given = on_stage.case.given["api"]["resources"][0]["integration"]
    template, reply = given["requestTemplates"]["application/json"], given["responseTemplates"]["application/json"]
    keyed = on.mock(template, reply, security=[{"api_key": []}])
    enabled = "enabled=false" not in on_stage.case.given["request"]["headers"].get("x-api-key", "")
    definitions = {"api_key": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
    api = on_stage.api
    stages = [{"ApiId": {"Ref": api}, "Stage": "dev"}]
    plan = {"KeyId": {"Ref": f"{api}Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": f"{api}Plan"}}
    return on_stage.rest("dev", {"/test": {"get": keyed}}, securityDefinitions=definitions) | {
        f"{api}Key": {"Type": "AWS::ApiGateway::ApiKey", "Properties": {"Enabled": enabled, "Value": KEY}},
        f"{api}Plan": {"Type": "AWS::ApiGateway::UsagePlan", "Properties": {"ApiStages": stages}},
        f"{api}PlanKey": {"Type": "AWS::ApiGateway::UsagePlanKey", "Properties": plan},
    }


def _with_key(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    headers = [("x-api-key", KEY)] if case.given["request"]["headers"] else []
    reply = gateways.server.request(
        "GET", "/dev/test", headers, host=f"{case.logical_id.lower()}.execute-api.localhost"
    )
    return compare(case, case.expect, reply, gateways.server, bindings)


def _own_responses(on_stage: Staging) -> Resources:
    changed = {"responseTemplates": {"application/json": '{"changed": true}'}}
    changed["responseParameters"] = {"gatewayresponse.header.general": "'yes'"}
    own = {"responseParameters": {"gatewayresponse.header.foo": "'bar'"}}
    misconfigured = on.operation({"type": "aws_proxy", "httpMethod": "GET", "uri": on_stage.uri()}, "200")
    unreachable = on_stage.http("/", uri="http://127.0.0.1:9/")
    scheme = {
        "type": "apiKey",
        "name": "Authorization",
        "in": "header",
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {"type": "token", "authorizerUri": on_stage.uri("Guard")},
    }
    return (
        on_stage.function(on.CONSTANT)
        | on_stage.function(on.DENIES, "Guard")
        | on_stage.rest(
            "dev",
            {
                "/API_CONFIGURATION_ERROR": {"get": misconfigured},
                "/INTEGRATION_FAILURE": {"get": unreachable},
                "/ACCESS_DENIED": {"get": on_stage.proxied(security=[{"guard": []}])},
            },
            securityDefinitions={"guard": scheme},
            x_amazon_apigateway_gateway_responses={
                "DEFAULT_5XX": {"statusCode": "599", **changed},
                "AUTHORIZER_FAILURE": own,
            },
        )
    )


def _effective(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    """What each type's answer is. Nothing here makes an authorizer fail without being misconfigured, so of that type
    the rule itself is asked."""
    host = f"{case.logical_id.lower()}.execute-api.localhost"
    wrong: list[str] = []
    for kind, wanted in case.expect["effective"].items():
        if kind == "AUTHORIZER_FAILURE":
            status, headers, body = _authorizer_failure()
            wrong += differences('{"message":null}', body, bindings, at=f"{kind} body")
            wrong += [] if ("foo", "bar") in headers and ("general", "yes") not in headers else [f"{kind}: {headers}"]
        else:
            reply = gateways.server.request("GET", f"/dev/{kind}", [("Authorization", "x")], host=host)
            status = reply.status
            changed = (reply.header("general"), "changed" in reply.text) == ("yes", True)
            wrong += [] if changed == (wanted["statusCode"] == "599") else [f"{kind}: {reply.headers} {reply.text}"]
        wrong += differences(wanted["statusCode"], str(status), bindings, at=kind)
    return wrong


def _authorizer_failure() -> tuple[int, tuple[tuple[str, str], ...], str]:
    declared = (
        GatewayResponse(ResponseType.DEFAULT_5XX, "599", {"gatewayresponse.header.general": "'yes'"}),
        GatewayResponse(ResponseType.AUTHORIZER_FAILURE, "", {"gatewayresponse.header.foo": "'bar'"}),
    )
    api = tale.rest({"GET /": "Fn"}, gateway_responses=declared)
    refusals = Refusals(tale.project(api), api, lambda method, path: None)
    said = refusals.denied(Denial(ResponseType.AUTHORIZER_FAILURE), tale.visit(tale.request()))
    return said.status, said.headers, said.body.decode()


# -- validation


def _validated(on_stage: Staging) -> Resources:
    required = ["method.request.path.test", "method.request.querystring.qs1", "method.request.header.x-header-param"]
    if isinstance(on_stage.case.given["api"], str):
        required[0] = "method.request.path.issuer"
    where = {"path": "path", "querystring": "query", "header": "header"}
    parameters = [
        {"name": one.split(".")[3], "in": where[one.split(".")[2]], "required": True, "type": "string"}
        for one in required
    ]
    number = {"type": "number"}
    model = {"type": "object", "properties": {"a": number, "b": number}, "required": ["a", "b"]}
    body = {"in": "body", "name": "Sum", "required": True, "schema": {"$ref": "#/definitions/Sum"}}
    both = on_stage.proxied(consumes=["application/json"], parameters=[*parameters, body])
    both = {**both, "x-amazon-apigateway-request-validator": "all"}
    return on_stage.function(on.PROXY_ECHO) | on_stage.rest(
        "local",
        {"/nested/{test}": {"get": both, "post": both}},
        definitions={"Sum": model},
        x_amazon_apigateway_request_validators={
            "all": {"validateRequestBody": True, "validateRequestParameters": True}
        },
    )


# -- authorizers


def _rest_authorizer(kind: str, code: str, source: str = "method.request.header.Authorization") -> Build:
    def build(on_stage: Staging) -> Resources:
        stage, path = on_stage.case.given["request"]["path"].partition("?")[0].strip("/").partition("/")[::2]
        if kind == "token" and on_stage.case.id == "rest.authorizer.event.token":
            stage, path = "dev", ""
        declared = {"type": kind, "authorizerUri": on_stage.uri("Guard"), "identitySource": source}
        scheme = {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": declared,
        }
        proxied = on_stage.proxied(security=[{"guard": []}])
        variables = on_stage.case.given.get("stage_variables")
        return (
            on_stage.function(on.PROXY_ECHO)
            | on_stage.function(code, "Guard")
            | on_stage.rest(stage, {f"/{path}": {"get": proxied}}, variables, securityDefinitions={"guard": scheme})
        )

    return build


def _http_authorizer(on_stage: Staging) -> Resources:
    given = on_stage.case.given["api"]["authorizer"]
    if given["type"] == "JWT":
        issuer = {"Issuer": "http://127.0.0.1:9", "Audience": ["me"]}
        declared: dict[str, Any] = {
            "AuthorizerType": "JWT",
            "IdentitySource": [given["identitySource"]],
            "JwtConfiguration": issuer,
        }
    else:
        declared = {
            "AuthorizerType": "REQUEST",
            "AuthorizerUri": on_stage.uri("Guard"),
            "AuthorizerPayloadFormatVersion": given["payload"],
            "EnableSimpleResponses": given["enableSimpleResponses"],
        }
    api, (route,) = on_stage.api, on_stage.case.given["api"]["routes"]
    of = {"ApiId": {"Ref": api}}
    code = on.SIMPLE if given.get("enableSimpleResponses") else on.STANDARD
    integration = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationUri": on_stage.uri()}
    target = {"Fn::Sub": f"integrations/${{{api}Integration}}"}
    kind = "JWT" if given["type"] == "JWT" else "CUSTOM"
    guarded = {"AuthorizationType": kind, "AuthorizerId": {"Ref": f"{api}Authorizer"}}
    return (
        on_stage.function(on.PROXY_ECHO)
        | on_stage.function(code, "Guard")
        | {
            api: {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": on_stage.case.slug, "ProtocolType": "HTTP"}},
            f"{api}Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {**of, "StageName": "$default"}},
            f"{api}Authorizer": {
                "Type": "AWS::ApiGatewayV2::Authorizer",
                "Properties": {**of, "Name": "guard", **declared},
            },
            f"{api}Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {**of, **integration}},
            f"{api}Route": {
                "Type": "AWS::ApiGatewayV2::Route",
                "Properties": {**of, "RouteKey": route, "Target": target, **guarded},
            },
        }
    )


def _told(gateways: Gateways, case: Case, bindings: Bindings) -> list[str]:
    """What the authorizer was given: it logs that."""
    asked = case.given["request"]
    path = asked["path"] if "stage_variables" in case.given else "/dev/"
    host = f"{case.logical_id.lower()}.execute-api.localhost"
    reply = gateways.server.request(asked["method"], path, list(asked["headers"].items()), host=host)
    if reply.status != 200:
        return [f"status {reply.status}: {reply.text}"]
    guard = f"{case.logical_id}Guard"
    eventually(lambda: any("authorizer_event" in line for line in gateways.server.log(guard)), what="its log")
    line = next(line for line in gateways.server.log(guard) if "authorizer_event" in line)
    return differences(case.expect["authorizer_event"], json.loads(line)["authorizer_event"], bindings)


_TOKEN = _rest_authorizer("token", on.TOKEN)
_REQUEST = _rest_authorizer("request", on.REQUEST, "method.request.header.HeaderAuth1")
SCENARIOS: Mapping[str, tuple[Build, Play]] = {
    "rest.vtl.request-template": (_request_template, _usual),
    **{f"rest.selection-pattern.{status}": (_selected, _usual) for status in (200, 400, 500)},
    **{f"rest.vtl.response-override-{status}": (_overridden, _usual) for status in (202, 400)},
    **{
        f"rest.vtl.input-body.{kind}": (_body_templates, _bodies)
        for kind in ("raw", "in-string", "attr-access", "url-encode")
    },
    "rest.async-invocation-type": (_event_type, _usual),
    "rest.lambda-timeout.custom-integration": (_timed_out, _usual),
    **{f"rest.binary.req.{kind}": (_binary, _received) for kind in ("no-media", "media-raw", "convert-to-text")},
    "rest.headers.response.aws": (_mapped_headers, _usual),
    **{
        f"rest.headers.forbidden-mapping.lambda.{name}": (_forbidden_mapping, _usual)
        for name in ("authorization", "connection", "expect", "proxy-authenticate", "te")
    },
    "rest.http.proxy-data-mapping": (_data_mapping, _mapped_data),
    **{f"rest.mock.path-param.{method}": (_mock, _usual) for method in ("get", "post")},
    **{f"rest.mock.response-override-in-request-template.{it}": (_mock, _usual) for it in ("true", "false")},
    "rest.gateway-responses.passthrough-never-415": (_passthrough, _passed),
    "rest.passthrough.when-no-match": (_passthrough, _passed),
    "rest.gateway-responses.default5xx-inheritance": (_own_responses, _effective),
    **{f"rest.apikey.{kind}": (_keyed, _with_key) for kind in ("missing", "valid", "disabled")},
    **{
        f"rest.validate.{kind}": (_validated, _usual)
        for kind in ("ok", "missing-header", "missing-query", "missing-many", "bad-body", "get-without-body")
    },
    "rest.authorizer.token.allow": (_TOKEN, _usual),
    "rest.authorizer.context": (_TOKEN, _usual),
    "rest.authorizer.chalice-missing": (_TOKEN, _usual),
    "rest.authorizer.event.token": (_TOKEN, _told),
    "rest.authorizer.event.request": (_REQUEST, _told),
    **{
        f"httpapi.authorizer.{kind}": (_http_authorizer, _usual)
        for kind in ("jwt.missing", "simple.deny", "simple.allow", "standard.deny", "standard.allow")
    },
}


def project(cases: Iterable[Case], address: str) -> dict[str, str]:
    """The files of a project with everything that the cases need."""
    resources: Resources = {}
    files: dict[str, str] = {}
    for case in cases:
        staging = Staging(case, address)
        resources |= SCENARIOS[case.id][0](staging)
        files |= staging.files
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    return files | {"template.json": json.dumps(template, indent=1)}


PICTURE = "H4sIABRs7mMC/0vOzy0oSi0uTk1RSEksSdRRKM7IL81JUUhKVcjMK0vMyUxRCA1x07VQKC4pysxLBwC4ORBXLwAAAA=="


@contextmanager
def gateways(folder: Path, cases: Iterator[Case]) -> Iterator[Gateways]:
    with backend() as endpoint, devserve(folder, project(cases, endpoint.address)) as server:
        yield Gateways(server)
