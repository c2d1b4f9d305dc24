"""What was published outlasts the process."""

from __future__ import annotations

import asyncio
import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.published import NOTHING, Kept, KeptAlias, OfFunction, OfLayer, UrlConfig, Version
from localstack_lite.lambdas.shelf import LARGEST, Shelf, looks_secret, unpack
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.alias import Alias
from localstack_lite.model.api import Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.function import Code, Function
from localstack_lite.model.project import Project
from tests.builders import function


def hello(root: Path, **changes: object) -> Function:
    (root / "app.py").write_text("x")
    return replace(function("hello"), code=Code(root), **changes)  # type: ignore[arg-type]


def published(shelf: Shelf, one: Function) -> Kept:
    """Version 1 of a function, on the shelf."""

    async def publish() -> Kept:
        copied = await shelf.copy(one, "1")
        kept = NOTHING.with_function("Hello", OfFunction(1, {"1": Version(copied, CodeFacts(1, "s", 0.5), "c", "r")}))
        await shelf.save(lambda: kept)
        return kept

    return asyncio.run(publish())


def load(root: Path, *functions: Function, apis: tuple[Api, ...] = ()) -> tuple[Kept, list[str]]:
    kept, problems = Shelf(root).load(Project(root, functions, apis))
    assert all(problem.warning for problem in problems)
    return kept, [problem.what for problem in problems]


def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    one = hello(tmp_path, environment={"STAGE": "blue"})
    kept = published(Shelf(tmp_path), one)
    assert load(tmp_path, replace(one, environment={"STAGE": "green"}), apis=()) == (kept, [])


def test_at_first_there_is_nothing(tmp_path: Path) -> None:
    assert load(tmp_path) == (NOTHING, [])
    assert not (tmp_path / ".devserve").exists(), "looking writes nothing"


def test_secrets_are_not_written_and_come_from_the_project_again(tmp_path: Path) -> None:
    secrets = {"DB_PASSWORD": "hunter2", "DATABASE_URL": "postgres://u:hunter2@db/x"}
    one = hello(tmp_path, environment={"STAGE": "blue", **secrets})
    kept = published(Shelf(tmp_path), one)
    written = tmp_path / ".devserve" / "lambda" / "published.json"
    assert "hunter2" not in written.read_text()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert load(tmp_path, one) == (kept, [])


