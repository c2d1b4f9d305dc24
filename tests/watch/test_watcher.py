"""The watcher's rules, with a source that the test plays; real files where content matters."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from localstack_lite.model.change import ChangeKind, FileChange
from localstack_lite.model.project import Problem
from localstack_lite.watch.source import Emit, Refused, Targets
from localstack_lite.watch.watcher import Watcher, digest, unchanged_since
from tests.watch.eyes import Eyes, until

C, M, D, T = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED, ChangeKind.TOUCHED


class Stage:
    """A source that reports what the test says, and may refuse to watch."""

    def __init__(self, refusal: OSError | None = None) -> None:
        self.refusal = refusal
        self.targets = Targets()
        self.closed = False

    def watch(self, targets: Targets, emit: Emit, refused: Refused) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.targets, self.emit, self.refuse = targets, emit, refused

    def close(self) -> None:
        self.closed = True


def play(story: Callable[[], Coroutine[None, None, None]]) -> None:
    asyncio.run(story())


def test_a_burst_is_one_notification(tmp_path: Path) -> None:
    stage, eyes = Stage(), Eyes()

    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: stage)
        watcher.start((tmp_path,), eyes.notify)
        for name in ("b.py", "a.py", "b.py"):
            stage.emit(M, str(tmp_path / name))
        await until(lambda: bool(eyes.batches), "a batch")
        watcher.stop()

    play(story)
    assert eyes.batches == [(FileChange(M, tmp_path / "a.py"), FileChange(M, tmp_path / "b.py"))]


def test_what_is_ignored_is_dropped_unless_it_is_watched_alone(tmp_path: Path) -> None:
    stage, eyes = Stage(), Eyes()
    (tmp_path / "build").mkdir()
    stack = tmp_path / "build" / "stack.json"
    stack.touch()

    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: stage)
        watcher.start((tmp_path, stack), eyes.notify)
        for path in (stack, tmp_path / "build" / "x.py", tmp_path / "x.pyc", Path("/elsewhere/x.py")):
            stage.emit(M, str(path))
        await eyes.see(stack)
        watcher.stop()

    play(story)
    assert eyes.batches == [(FileChange(M, stack),)]
    assert stage.targets == Targets(frozenset({str(tmp_path)}), frozenset({str(stack)}))


def test_what_is_not_there_is_waited_for_only_where_no_watched_folder_tells_of_it(tmp_path: Path) -> None:
    stage = Stage()
    root, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    root.mkdir()
    ignored = root / "node_modules" / "template.yaml"

    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: stage)
        watcher.start((root, root / "devserve.toml", root / "src" / "new", ignored, elsewhere), lambda _: None)
        watcher.stop()

    play(story)
    assert stage.targets.trees == {str(root), str(ignored), str(elsewhere)}


def test_a_file_that_was_not_there_is_told_when_it_is_created(tmp_path: Path) -> None:
    eyes = Eyes()
    settings, code = tmp_path / "devserve.toml", tmp_path / "src" / "app.py"

    async def story() -> None:
        watcher = Watcher([].append, poll=False)
        watcher.start((tmp_path, settings, code.parent), eyes.notify)
        settings.write_text("", encoding="utf-8")
        code.parent.mkdir()
        code.write_text("", encoding="utf-8")
        await eyes.see(settings, C)
        await eyes.see(code, C)
        watcher.stop()

    play(story)


def test_loaded_files_in_ignored_places_are_watched_too(tmp_path: Path) -> None:
    stage = Stage()

    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: stage)
        watcher.start((tmp_path,), Eyes().notify)
        watcher.also([str(tmp_path / "app.py"), str(tmp_path / "dist" / "gen.py"), "/opt/lib/x.py"])
        watcher.stop()

    play(story)
    assert stage.targets.files == {str(tmp_path / "dist" / "gen.py"), "/opt/lib/x.py"}


def test_a_save_without_a_change_is_a_touch(tmp_path: Path) -> None:
    stage, eyes = Stage(), Eyes()
    app = tmp_path / "app.py"

    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: stage)
        watcher.start((tmp_path,), eyes.notify)
        for content, expected in (("1", M), ("1", T), ("2", M)):
            app.write_text(content)
            stage.emit(M, str(app))
            await eyes.see(app, expected)
            eyes.forget()
        watcher.stop()

    play(story)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EMFILE])
def test_at_the_systems_limit_files_are_polled_with_one_warning(tmp_path: Path, code: int) -> None:
    stage, eyes, warnings = Stage(OSError(code, "limit")), Eyes(), list[Problem]()

    async def story() -> None:
        watcher = Watcher(warnings.append, poll=False, source=lambda: stage)
        watcher.start((tmp_path,), eyes.notify)
        (tmp_path / "app.py").write_text("1")
        await eyes.see(tmp_path / "app.py")
        watcher.start((tmp_path,), eyes.notify)
        watcher.stop()

    play(story)
    assert [(problem.where, problem.warning) for problem in warnings] == [("file watch", True)]
    assert stage.closed


def test_a_limit_reached_later_is_the_same(tmp_path: Path) -> None:
    stage, eyes, warnings = Stage(), Eyes(), list[Problem]()

    async def story() -> None:
        watcher = Watcher(warnings.append, poll=False, source=lambda: stage)
        watcher.start((tmp_path,), eyes.notify)
        stage.refuse(OSError(errno.ENOSPC, "limit"))
        (tmp_path / "app.py").write_text("1")
        await eyes.see(tmp_path / "app.py")
        watcher.stop()

    play(story)
    assert len(warnings) == 1


def test_other_errors_are_not_hidden(tmp_path: Path) -> None:
    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: Stage(OSError(errno.EIO, "broken")))
        with pytest.raises(OSError, match="broken"):
            watcher.start((tmp_path,), Eyes().notify)

    play(story)


def test_nothing_is_notified_after_stop(tmp_path: Path) -> None:
    stage, eyes = Stage(), Eyes()

    async def story() -> None:
        watcher = Watcher([].append, poll=False, source=lambda: stage)
        watcher.start((tmp_path,), eyes.notify)
        stage.emit(M, str(tmp_path / "app.py"))
        watcher.stop()
        stage.emit(M, str(tmp_path / "app.py"))
        await asyncio.sleep(0.05)

    play(story)
    assert eyes.batches == []
    assert stage.closed


def test_only_what_nobody_changed_since_the_start_is_learned(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("1")
    changed = (tmp_path / "app.py").stat().st_ctime
    targets = Targets(frozenset({str(tmp_path)}))
    assert unchanged_since(changed, targets) == {}
    assert unchanged_since(changed + 1, targets) == {str(tmp_path / "app.py"): digest(str(tmp_path / "app.py"))}


def test_a_digest_is_of_the_content_and_of_regular_files_only(tmp_path: Path) -> None:
    import os

    for name in ("a", "b"):
        (tmp_path / name).write_text("same")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_bytes(b"x" * (1 << 20) + b"x")
    assert digest(str(tmp_path / "a")) == digest(str(tmp_path / "b")) is not None
    assert [digest(str(tmp_path / name)) for name in ("pipe", "large", "missing", ".")] == [None] * 4
