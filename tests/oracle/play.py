"""Plays one case against a running devserve and compares what it answers with what AWS answered."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from tests.live.deadline import eventually
from tests.live.devserver import Devserve
from tests.live.wire import Reply, send
from tests.oracle.case import BARE_CLIENT, Case
from tests.oracle.match import Bindings, differences, expand
from tests.oracle.stage import NotPlayable, function_name, stage

REGION, ACCOUNT = "us-east-1", "123456789012"

USUAL_HEADERS = (
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
    ("Connection", "keep-alive"),
    ("User-Agent", "python-requests/2.32.3"),
)
"""What the recording client added, except in cases recorded with a bare one."""

Step = str | Mapping[str, Any]


def play(case: Case, server: Devserve) -> None:
    """Raises AssertionError with every difference, or NotPlayable."""
    stage(case)
    bindings = Bindings(region=REGION, account=ACCOUNT, fn=function_name(case), api_id=case.logical_id.lower())
    if "steps" in case.given:
        wrong = _play_steps(case, server, bindings)
    elif "request" in case.given:
        reply = _request(case, case.given["request"], server, bindings)
        wrong = compare(case, case.expect, reply, server, bindings)
    else:
        raise NotPlayable("neither a request nor steps")
    assert not wrong, "\n".join([f"{case.id} ({case.source})", *wrong])


def _play_steps(case: Case, server: Devserve, bindings: Bindings) -> list[str]:
    wrong: list[str] = []
    bodies: dict[str, Any] = {}
    for step in case.given["steps"]:
        name = step if isinstance(step, str) else step["name"]
        reply = _request(case, _operation(step), server, bindings)
        for one_reply_only in ("request_id", "rid"):
            bindings.pop(one_reply_only, None)
        expected = case.expect.get("steps", {}).get(name, {})
        wrong += [f"step {name}: {line}" for line in compare(case, expected, reply, server, bindings)]
        bodies[name] = reply.body
    rest = {key: value for key, value in case.expect.items() if key != "steps"}
    if relation := rest.pop("relation", None):
        wrong += _relation(relation, bodies)
    if logs := rest.pop("logs", None):
        wrong += _logs(case, logs, server, bindings)
    if rest:
        raise NotPlayable(f"expects {', '.join(sorted(rest))} of steps")
    return wrong


def _operation(step: Step) -> Mapping[str, Any]:
    """A step written as a sentence, `PutFunctionConcurrency 3` or `GetFunction#2`, as the operation it means."""
    if not isinstance(step, str):
        return step
    words = step.partition("#")[0].split()
    match words:
        case ["PutFunctionConcurrency", number]:
            return {"op": "PutFunctionConcurrency", "ReservedConcurrentExecutions": int(number)}
        case [("GetFunctionConcurrency" | "DeleteFunctionConcurrency" | "GetFunction") as operation]:
            return {"op": operation}
    raise NotPlayable(f"step {step!r}")


def _request(case: Case, request: Mapping[str, Any], server: Devserve, bindings: Bindings) -> Reply:
    return _lambda(request, server, bindings) if "op" in request else _http(case, request, server, bindings)


OPERATIONS = {
    "Invoke": ("POST", "/2015-03-31/functions/{}/invocations"),
    "GetFunction": ("GET", "/2015-03-31/functions/{}"),
    "GetFunctionConcurrency": ("GET", "/2019-09-30/functions/{}/concurrency"),
    "PutFunctionConcurrency": ("PUT", "/2017-10-31/functions/{}/concurrency"),
    "DeleteFunctionConcurrency": ("DELETE", "/2017-10-31/functions/{}/concurrency"),
}
HEADER_ARGUMENTS = {"LogType": "X-Amz-Log-Type", "InvocationType": "X-Amz-Invocation-Type"}
BODY_ARGUMENTS = ("ReservedConcurrentExecutions",)
PAYLOADS = ("Payload", "Payload_json", "Payload_base64")


def _lambda(request: Mapping[str, Any], server: Devserve, bindings: Bindings) -> Reply:
    arguments = {key: value for key, value in expand(dict(request), bindings).items() if key != "name"}
    operation = arguments.pop("op")
    if operation not in OPERATIONS:
        raise NotPlayable(f"operation {operation}")
    method, template = OPERATIONS[operation]
    target = template.format(quote(arguments.pop("FunctionName", bindings["fn"]), safe=""))
    if "Qualifier" in arguments:
        target += f"?Qualifier={quote(arguments.pop('Qualifier'), safe='')}"
    headers = [(header, arguments.pop(key)) for key, header in HEADER_ARGUMENTS.items() if key in arguments]
    if "ClientContext_json" in arguments:
        context = json.dumps(arguments.pop("ClientContext_json")).encode()
        headers.append(("X-Amz-Client-Context", base64.b64encode(context).decode()))
    body = b""
    for key in [key for key in PAYLOADS if key in arguments]:
        body = _payload(key, arguments.pop(key))
    if fields := {key: arguments.pop(key) for key in BODY_ARGUMENTS if key in arguments}:
        body = json.dumps(fields).encode()
    if arguments:
        raise NotPlayable(f"{operation} with {', '.join(sorted(arguments))}")
    return send(server.lambdas, method, target, headers, body)


def _payload(key: str, value: Any) -> bytes:
    match key:
        case "Payload_json":
            return json.dumps(value).encode()
        case "Payload_base64":
            return base64.b64decode(value)
    return str(value).encode()


def _http(case: Case, request: Mapping[str, Any], server: Devserve, bindings: Bindings) -> Reply:
    if unknown := request.keys() - {"method", "path", "headers", "body", "body_json", "body_base64"}:
        raise NotPlayable(f"request with {', '.join(sorted(unknown))}")
    if "function_url" in case.given:
        host = f"{bindings['fn'].lower()}.lambda-url.localhost"
    elif "api" in case.given:
        host = f"{bindings['api_id']}.execute-api.localhost"
    else:
        raise NotPlayable("no API is given")
    headers = list(expand(request.get("headers", {}), bindings).items())
    if case.evidence != BARE_CLIENT:
        named = {name.lower() for name, _ in headers}
        headers += [line for line in USUAL_HEADERS if line[0].lower() not in named]
    return server.request(request["method"], request["path"], headers, _body(case, request), host=host)


def _body(case: Case, request: Mapping[str, Any]) -> bytes:
    if "body_base64" in request:
        return base64.b64decode(request["body_base64"])
    if "body_json" in request:
        return json.dumps(request["body_json"]).encode()
    if "body" in request:
        return str(request["body"]).encode()
    api = case.given.get("api", {})
    if any(r["integration"].get("function") == "json_body_as_response" for r in api.get("resources", ())):
        return json.dumps(case.given["handler_returns"]).encode()
    return b""


def compare(case: Case, expect: Mapping[str, Any], reply: Reply, server: Devserve, bindings: Bindings) -> list[str]:
    """All expectations of one reply; an expectation nobody knows is never passed over."""
    bindings |= {f"header:{name.lower()}": value for name, value in reply.headers}
    if "op" in case.given.get("request", {}) and (request_id := reply.header("x-amzn-RequestId")):
        bindings["request_id"] = request_id
    wrong: list[str] = []
    for key, value in expect.items():
        if key in CHECKS:
            wrong += CHECKS[key](value, reply, bindings)
        elif key == "logs":
            wrong += _logs(case, value, server, bindings)
        elif key == "log_events":
            wrong += differences(value, server.log(bindings["fn"]), bindings, at="log")
        elif key == "event":
            wrong += _event(case, value, reply, bindings)
        else:
            raise NotPlayable(f"expects {key}")
    return [*wrong, f"(answer: {reply.status} {reply.headers} {reply.text[:500]})"] if wrong else []


def _status(value: int, reply: Reply, bindings: Bindings) -> list[str]:
    return differences(value, reply.status, bindings, at="status")


def _headers(value: Mapping[str, Any], reply: Reply, bindings: Bindings) -> list[str]:
    wrong: list[str] = []
    for name, wanted in value.items():
        lines = reply.all(name)
        if not lines:
            wrong.append(f"header {name}: missing")
        elif wanted == "*" and name.lower() == "access-control-allow-origin":
            wrong += [] if lines == ["*"] else [f"header {name}: {lines}, not the star itself"]
        else:
            wrong += differences(wanted, ", ".join(lines), bindings, at=f"header {name}")
    return wrong


def _headers_absent(value: list[str], reply: Reply, bindings: Bindings) -> list[str]:
    return [f"header {name}: should be absent, is {reply.all(name)}" for name in value if reply.all(name)]


def _header_lists(value: Mapping[str, list[str]], reply: Reply, bindings: Bindings) -> list[str]:
    return [line for name in value for line in differences(value[name], reply.all(name), bindings, at=f"header {name}")]


def _set_cookie(value: list[str], reply: Reply, bindings: Bindings) -> list[str]:
    return differences(value, reply.all("Set-Cookie"), bindings, at="set-cookie")


def _body_json(value: Any, reply: Reply, bindings: Bindings) -> list[str]:
    return differences({"$json": value}, reply.text, bindings, at="body")


def _body_json_exact(value: Any, reply: Reply, bindings: Bindings) -> list[str]:
    return differences({"$json": value}, reply.text, bindings, exact=True, at="body")


def _body_text(value: str, reply: Reply, bindings: Bindings) -> list[str]:
    return differences(value, reply.text, bindings, at="body")


def _body_base64(value: str, reply: Reply, bindings: Bindings) -> list[str]:
    return differences(value, base64.b64encode(reply.body).decode(), bindings, at="body (base64)")


def _body_keys(value: list[str], reply: Reply, bindings: Bindings) -> list[str]:
    return differences(sorted(value), sorted(reply.json()), bindings, at="body keys")


def _error_code(value: str, reply: Reply, bindings: Bindings) -> list[str]:
    return differences(value, (reply.header("x-amzn-ErrorType") or "").partition(":")[0], bindings, at="error code")


def _error_message(value: Any, reply: Reply, bindings: Bindings) -> list[str]:
    body = reply.json()
    return differences(value, body.get("message", body.get("Message")), bindings, at="error message")


def _log_tail_lines(value: list[Any], reply: Reply, bindings: Bindings) -> list[str]:
    tail = base64.b64decode(reply.header("X-Amz-Log-Result") or "").decode()
    return differences(value, tail.removesuffix("\n").split("\n"), bindings, at="log tail")


def _event_keys(value: list[str], reply: Reply, bindings: Bindings) -> list[str]:
    return differences(sorted(value), sorted(reply.json()), bindings, at="event keys")


def _event_headers_present(value: list[str], reply: Reply, bindings: Bindings) -> list[str]:
    return [f"event header {name}: missing" for name in value if name not in reply.json()["headers"]]


def _event_headers_absent(value: list[str], reply: Reply, bindings: Bindings) -> list[str]:
    there = {name.lower() for name in reply.json()["headers"]}
    return [f"event header {name}: should be absent" for name in value if name.lower() in there]


CHECKS: dict[str, Callable[[Any, Reply, Bindings], list[str]]] = {
    "status": _status,
    "headers": _headers,
    "headers_absent": _headers_absent,
    "header_lists": _header_lists,
    "set_cookie": _set_cookie,
    "body_json": _body_json,
    "body_json_exact": _body_json_exact,
    "body_text": _body_text,
    "body_base64": _body_base64,
    "body_keys": _body_keys,
    "error_code": _error_code,
    "error_message": _error_message,
    "log_tail_lines": _log_tail_lines,
    "event_keys": _event_keys,
    "event_headers_present": _event_headers_present,
    "event_headers_absent": _event_headers_absent,
}


def _event(case: Case, value: dict[str, Any], reply: Reply, bindings: Bindings) -> list[str]:
    """The event as the function saw it. A bare client's recording went through a model that re-cased header names."""
    try:
        event = reply.json()
    except ValueError:
        return [f"no event came back: {reply.text[:300]}"]
    if case.evidence == BARE_CLIENT and isinstance(event, dict):
        value, event = _lower_headers(value), _lower_headers(event)
    return differences(value, event, bindings, at="event")


