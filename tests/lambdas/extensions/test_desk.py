"""Conversations with an environment's desk: a real machine behind it, requests and telemetry by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.lambdas.environments.actions import DeliverInvoke, DeliverShutdown, Tell
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.events import (
    RUNTIME,
    Assigned,
    Event,
    Exited,
    ExtensionExited,
    ExtensionFailed,
    ExtensionsLaunched,
    Polled,
    Registered,
    Responded,
    StopRequested,
)
from localstack_lite.lambdas.environments.phases import InvalidRequestID, InvalidTransition
from localstack_lite.lambdas.extensions.desk import ExtensionDesk
from localstack_lite.lambdas.extensions.telemetry_subscription import Destination
from localstack_lite.model.environment_facts import TelemetrySubscribed
from localstack_lite.model.facts import Fact
from localstack_lite.model.function import Code, Function
from localstack_lite.model.invocation import Invocation
from localstack_lite.ports import BodyFollower
from tests.fakes import CountingIds, ManualClock

FUNCTION = Function("Hello", "hello", "python3.13", "app.handler", Code(Path("/nowhere")), timeout=30)
ARN = "arn:aws:lambda:us-east-1:123456789012:function:hello"
REGISTER = "/2020-01-01/extension/register"
NEXT = "/2020-01-01/extension/event/next"
TELEMETRY = "/2022-07-01/telemetry"
LOGS = "/2020-08-15/logs"


class Request:
    """A RuntimeExchange that keeps what it was answered."""

    streaming = False

    def __init__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.status: int | None = None
        self.answer: Any = None
        self.answer_headers: dict[str, str] = {}
        self.broken = False

    def reply(self, status: int, headers: Sequence[tuple[str, str]], body: bytes) -> bool:
        if self.broken:
            return False
        assert self.status is None, "answered twice"
        self.status, self.answer_headers, self.answer = status, dict(headers), json.loads(body)
        return True

    def follow(self, follower: BodyFollower) -> None:
        raise AssertionError("its body is here")

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    @property
    def waits(self) -> bool:
        return self.status is None

    @property
    def refused(self) -> tuple[int | None, str]:
        return self.status, self.answer["errorType"]


class Sent:
    """A Sender that keeps the types of what it is given, and takes all of it later."""

    def __init__(self, destination: Destination) -> None:
        self.port = destination.port
        self.events: list[dict[str, Any]] = []
        self.closed = False

    def send(self, batch: Sequence[bytes], answered: Callable[[bool], None]) -> None:
        self.events += [json.loads(event) for event in batch]
        self._answered = answered

    def taken(self) -> list[str]:
        """What came since it was asked last; the subscriber acknowledges it."""
        types, self.events = [event["type"] for event in self.events], []
        self._answered(True)
        return types

    def abandon(self) -> None: ...

    def close(self) -> None:
        self.closed = True


class Bench:
    """The slot's part: events go to the machine, its actions to the desk, facts to everybody."""

    def __init__(self, *external: str, function: Function = FUNCTION) -> None:
        self.clock = ManualClock()
        self.environment = Environment(1, "hello#1", function, "stream")
        self.heard: list[Event] = []
        self.facts: list[Fact] = []
        self.senders: list[Sent] = []
        self.pending = False
        self.desk = ExtensionDesk(
            self.environment,
            ARN,
            "123456789012",
            dispatch=self.dispatch,
            publish=self.facts.append,
            clock=self.clock,
            ids=CountingIds(),
            sender=self._sender,
            memory=lambda: 40,
            pending=lambda: self.pending,
        )
        self.dispatch(Assigned(Invocation("Hello", b"{}", "r1", trace_id="Root=1-2-3")))
        if external:
            self.dispatch(ExtensionsLaunched(external))
        self.heard.clear()

    def _sender(self, destination: Destination) -> Sent:
        self.senders.append(Sent(destination))
        return self.senders[-1]

    def dispatch(self, event: Event) -> None:
        self.heard.append(event)
        for action in self.environment.handle(event, self.clock.now()):
            match action:
                case Tell():
                    self.facts.append(action.fact)
                    if self.desk.subscribed:
                        self.desk.take(action.fact)
                case DeliverInvoke() | DeliverShutdown():
                    self.desk.deliver(action)

    def ask(self, method: str, path: str, who: str = "", body: object = None, **headers: str) -> Request:
        lines = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            lines["lambda-extension-identifier"] = who
        request = Request(method, path, lines, b"" if body is None else json.dumps(body).encode())
        assert self.desk.receive(request)
        return request

    def register(self, name: str, *events: str) -> Request:
        return self.ask("POST", REGISTER, body={"events": list(events)}, lambda_extension_name=name)

    def registered(self, name: str, *events: str) -> str:
        """The identifier of who registered."""
        request = self.register(name, *events)
        assert request.status == 200, request.answer
        return request.answer_headers["Lambda-Extension-Identifier"]

    def next(self, who: str) -> Request:
        return self.ask("GET", NEXT, who)

    def subscribe(self, who: str, port: int = 8080, types: Sequence[str] = ("platform", "function")) -> Request:
        destination = {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{port}"}
        return self.ask(
            "PUT", TELEMETRY, who, {"schemaVersion": "2022-12-13", "types": types, "destination": destination}
        )


def test_what_is_no_extension_s_request_is_left_to_others() -> None:
    request = Request("GET", "/2018-06-01/runtime/invocation/next", {}, b"")
    assert not Bench().desk.receive(request)
    assert request.waits


def test_an_extension_registers_waits_and_gets_the_invocation() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE", "SHUTDOWN")
    waiting = bench.next(who)
    assert bench.heard == [Registered("agent"), Polled("agent")]
    assert waiting.waits
    bench.dispatch(Polled(RUNTIME))
    assert waiting.status == 200
    assert waiting.answer == {
        "eventType": "INVOKE",
        "deadlineMs": int((bench.clock.now() + 30) * 1000),
        "requestId": "r1",
        "invokedFunctionArn": ARN,
        "tracing": {"type": "X-Amzn-Trace-Id", "value": "Root=1-2-3"},
    }


def test_one_inside_the_runtime_is_internal_and_hears_of_no_shutdown() -> None:
    bench = Bench()
    bench.registered("inside", "INVOKE")
    assert bench.heard == [Registered("inside", invoke=True, shutdown=False, internal=True)]
    assert bench.register("other", "SHUTDOWN").refused == (403, "Extension.InvalidEventType")


def test_who_registers_before_the_sandbox_has_said_who_is_there_waits_until_it_has() -> None:
    bench = Bench()
    bench.pending = True
    agent = bench.register("agent", "SHUTDOWN")
    bench.clock.advance(1)
    assert agent.waits
    bench.pending = False
    bench.dispatch(ExtensionsLaunched(("agent",)))
    bench.clock.advance(0.01)
    assert agent.status == 200
    assert bench.heard[-1] == Registered("agent", invoke=False, shutdown=True)
    assert bench.clock.pending == 0


def test_who_waits_to_register_when_its_sandbox_ends_is_forgotten() -> None:
    bench = Bench()
    bench.pending = True
    agent = bench.register("agent")
    bench.desk.close()
    bench.clock.advance(1)
    assert (agent.waits, bench.clock.pending) == (True, 0)


def test_the_account_is_told_to_who_wants_it() -> None:
    bench = Bench("agent")
    request = bench.ask(
        "POST", REGISTER, body={}, lambda_extension_name="agent", lambda_extension_accept_feature="accountId"
    )
    assert request.answer == {
        "accountId": "123456789012",
        "functionName": "hello",
        "functionVersion": "$LATEST",
        "handler": "app.handler",
    }


def test_nobody_registers_twice() -> None:
    bench = Bench("agent")
    bench.registered("agent")
    again = bench.register("agent")
    assert again.refused == (403, "Extension.InvalidExtensionState")
    assert "from Registered to Registered failed for extension agent" in again.answer["errorMessage"]
    bench.registered("inside")
    assert bench.register("inside").answer["errorMessage"] == "Extension with this name already registered"


def test_the_runtime_s_own_name_is_taken() -> None:
    assert Bench().register(RUNTIME).refused == (403, "Extension.InvalidExtensionState")


def test_ten_extensions_are_the_most() -> None:
    bench = Bench()
    for number in range(10):
        bench.registered(f"inside-{number}")
    assert bench.register("inside-10").refused == (403, "Extension.TooManyExtensions")


def test_registration_closes_when_the_runtime_is_initialised() -> None:
    bench = Bench("agent")
    bench.registered("agent")
    bench.dispatch(Polled(RUNTIME))
    assert bench.register("inside").refused == (403, "Extension.RegistrationClosed")


@pytest.mark.parametrize("path", [NEXT, "/2020-01-01/extension/init/error", TELEMETRY, LOGS])
def test_who_has_no_identifier_is_refused(path: str) -> None:
    bench = Bench()
    method = {NEXT: "GET", TELEMETRY: "PUT", LOGS: "PUT"}.get(path, "POST")
    assert bench.ask(method, path).refused == (403, "Extension.MissingExtensionIdentifier")
    assert bench.ask(method, path, "me").refused == (403, "Extension.InvalidExtensionIdentifier")
    unknown = bench.ask(method, path, CountingIds().uuid(), lambda_extension_function_error_type="X")
    assert unknown.refused == (403, "Extension.UnknownExtensionIdentifier")


def test_a_wrong_method_is_a_405() -> None:
    assert Bench().ask("GET", REGISTER).status == 405


def test_who_waits_cannot_wait_again() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    first = bench.next(who)
    assert bench.next(who).refused == (403, "Extension.InvalidExtensionState")
    assert first.waits


def test_an_event_that_could_not_be_delivered_is_there_when_its_extension_comes_back() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    bench.next(who).broken = True
    bench.dispatch(Polled(RUNTIME))
    bench.heard.clear()
    assert bench.next(who).answer["requestId"] == "r1"
    assert bench.heard == []


def test_the_invocation_is_over_when_the_extension_asks_for_the_next_event() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    bench.next(who)
    bench.dispatch(Polled(RUNTIME))
    bench.dispatch(Responded("r1", b"{}"))
    bench.dispatch(Polled(RUNTIME))
    assert bench.environment.phase == "DRAIN"
    bench.next(who)
    assert bench.environment.phase == "FROZEN"


def test_a_shutdown_says_why_and_until_when() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "SHUTDOWN")
    waiting = bench.next(who)
    bench.desk.deliver(DeliverShutdown("agent", "timeout", 2_000.0))
    assert waiting.answer == {"eventType": "SHUTDOWN", "deadlineMs": 2_000_000, "shutdownReason": "timeout"}


