"""The shell of schedules: waits for what is due and hands it to the queue of asynchronous invocations, as AWS does.

Time is the wall clock's, because a laptop that sleeps stops the other one; so no wait is longer than `LOOK` seconds,
and what should have run meanwhile is told.
"""

from __future__ import annotations

from collections.abc import Callable

from localstack_lite.events import schedule_event
from localstack_lite.events.schedule_event import Occasion
from localstack_lite.events.timetable import Run, Timetable, due, timetable
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.facts import ProblemFound, ScheduleFired
from localstack_lite.model.invocation import Invocation
from localstack_lite.model.project import Problem, Project
from localstack_lite.model.trigger import Schedule
from localstack_lite.ports import Accept, Clock, Ids, Publish, Timer

#: The longest wait, in seconds, until the clock on the wall is looked at again.
LOOK = 20.0
_BY_HAND = "run it now with POST /_devserve/api/schedules/{}/run at the Lambda port"


class Clockwork:
    """Runs the schedules of a project. All calls are made on the event loop's thread and return at once.

    `wall` is the time of day (`time.time`), which goes on while the machine sleeps; without it, `clock` counts. With
    `enabled` false nothing is ever due, and all can be fired by hand."""

    def __init__(
        self,
        project: Project,
        accept: Accept,
        publish: Publish,
        clock: Clock,
        ids: Ids,
        enabled: bool = True,
        *,
        wall: Callable[[], float] | None = None,
    ) -> None:
        self._project = project
        self._accept = accept
        self._publish = publish
        self._clock = clock
        self._ids = ids
        self._enabled = enabled
        self._wall = wall or clock.now
        self._table: Timetable | None = None
        self._timer: Timer | None = None

    def start(self) -> None:
        """From now on what is due runs; rates begin to count."""
        if self._enabled and self._table is None:
            self._table = timetable(self._project.schedules, self._wall())
            self._wait()

    def swap(self, project: Project) -> None:
        """The project was read again: schedules that did not change keep their time."""
        self._project = project
        if self._table is not None:
            self._table = timetable(project.schedules, self._wall(), self._table)
            self._wait()

    def stop(self) -> None:
        """Nothing runs any more. What was invoked goes on."""
        self._table = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def fire(self, name: str, at: float | None = None) -> tuple[str, ...]:
        """Run it now by hand, also when it is disabled; `at` is the time that its event tells. The request ids: a rule
        with several targets is a schedule for each. A LookupError, with the known names, when there is none."""
        named = [schedule for schedule in self._project.schedules if schedule.name == name]
        if not named:
            known = ", ".join(sorted({schedule.name for schedule in self._project.schedules}))
            raise LookupError(f"there is no schedule {name!r}; this project has {known or 'none'}")
        time = self._wall() if at is None else at
        next_of = self._table.next_of if self._table is not None else lambda _: None
        return tuple(self._run(Run(schedule, time, next_of(schedule)), by_hand=True) for schedule in named)

    def upcoming(self) -> tuple[tuple[Schedule, float | None], ...]:
        """Every schedule with its next run in epoch seconds; None: it is disabled, over, or schedules are off."""
        if self._table is None:
            return tuple((schedule, None) for schedule in self._project.schedules)
        return tuple((entry.schedule, entry.next_at) for entry in self._table.entries)

    def _wait(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._table is not None and (at := self._table.next_at) is not None:
            self._timer = self._clock.call_later(min(max(at - self._wall(), 0.0), LOOK), self._look)

    def _look(self) -> None:
        self._timer = None
        if self._table is None:
            return
        runs, self._table = due(self._table, self._wall())
        for run in runs:
            if run.missed:
                self._tell_missed(run)
            else:
                self._run(run)
        self._wait()

    def _run(self, run: Run, by_hand: bool = False) -> str:
        """The request id; nothing is invoked, and that is told, when what the function would get is no JSON."""
        schedule, project = run.schedule, self._project
        occasion = Occasion(run.at, self._ids.uuid(), self._ids.hex(16), project.region, project.account)
        request_id = self._ids.uuid()
        try:
            payload = schedule_event.payload(schedule, occasion)
        except ValueError:
            what = f"{schedule.name}: what its input makes for {schedule.function} is not JSON"
            self._tell(schedule, what, "Lambda takes only JSON; nothing was invoked")
            return request_id
        function = project.function(schedule.function)
        name = function.name if function is not None else schedule.function
        invocation = Invocation(
            schedule.function,
            payload,
            request_id,
            arn=function_arn(project.region, project.account, name, schedule.qualifier),
            qualifier=schedule.qualifier or LATEST,
            trace_id=f"Root=1-{int(run.at):08x}-{self._ids.hex(24)};Parent={self._ids.hex(16)};Sampled=0",
        )
        fired = ScheduleFired(
            self._clock.now(), schedule.name, schedule.function, schedule.expression, request_id, by_hand, run.next_at
        )
        self._publish(fired)
        try:
            self._accept(invocation)
        except OSError as error:
            self._tell(schedule, f"{schedule.name} does not run: its event cannot be kept: {error}", "make room for it")
        return request_id

    def _tell_missed(self, run: Run) -> None:
        what = f"{run.schedule.name}: its run of {schedule_event.stamp(run.at)} was missed while this machine slept"
        self._tell(run.schedule, what, _BY_HAND.format(run.schedule.name))

    def _tell(self, schedule: Schedule, what: str, hint: str) -> None:
        where = schedule.where or schedule.name
        self._publish(ProblemFound(self._clock.now(), Problem(where, what, hint, schedule.name, warning=True)))
