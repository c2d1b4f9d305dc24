"""A developer's machine for tests: its facts are kept, its clock is moved by hand, its person answers as told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack_lite.model.facts import Fact, ProblemFound
from localstack_lite.model.push_facts import PlanMade, Pushed, StepMoved
from localstack_lite.model.stage import Stage
from localstack_lite.sync.journal import Journal, stage_folder
from localstack_lite.sync.site import Site
from tests.sync.scripted_cloud import REGION, Ended, ScriptedCloud

STAGE = Stage("dev", "shop-dev", region=REGION)


@dataclass
class Desk:
    """`answers` are given to questions in their order, then no; `asked` are the questions with their details."""

    cloud: ScriptedCloud
    folder: Path
    stage: Stage = STAGE
    who: str = "ana@laptop"
    clock: float = 100_000.0
    answers: list[bool] = field(default_factory=list)
    asked: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    runs: int = 0

    def site(self) -> Site:
        """As a new process has it."""
        self.runs += 1
        self.facts.clear()
        self.asked.clear()
        self.cloud.restart()
        journal = Journal(stage_folder(self.folder, self.stage.name))
        return Site(
            self.stage,
            REGION,
            self.cloud.reader,
            self.cloud.writer,
            journal,
            self.facts.append,
            self.confirm,
            self.now,
            self.who,
            f"{self.who} run {self.runs}",
        )

    def now(self) -> float:
        return self.clock

    def confirm(self, question: str, details: Sequence[str] = ()) -> bool:
        self.asked.append((question, tuple(details)))
        return self.answers.pop(0) if self.answers else False

    @contextmanager
    def killed(self, call: int, *, after: bool = False) -> Iterator[None]:
        """The program is killed at that call: whatever it does after it is lost, in its folder too."""
        then = self.folder.with_name("as it was")

        def death() -> None:
            shutil.copytree(self.folder, then)

        self.cloud.death = death
        self.cloud.fail(call, Ended(), after=after)
        try:
            yield
        except Ended:
            shutil.rmtree(self.folder)
            then.rename(self.folder)

    def told(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.facts if isinstance(fact, kind)]

    @property
    def problems(self) -> list[str]:
        return [fact.problem.what for fact in self.told(ProblemFound)]

    @property
    def plan(self) -> list[str]:
        """The last one, a step each."""
        made: PlanMade = self.told(PlanMade)[-1]
        return [f"{step.kind} {step.subject}" for step in made.steps]

    @property
    def end(self) -> Pushed:
        (pushed,) = self.told(Pushed)
        assert isinstance(pushed, Pushed)
        return pushed

    @property
    def moves(self) -> list[str]:
        return [f"{fact.subject} {fact.state}" for fact in self.told(StepMoved)]
