"""The whole watch with real files, as editors and tools write them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.watcher import TICK, Watcher
from tests.watch.eyes import Eyes, until

pytestmark = pytest.mark.live

C, M, D, T = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED, ChangeKind.TOUCHED
Story = Callable[[Path, Eyes], Coroutine[None, None, None]]


def write(path: Path) -> None:
    path.write_text("2")


def rename_over(path: Path) -> None:
    (path.parent / ".app.py.tmp").write_text("2")
    os.replace(path.parent / ".app.py.tmp", path)


def keep_backup(path: Path) -> None:
    path.rename(path.parent / "app.py~")
    path.write_text("2")
    (path.parent / "app.py~").unlink()


def delete_and_create(path: Path) -> None:
    path.unlink()
    path.write_text("2")


@pytest.mark.parametrize("poll", [False, True], ids=["native", "poll"])
@pytest.mark.parametrize("save", [write, rename_over, keep_backup, delete_and_create])
def test_every_way_of_saving_is_one_change_of_one_file(
    tmp_path: Path, save: Callable[[Path], None], poll: bool
) -> None:
    app = tmp_path / "app.py"
    app.write_text("1")
    eyes = Eyes()

    async def story() -> None:
        watcher = Watcher([].append, poll=poll)
        watcher.start((tmp_path,), eyes.notify)
        save(app)
        await eyes.see(app, C, M)
        watcher.stop()

    asyncio.run(story())
    assert [[change.path for change in batch] for batch in eyes.batches] == [[app]]


def test_a_checkout_of_500_files_is_few_batches_and_complete(tmp_path: Path) -> None:
    eyes = Eyes()
    files = [tmp_path / f"src{number % 20}" / f"m{number}.py" for number in range(500)]

    async def story() -> None:
        watcher = Watcher([].append, poll=False)
        watcher.start((tmp_path,), eyes.notify)
        for file in files:
            file.parent.mkdir(exist_ok=True)
            file.write_text("1")
        await until(lambda: {path for _, path in eyes.events} >= set(map(str, files)), "all of them")
        watcher.stop()

    asyncio.run(story())
    assert len(eyes.batches) < 20


def test_a_project_deleted_and_checked_out_again_keeps_being_watched(tmp_path: Path) -> None:
    root, eyes = tmp_path / "shop", Eyes()
    (root / "src").mkdir(parents=True)
    app = root / "src" / "app.py"
    app.write_text("1")

    async def story() -> None:
        watcher = Watcher([].append, poll=False)
        watcher.start((root,), eyes.notify)
        shutil.rmtree(root)
        await eyes.see(app, D)
        app.parent.mkdir(parents=True)
        app.write_text("2")
        await eyes.see(app, C, M)
        eyes.forget()
        app.write_text("3")
        await eyes.see(app, M)
        watcher.stop()

    asyncio.run(story())


def test_touching_and_caches_notify_nobody(tmp_path: Path) -> None:
    eyes, app = Eyes(), tmp_path / "app.py"
    app.write_text("1")

    async def story() -> None:
        watcher = Watcher([].append, poll=False)
        watcher.start((tmp_path,), eyes.notify)
        os.utime(app)
        for name in (".git/index", "__pycache__/app.pyc", "node_modules/a/i.js", ".venv/pyvenv.cfg", "app.py.swp"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text("1")
        (tmp_path / "last.py").write_text("1")
        await eyes.see(tmp_path / "last.py")
        watcher.stop()

    asyncio.run(story())
    assert {path for _, path in eyes.events} == {str(tmp_path / "last.py")}


def test_a_save_that_changes_nothing_is_known_without_any_save_before(tmp_path: Path) -> None:
    eyes, app = Eyes(), tmp_path / "app.py"
    app.write_text("1")

    async def story() -> None:
        await until(lambda: time.time() > app.stat().st_ctime + 2 * TICK, "the file is older than the watch")
        watcher = Watcher([].append, poll=False, learn_after=0.0)
        watcher.start((tmp_path,), eyes.notify)
        await until(lambda: watcher.learned, "what is there has been read")
        app.write_text("1")
        await eyes.see(app)
        watcher.stop()

    asyncio.run(story())
    assert eyes.events == [(T, str(app))]


OWN_OUTPUT = """
import asyncio, sys
from pathlib import Path
from localstack_lite.watch.watcher import Watcher

async def main(folder):
    seen, saved = [], asyncio.Event()
    def notify(changes):
        seen.extend(change.path.name for change in changes)
        if "app.py" in seen:
            saved.set()
    watcher = Watcher([].append, poll=False)
    watcher.start((folder,), notify)
    for number in range(20):
        print("request", number, flush=True)
        await asyncio.sleep(0.01)
    (folder / "app.py").write_text("2")
    await asyncio.wait_for(saved.wait(), 10)
    watcher.stop()
    print(sorted(set(seen)), file=sys.stderr)

asyncio.run(main(Path(sys.argv[1])))
"""


def test_what_devserve_prints_into_a_file_of_the_project_is_no_save(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w") as out:
        ran = subprocess.run(
            [sys.executable, "-c", OWN_OUTPUT, str(tmp_path)],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=True,
            cwd=Path(__file__).parents[2],
        )
    assert ran.stderr == "['app.py']\n"
    assert (tmp_path / "out.txt").read_text().count("request") == 20