def test_who_is_busy_gets_its_event_when_it_asks_for_it() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "SHUTDOWN")
    bench.desk.deliver(DeliverShutdown("agent", "failure", 2_000.0))
    assert bench.next(who).answer["shutdownReason"] == "failure"
    assert bench.next(who).waits


def test_nobody_is_told_for_who_never_registered() -> None:
    bench = Bench("agent")
    bench.desk.deliver(DeliverShutdown("agent", "failure", 2_000.0))
    assert bench.next(bench.registered("agent")).waits


@pytest.mark.parametrize(("where", "kind"), [("init", "Extension.NoConfig"), ("exit", "Extension.Broken")])
def test_an_extension_says_that_it_cannot_go_on(where: str, kind: str) -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    path = f"/2020-01-01/extension/{where}/error"
    assert bench.ask("POST", path, who).refused == (403, "Extension.MissingHeader")
    failed = bench.ask("POST", path, who, lambda_extension_function_error_type=kind)
    assert (failed.status, failed.answer) == (202, {"status": "OK"})
    assert bench.heard[-1] == ExtensionFailed("agent", where, kind, 40)
    assert bench.next(who).refused == (403, "Extension.InvalidExtensionState")


def test_who_is_ready_cannot_fail_to_initialise_any_more() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    bench.next(who)
    late = bench.ask(
        "POST", "/2020-01-01/extension/init/error", who, lambda_extension_function_error_type="Extension.Late"
    )
    assert late.refused == (403, "Extension.InvalidExtensionState")


