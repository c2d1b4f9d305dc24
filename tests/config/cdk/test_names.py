import pytest

from localstack_lite.config.cdk.names import construct_path, function_names
from tests.config.cdk_outputs import function


def stack_of(*paths, **properties):
    return {"Resources": {path.replace("/", ""): function(path, "a", **properties) for path in paths}}


@pytest.mark.parametrize(
    ("path", "construct"),
    [
        ("Shop/Orders/Resource", "Shop/Orders"),
        ("Shop/Orders/Default", "Shop/Orders"),
        ("Shop/Custom::X/Handler", "Shop/Custom::X/Handler"),
        (None, ""),
    ],
)
def test_the_path_is_that_of_the_construct_that_the_author_wrote(path, construct):
    assert construct_path({"Metadata": {"aws:cdk:path": path}}) == construct


def test_a_function_is_named_by_its_path_inside_the_stack():
    names = function_names([("Shop", stack_of("Shop/Orders", "Shop/Nested/Deep"))])
    assert names == {"Shop/Orders": "Orders", "Shop/Nested/Deep": "Nested-Deep"}


def test_two_of_one_name_are_named_by_their_whole_path():
    shop, prod = stack_of("Shop/Orders", "Shop/Stock"), stack_of("Prod/Shop/Orders")
    names = function_names([("Shop", shop), ("Prod/Shop", prod)])
    assert names == {"Shop/Orders": "Shop-Orders", "Shop/Stock": "Stock", "Prod/Shop/Orders": "Prod-Shop-Orders"}


def test_a_name_that_the_author_gave_is_left_alone_and_taken():
    given = stack_of("Shop/A", FunctionName="Orders")
    assert function_names([("Shop", given)]) == {}
    assert function_names([("Shop", given), ("Web", stack_of("Web/Orders"))]) == {"Web/Orders": "Web-Orders"}


def test_names_hold_what_lambda_takes():
    assert function_names([("Shop", stack_of("Shop/GET--{id}/Fn!"))]) == {"Shop/GET--{id}/Fn!": "GET--id-Fn"}
    assert function_names([("Shop", stack_of("Shop/" + "x" * 65))]) == {}
    assert function_names([("Shop", {"Resources": None}), ("Web", {"Resources": {"A": "x"}})]) == {}
