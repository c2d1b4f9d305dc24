"""Where settings are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.builds.doctor import settings_files
from tests.builds.doctor.projects import DJANGO, django
from tests.live.devserver import write


def test_settings_are_read_with_those_that_they_import_all_of(tmp_path: Path) -> None:
    write(tmp_path, DJANGO)
    assert settings_files.settings_module(tmp_path) == "shop.settings.dev"
    found = settings_files.settings_of([tmp_path], "shop.settings.dev", tmp_path)
    assert found.files == ("shop/settings/base.py", "shop/settings/dev.py")
    assert found.literal("STATIC_URL") == "static/"


def test_settings_that_import_each_other_end(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "from b import *\nX = 1\n", "b.py": "from a import *\nY = 2\n"})
    assert sorted(settings_files.settings_of([tmp_path], "a", tmp_path).values) == ["X", "Y"]


def test_a_function_that_is_no_adapter_has_the_settings_of_the_manage_py_beside_it(tmp_path: Path) -> None:
    project, _ = django(tmp_path)
    plain = replace(project.functions[0], adapter=None)
    assert settings_files.settings(project, plain).literal("STATIC_URL") == "static/"
    (tmp_path / "manage.py").unlink()
    assert settings_files.settings(project, plain).files == ()
