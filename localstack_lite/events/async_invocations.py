"""The shell of asynchronous invocations: accepts events, lets them run, tries again, sends what destinations get. I/O.

What is decided is `retry`'s, whose turn it is `turns`', what is kept `event_queue`'s. All of it runs on the event
loop's thread. The file is opened when there is something to keep, or was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from localstack_lite.events import retry
from localstack_lite.events.deliveries import Circular, Deliveries, Send
from localstack_lite.events.destination_record import Ended, Parcel, Response, parcels
from localstack_lite.events.kept_queue import KeptQueue
from localstack_lite.events.moves import Moves, Pace
from localstack_lite.events.queued import Waiting
from localstack_lite.events.retry import Again, Condition, GiveUp, Rules, Verdict
from localstack_lite.events.turns import Turns
from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.facts import EventStep, Fact, InvocationStarted
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Answered, Invocation, Outcome, Refused
from localstack_lite.model.pending_event import PendingEvent
from localstack_lite.model.project import Project
from localstack_lite.ports import Clock, Ids, Invoke, Publish, Timer

if TYPE_CHECKING:
    from localstack_lite.events.event_queue import EventQueue

#: Events that run at once.
AT_ONCE = 256
#: Seconds after which an event that could not be read is looked for again.
READ_AGAIN = 5.0
#: The shortest wait, in seconds of the real clock: two clocks never agree to the last digit.
SOON = 0.001

#: Why something is dropped that a person wants no more.
FORGOTTEN = "it was forgotten on demand"

_CUT = b'{"errorType":"Sandbox.Failure","errorMessage":"devserve ended while the function ran"}'


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the queue asks of the rest. Functions are logical ids.

    `config` is the configuration of a function's qualifier that is in force; `reserved` the reserved concurrency of a
    function (None: it has none); `subscribe` has facts told until its answer is called; `onward` gives the trace header
    for a function that a record is handed on to, None when the chain goes round in a circle."""

    config: Callable[[str, str], EventInvoke | None] = lambda _, __: None
    reserved: Callable[[str], int | None] = lambda _: None
    subscribe: Callable[[Publish], Callable[[], None]] = lambda _: lambda: None
    onward: Callable[[str, Function], str | None] = lambda trace, _: trace


@dataclass(slots=True)
class _Run:
    event: Waiting
    outcome: asyncio.Future[Outcome] | None = None
    began: bool = False