def test_adapters_are_the_project_s_of_today(tmp_path: Path) -> None:
    old = Adapter(AppKind.WSGI, "app:app", "old", (tmp_path,))
    one = hello(tmp_path, adapter=old)
    published(Shelf(tmp_path), one)
    kept, _ = load(tmp_path, replace(one, adapter=replace(old, name="new")))
    adapter = kept.of("Hello").versions["1"].function.adapter
    assert adapter is not None
    assert (adapter.name, adapter.folders) == ("new", (tmp_path / ".devserve/lambda/code/Hello/1/code",))


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"[]", b"null", b'{"format": 9}', b'{"format": 1, "functions": 3}', b"\xff", b"[" * 100_000],
    ids=range(8),
)
def test_a_broken_file_is_put_aside_and_told_and_everything_begins_anew(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / ".devserve" / "lambda" / "published.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(text)
    kept, problems = load(tmp_path)
    assert kept == NOTHING
    assert len(problems) == 1
    assert "cannot be read" in problems[0]
    assert (not file.exists(), file.with_suffix(".broken").read_bytes()) == (True, text)
    assert load(tmp_path) == (NOTHING, []), "it is told once"


def test_a_version_whose_code_was_deleted_is_told_and_its_number_stays_taken(tmp_path: Path) -> None:
    one = hello(tmp_path)
    kept = published(Shelf(tmp_path), one)
    copy = kept.of("Hello").versions["1"].function.code.folder
    (copy / "app.py").unlink()
    copy.rmdir()
    again, problems = load(tmp_path, one)
    assert (again.of("Hello").versions, again.of("Hello").last) == ({}, 1)
    assert len(problems) == 1
    assert "version 1 of hello is gone" in problems[0]


def test_a_start_is_a_deployment_what_is_declared_goes_first(tmp_path: Path) -> None:
    made = KeptAlias(Alias("live", "1"), "r")
    of = OfFunction(
        aliases={"live": made, "own": made, "gone": None},
        urls={"": UrlConfig("NONE", 1, 1), "own": UrlConfig("NONE", 1, 1), "gone": None},
    )
    asyncio.run(Shelf(tmp_path).save(lambda: NOTHING.with_function("Hello", of)))
    url = Api("U", "u", ApiKind.FUNCTION_URL, (Route("ANY", "$default", LambdaProxy("Hello")),))
    kept, _ = load(tmp_path, hello(tmp_path, aliases=(Alias("live"), Alias("gone"))), apis=(url,))
    assert list(kept.of("Hello").aliases) == ["own"]
    assert list(kept.of("Hello").urls) == ["own"]


def test_functions_that_are_not_in_the_project_now_keep_what_they_have(tmp_path: Path) -> None:
    kept = published(Shelf(tmp_path), hello(tmp_path))
    assert load(tmp_path) == (kept, [])


def test_the_one_who_writes_last_has_the_latest(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    states = [NOTHING.with_layer("l", OfLayer(number)) for number in range(3)]
    current = list(states)

    async def save_all() -> None:
        await asyncio.gather(*(shelf.save(lambda: current[-1]) for _ in states))

    asyncio.run(save_all())
    assert load(tmp_path)[0].layer("l").last == 2
    assert [path.name for path in (tmp_path / ".devserve" / "lambda").iterdir()] == ["published.json"]


def test_state_belongs_to_no_version_control_and_to_no_package(tmp_path: Path) -> None:
    published(Shelf(tmp_path), hello(tmp_path))
    state = tmp_path / ".devserve"
    assert ((state / ".gitignore").read_text(), (state / "package.json").read_text()) == ("*\n", "{}\n")


def test_functions_of_nested_stacks_have_folders_of_their_own(tmp_path: Path) -> None:
    one = replace(hello(tmp_path), logical_id="Child/Hello")
    copied = asyncio.run(Shelf(tmp_path).copy(one, "1"))
    assert copied.code.folder.parent.parent.name == "Child%2FHello"


def test_a_copy_can_be_thrown_away(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    copied = asyncio.run(shelf.copy(hello(tmp_path), "1"))
    asyncio.run(shelf.discard("Hello", "1"))
    asyncio.run(shelf.discard("Hello", "1"))
    assert not copied.code.folder.exists()


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("STAGE", "blue", False),
        ("TABLE_NAME", "orders", False),
        ("MONKEY", "x", False),
        ("API_URL", "https://example.com/a:b@c", False),
        ("DB_PASSWORD", "x", True),
        ("github_token", "x", True),
        ("STRIPE_KEY", "x", True),
        ("DATABASE_URL", "postgres://user:pw@host/db", True),
        ("CERT", "-----BEGIN RSA PRIVATE KEY-----", True),
    ],
)
def test_what_looks_like_a_secret(name: str, value: str, secret: bool) -> None:
    assert looks_secret(name, value) is secret


def archive(**files: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "/"), text)
        script = zipfile.ZipInfo("extensions/run")
        script.external_attr = (stat.S_IFREG | 0o755) << 16
        packed.writestr(script, "#!")
    return data.getvalue()


def test_a_layer_is_unpacked_with_its_modes(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    folder, size, sha = asyncio.run(shelf.unpack_layer("arn:x", archive(python__a="12345")))
    assert (folder / "python" / "a").read_text() == "12345"
    assert stat.S_IMODE((folder / "extensions" / "run").stat().st_mode) == 0o755
    assert (size, len(sha)) == (7, 44)
    asyncio.run(shelf.discard_folder(folder))
    assert not folder.exists()


def test_nothing_of_an_archive_lands_outside(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("../../evil", "x")
        packed.writestr("/abs", "x")
    unpack(data.getvalue(), tmp_path / "deep" / "layer")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["abs", "evil"]
    assert all(path.is_relative_to(tmp_path / "deep" / "layer") for path in tmp_path.rglob("*") if path.is_file())


def test_what_is_no_zip_or_too_large_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("zeros", "w") as file:
        for _ in range(LARGEST >> 20):
            file.write(bytes(1 << 20))
    deflated, long, nested = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(deflated, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", "text " * 1000)
    damaged = bytearray(deflated.getvalue())
    damaged[31] ^= 0xFF  # just behind the local header of a name of one letter
    with zipfile.ZipFile(long, "w") as packed:
        packed.writestr("a" * 300, "x")
    with zipfile.ZipFile(nested, "w") as packed:
        packed.writestr("a", "x")
        packed.writestr("a/b", "x")
    archives = (large.getvalue(), bytes(damaged), long.getvalue(), nested.getvalue())
    for data in (b"", b"no zip", archive()[:-10], *archives):
        with pytest.raises(ValueError):
            unpack(data, tmp_path / "layer")
    assert list(tmp_path.iterdir()) == []
