"""The project on this machine, read again for each push."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from localstack_lite.app.here import Here
from localstack_lite.model.facts import Fact
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.stage import Stage

SETTINGS = '[functions.one]\nhandler = "app.handler"\nruntime = "python3.11"\ncode = "one"\n'


def pushed(here: Here) -> set[str]:
    """The files of the only package."""
    packages, problems = here.package(here.blueprint())
    assert list(problems) == []
    (package,) = packages.values()
    assert package.file is not None
    return set(zipfile.ZipFile(package.file).namelist())


def test_what_is_excluded_is_what_the_settings_say_now(tmp_path: Path) -> None:
    (tmp_path / "one" / "docs").mkdir(parents=True)
    (tmp_path / "one" / "app.py").write_text("def handler(event, context): ...\n")
    (tmp_path / "one" / "docs" / "why.md").write_text("because\n")
    settings = tmp_path / "devserve.toml"
    settings.write_text(SETTINGS)
    told: list[Fact] = []
    here = Here(ReadOptions(tmp_path), Stage("dev", "shop-dev"), {"PATH": os.defpath}, told.append)
    try:
        assert pushed(here) == {"app.py", "docs/why.md"}
        settings.write_text(f'exclude = ["docs/"]\n{SETTINGS}')
        assert pushed(here) == {"app.py"}
        settings.write_text(SETTINGS)
        assert pushed(here) == {"app.py", "docs/why.md"}
    finally:
        here.close()
