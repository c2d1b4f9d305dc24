import pytest

from localstack_lite.config.cdk.exports import exports, with_imports
from localstack_lite.config.parameters import Place

PLACE = Place("eu-west-1", "111122223333", "Data")


def exporting(value, **sections):
    outputs = {"Out": {"Value": value, "Export": {"Name": "Data:Out"}}}
    resources = {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {}}}
    return {"Resources": resources, "Outputs": outputs, **sections}


@pytest.mark.parametrize(
    ("value", "exported"),
    [
        ({"Ref": "Table"}, "Table"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:aws:dynamodb:eu-west-1:111122223333:table/Table"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-eu-west-1"),
        (7, "7"),
    ],
)
def test_an_export_is_what_it_would_be_here(value, exported):
    assert exports(exporting(value), PLACE, {}) == {"Data:Out": exported}


def test_parameters_and_conditions_are_those_of_the_exporting_stack():
    sections = {
        "Parameters": {"Stage": {"Type": "String", "Default": "dev"}},
        "Conditions": {"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}},
    }
    template = exporting({"Fn::If": ["IsDev", {"Ref": "Stage"}, "none"]}, **sections)
    assert exports(template, PLACE, {}) == {"Data:Out": "dev"}
    assert exports(template, PLACE, {"Stage": "prod"}) == {"Data:Out": "none"}


@pytest.mark.parametrize("value", [{"Ref": "Nobody"}, ["a", "b"], {"Ref": "AWS::NoValue"}])
def test_what_cannot_be_resolved_is_not_exported(value):
    assert exports(exporting(value), PLACE, {}) == {}


def test_odd_outputs_stop_nothing():
    assert exports({"Outputs": {"A": "x", "B": {"Value": "y"}, "C": {"Export": "z"}}}, PLACE, {}) == {}
    assert exports({"Outputs": None}, PLACE, {}) == {}


def test_imports_of_known_exports_are_replaced_wherever_they_stand():
    value = {"Env": {"T": {"Fn::ImportValue": "Data:Out"}}, "List": [{"Fn::ImportValue": "Data:Out"}]}
    assert with_imports(value, {"Data:Out": "orders"}) == {"Env": {"T": "orders"}, "List": ["orders"]}


def test_imports_from_elsewhere_stay_for_the_reader_to_tell():
    value = {"Fn::ImportValue": "Other:Out"}
    assert with_imports(value, {"Data:Out": "orders"}) == value


def test_what_is_nested_too_deep_is_left_as_it_is():
    value: object = {"Fn::ImportValue": "Data:Out"}
    for _ in range(5000):
        value = [value]
    assert isinstance(with_imports(value, {"Data:Out": "orders"}), list)
