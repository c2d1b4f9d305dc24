from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.model.package import Package
from localstack_lite.sync.journal import Journal, stage_folder
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.release import Code, ReleaseState
from localstack_lite.sync.remote import RemoteResource
from localstack_lite.sync.running import Answer, Running
from tests.sync.scripted_cloud import package, released

MANIFEST = Manifest("stack-1", "2026", "bucket", (RemoteResource("A", "T", "p"),), {"": {}}, release=3)
RUNNING = Running(7, "t", 1.0, "ana@laptop", ("code of A",))
ANSWER = Answer(1.0, "shop-dev", "111122223333", "eu-west-2")


def journal(folder: Path, kept: int = 10) -> Journal:
    return Journal(stage_folder(folder, "dev"), kept=kept)


def zipped(folder: Path, content: str) -> Package:
    file = folder / f"{content}.zip"
    file.write_text(content)
    return replace(package("A", content), file=file)


def test_what_is_written_is_there_for_the_next_run(tmp_path: Path) -> None:
    first, second = journal(tmp_path), journal(tmp_path)
    first.write_manifest(MANIFEST)
    first.write_running(RUNNING)
    first.write_answer(ANSWER)
    first.write_release(released(3))
    assert second.manifest() == MANIFEST
    assert second.running() == RUNNING
    assert second.answer() == ANSWER
    assert second.release(3) == released(3)
    first.drop_running()
    assert second.running() is None


def test_looking_leaves_no_trace(tmp_path: Path) -> None:
    asked: list[str] = []
    looking = Journal(stage_folder(tmp_path, "dev"), lambda: asked.append("state folder"))
    assert looking.manifest() == Manifest()
    assert (looking.answer(), looking.running(), looking.releases(), looking.release(1)) == (None, None, (), None)
    looking.drop_running()
    assert looking.code("00") is None
    assert list(tmp_path.iterdir()) == []
    assert asked == []
    looking.write_answer(ANSWER)
    looking.write_manifest(MANIFEST)
    assert asked == ["state folder"]


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    one = journal(tmp_path)
    one.write_manifest(MANIFEST)
    one.write_release(released(1))
    assert stat.S_IMODE(one.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((one.folder / "manifest.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((one.folder / "releases" / "000001.json").stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"\xff\xfe", b'{"release": "x", "form": 1, "resources": 3}'])
def test_a_damaged_file_is_told_and_taken_as_not_there(tmp_path: Path, damage: bytes) -> None:
    one = journal(tmp_path)
    for name in ("manifest.json", "running.json", "stage.json", "releases/000001.json"):
        (one.make() / name).parent.mkdir(exist_ok=True)
        (one.folder / name).write_bytes(damage)
    assert one.manifest() == Manifest()
    assert (one.running(), one.answer(), one.releases()) == (None, None, ())
    found = one.damaged()
    assert len(found) == 4
    assert all(problem.warning and problem.hint for problem in found)
    assert one.damaged() == ()


def test_nothing_unfinished_is_left_beside_what_is_written(tmp_path: Path) -> None:
    one = journal(tmp_path)
    (one.make() / "manifest.json.part").write_text("half a manif")
    one.write_manifest(MANIFEST)
    assert [file.name for file in one.folder.iterdir()] == ["manifest.json"]


def test_code_of_a_release_is_kept_even_when_the_cache_forgets_it(tmp_path: Path) -> None:
    one, made = journal(tmp_path), zipped(tmp_path, "one")
    one.write_release(released(1, functions={"A": Code(made.sha256)}), [made])
    assert made.file is not None
    made.file.unlink()
    kept = one.code(made.hex)
    assert kept is not None
    assert kept.read_text() == "one"


def test_only_the_last_releases_and_their_code_are_kept(tmp_path: Path) -> None:
    one = journal(tmp_path, kept=2)
    made = [zipped(tmp_path, text) for text in ("one", "two", "three")]
    for number, each in enumerate(made, 1):
        functions = {"A": Code(each.sha256), "Image": Code("ab" * 32, image="repo@sha256:1")}
        one.write_release(released(number, functions=functions, state=ReleaseState.DONE), [each])
    assert [release.number for release in one.releases()] == [2, 3]
    assert [one.code(each.hex) is not None for each in made] == [False, True, True]


def test_a_stage_that_is_gone_leaves_nothing_but_the_lock(tmp_path: Path) -> None:
    one, made = journal(tmp_path), zipped(tmp_path, "one")
    one.write_manifest(MANIFEST)
    one.write_answer(ANSWER)
    one.write_running(RUNNING)
    one.write_release(released(1, functions={"A": Code(made.sha256)}), [made])
    (one.folder / "lock").touch()
    one.forget()
    assert [file.name for file in one.folder.iterdir()] == ["lock"]


def test_every_name_of_a_stage_has_a_folder_of_its_own(tmp_path: Path) -> None:
    names = ["dev", "..", ".", "a/b", "a%2Fb", "ü", "../../etc"]
    folders = [stage_folder(tmp_path, name) for name in names]
    assert all(folder.parent == tmp_path / "stages" for folder in folders)
    assert len({folder.name for folder in folders} - {".", ".."}) == len(names)
