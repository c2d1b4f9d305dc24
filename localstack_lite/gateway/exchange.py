"""The story of a request, from top to bottom: find the route, write the event, ask for the invocation, read the result.

A generator: it yields the `Call`s it needs and is sent what came of each; it returns an `Answer`. Of an answer that the
function still writes it asks for the beginning (`Begin`), and returns when that is there. It never waits, never raises
for anything a client, a project or a function does, and knows the time only from its `Stamp`.
"""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.errors import Bug
from localstack_lite.gateway import differences, limits, streamed, trace
from localstack_lite.gateway.controls import compression
from localstack_lite.gateway.cors import CorsPolicy, is_preflight
from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.faces import Mask, address
from localstack_lite.gateway.match import Match
from localstack_lite.gateway.patience import patience_of
from localstack_lite.gateway.replies import JSON, Trouble, forbidden, own_headers, status_of
from localstack_lite.gateway.result import Malformed, parsed
from localstack_lite.gateway.sites import Place, ServedApi, Site
from localstack_lite.gateway.steps import Begin, Begun, Call, Came, Telling, TimedOut
from localstack_lite.gateway.visit import Integrated, ServedRoute, Stamp, Visit
from localstack_lite.model.api import ApiKind, Closed, LambdaProxy, Unsupported
from localstack_lite.model.arn import LATEST
from localstack_lite.model.difference import Difference
from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.invocation import Answered, Invocation, Refused, Report, Streaming
from localstack_lite.model.record import record
from localstack_lite.wire.messages import Request, Response

__all__ = ["Answer", "Begin", "Begun", "Call", "Stamp", "TimedOut", "exchange"]

#: A function URL and a load balancer wait as long as a function may run (900 s), and a little for its start.
_LONG_PATIENCE = 960.0
_PATIENT = (ApiKind.FUNCTION_URL, ApiKind.ALB)


@record
class Answer:
    """The response, and what `RequestAnswered` tells about it. `api` and `function` are logical ids; `route` is the
    route key; empty where the request got no further. `remark` is said once for each API, not at every request."""

    response: Response
    api: str = ""
    route: str = ""
    function: str = ""
    request_id: str = ""
    environment: str = ""
    cold: bool = False
    report: Report | None = None
    note: str = ""
    remark: str = ""
    differences: tuple[Difference, ...] = ()


Story = Telling[Answer]


def exchange(site: Site, request: Request, stamp: Stamp) -> Story:
    if not site.apis:
        return Answer(forbidden(stamp), note=site.why)
    place = _place(site, request)
    api = place.api
    sent = request
    mask = api.aws_mask if site.aws_form else api.mask
    if mask is not None:
        request = mask.inward(sent)
    if api.cors is not None and is_preflight(request):
        return (yield from _preflight(api, api.cors, place.path, request, stamp))
    if found := limits.excess(api.kind, request):
        return Answer(api.refusals.trouble(found[0], stamp, request), api=api.api.logical_id, note=found[1])
    if place.match is None:
        trouble = Trouble.NO_ROUTE if place.staged else Trouble.NO_STAGE
        routed = place.staged and api.sockets is None
        note = f"no route for {request.method} {place.path}" if routed else _outside(site, api, sent)
        return Answer(api.refusals.trouble(trouble, stamp, request), api=api.api.logical_id, note=note)
    visit = _visit(place.match, place.path, request, stamp, mask)
    answer = yield from _visited(api, place.match.target, visit)
    if api.api.minimum_compression is not None and api.kind is ApiKind.REST:
        small = compression.packed(api.api.minimum_compression, request, answer.response)
        answer = replace(answer, response=small)
    if api.cors is not None:
        if (said := differences.overridden(name for name, _ in answer.response.headers)) is not None:
            visit.differences.append(said)
        headers = api.cors.applied(answer.response.headers, request.headers.get("origin"))
        note = answer.note or api.cors.kept_from(request)
        answer = replace(answer, response=replace(answer.response, headers=headers), note=note)
    if visit.differences:
        answer = replace(answer, differences=tuple(visit.differences))
    return answer if mask is None else _unmasked(mask, answer, sent)


def _visited(api: ServedApi, served: ServedRoute, visit: Visit) -> Story:
    """The doors of the route, one after the other, and what is behind them. Who signed a packed body signed it as it
    was sent, so it is unpacked after the authorizer: by the validator that wants to read it, or here."""
    sent = visit.request.body
    for door in served.doors:
        passed = yield from door(visit)
        if isinstance(passed, Denial):
            return _refused(api, served, passed, visit)
        visit = passed
    if sent and visit.request.body is sent and api.kind is ApiKind.REST:
        plain = compression.unpacked(visit)
        if isinstance(plain, Denial):
            return _refused(api, served, plain, visit)
        visit = plain
    return (yield from behind(api, served, visit))


