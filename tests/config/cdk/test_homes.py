import json

import pytest

from localstack_lite.config.cdk.homes import homes
from tests.config.cdk_outputs import digest, stage_asset
from tests.config.samples import write

SOURCE = {"orders/app.py": "import lib.tax\n", "orders/lib/tax.py": "RATE = 0.2\n", "stock/app.py": "X = 1\n"}


@pytest.fixture
def app(tmp_path):
    folder = tmp_path / "repository" / "infra"
    write(folder, {"cdk.json": "{}", **SOURCE})
    return folder


def homes_in(app, *places):
    return homes(places, app, app / "cdk.out")


def staged(app, source, letter="a"):
    return stage_asset(app / "cdk.out", source, letter)


def test_the_home_of_a_copy_is_the_folder_with_the_same_files(app):
    orders, stock = staged(app, app / "orders"), staged(app, app / "stock", "b")
    assert homes_in(app, orders, stock) == {orders: app / "orders", stock: app / "stock"}


def test_a_file_that_differs_in_one_byte_is_another_file(app):
    place = staged(app, app / "orders")
    (app / "orders" / "lib" / "tax.py").write_text("RATE = 0.3\n")
    assert homes_in(app, place) == {}


def test_a_home_stays_the_home_when_it_is_edited(app):
    place = staged(app, app / "orders")
    homes_in(app, place)
    (app / "orders" / "app.py").write_text("edited = True\n")
    assert homes_in(app, place) == {place: app / "orders"}


def test_homes_of_assets_that_are_not_asked_for_are_kept_while_they_are_there(app):
    orders, stock = staged(app, app / "orders"), staged(app, app / "stock", "b")
    homes_in(app, orders)
    homes_in(app, stock)
    (app / "orders" / "app.py").write_text("edited = True\n")
    assert homes_in(app, orders, stock) == {orders: app / "orders", stock: app / "stock"}


def test_a_home_that_is_gone_is_none(app):
    place = staged(app, app / "orders")
    homes_in(app, place)
    (app / "orders").rename(app / "moved")
    assert homes_in(app, place) == {place: app / "moved"}


def test_of_two_with_the_same_files_none_is_guessed(app):
    write(app, {"again/app.py": "X = 1\n"})
    assert homes_in(app, staged(app, app / "stock")) == {}


def test_files_that_the_asset_leaves_out_may_be_there_when_nothing_fits_better(app):
    place = staged(app, app / "stock")
    (app / "stock" / "README.md").write_text("not deployed")
    assert homes_in(app, place) == {place: app / "stock"}
    write(app, {"exact/app.py": "X = 1\n"})
    (app / ".devserve" / "cache" / "cdk" / "homes.json").unlink()
    assert homes_in(app, place) == {place: app / "exact"}


def test_the_telling_file_may_lie_deep(app):
    write(app, {"layer/python/shared/tax.py": "RATE = 1\n"})
    place = staged(app, app / "layer")
    assert homes_in(app, place) == {place: app / "layer"}


def test_outputs_and_installed_packages_are_nobodys_home(app):
    place = staged(app, app / "stock")
    write(
        app,
        {"node_modules/x/app.py": "X = 1\n", "old/manifest.json": "{}", "old/cdk.out": "", "old/a/app.py": "X = 1\n"},
    )
    assert homes_in(app, place) == {place: app / "stock"}


def test_the_home_may_lie_elsewhere_in_the_repository(app):
    repository = app.parent
    write(repository, {".git/HEAD": "", "services/pay/pay.py": "PAY = 1\n"})
    place = staged(app, repository / "services" / "pay")
    assert homes_in(app, place) == {place: repository / "services" / "pay"}


def test_compiled_files_are_not_compared(app):
    place = staged(app, app / "stock")
    write(app, {"stock/__pycache__/app.pyc": "x"})
    write(place, {"__pycache__/app.pyc": "other"})
    assert homes_in(app, place) == {place: app / "stock"}


def test_an_empty_asset_has_no_home(app):
    place = app / "cdk.out" / f"asset.{digest('e')}"
    place.mkdir(parents=True)
    assert homes_in(app, place) == {}


@pytest.mark.parametrize("kept", ["", "[]", '{"x": 1}', "{"])
def test_a_broken_memory_is_no_memory(app, kept):
    write(app, {".devserve/cache/cdk/homes.json": kept})
    place = staged(app, app / "stock")
    assert homes_in(app, place) == {place: app / "stock"}
    assert json.loads((app / ".devserve/cache/cdk/homes.json").read_text()) == {place.name: str(app / "stock")}
