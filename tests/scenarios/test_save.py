"""The second walk: from a saved file to the new code, without a request lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from localstack_lite.errors import UserError
from localstack_lite.model.change import ChangeKind, FileChange
from localstack_lite.model.facts import Fact, ProblemFound, ProjectRejected, Reloaded
from localstack_lite.model.project import Problem, Project
from localstack_lite.sandbox.scripted import Fail, Hang, Loaded, Respond, Scripted, Step
from tests.builders import ROOT, api, function, project
from tests.scenarios.stage import Stage, play

A = function("a", timeout=3)
B = function("b", timeout=3)
PAIR = project(A, B, api("GET /a -> a", "GET /b -> b"), source=ROOT / "template.yaml", inputs=(ROOT / "template.yaml",))


def ok(_: Scripted) -> list[Step]:
    return [Respond(b'{"statusCode": 200}')]


def loads_its_own_file(given: Scripted) -> list[Step]:
    name = given.spec.environ["AWS_LAMBDA_FUNCTION_NAME"]
    return [Loaded((str(ROOT / f"{name}.py"), str(ROOT / "shared.py")))]


def saved(*names: str) -> tuple[FileChange, ...]:
    return tuple(FileChange(ChangeKind.MODIFIED, ROOT / name) for name in names)


def names_started(stage: Stage) -> list[str]:
    return [spec.environ["AWS_LAMBDA_FUNCTION_NAME"] for spec in stage.sandbox.started]


def test_a_save_replaces_only_the_functions_that_loaded_the_file() -> None:
    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file)
        await stage.request("/a")
        await stage.request("/b")
        stage.app.changed(saved("a.py"))
        await stage.settle()
        assert names_started(stage) == ["a", "b", "a"], "the replacement starts before it is asked for"
        assert len(stage.sandbox.running) == 2
        (told,) = stage.told(Reloaded)
        assert (told.functions, told.files) == (("a",), ("a.py",))
        await stage.request("/a")
        assert len(stage.sandbox.started) == 3
        await stage.app.stop()

    play(story)


def test_a_shared_file_replaces_both() -> None:
    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file)
        await stage.request("/a")
        await stage.request("/b")
        stage.app.changed(saved("shared.py"))
        await stage.settle()
        assert names_started(stage)[2:] == ["a", "b"]
        await stage.app.stop()

    play(story)


def test_a_file_that_nobody_loaded_changes_nothing() -> None:
    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file)
        await stage.request("/a")
        stage.app.changed(saved("notes.py"))
        await stage.settle()
        assert len(stage.sandbox.started) == 1
        assert stage.told(Reloaded) == []
        await stage.app.stop()

    play(story)


def test_a_request_in_flight_finishes_on_the_old_code_and_the_next_gets_the_new() -> None:
    scripts = iter([[Hang()], ok(None)])  # type: ignore[arg-type]

    async def story() -> None:
        stage = Stage(PAIR, lambda given: next(scripts), loads_its_own_file)
        first = stage.start(stage.request("/a"))
        await stage.settle()
        stage.app.changed(saved("a.py"))
        await stage.settle()
        assert not first.done()
        assert len(stage.sandbox.running) == 2
        assert (await stage.request("/a")).status == 200
        await stage.advance(3)
        assert (await first).status == 500, "it ran into its own timeout, on the old code"
        await stage.settle()
        assert len(stage.sandbox.running) == 1
        await stage.app.stop()

    play(story)


def test_a_broken_save_answers_with_its_error_and_the_next_good_one_heals() -> None:
    broken = [Fail(b'{"errorMessage":"bad","errorType":"SyntaxError","requestId":""}', "Runtime.UserCodeSyntaxError")]
    state = {"broken": False}

    async def story() -> None:
        stage = Stage(PAIR, ok, lambda given: broken if state["broken"] else loads_its_own_file(given))
        assert (await stage.request("/a")).status == 200
        state["broken"] = True
        stage.app.changed(saved("a.py"))
        await stage.settle()
        assert (await stage.request("/a")).status == 500
        state["broken"] = False
        stage.app.changed(saved("a.py"))
        await stage.settle()
        assert (await stage.request("/a")).status == 200
        await stage.app.stop()

    play(story)


def test_a_saved_template_is_read_again_and_its_new_route_answers() -> None:
    more = replace(PAIR, apis=(api("GET /a -> a", "GET /new -> b"),))

    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file, read=lambda: more)
        assert (await stage.request("/new")).status == 404
        stage.app.changed(saved("template.yaml"))
        await wait_for(stage, Reloaded)
        assert (await stage.request("/new")).status == 200
        assert (await stage.request("/b")).status == 404
        assert stage.told(Reloaded)[0].reread
        await stage.app.stop()

    play(story)


def test_a_function_whose_configuration_changed_is_replaced_and_others_are_not() -> None:
    bigger = replace(PAIR, functions=(replace(A, memory=512), B))

    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file, read=lambda: bigger)
        await stage.request("/a")
        await stage.request("/b")
        stage.app.changed(saved("template.yaml"))
        await wait_for(stage, Reloaded)
        assert names_started(stage) == ["a", "b", "a"]
        assert stage.sandbox.started[-1].memory == 512
        await stage.app.stop()

    play(story)


def test_a_broken_template_keeps_the_old_project_and_shows_the_problem() -> None:
    def read() -> Project:
        raise UserError("template.yaml:3", "bad indentation", "check it")

    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file, read=read)
        stage.app.changed(saved("template.yaml"))
        await wait_for(stage, ProjectRejected)
        (told,) = stage.told(ProjectRejected)
        assert (told.where, told.what) == ("template.yaml:3", "bad indentation")
        assert (await stage.request("/a")).status == 200
        await stage.app.stop()

    play(story)


def test_only_new_problems_are_told_after_a_template_was_read_again() -> None:
    known, new = Problem("t:1", "known"), Problem("t:2", "new")

    async def story() -> None:
        before = replace(PAIR, problems=(known,))
        stage = Stage(before, ok, loads_its_own_file, read=lambda: replace(PAIR, problems=(known, new)))
        stage.app.changed(saved("template.yaml"))
        await wait_for(stage, Reloaded)
        assert [fact.problem for fact in stage.told(ProblemFound)] == [new]
        await stage.app.stop()

    play(story)


def test_a_function_that_left_the_template_leaves_with_its_environments() -> None:
    async def story() -> None:
        stage = Stage(PAIR, ok, loads_its_own_file, read=lambda: project(B, api("GET /b -> b")))
        await stage.request("/a")
        stage.app.changed(saved("template.yaml"))
        await wait_for(stage, Reloaded)
        await stage.settle()
        assert stage.sandbox.running == []
        await stage.app.stop()

    play(story)


async def wait_for(stage: Stage, kind: type[Fact]) -> None:
    """Reading a project again happens on a thread: wait until its fact is there."""
    async with asyncio.timeout(10):
        await stage.heard(kind)
    await stage.settle()
