"""Whether what is imported would be in the package, and run there."""

from __future__ import annotations

import pytest

from localstack_lite.builds.doctor import package_rules
from localstack_lite.builds.doctor.distributions import Distribution, providers
from localstack_lite.builds.doctor.finding import Finding, Severity
from localstack_lite.builds.doctor.package_rules import Packaged
from localstack_lite.builds.doctor.source import Import
from localstack_lite.builds.platform_tags import Target

YAML = Distribution("pyyaml", "PyYAML", "6.0", ("yaml",), compiled=True)
RICH = Distribution("rich", "rich", "13", ("rich",))
DEBUG = Distribution("django-debug-toolbar", "django-debug-toolbar", "5", ("debug_toolbar",))
PACKAGED = Packaged(
    "requirements.txt",
    included={"pyyaml", "requests"},
    absent=frozenset(),
    development=frozenset({"django-debug-toolbar"}),
    providers=providers([YAML, RICH, DEBUG]),
)


def looked(module: str, packaged: Packaged = PACKAGED, *, late: bool = False, python: str = "3.12") -> list[Finding]:
    own = {"shop"}
    return list(package_rules.imports("app.py", [Import(module, 3, (), late)], own, packaged, Target(python)))


@pytest.mark.parametrize("module", ["json", "os.path", "__future__", "shop.models", "yaml", "yaml.loader"])
def test_what_is_there_is_no_finding(module: str) -> None:
    assert looked(module) == []


def test_what_is_installed_and_not_listed_is_not_in_the_package() -> None:
    (found,) = looked("rich.console")
    assert found.severity is Severity.FAILS
    assert found.where == "app.py:3"
    assert "rich is installed here and not in requirements.txt" in found.what
    assert found.hint == "add rich to requirements.txt"


def test_within_a_function_it_fails_only_when_that_runs() -> None:
    assert [one.severity for one in looked("rich", late=True)] == [Severity.DIFFERS]


def test_a_requirement_for_developing_is_named_as_such() -> None:
    (found,) = looked("debug_toolbar")
    assert "is only a requirement for developing" in found.what


def test_what_is_nowhere_fails() -> None:
    (found,) = looked("nowhere")
    assert (found.severity, found.what) == (
        Severity.FAILS,
        "imports nowhere, which is neither in the project nor installed",
    )


def test_where_not_all_that_is_listed_is_installed_nobody_can_say() -> None:
    partly = Packaged("requirements.txt", included={"requests"}, absent=frozenset({"requests", "pillow"}))
    assert looked("requests", partly) == []
    (found,) = looked("PIL", partly)
    assert found.severity is Severity.NOTE


@pytest.mark.parametrize("module", ["boto3", "botocore.exceptions", "dateutil"])
def test_what_lambda_carries_is_a_note(module: str) -> None:
    assert [one.severity for one in looked(module)] == [Severity.NOTE]


def test_zappa_packages_all_that_is_installed() -> None:
    everything = Packaged(everything=True, providers=PACKAGED.providers)
    assert looked("rich", everything) == []
    (found,) = looked("nowhere", everything)
    assert "Zappa packages what is installed there" in found.hint


@pytest.mark.parametrize(
    ("module", "python", "fails"),
    [("imp", "3.11", False), ("imp", "3.12", True), ("cgi", "3.12", False), ("cgi", "3.13", True)],
)
def test_modules_that_the_functions_python_has_no_more(module: str, python: str, fails: bool) -> None:
    assert [one.severity for one in looked(module, python=python)] == ([Severity.FAILS] if fails else [])


def test_each_module_of_a_file_is_told_once() -> None:
    both = [Import("rich.a", 1), Import("rich.b", 2)]
    assert [one.where for one in package_rules.imports("a.py", both, (), PACKAGED, Target("3.12"))] == ["a.py:1"]


@pytest.mark.parametrize(
    ("tag", "python", "said"),
    [
        ("cp312-cp312-manylinux_2_17_x86_64", "3.12", ""),
        ("cp312-cp312-manylinux_2_28_x86_64", "3.12", ""),
        ("cp311-cp311-manylinux_2_28_x86_64", "3.11", "has glibc 2.26 and cannot load that"),
        ("cp312-cp312-linux_x86_64", "3.12", "was compiled on this machine"),
        ("cp312-cp312-macosx_11_0_arm64", "3.12", ""),
        ("cp310-cp310-linux_x86_64", "3.12", ""),
    ],
)
def test_wheels_that_lambdas_machine_cannot_load(tag: str, python: str, said: str) -> None:
    one = Distribution("fast", "fast", "2", ("fast",), (tag,), compiled=True)
    running = f"3.{tag[3:5]}"
    for architecture in ("x86_64", "arm64"):
        found = list(package_rules.wheels([one], Target(python, architecture), running))
        assert [said in each.what for each in found] == ([True] if said else [])


def test_an_editable_installation_is_a_note() -> None:
    one = Distribution("mine", "mine", "0", ("mine",), editable=True)
    assert [each.severity for each in package_rules.wheels([one], Target("3.12"), "3.12")] == [Severity.NOTE]


def test_tools_of_the_developer_need_not_be_in_the_package() -> None:
    (found,) = package_rules.for_developing([DEBUG, RICH], "requirements.txt")
    assert found.where == "django-debug-toolbar"


@pytest.mark.parametrize(("running", "told"), [("3.12", 0), ("3.11", 1), ("", 0)])
def test_another_python_than_the_functions_is_told(running: str, told: int) -> None:
    assert len(list(package_rules.version(Target("3.12"), running, ".venv", 2))) == told