def test_a_subscriber_is_told_from_the_begin_of_the_initialisation() -> None:
    bench = Bench("agent")
    request = bench.subscribe(bench.registered("agent", "INVOKE"))
    assert (request.status, request.answer) == (200, "OK")
    bench.clock.advance(1)
    assert bench.senders[0].taken() == ["platform.initStart", "platform.telemetrySubscription"]
    (subscribed,) = [fact for fact in bench.facts if isinstance(fact, TelemetrySubscribed)]
    assert (subscribed.name, subscribed.state, subscribed.types) == ("agent", "Subscribed", ("platform", "function"))


def test_all_of_an_invocation_is_sent_before_the_environment_is_frozen() -> None:
    bench = Bench("agent")
    bench.environment.detailed = True
    who = bench.registered("agent", "INVOKE")
    bench.subscribe(who)
    bench.next(who)
    bench.clock.advance(1)
    (sender,) = bench.senders
    sender.taken()
    bench.dispatch(Polled(RUNTIME))
    bench.dispatch(Responded("r1", b"{}"))
    bench.next(who)
    bench.dispatch(Polled(RUNTIME))
    types = sender.taken()
    assert types[-3:] == ["platform.start", "platform.runtimeDone", "platform.report"]
    assert bench.clock.pending == 0


def test_subscribing_again_takes_the_former_s_place() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    bench.subscribe(who, 8080)
    bench.subscribe(who, 8080)
    bench.subscribe(who, 8081)
    assert [(sender.port, sender.closed) for sender in bench.senders] == [(8080, True), (8081, False)]
    states = [fact.state for fact in bench.facts if isinstance(fact, TelemetrySubscribed)]
    assert states == ["Subscribed", "Already subscribed", "Subscribed"]


