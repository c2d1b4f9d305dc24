"""What every start says about a Django project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.builds.doctor.quick import quick
from tests.builds.doctor.projects import django


def test_the_quick_ones_are_warnings_of_a_django_project_only(tmp_path: Path) -> None:
    project, _ = django(tmp_path)
    found = quick(project)
    assert [one.where for one in found] == ["shop/settings/base.py:6", "shop/settings/base.py:7"]
    assert all(one.warning and one.subject == "Shop" for one in found)
    plain = replace(project.functions[0], adapter=None)
    assert quick(replace(project, functions=(plain,))) == ()
