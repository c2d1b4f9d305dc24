import json
from pathlib import Path

import pytest

from localstack_lite.builds.zappa_content import is_zappa, zappa_folder
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function


def function(name="zappa 0.63.0", **settings):
    told = {"DEVSERVE_ZAPPA": json.dumps({"PROJECT_NAME": "shop", "API_STAGE": "dev", **settings})}
    adapter = Adapter(AppKind.ZAPPA, "web:app", name, variables=told)
    return Function("ShopDev", "shop-dev", "python3.12", "handler.lambda_handler", Code(Path("/shop")), adapter=adapter)


@pytest.fixture
def packages(tmp_path):
    folder = tmp_path / "packages"
    (folder / "zappa/ext").mkdir(parents=True)
    (folder / "zappa/handler.py").write_text("# handler\n")
    (folder / "zappa/ext/django_zappa.py").write_text("# django\n")
    return folder


def test_the_handler_is_the_installed_one(tmp_path, packages):
    made = zappa_folder(function(), tmp_path, [tmp_path, packages])
    assert sorted(file.name for file in made.iterdir()) == ["handler.py", "package_info.json", "zappa_settings.py"]
    assert (made / "handler.py").read_text() == "# handler\n"
    assert made.is_relative_to(tmp_path / ".devserve")


def test_django_has_its_app_beside_it(tmp_path, packages):
    made = zappa_folder(function(DJANGO_SETTINGS="shop.settings"), tmp_path, [packages])
    assert (made / "django_zappa_app.py").read_text() == "# django\n"


def test_the_same_content_is_the_same_folder_and_another_is_another(tmp_path, packages):
    first = zappa_folder(function(), tmp_path, [packages])
    assert zappa_folder(function(), tmp_path, [packages]) == first
    assert zappa_folder(function(DEBUG=False), tmp_path, [packages]) != first
    (packages / "zappa/handler.py").write_text("# another\n")
    assert zappa_folder(function(), tmp_path, [packages]) != first


@pytest.mark.parametrize(
    ("name", "line"), [("zappa 0.62.1", "zappa==0.62.1"), ("zappa shim, modelled on 0.63.0", "write zappa,")]
)
def test_without_zappa_nothing_is_pushed(tmp_path, name, line):
    problem = zappa_folder(function(name), tmp_path, [tmp_path])
    assert "zappa is not among the packages" in problem.what
    assert line in problem.hint
    assert (problem.subject, problem.warning) == ("ShopDev", False)


def test_which_functions_are_zappas():
    assert is_zappa(function())
    assert not is_zappa(Function("a", "a", "python3.12", "a.b", Code(Path("/shop"))))