def _refused(api: ServedApi, served: ServedRoute, denial: Denial, visit: Visit) -> Answer:
    return Answer(api.refusals.denied(denial, visit), served.api, served.key, note=denial.note)


def behind(api: ServedApi, served: ServedRoute, visit: Visit) -> Story:
    """What is behind the route's doors answers."""
    note = visit.caller.note if visit.caller is not None else ""
    integration = served.route.integration
    if isinstance(integration, LambdaProxy) and integration.method == "POST":
        answer = yield from _proxied(api, served, integration, visit)
    elif served.integrate is not None:
        answer = _integrated(api, served, visit, (yield from served.integrate(visit)))
    else:
        answer = _without_lambda(api, served, visit)
    return replace(answer, note=f"{note}; {answer.note}" if answer.note else note) if note else answer


def _proxied(api: ServedApi, served: ServedRoute, proxy: LambdaProxy, visit: Visit) -> Story:
    """The function gets the event and answers."""
    if served.changes is not None:
        visit = served.changes.request(visit)
    event = served.dialect.event(visit)
    if note := limits.event_excess(event):
        visit.differences.append(differences.too_large(note))
        refusal = api.refusals.trouble(Trouble.EVENT_TOO_LARGE, visit.stamp, visit.request, visit)
        return Answer(refusal, served.api, served.key, proxy.function, note=note)
    call = _call(api.kind, served, proxy, visit, event)
    came = yield call
    if isinstance(came, Streaming):
        has_prelude = streamed.has_prelude(api.kind, came.content_type)
        came = yield Begin(came, has_prelude, call.timeout, patience_of(api.kind))
    return _answered(api, served, visit, call, came)


def _integrated(api: ServedApi, served: ServedRoute, visit: Visit, came: Integrated | Denial) -> Answer:
    """What an integration that is no Lambda proxy came to."""
    if isinstance(came, Denial):
        return _refused(api, served, came, visit)
    answer = Answer(came.response, served.api, served.key, note=came.note)
    if came.call is not None:
        invocation = came.call.invocation
        answer = replace(answer, function=invocation.function, request_id=invocation.request_id)
    if (ran := came.ran) is not None:
        answer = replace(
            answer, request_id=ran.request_id, environment=ran.environment, cold=ran.cold, report=ran.report
        )
    return answer


def _outside(site: Site, api: ServedApi, sent: Request) -> str:
    """The note on a path that no stage or base path of the API takes."""
    if api.sockets is not None:
        return f"{api.api.name} is a WebSocket API, which answers upgrades at its stage {api.api.stage} only"
    if site.aws_form or not api.front:
        return f"no such stage; {api.api.stage} is"
    return f"outside of {api.front}; the app is at {address(sent)}{api.front}/"


def _unmasked(mask: Mask, answer: Answer, sent: Request) -> Answer:
    """The answer as the client can use it that sent the request."""
    headers = mask.outward(answer.response.headers, sent)
    return replace(
        answer, response=replace(answer.response, headers=headers), remark=mask.insecure(answer.response.headers, sent)
    )


def _without_lambda(api: ServedApi, served: ServedRoute, visit: Visit) -> Answer:
    """What an integration answers that nothing is asked for."""
    function, note = "", ""
    match served.route.integration:
        case Closed(why=why):
            denial = Denial(ResponseType.ACCESS_DENIED, why)
            return Answer(api.refusals.denied(denial, visit), served.api, served.key, note=why)
        case LambdaProxy(function=function, method=method):
            note = f"the integration's method is {method}; Lambda takes POST only"
        case Unsupported(why=why):
            note = why
    refusal = api.refusals.trouble(Trouble.MISCONFIGURED, visit.stamp, visit.request, visit)
    return Answer(refusal, served.api, served.key, function, note=note)


def _call(kind: ApiKind, served: ServedRoute, proxy: LambdaProxy, visit: Visit, event: bytes) -> Call:
    timeout = _LONG_PATIENCE if kind in _PATIENT else proxy.timeout
    ids = (visit.stamp.lambda_request_id, served.arn, proxy.qualifier or LATEST)
    tenant = "" if served.tenant is None else served.tenant(visit)
    trace = visit.trace.full
    return Call(
        Invocation(proxy.function, event, *ids, trace_id=trace, streamed=proxy.streamed, tenant_id=tenant), timeout
    )


