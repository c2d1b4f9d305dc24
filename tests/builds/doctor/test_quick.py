"""What every start says about a Django project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.builds.doctor.quick import quick
from localstack_lite.model.api import Face
from localstack_lite.model.exposure import api_for
from tests.builds.doctor.projects import django


def test_the_quick_ones_are_warnings_of_a_django_project_only(tmp_path: Path) -> None:
    project, _ = django(tmp_path)
    found = quick(project)
    assert [one.where for one in found] == ["shop/settings/base.py:6", "shop/settings/base.py:7"]
    assert all(one.warning and one.subject == "Shop" for one in found)
    plain = replace(project.functions[0], adapter=None)
    assert quick(replace(project, functions=(plain,))) == ()


def test_a_host_that_django_refuses_is_told_where_the_app_meets_it(tmp_path: Path) -> None:
    project, _ = django(tmp_path)
    file = tmp_path / "shop" / "settings" / "base.py"
    file.write_text(file.read_text().replace('["*"]', "[]"))
    local = replace(project, apis=(api_for("Shop", "rest"),))
    staged = replace(project, apis=(api_for("Shop", "rest", "dev", Face.AWS),))
    named = replace(project, apis=(api_for("Shop", "rest", "dev", Face.DOMAIN, domain="shop.example"),))
    assert not any("ALLOWED_HOSTS" in one.what for one in quick(local))
    for served, wanted in ((staged, "amazonaws.com"), (named, "shop.example")):
        (found,) = [one for one in quick(served) if "ALLOWED_HOSTS" in one.what]
        assert wanted in found.hint
        assert "press p" in found.hint
