"""Which files run when the handler does."""

from __future__ import annotations

from localstack_lite.builds.doctor import graph
from localstack_lite.builds.doctor.source import read

SOURCES = [
    read("app.py", "from shop import orders\nimport tools.money as money\n"),
    read("shop/__init__.py", "import settings\n"),
    read("shop/orders.py", "def f():\n    from .models import Order\n"),
    read("shop/models.py", "import app\n"),
    read("shop/unused.py", ""),
    read("tools/money.py", ""),
    read("settings.py", ""),
    read("tests/test_app.py", "import app\n"),
    read("shop/tests.py", ""),
    read("conftest.py", ""),
]


def test_imports_lead_from_file_to_file_through_packages_and_circles() -> None:
    found = graph.reachable(["app"], graph.by_module(SOURCES))
    paths = [one.path for one in found]
    assert paths == ["app.py", "settings.py", "shop/__init__.py", "shop/models.py", "shop/orders.py", "tools/money.py"]


def test_an_entry_that_is_not_there_leads_nowhere() -> None:
    assert graph.reachable(["other.app"], graph.by_module(SOURCES)) == []


def test_tests_are_not_what_runs() -> None:
    left = {one.path for one in SOURCES} - {one.path for one in graph.not_tests(SOURCES)}
    assert left == {"tests/test_app.py", "shop/tests.py", "conftest.py"}


def test_what_can_be_imported_of_a_folder() -> None:
    files = ["app.py", "shop/orders.py", "fast.cpython-312-x86_64-linux-gnu.so", "static/app.css", "README.md"]
    assert graph.tops(files) == {"app", "shop", "fast"}
