"""Installed packages by their metadata, and what a list comes to."""

from __future__ import annotations

import pytest

from localstack_lite.builds.doctor.distributions import Distribution, Needed, closure, distribution, extras, providers
from localstack_lite.builds.platform_tags import Target

METADATA = """\
Metadata-Version: 2.1
Name: Shop_Kit
Version: 1.2
Requires-Dist: flask (>=2)
Requires-Dist: rich[jupyter] >=13; extra == "ui"
Requires-Dist: tomli; python_version < "3.11"

Name: not a field any more
"""
WHEEL = "Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_17_x86_64\nTag: cp312-cp312-manylinux2014_x86_64\n"
RECORD = """\
shop_kit/__init__.py,sha256=abc,100
shop_kit/_fast.cpython-312-x86_64-linux-gnu.so,sha256=abc,5000
shop_kit/__pycache__/__init__.cpython-312.pyc,,999
"odd,name.py",sha256=abc,20
single.py,sha256=abc,7
shop_kit-1.2.dist-info/METADATA,sha256=abc,30
../../../bin/shop,sha256=abc,400
shop_kit-1.2.dist-info/RECORD,,
"""


def made(name: str, *needs: Needed) -> Distribution:
    return Distribution(name, name, "1", (name,), needs=needs)


def test_a_distribution_is_read_from_its_files() -> None:
    found = distribution(METADATA, WHEEL, RECORD, "", "")
    assert found is not None
    assert (found.name, found.shown, found.version) == ("shop-kit", "Shop_Kit", "1.2")
    assert found.modules == ("shop_kit", "odd,name", "single")
    assert found.tags == ("cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux2014_x86_64")
    assert found.size == 100 + 5000 + 20 + 7 + 30
    assert found.compiled
    assert not found.editable
    assert [one.name for one in found.needs] == ["flask", "rich", "tomli"]
    assert found.needs[1].extras == frozenset({"jupyter"})


def test_an_editable_one_says_so_and_a_broken_one_is_none() -> None:
    url = '{"dir_info": {"editable": true}, "url": "file:///p"}'
    found = distribution(METADATA, "", "", "shop_kit\n", url)
    assert found is not None
    assert found.editable
    assert found.modules == ("shop_kit",)
    assert distribution("", "", "", "", "") is None


INSTALLED = {
    "a": made("a", Needed("b"), Needed("c", marker='extra == "more"'), Needed("w", marker='sys_platform == "win32"')),
    "b": made("b", Needed("a"), Needed("gone")),
    "c": made("c"),
}


@pytest.mark.parametrize(
    ("wanted", "names", "missing"),
    [
        (Needed("a"), {"a", "b", "gone"}, {"gone"}),
        (Needed("a", frozenset({"more"})), {"a", "b", "c", "gone"}, {"gone"}),
        (Needed("c"), {"c"}, set()),
        (Needed("other"), {"other"}, {"other"}),
    ],
)
def test_a_list_comes_to_all_that_its_packages_need_on_lambda(
    wanted: Needed, names: set[str], missing: set[str]
) -> None:
    found, absent = closure([wanted], INSTALLED, Target("3.12").markers())
    assert found.keys() == names
    assert absent == missing


def test_packages_are_found_by_the_modules_they_bring() -> None:
    yaml = Distribution("pyyaml", "PyYAML", "6", ("yaml", "_yaml"))
    assert providers([yaml]) == {"yaml": [yaml], "_yaml": [yaml]}
    assert extras("[A_b, c]") == {"a-b", "c"}