class AsyncInvocations:
    """`accept` is a `ports.Accept`. `folder` makes devserve's own folder of the project and is asked when something has
    to be kept; `wall` is the time of day, which goes on between two runs."""

    def __init__(
        self,
        project: Project,
        invoke: Invoke,
        publish: Publish,
        clock: Clock,
        pace: Pace,
        ids: Ids,
        folder: Callable[[], Path],
        send: Send,
        around: Surroundings,
        *,
        wall: Callable[[], float] | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._project = project
        self._invoke = invoke
        self._pace = pace
        self._ids = ids
        self._around = around
        self._wall = wall or clock.now
        self._at_once = at_once
        self._moves = moves = Moves(publish, clock, pace)
        self._kept = KeptQueue(folder, pace.now, self._wall, clock, moves.problem, self._opened)
        self._deliveries = Deliveries(self._kept, send, self._here, self._queued, moves, pace.now, self._look_soon)
        self._events: Turns[Waiting] = Turns(lambda event: event.function)
        self._known: dict[int, Waiting] = {}
        self._runs: dict[str, _Run] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._timer: Timer | None = None
        self._timer_at = 0.0
        self._looking = False
        self._stopped = False

    # -- callers

    def accept(self, invocation: Invocation) -> None:
        """Keep it, and let it run when its turn comes. It is on disk when this returns; an OSError when it cannot be
        kept."""
        self._queued(self._kept.open().accept(invocation))

    def start(self) -> None:
        """Go on with what was left by the devserve before this one."""
        self._kept.look(self._project.state_folder)

    def swap(self, project: Project) -> None:
        self._project = project

    def pending(self) -> tuple[PendingEvent, ...]:
        """Events first, then what is to be sent; oldest first."""
        at = self._moves.at
        events = [
            PendingEvent(
                one.request_id,
                one.function,
                one.qualifier,
                one.tries,
                at(one.accepted_at),
                None if one.request_id in self._runs else at(one.next_at),
            )
            for one in self._known.values()
        ]
        sending = [
            PendingEvent(one.request_id, one.function, "", one.attempts, None, at(one.next_at), one.target)
            for one in self._deliveries.unsent
        ]
        return (*events, *sending)

    def forget(self, request_id: str) -> int | None:
        """It is not run or sent any more; how much it was, an event and what destinations have not taken. None: it runs
        now, and goes on."""
        if request_id in self._runs:
            return None
        events = [one for one in self._known.values() if one.request_id == request_id]
        for event in events:
            self._events.withdraw(event)
            self._known.pop(event.seq)
            self._kept.write(partial(_forgotten, event))
            self._moves.event(event, EventStep.DROPPED, why=FORGOTTEN)
        self._look_soon()
        return len(events) + self._deliveries.forget(request_id, FORGOTTEN)

    async def stop(self) -> None:
        """Nothing runs or is sent from here any more; what is kept goes on in the next run. Called when the functions
        have stopped, so that the outcomes of the last ones are known."""
        await asyncio.sleep(0)  # what was answered in this step is heard
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        await self._deliveries.stop()
        runs, self._runs = self._runs, {}
        for run in runs.values():
            if run.outcome is not None:
                run.outcome.cancel()
        self._listen()
        self._kept.close()

    # -- the queue

    def _opened(self, queue: EventQueue) -> None:
        """What is left of an earlier run goes on."""
        for parcel in queue.sending():
            self._deliveries.add(parcel)
        for event in queue.waiting():
            self._known[event.seq] = event
            if event.running:
                self._cut(event)
            else:
                self._events.add(event)
        self._look_soon()

    def _queued(self, event: Waiting) -> None:
        self._known[event.seq] = event
        self._events.add(event)
        self._moves.event(event, EventStep.QUEUED)
        self._look_soon()

    # -- whose turn it is

    def _look_soon(self) -> None:
        if not self._looking and not self._stopped:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looking = False
        if self._stopped:
            return
        now = self._pace.now()
        while len(self._runs) < self._at_once and (event := self._events.take(now)) is not None:
            self._run(event, now)
        # With no room, the next one that ends looks again.
        due = [self._deliveries.look(now), self._events.next_at() if len(self._runs) < self._at_once else None]
        if times := [at for at in due if at is not None]:
            self._wait_until(min(times), now)

    def _wait_until(self, at: float, now: float) -> None:
        if self._timer is not None:
            if self._timer_at <= at:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._pace.call_later(max(at - now, SOON * self._pace.factor), self._time_has_come)

    def _time_has_come(self) -> None:
        self._timer = None
        self._look()

    # -- functions

    def _run(self, event: Waiting, now: float) -> None:
        function = self._project.function(event.function)
        if retry.too_old(event.accepted_at, now, self._rules(event)):
            self._over(event, GiveUp(Condition.EVENT_AGE_EXCEEDED), None)
        elif function is not None and not function.in_stage and self._around.reserved(event.function) == 0:
            self._over(event, GiveUp(Condition.ZERO_RESERVED_CONCURRENCY), None)
        else:
            try:
                invocation, _ = self._kept.open().event(event.seq)
            except OSError as error:
                self._kept.problem(f"an event cannot be read: {error}")
                self._over(event, Again(now + READ_AGAIN), None)
                return
            # Nobody tells when a function in the stage begins.
            self._invoked(event, invocation, in_stage=function is not None and function.in_stage)

    def _invoked(self, event: Waiting, invocation: Invocation, *, in_stage: bool) -> None:
        run = self._runs[event.request_id] = _Run(event)
        self._listen()
        if in_stage:
            self._began(run)
        run.outcome = asyncio.ensure_future(self._invoke(invocation))
        if run.outcome.done():
            self._answered(run, run.outcome)  # refused: to know it now saves others from asking in vain
        else:
            run.outcome.add_done_callback(partial(self._answered, run))

    def _listen(self) -> None:
        """Facts are heard while an event runs, and at no other time."""
        if self._runs and self._unsubscribe is None:
            self._unsubscribe = self._around.subscribe(self._heard)
        elif not self._runs and self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None

    def _heard(self, fact: Fact) -> None:
        if type(fact) is InvocationStarted and (run := self._runs.get(fact.request_id)) is not None:
            self._began(run)

    def _began(self, run: _Run) -> None:
        """The function gets it next: this try counts, whatever becomes of this process."""
        if run.began:
            return
        run.began = True
        run.event.tries += 1
        run.event.refusals = 0
        seq, tries = run.event.seq, run.event.tries
        self._kept.write(lambda queue: queue.began(seq, tries))

    def _answered(self, run: _Run, future: asyncio.Future[Outcome]) -> None:
        if self._runs.pop(run.event.request_id, None) is None or future.cancelled():
            return  # stopped: what began is cut, and known as such by the next run
        self._listen()
        event, now = run.event, self._pace.now()
        error = future.exception()
        outcome = future.result() if error is None else None
        if isinstance(outcome, Answered):
            self._began(run)
            version, failed = outcome.executed_version, bool(outcome.error)
            response = Response(200, outcome.payload, version, failed)
            if not failed:
                self._over(event, GiveUp(Condition.SUCCESS), response)
            else:
                verdict = retry.after_error(event.tries, event.accepted_at, now, self._rules(event))
                self._over(event, verdict, response, f"{outcome.error}: {response.message}".rstrip(": "))
            return
        if isinstance(outcome, Refused) and outcome.reason == "Stopping":
            self._stopped = True  # the event stays as it is for the next run
            return
        if not isinstance(outcome, Refused):
            body = orjson.dumps({"message": f"{type(error or outcome).__name__}: {error or 'not for events'}"})
            outcome = Refused(event.request_id, 500, "ServiceException", body)
        event.refusals += 1
        verdict = retry.after_refusal(outcome, event.refusals, event.accepted_at, now, self._rules(event))
        self._over(event, verdict, Response(outcome.status, outcome.body), outcome.reason or outcome.code)
        if outcome.status == 429 and isinstance(verdict, Again):
            self._events.hold(event.function, verdict.at)

    def _cut(self, event: Waiting) -> None:
        """It ran when the devserve before this one ended."""
        verdict = retry.after_cut(event.tries, self._pace.now(), self._rules(event))
        why = "devserve ended while it ran"
        if isinstance(verdict, Again):
            self._again(event, verdict.at, None, why)
        else:
            self._end(event, verdict.condition, Response(500, _CUT))

    def _over(self, event: Waiting, verdict: Verdict, response: Response | None, why: str = "") -> None:
        """It is no longer under way."""
        self._events.back(event)
        match verdict:
            case Again(at=at):
                self._again(event, at, response, why)
            case GiveUp(condition=condition):
                self._end(event, condition, response, why)
        self._look_soon()

    def _again(self, event: Waiting, at: float, response: Response | None, why: str) -> None:
        event.next_at, event.running = at, False
        # A refusal says less than what the function answered before.
        kept = response if response is not None and response.version else None
        now = replace(event)  # it may be written later
        self._kept.write(lambda queue: queue.again(now, kept))
        self._events.add(event)
        self._moves.event(event, EventStep.RETRYING, at, why)

    def _end(self, event: Waiting, condition: Condition, response: Response | None, why: str = "") -> None:
        good = condition is Condition.SUCCESS
        self._known.pop(event.seq, None)
        said = "" if good else f"{condition}: {why}" if why else str(condition)
        self._moves.event(event, EventStep.DONE if good else EventStep.GIVEN_UP, why=said)
        self._kept.write(lambda queue: self._file_end(queue, event, condition, response))

    def _file_end(self, queue: EventQueue, event: Waiting, condition: Condition, response: Response | None) -> None:
        project = self._project
        function = project.function(event.function)
        config = self._around.config(event.function, event.qualifier)
        targets = (config.on_success, config.on_failure) if config is not None else ("", "")
        dead_letter = function.dead_letter if function is not None else ""
        made: tuple[Parcel, ...] = ()
        if targets[0] if condition is Condition.SUCCESS else targets[1] or dead_letter:
            invocation, kept = queue.event(event.seq)
            name = function.name if function is not None else event.function
            arn = function_arn(project.region, project.account, name, event.qualifier or LATEST)
            known = response if kept is None or (response is not None and response.version) else kept
            ended = Ended(
                event.request_id,
                name,
                arn,
                invocation.payload,
                condition,
                event.tries,
                self._wall(),
                known,
                invocation.trace_id,
            )
            made = parcels(ended, *targets, dead_letter, self._ids.uuid())
        for parcel in queue.ended(event, made):
            self._deliveries.add(parcel)

    def _rules(self, event: Waiting) -> Rules:
        return Rules.of(self._around.config(event.function, event.qualifier))

    def _here(self, parcel: Parcel) -> Invocation | None:
        """The invocation that sending it comes to, when its target is a function of this project."""
        start = function_arn(self._project.region, self._project.account, "")
        if not parcel.target.startswith(start):
            return None
        name, _, qualifier = parcel.target.removeprefix(start).partition(":")
        function = next((one for one in self._project.functions if one.name == name), None)
        if function is None:
            return None
        trace = self._around.onward(parcel.trace_id, function)
        if trace is None:
            raise Circular("the functions go round in a circle: Lambda stops a recursive loop")
        return Invocation(
            function.logical_id,
            parcel.body,
            self._ids.uuid(),
            arn=parcel.target,
            qualifier=qualifier or LATEST,
            trace_id=trace,
        )


def _forgotten(event: Waiting, queue: EventQueue) -> None:
    queue.ended(event, ())