def test_subscribing_ends_with_the_initialisation() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    bench.next(who)
    bench.dispatch(Polled(RUNTIME))
    assert bench.subscribe(who).refused == (403, "Telemetry.SubscriptionClosed")
    assert bench.ask("PUT", LOGS, who).refused == (403, "Logs.SubscriptionClosed")


def test_one_environment_has_one_of_the_two_apis() -> None:
    bench = Bench("agent", "other")
    bench.subscribe(bench.registered("agent"))
    other = bench.registered("other")
    asked = {"types": ["function"], "destination": {"protocol": "TCP", "port": 8081}}
    assert bench.ask("PUT", LOGS, other, asked).refused == (400, "ValidationError")
    assert [sender.port for sender in bench.senders] == [8080]


def test_a_refused_subscription_leaves_the_other_api_open() -> None:
    bench = Bench("agent")
    who = bench.registered("agent")
    assert bench.ask("PUT", TELEMETRY, who, {}).refused == (400, "ValidationError")
    asked = {"types": ["platform"], "destination": {"protocol": "TCP", "port": 8081}}
    assert bench.ask("PUT", LOGS, who, asked).status == 200
    (subscribed,) = [fact for fact in bench.facts if isinstance(fact, TelemetrySubscribed)]
    assert subscribed.legacy


def test_managed_instances_have_no_logs_api() -> None:
    bench = Bench(function=replace(FUNCTION, managed=True))
    assert not bench.desk.receive(Request("PUT", LOGS, {}, b"{}"))


def test_after_the_end_nobody_is_known_or_told_anything() -> None:
    bench = Bench("agent")
    who = bench.registered("agent", "INVOKE")
    bench.subscribe(who)
    bench.desk.close()
    bench.clock.advance(10)
    (sender,) = bench.senders
    assert (sender.events, sender.closed) == ([], True)
    assert bench.clock.pending == 0
    assert bench.next(who).refused == (403, "Extension.UnknownExtensionIdentifier")


def test_without_a_subscriber_nothing_is_to_be_told_once_initialised() -> None:
    bench = Bench("agent")
    assert bench.desk.subscribed
    who = bench.registered("agent", "INVOKE")
    bench.next(who)
    bench.dispatch(Polled(RUNTIME))
    assert not bench.desk.subscribed


METHODS = {
    REGISTER: "POST",
    NEXT: "GET",
    "/2020-01-01/extension/init/error": "POST",
    "/2020-01-01/extension/exit/error": "POST",
    TELEMETRY: "PUT",
    LOGS: "PUT",
}
BODIES: tuple[object, ...] = (
    None,
    {"events": ["INVOKE"]},
    {"events": ["INVOKE", "SHUTDOWN"]},
    {
        "schemaVersion": "2025-01-29",
        "types": ["platform", "function", "extension"],
        "destination": {"protocol": "TCP", "port": 4040},
    },
    {"types": ["platform"], "destination": {"protocol": "TCP", "port": 4040}},
)
ASKED = st.tuples(st.sampled_from(sorted(METHODS)), st.integers(0, 3), st.sampled_from(BODIES), st.booleans())
HAPPENED = st.sampled_from(
    [
        Polled(RUNTIME),
        Responded("r1", b"{}"),
        Assigned(Invocation("Hello", b"{}", "r2")),
        ExtensionExited("agent", 1),
        StopRequested("spindown"),
        Exited(0),
    ]
)


@given(st.lists(st.one_of(ASKED, HAPPENED, st.floats(0, 20)), max_size=40))
def test_whatever_is_asked_and_whenever_each_request_is_answered_once_or_waits(steps: list[Any]) -> None:
    bench = Bench("agent", "other")
    names = ("agent", "other", "inside", "")
    known: dict[int, str] = {}
    for step in steps:
        match step:
            case float(seconds):
                bench.clock.advance(seconds)
            case (str(path), int(who), body, bool(named)):
                error = {"lambda_extension_function_error_type": "Extension.Any"} if named else {}
                name = {"lambda_extension_name": names[who]} if path == REGISTER and names[who] else {}
                asked = bench.ask(METHODS[path], path, known.get(who, ""), body, **error, **name)
                assert path == NEXT or not asked.waits
                if path == REGISTER and asked.status == 200:
                    known[who] = asked.answer_headers["Lambda-Extension-Identifier"]
            case _:
                with suppress(InvalidTransition, InvalidRequestID):
                    bench.dispatch(step)
    bench.desk.close()
    assert bench.clock.pending == 0
    assert all(sender.closed for sender in bench.senders)