def _lower_headers(event: Mapping[str, Any]) -> dict[str, Any]:
    lowered = {
        key: {name.lower(): line for name, line in event[key].items()}
        for key in ("headers", "multiValueHeaders")
        if isinstance(event.get(key), dict)
    }
    return {**event, **lowered}


def _logs(case: Case, value: Mapping[str, str], server: Devserve, bindings: Bindings) -> list[str]:
    """The function's log is written a moment after the answer, so it is waited for."""
    if value.keys() != {"contains"}:
        raise NotPlayable(f"expects logs {', '.join(sorted(value))}")
    wanted = bindings.fill(value["contains"])
    try:
        eventually(lambda: any(wanted in line for line in server.log(bindings["fn"])), what=f"{wanted!r} in the log")
    except AssertionError as missing:
        return [f"logs: {missing}"]
    return []


def _relation(relation: str, bodies: Mapping[str, bytes]) -> list[str]:
    """`a.key != b.key`, over the JSON bodies of two steps."""
    left, operator, right = relation.split()
    if operator != "!=":
        raise NotPlayable(f"relation {relation!r}")
    values = []
    for side in (left, right):
        step, _, key = side.partition(".")
        values.append(json.loads(bodies[step])[key])
    return [] if values[0] != values[1] else [f"{relation}: both are {values[0]!r}"]
