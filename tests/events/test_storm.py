"""Random histories of events: functions that fail, throttles, minutes that pass, and kills at any moment.

Whatever happens, every accepted event runs, none more often than its retries allow, and each comes to one end.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localstack_lite.model.alias import EventInvoke
from localstack_lite.model.facts import EventMoved, EventStep
from localstack_lite.model.invocation import Invocation, Outcome
from tests.builders import function, invocation
from tests.events.desk import Desk, answered, failed, throttled

QUEUE = "arn:aws:sqs:us-east-1:123456789012:done"
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("accept"), st.sampled_from(["Hello", "Other"])),
        st.tuples(st.sampled_from(["succeed", "fail", "begin"]), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([0.5, 2.0, 61.0, 130.0])),
        st.tuples(st.sampled_from(["kill", "throttle", "destination", "slow"]), st.integers(0, 3)),
    ),
    max_size=30,
)


class Storm:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.accepted: list[str] = []
        self.free = 99
        desk.at_once_answer = self.room

    def room(self, one: Invocation) -> Outcome | None:
        return throttled(one.request_id) if len(self.desk.waiting) >= self.free else None

    async def step(self, kind: str, value: Any) -> None:
        desk = self.desk
        match kind:
            case "accept":
                request_id = f"r{len(self.accepted)}"
                desk.run.accept(invocation(request_id, function=value))
                self.accepted.append(request_id)
            case "begin" | "succeed" | "fail":
                self.function(kind, value)
            case "wait":
                await desk.after(value)
            case "kill":
                await desk.killed(float(value))
            case "throttle":
                self.free = value or 99
            case "destination":
                desk.unreachable = "nobody is there" if value else ""
            case "slow":
                desk.starts = value == 0
        await desk.settle()

    def function(self, kind: str, which: int) -> None:
        desk = self.desk
        for request_id in [one for one in desk.waiting if (one in desk.at_work) == (kind != "begin")][
            which : which + 1
        ]:
            if kind == "begin":
                desk.begin(invocation(request_id))
            else:
                desk.answer(answered(request_id) if kind == "succeed" else failed(request_id))

    async def ends(self) -> None:
        """Everything is there again, and there is time."""
        desk, self.free = self.desk, 99
        desk.unreachable, desk.starts = "", True
        for _ in range(200):
            for request_id in tuple(desk.waiting):
                if request_id not in desk.at_work:
                    desk.begin(invocation(request_id))
                desk.answer(answered(request_id))
            await desk.after(30.0)
            if not desk.run.pending():
                break
        assert desk.run.pending() == ()
        await desk.run.stop()


async def history(desk: Desk, steps: list[tuple[str, Any]]) -> list[str]:
    storm = Storm(desk)
    for kind, value in steps:
        await storm.step(kind, value)
    await storm.ends()
    return storm.accepted


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, retries=st.integers(0, 2))
def test_every_event_runs_and_none_more_often_than_it_may(steps: list[tuple[str, Any]], retries: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder), function("hello"), function("other"), at_once=4)
        for name in ("Hello", "Other"):
            desk.configs[name, "$LATEST"] = EventInvoke(retries=retries, on_success=QUEUE, on_failure=QUEUE)
        accepted = asyncio.run(history(desk, steps))
    runs = Counter(one.request_id for one in desk.began)
    assert runs.keys() == set(accepted)
    assert max(runs.values(), default=0) <= 1 + retries
    over = (EventStep.DONE, EventStep.GIVEN_UP)
    ends = Counter(one.request_id for one in desk.facts if isinstance(one, EventMoved) and one.step in over)
    assert ends == Counter(accepted)
    assert len(desk.sent) == len(accepted), "each is told to its destination once: no kill came in between"