def _answered(api: ServedApi, served: ServedRoute, visit: Visit, call: Call, outcome: Came) -> Answer:
    response, note = _response(api, served, visit, outcome, call)
    function = call.invocation.function
    if isinstance(outcome, Answered):
        return Answer(
            response,
            served.api,
            served.key,
            function,
            outcome.request_id,
            outcome.environment,
            outcome.cold,
            outcome.report,
            note,
        )
    if isinstance(outcome, Begun):
        ran = outcome.streaming
        return Answer(response, served.api, served.key, function, ran.request_id, ran.environment, ran.cold, note=note)
    return Answer(response, served.api, served.key, function, call.invocation.request_id, note=note)


def _response(api: ServedApi, served: ServedRoute, visit: Visit, outcome: Came, call: Call) -> tuple[Response, str]:
    """What the client gets for what came of the call, and the note on it."""
    match outcome:
        case Answered(error=error, payload=payload) if error:
            return _trouble(api, Trouble.FUNCTION_FAILED, visit), error_name(payload) or error
        case Answered(payload=payload):
            try:
                if call.invocation.streamed:
                    return streamed.reply(api.kind, visit, payload, outcome.content_type), ""
                reply = served.dialect.reply(visit, payload)
                return reply if served.changes is None else served.changes.response(visit, reply), ""
            except Malformed as malformed:
                return _malformed(api, malformed, visit)
        case Begun(streaming=ran, opening=opening, rest=rest):
            try:
                return streamed.begun(api.kind, visit, opening, ran.content_type, rest), ""
            except Malformed as malformed:
                return _malformed(api, malformed, visit)
        case TimedOut():
            note = f"gateway gave up at {call.timeout:g} s; the function runs on"
            visit.differences.append(differences.timed_out(call.timeout))
            return _trouble(api, Trouble.TIMED_OUT, visit), note
        case Refused(status=503, body=body):
            # The stage that the function runs in is out of reach: no gateway of AWS's has an answer for that.
            headers = (JSON, *own_headers(api.kind, visit.stamp))
            return Response(503, headers, body), f"refused: {outcome.reason or outcome.code}"
        case Refused(status=status):
            trouble = Trouble.THROTTLED if status == 429 else Trouble.REFUSED
            word = "throttled" if status == 429 else "refused"
            return _trouble(api, trouble, visit), f"{word}: {outcome.reason or outcome.code}"
    raise Bug(f"{type(outcome).__name__} is nothing that comes of a call")


def _trouble(api: ServedApi, trouble: Trouble, visit: Visit) -> Response:
    return api.refusals.trouble(trouble, visit.stamp, visit.request, visit)


def _malformed(api: ServedApi, malformed: Malformed, visit: Visit) -> tuple[Response, str]:
    visit.differences.append(differences.malformed(malformed.what))
    note = f"malformed result: {malformed.what}; AWS answers {status_of(api.kind, malformed.trouble)}"
    return _trouble(api, malformed.trouble, visit), note


def error_name(payload: bytes) -> str:
    """What the function called its error (`ValueError`): says more than the type that the Runtime API made of it."""
    try:
        found = parsed(payload)
    except ValueError:
        return ""
    name = found.get("errorType") if isinstance(found, dict) else ""
    return name if isinstance(name, str) else ""


def _place(site: Site, request: Request) -> Place:
    """Where the request goes. A preflight goes where the request that it asks for would go."""
    if request.method == "OPTIONS" and len(site.apis) > 1:
        wanted = request.headers.get("access-control-request-method")
        if wanted and (place := site.place(wanted, request.path)).match and place.api.cors is not None:
            return place
    return site.place(request.method, request.path)


def _preflight(api: ServedApi, cors: CorsPolicy, path: str, request: Request, stamp: Stamp) -> Story:
    """The configuration answers, whatever routes there are. Only the doors of a route that takes OPTIONS come before
    it on an HTTP API: AWS's documents say of `$default` that its authorizer is asked, too."""
    match = api.find(request.method, path) if api.kind is ApiKind.HTTP else None
    if match is not None and match.target.doors:
        visit = _visit(match, path, request, stamp, None)
        for door in match.target.doors:
            passed = yield from door(visit)
            if isinstance(passed, Denial):
                return _refused(api, match.target, passed, visit)
            visit = passed
    headers = (*cors.preflight(request.headers.get("origin") or ""), *own_headers(api.kind, stamp))
    why = cors.kept_from(request)
    note = f"CORS preflight: {why}" if why else "CORS preflight"
    return Answer(Response(cors.preflight_status, headers), api.api.logical_id, note=note)


def _visit(match: Match[ServedRoute], path: str, request: Request, stamp: Stamp, mask: Mask | None) -> Visit:
    sent = request.headers.get("x-amzn-trace-id")
    ids = (stamp.trace_root, stamp.trace_parent, stamp.trace_lineage)
    traced = trace.continued(sent, *ids) if sent else trace.fresh(*ids)
    return Visit(request, stamp, path, match.params, traced, mask)
