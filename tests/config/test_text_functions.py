import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.text_functions import PLAIN


@pytest.mark.parametrize(
    ("name", "argument", "result"),
    [
        ("Fn::Join", ["-", ["a", 1, True]], "a-1-true"),
        ("Fn::Join", ["", []], ""),
        ("Fn::Split", ["|", "a|b|"], ["a", "b", ""]),
        ("Fn::Select", [1, ["a", "b"]], "b"),
        ("Fn::Select", ["0", ["a", "b"]], "a"),
        ("Fn::Base64", "hé", "aMOp"),
        ("Fn::Cidr", ["10.0.0.0/16", 3, 8], ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]),
        ("Fn::Cidr", ["10.0.0.0/24", "2", "5"], ["10.0.0.0/27", "10.0.0.32/27"]),
        ("Fn::Length", [1, 2], 2),
        ("Fn::ToJsonString", {"a": [1, "b"]}, '{"a":[1,"b"]}'),
    ],
)
def test_results(name, argument, result):
    assert PLAIN[name](argument) == result


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("Fn::Join", ["-"]),
        ("Fn::Join", ["-", "ab"]),
        ("Fn::Join", ["-", [["a"]]]),
        ("Fn::Split", ["", "a"]),
        ("Fn::Select", [2, ["a", "b"]]),
        ("Fn::Select", [-1, ["a", "b"]]),
        ("Fn::Select", ["x", ["a", "b"]]),
        ("Fn::Base64", {"a": 1}),
        ("Fn::Cidr", ["10.0.0.0/24", 300, 4]),
        ("Fn::Cidr", ["10.0.0.0/30", 4, 8]),
        ("Fn::Cidr", ["nonsense", 1]),
        ("Fn::Length", "abc"),
        ("Fn::Join", None),
    ],
)
def test_what_does_not_fit_is_refused(name, argument):
    with pytest.raises(Refusal):
        PLAIN[name](argument)
