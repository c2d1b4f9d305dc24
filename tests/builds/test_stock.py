from __future__ import annotations

import base64
import hashlib
import os
import time
from pathlib import Path

from localstack_lite.builds.listing import Source
from localstack_lite.builds.stock import Stock, Zipped
from tests.builds.folders import content, write

HOUR = 3600 * 10**9


class Shop:
    """A stock whose clock is an hour ahead: every file has rested."""

    def __init__(self, root: Path, ahead: int = HOUR) -> None:
        self.folder = root / "packages"
        self.stock = Stock(self.folder, lambda: time.time_ns() + ahead)
        self.told: list[int] = []

    def zip(self, *folders: Path) -> Zipped:
        return self.stock.zip([Source(folder) for folder in folders], lambda sent, size: self.told.append(sent))


def test_a_package_is_known_by_the_hash_that_lambda_says(tmp_path: Path) -> None:
    found = Shop(tmp_path).zip(write(tmp_path / "code", {"a.py": "1", "lib/b.py": "22"}))
    digest = hashlib.sha256(found.file.read_bytes()).digest()
    assert found.sha256 == base64.b64encode(digest).decode()
    assert found.file.name == f"{digest.hex()}.zip"
    assert (found.size, found.unpacked, found.made) == (found.file.stat().st_size, 3, True)
    assert found.largest == (("lib/", 2), ("a.py", 1))


def test_what_is_unchanged_is_known_in_another_process_too(tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"a.py": "1"})
    first = Shop(tmp_path).zip(code)
    shop = Shop(tmp_path)
    again = shop.zip(code)
    assert not again.made
    assert shop.told == []
    assert (again.sha256, again.file, again.largest) == (first.sha256, first.file, first.largest)


def test_nothing_but_names_is_needed_to_know_it(tmp_path: Path) -> None:
    code = write(tmp_path / "code", {"a.py": "1"})
    first = Shop(tmp_path).zip(code)
    for note in (tmp_path / "packages").glob("*.pack"):
        note.unlink()
    shop = Shop(tmp_path)
    assert shop.zip(code).sha256 == first.sha256
    assert list((tmp_path / "packages").glob("*.pack")) == []  # it was not packed
    assert shop.told == []


def test_a_change_and_its_undoing_are_seen(tmp_path: Path) -> None:
    shop, code = Shop(tmp_path), write(tmp_path / "code", {"a.py": "1"})
    first = shop.zip(code)
    write(code, {"a.py": "2"})
    second = shop.zip(code)
    assert (second.made, content(second.file)) == (True, {"a.py": "2"})
    write(code, {"a.py": "1"})
    assert shop.zip(code).file == first.file


def test_a_zip_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    shop, code = Shop(tmp_path), write(tmp_path / "code", {"a.py": "1"})
    first = shop.zip(code)
    first.file.unlink()
    assert shop.zip(code).sha256 == first.sha256
    assert first.file.exists()


def test_what_was_saved_just_now_is_looked_into_and_no_new_package(tmp_path: Path) -> None:
    shop, code = Shop(tmp_path, ahead=0), write(tmp_path / "code", {"a.py": "1"})
    first = shop.zip(code)
    again = shop.zip(code)
    assert (again.sha256, again.made) == (first.sha256, False)


def test_of_several_folders_that_were_saved_again_unchanged_nothing_is_made(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    below, above = write(tmp_path / "below", {"a": "1", "b": "2"}), write(tmp_path / "above", {"b": "3"})
    first = shop.zip(below, above)
    assert content(first.file) == {"a": "1", "b": "3"}
    os.utime(above / "b", (1, 1))
    shop.told.clear()
    again = shop.zip(below, above)
    assert (again.file, again.made, shop.told) == (first.file, False, [])
    first.file.unlink()
    assert content(shop.zip(below, above).file) == {"a": "1", "b": "3"}


def test_secrets_and_links_astray_are_told_each_time(tmp_path: Path) -> None:
    shop, code = Shop(tmp_path), write(tmp_path / "code", {"a.py": "1", ".env": "K=1", "gone": "-> x"})
    for _ in range(2):
        found = shop.zip(code)
        assert (found.secrets, found.astray) == ((".env",), ("gone",))
        assert content(found.file) == {"a.py": "1"}


def test_a_file_is_itself_and_known_by_its_times(tmp_path: Path) -> None:
    file = write(tmp_path, {"definition.json": "{}"}) / "definition.json"
    found = Shop(tmp_path).stock.file(file)
    assert (found.file, found.size, found.unpacked) == (file, 2, 2)
    assert found.sha256 == base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
    assert not Shop(tmp_path).stock.file(file).made
    file.write_text("[]")
    changed = Shop(tmp_path).stock.file(file)
    assert changed.made
    assert changed.sha256 != found.sha256


def test_of_somebodys_zip_it_is_known_what_is_in_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    file = shop.zip(write(tmp_path / "code", {"lib/a.py": "1" * 5000})).file
    assert shop.stock.file(file).largest == (("lib/", 5000),)
    assert shop.stock.file(file).unpacked == 5000


def test_zips_that_nobody_used_lately_go_when_there_are_too_many(tmp_path: Path) -> None:
    shop = Shop(tmp_path, ahead=0)
    used = shop.zip(write(tmp_path / "code", {"a.py": "1"})).file
    os.utime(used, (1, 1))
    for name, age in (("old", 9000), ("older", 9999), ("young", 10)):
        file = shop.folder / f"{name}.zip"
        file.write_text("")
        os.truncate(file, 600 << 20)  # sparse: it takes no room
        os.utime(file, (time.time() - age,) * 2)
    (shop.folder / "left.part").write_text("")
    os.utime(shop.folder / "left.part", (1, 1))
    shop.stock.prune()
    assert sorted(file.name for file in shop.folder.iterdir() if file.suffix in (".zip", ".part")) == sorted(
        [used.name, "young.zip"]
    )
