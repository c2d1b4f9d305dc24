"""What is built before it runs: a save builds first and takes over then, and what does not build goes on as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from localstack_lite.model.change import ChangeKind, FileChange
from localstack_lite.model.facts import ProblemFound, Progress, Reloaded
from localstack_lite.model.function import Build, Function
from localstack_lite.model.project import Problem
from localstack_lite.sandbox.scripted import Respond, Scripted, Step
from tests.builders import ROOT, api, function, project
from tests.scenarios.stage import Stage, play

PLAIN = function("plain", timeout=3)
TYPED = replace(
    function("typed", timeout=3),
    code=replace(function("typed").code, folder=ROOT / ".devserve" / "typed", build=Build("esbuild", ROOT / "ts")),
)
PAIR = project(PLAIN, TYPED, api("GET /plain -> plain", "GET /typed -> typed"), source=ROOT / "template.yaml")


class Carpenter:
    """A `ports.Builder` that builds by saying so."""

    def __init__(self, *broken: str) -> None:
        self.built: list[tuple[str, ...]] = []
        self.broken = set(broken)

    def needs(self, function: Function) -> bool:
        return function.code.build is not None

    def close(self) -> None: ...

    def build(
        self, functions: Sequence[Function], told: Callable[[str, str, float | None, bool], None]
    ) -> Sequence[Problem]:
        names = tuple(function.name for function in functions)
        self.built.append(names)
        told("build", "done", None, True)
        return [Problem(name, "does not build", subject=name.title()) for name in names if name in self.broken]


def ok(_: Scripted) -> list[Step]:
    return [Respond(b'{"statusCode": 200}')]


def saved(path: Path) -> tuple[FileChange, ...]:
    return (FileChange(ChangeKind.MODIFIED, path),)


async def until(stage: Stage, true: Callable[[], object]) -> None:
    """A build runs on a thread: wait for what it leads to."""
    async with asyncio.timeout(10):
        while not true():
            await stage.settle()
            await asyncio.sleep(0.001)


def test_a_save_of_a_source_builds_it_and_then_replaces_its_environment() -> None:
    async def story() -> None:
        carpenter = Carpenter()
        stage = Stage(PAIR, ok, build=carpenter)
        await stage.request("/typed")
        stage.app.changed(saved(ROOT / "ts" / "app.ts"))
        await until(stage, lambda: stage.told(Reloaded))
        assert carpenter.built == [("typed",)]
        assert stage.sandbox.prepared == [("Typed",)]
        assert [fact.task for fact in stage.told(Progress)] == ["build"]
        assert [spec.function for spec in stage.sandbox.started] == ["Typed", "Typed"]
        await stage.app.stop()

    play(story)


def test_what_does_not_build_is_told_and_the_old_code_goes_on() -> None:
    async def story() -> None:
        stage = Stage(PAIR, ok, build=Carpenter("typed"))
        await stage.request("/typed")
        stage.app.changed(saved(ROOT / "ts" / "app.ts"))
        await until(stage, lambda: stage.told(ProblemFound))
        await stage.settle()
        assert stage.told(ProblemFound)[0].problem.what == "does not build"
        assert stage.told(Reloaded) == []
        assert (await stage.request("/typed")).status == 200
        assert len(stage.sandbox.started) == 1
        await stage.app.stop()

    play(story)


def test_a_save_of_code_that_is_run_as_it_is_builds_nothing() -> None:
    async def story() -> None:
        carpenter = Carpenter()
        stage = Stage(PAIR, ok, build=carpenter)
        await stage.request("/plain")
        stage.app.changed(saved(PLAIN.code.folder / "app.py"))
        await stage.settle()
        assert carpenter.built == []
        assert stage.sandbox.prepared == []
        assert len(stage.sandbox.started) == 2
        await stage.app.stop()

    play(story)


def test_a_function_that_is_new_in_the_template_is_got_ready_before_it_is_served() -> None:
    async def story() -> None:
        carpenter = Carpenter()
        before = project(PLAIN, api("GET /plain -> plain"), source=ROOT / "t.yaml", inputs=(ROOT / "t.yaml",))
        stage = Stage(before, ok, build=carpenter, read=lambda: PAIR)
        stage.app.changed(saved(ROOT / "t.yaml"))
        await until(stage, lambda: stage.told(Reloaded))
        assert carpenter.built == [("typed",)]
        assert stage.sandbox.prepared == [("Typed",)]
        assert (await stage.request("/typed")).status == 200
        await stage.app.stop()

    play(story)
