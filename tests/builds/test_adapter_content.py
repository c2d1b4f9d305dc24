"""What is pushed beside an app that is no handler."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.builds.adapter_content import adapter_folder
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Function
from tests.builders import function
from tests.live.devserver import write


@pytest.fixture
def app(tmp_path: Path) -> Function:
    """Behind an adapter that offers a package and a module."""
    installed = {
        "ours/adapter.py": "",
        "ours/__pycache__/adapter.cpython-311.pyc": "",
        "site/mangum/__init__.py": "",
        "site/mangum/handlers/alb.py": "",
        "site/mangum/py.typed": "",
        "site/extensions.py": "",
        "site/other.py": "",
    }
    place = write(tmp_path / "devserve", installed)
    packages = (place / "site/mangum", place / "site/extensions.py")
    adapter = Adapter(AppKind.ASGI, "shop:app", "Mangum", (place / "ours",), packages)
    return function("shop", handler="adapter.handler", adapter=adapter)


def files_below(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def test_the_adapter_and_what_it_offers_are_in_the_package(app: Function, tmp_path: Path) -> None:
    made = adapter_folder(app, tmp_path, [tmp_path / "nowhere"])
    assert files_below(made) == {
        "adapter.py",
        "devserve_packages/mangum/__init__.py",
        "devserve_packages/mangum/handlers/alb.py",
        "devserve_packages/mangum/py.typed",
        "devserve_packages/extensions.py",
    }


def test_packages_that_the_app_brings_are_not_pushed_twice(app: Function, tmp_path: Path) -> None:
    own = write(tmp_path / "installed", {"mangum/__init__.py": ""})
    found = files_below(adapter_folder(app, tmp_path, [tmp_path / "code", own]))
    assert found == {"adapter.py", "devserve_packages/extensions.py"}
