import pytest

from localstack_lite.config.references import circles, references


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"Ref": "A"}, {"A"}),
        ({"Fn::GetAtt": ["A", "Arn"]}, {"A"}),
        ({"Fn::GetAtt": "A.Arn"}, {"A"}),
        ({"Fn::Sub": "${A}-${B.Arn}-${!C}"}, {"A", "B"}),
        ({"Fn::Sub": ["${A}-${B}", {"A": {"Ref": "C"}}]}, {"B", "C"}),
        ([{"x": {"Ref": "A"}}, "B"], {"A"}),
        ({"Ref": "A", "other": 1}, set()),
        (None, set()),
    ],
)
def test_names(value, names):
    assert references(value) == names


def test_a_circle_names_its_members_and_nobody_else():
    resources = {
        "A": {"Properties": {"x": {"Ref": "B"}}},
        "B": {"DependsOn": ["C"]},
        "C": {"DependsOn": "A"},
        "Before": {"Properties": {"x": {"Ref": "A"}}},
        "After": {},
    }
    assert circles(resources) == ("A", "B", "C")


def test_a_tree_has_no_circle():
    assert circles({"A": {"x": {"Ref": "B"}}, "B": {"x": {"Ref": "C"}}, "C": {"x": {"Ref": "Parameter"}}}) == ()
