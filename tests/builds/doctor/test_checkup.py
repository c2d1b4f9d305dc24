"""The whole story for one function."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.builds.doctor.checkup import checkup
from localstack_lite.builds.doctor.finding import Finding, Severity
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.function import Code, Function, Image, Layer
from localstack_lite.model.package import MOST_DIRECT, MOST_UNPACKED, Package
from localstack_lite.model.project import Project
from tests.builds.doctor.projects import DJANGO, django, install
from tests.live.devserver import write


def told(findings: tuple[Finding, ...], severity: Severity) -> list[str]:
    return [f"{one.where} {one.what}" for one in findings if one.severity is severity]


def test_a_django_project_is_told_what_fails(tmp_path: Path) -> None:
    project, running = django(tmp_path)
    found = checkup(project, project.functions[0], running)
    fails = told(found.findings, Severity.FAILS)
    assert [line.split()[0] for line in fails] == [
        "orders/views.py:1",
        "shop/settings/base.py:5",
        "shop/settings/base.py:6",
        "shop/settings/base.py:7",
    ]
    assert "imports requests: requests is installed here and not in requirements.txt" in fails[0]
    assert "INSTALLED_APPS has debug_toolbar" in fails[1]
    assert told(found.findings, Severity.DIFFERS) == []


def test_its_size_is_that_of_its_files_and_of_what_its_list_comes_to(tmp_path: Path) -> None:
    project, running = django(tmp_path)
    weight = checkup(project, project.functions[0], running).weight
    assert weight is not None
    assert not weight.measured
    assert weight.largest[0] == ("django/", 8_000_000)
    assert 8_001_000 < weight.unpacked < 8_010_000  # with asgiref, without requests
    assert 0 < weight.zipped < weight.unpacked


def test_a_zappa_project_packages_all_that_is_installed(tmp_path: Path) -> None:
    project, running = django(tmp_path, {**DJANGO, "util.py": ""}, AppKind.ZAPPA)
    found = checkup(project, project.functions[0], running).findings
    assert not any("imports requests" in one.what for one in found)
    assert any(one.where == "util.py" and "Zappa" in one.what for one in found)


def test_only_what_the_handler_reaches_counts(tmp_path: Path) -> None:
    files = {"app.py": "import used\n", "used.py": "import nowhere\n", "unused.py": "import elsewhere\n"}
    write(tmp_path, files)
    function = Function("F", "f", "python3.12", "app.handler", Code(tmp_path))
    found = checkup(Project(tmp_path, (function,)), function, None)
    assert [line.split()[0] for line in told(found.findings, Severity.FAILS)] == ["used.py:1"]


def test_layers_bring_modules_and_weight(tmp_path: Path) -> None:
    write(tmp_path, {"src/app.py": "import shared, deep\n", "opt/python/shared.py": ""})
    write(tmp_path, {"opt/python/lib/python3.12/site-packages/deep/__init__.py": ""})
    layer = Layer("arn", tmp_path / "opt", 5000)
    code = Code(tmp_path / "src")
    function = Function("F", "f", "python3.12", "app.handler", code, layers=(layer,), opt=tmp_path / "opt")
    found = checkup(Project(tmp_path, (function,)), function, None)
    assert found.findings == ()
    assert found.weight is not None
    assert found.weight.unpacked == 5000 + len("import shared, deep\n")


def test_a_package_that_was_made_is_weighed_and_judged(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": ""})
    function = Function("F", "f", "python3.12", "app.handler", Code(tmp_path))
    large = Package("F", "x", size=MOST_DIRECT + 1, unpacked=MOST_UNPACKED + 1, largest=(("numpy/", 10),))
    found = checkup(Project(tmp_path, (function,)), function, None, large)
    assert [one.severity for one in found.findings] == [Severity.FAILS, Severity.NOTE]
    assert "numpy/" in found.findings[0].hint
    assert found.weight is not None
    assert found.weight.measured


def test_what_is_large_already_is_a_note(tmp_path: Path) -> None:
    project, running = django(tmp_path)
    install(running.home, "asgiref", "asgiref", size=220_000_000)
    found = checkup(project, project.functions[0], running)
    assert len([one for one in found.findings if one.topic == "size" and one.severity is Severity.NOTE]) == 2


def test_another_language_is_only_weighed_and_an_image_not_even_that(tmp_path: Path) -> None:
    write(tmp_path, {"app.mjs": "import x from 'nowhere'\n", "db.sqlite3": "x"})
    function = Function("F", "f", "nodejs22.x", "app.handler", Code(tmp_path))
    project = Project(tmp_path, (function,))
    assert [one.topic for one in checkup(project, function, None).findings] == ["database"]
    image = checkup(project, replace(function, image=Image("x")), None)
    assert image.weight is None


def test_code_that_is_not_there_fails(tmp_path: Path) -> None:
    function = Function("F", "f", "python3.12", "app.handler", Code(tmp_path / "none"))
    found = checkup(Project(tmp_path, (function,)), function, None)
    assert [one.severity for one in found.findings] == [Severity.FAILS]
