"""The story of a request, from top to bottom: find the route, write the event, ask for the invocation, read the result.

A generator: it yields the `Call`s it needs and is sent what came of each; it returns an `Answer`. Of an answer that the
function still writes it asks for the beginning (`Begin`), and returns when that is there. It never waits, never raises
for anything a client, a project or a function does, and knows the time only from its `Stamp`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from localstack_lite.errors import Bug
from localstack_lite.gateway import limits, streamed, trace
from localstack_lite.gateway.cors import CorsPolicy, is_preflight
from localstack_lite.gateway.faces import Mask, address
from localstack_lite.gateway.match import Match
from localstack_lite.gateway.patience import Patience, patience_of
from localstack_lite.gateway.prelude import Opening
from localstack_lite.gateway.replies import JSON, Trouble, forbidden, own_headers, refuse, status_of
from localstack_lite.gateway.result import Malformed, parsed
from localstack_lite.gateway.sites import Place, ServedApi, Site
from localstack_lite.gateway.visit import ServedRoute, Stamp, Visit
from localstack_lite.model.api import ApiKind, FixedReply, LambdaProxy, Unsupported
from localstack_lite.model.arn import LATEST
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused, Report, Streaming
from localstack_lite.model.record import record
from localstack_lite.model.response_stream import ResponseStream
from localstack_lite.wire.messages import Request, Response

__all__ = ["Answer", "Begin", "Begun", "Call", "Stamp", "TimedOut", "exchange"]

#: A function URL and a load balancer wait as long as a function may run (900 s), and a little for its start.
_LONG_PATIENCE = 960.0
_PATIENT = (ApiKind.FUNCTION_URL, ApiKind.ALB)


@record
class Call:
    """An invocation that is needed. After `timeout` seconds the gateway gives up; the function runs on."""

    invocation: Invocation
    timeout: float


@record
class TimedOut:
    """Sent back in place of an outcome when the time was up."""


@record
class Begin:
    """The beginning of a streamed answer is needed: its prelude where it has one, else its first bytes. The gateway
    gives up when that is not there `timeout` seconds after the request; `patience` holds from then on."""

    streaming: Streaming
    prelude: bool
    timeout: float
    patience: Patience | None


@record
class Begun:
    """The beginning; `rest` is the whole body, what `opening` has of it included."""

    streaming: Streaming
    opening: Opening
    rest: ResponseStream


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


Came = Answered | Refused | Begun | TimedOut
Story = Generator[Call | Begin, Outcome | Came, Answer]


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
        return _preflight(api, api.cors, request, stamp)
    if found := limits.excess(api.kind, request):
        return Answer(refuse(api.kind, found[0], stamp), api=api.api.logical_id, note=found[1])
    if place.match is None:
        trouble = Trouble.NO_ROUTE if place.staged else Trouble.NO_STAGE
        note = f"no route for {request.method} {place.path}" if place.staged else _outside(site, api, sent)
        return Answer(refuse(api.kind, trouble, stamp), api=api.api.logical_id, note=note)
    served = place.match.target
    visit = _visit(place.match, place.path, request, stamp, mask)
    integration = served.route.integration
    if not isinstance(integration, LambdaProxy) or integration.method != "POST":
        answer = _without_lambda(api.kind, served, visit)
    else:
        event = served.dialect.event(visit)
        if note := limits.event_excess(event):
            refusal = refuse(api.kind, Trouble.EVENT_TOO_LARGE, stamp)
            answer = Answer(refusal, served.api, served.key, integration.function, note=note)
        else:
            call = _call(api.kind, served, integration, visit, event)
            came = yield call
            if isinstance(came, Streaming):
                has_prelude = streamed.has_prelude(api.kind, came.content_type)
                came = yield Begin(came, has_prelude, call.timeout, patience_of(api.kind))
            answer = _answered(api.kind, served, visit, call, came)
    if api.cors is not None:
        headers = api.cors.applied(answer.response.headers, request.headers.get("origin"))
        answer = replace(answer, response=replace(answer.response, headers=headers))
    return answer if mask is None else _unmasked(mask, answer, sent)


def _outside(site: Site, api: ServedApi, sent: Request) -> str:
    """The note on a path that no stage or base path of the API takes."""
    if site.aws_form or not api.front:
        return f"no such stage; {api.api.stage} is"
    return f"outside of {api.front}; the app is at {address(sent)}{api.front}/"


def _unmasked(mask: Mask, answer: Answer, sent: Request) -> Answer:
    """The answer as the client can use it that sent the request."""
    headers = mask.outward(answer.response.headers, sent)
    return replace(
        answer, response=replace(answer.response, headers=headers), remark=mask.insecure(answer.response.headers, sent)
    )


def _without_lambda(kind: ApiKind, served: ServedRoute, visit: Visit) -> Answer:
    """What an integration answers that no function is asked for."""
    match served.route.integration:
        case LambdaProxy(function=function, method=method):
            note = f"the integration's method is {method}; Lambda takes POST only"
            refusal = refuse(kind, Trouble.MISCONFIGURED, visit.stamp)
            return Answer(refusal, served.api, served.key, function, note=note)
        case Unsupported(why=why):
            return Answer(refuse(kind, Trouble.MISCONFIGURED, visit.stamp), served.api, served.key, note=why)
        case FixedReply() as reply:
            return Answer(served.dialect.fixed(visit, reply), served.api, served.key)


def _call(kind: ApiKind, served: ServedRoute, proxy: LambdaProxy, visit: Visit, event: bytes) -> Call:
    timeout = _LONG_PATIENCE if kind in _PATIENT else proxy.timeout
    ids = (visit.stamp.lambda_request_id, served.arn, proxy.qualifier or LATEST)
    tenant = "" if served.tenant is None else served.tenant(visit)
    trace = visit.trace.full
    return Call(
        Invocation(proxy.function, event, *ids, trace_id=trace, streamed=proxy.streamed, tenant_id=tenant), timeout
    )


def _answered(kind: ApiKind, served: ServedRoute, visit: Visit, call: Call, outcome: Outcome | Came) -> Answer:
    response, note = _response(kind, served, visit, outcome, call)
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


def _response(
    kind: ApiKind, served: ServedRoute, visit: Visit, outcome: Outcome | Came, call: Call
) -> tuple[Response, str]:
    """What the client gets for what came of the call, and the note on it."""
    stamp = visit.stamp
    match outcome:
        case Answered(error=error, payload=payload) if error:
            return refuse(kind, Trouble.FUNCTION_FAILED, stamp), error_name(payload) or error
        case Answered(payload=payload):
            try:
                if call.invocation.streamed:
                    return streamed.reply(kind, visit, payload, outcome.content_type), ""
                return served.dialect.reply(visit, payload), ""
            except Malformed as malformed:
                return _malformed(kind, malformed, stamp)
        case Begun(streaming=ran, opening=opening, rest=rest):
            try:
                return streamed.begun(kind, visit, opening, ran.content_type, rest), ""
            except Malformed as malformed:
                return _malformed(kind, malformed, stamp)
        case Streaming():
            raise Bug("a stream has no reply before it has begun")
        case TimedOut():
            note = f"gateway gave up at {call.timeout:g} s; the function runs on"
            return refuse(kind, Trouble.TIMED_OUT, stamp), note
        case Refused(status=503, body=body):
            # The stage that the function runs in is out of reach: no gateway of AWS's has an answer for that.
            headers = (JSON, *own_headers(kind, stamp))
            return Response(503, headers, body), f"refused: {outcome.reason or outcome.code}"
        case Refused(status=status):
            trouble = Trouble.THROTTLED if status == 429 else Trouble.REFUSED
            word = "throttled" if status == 429 else "refused"
            return refuse(kind, trouble, stamp), f"{word}: {outcome.reason or outcome.code}"


def _malformed(kind: ApiKind, malformed: Malformed, stamp: Stamp) -> tuple[Response, str]:
    note = f"malformed result: {malformed.what}; AWS answers {status_of(kind, malformed.trouble)}"
    return refuse(kind, malformed.trouble, stamp), note


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


def _preflight(api: ServedApi, cors: CorsPolicy, request: Request, stamp: Stamp) -> Answer:
    headers = (*cors.preflight(request.headers.get("origin") or ""), *own_headers(api.kind, stamp))
    return Answer(Response(cors.preflight_status, headers), api.api.logical_id, note="CORS preflight")


def _visit(match: Match[ServedRoute], path: str, request: Request, stamp: Stamp, mask: Mask | None) -> Visit:
    sent = request.headers.get("x-amzn-trace-id")
    ids = (stamp.trace_root, stamp.trace_parent, stamp.trace_lineage)
    traced = trace.continued(sent, *ids) if sent else trace.fresh(*ids)
    return Visit(request, stamp, path, match.params, traced, mask)
