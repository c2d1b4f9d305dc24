from pathlib import Path

import pytest

from localstack_lite.config.cdk.app import gather, in_manifest_order, remarks, retold, serve, stack_named
from localstack_lite.config.cdk.assembly import Assembly, Asset, CdkStack
from localstack_lite.config.cdk.template import Use
from localstack_lite.config.parameters import Place
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem
from tests.config.cdk_outputs import digest, function, template

OUTPUT = Path("/app/cdk.out")


def stack(name, *needs):
    return CdkStack(name, OUTPUT / f"{name.replace('/', '')}.template.json", name, needs=needs)


def gathered(templates, stacks, only=None):
    files = {OUTPUT / name: values for name, values in templates.items()}

    def load(file):
        if file not in files:
            raise UserError(str(file), "is not there")
        return files[file]

    return gather(Assembly(tuple(stacks), {}, ()), only, load, files.__contains__)


def served(templates, *stacks, overrides=None, homes=None):
    found = gathered(templates, stacks)
    return serve(found, homes or {}, lambda one: Place(stack=one.stack_name), overrides or {})


def with_function(path, letter="a", logical_id="Hello4A628BD4", **properties):
    return {logical_id: function(path, letter, **properties)}


SHOP, PROD = stack("Shop"), stack("Prod/Shop")


def test_one_stack_is_known_by_its_logical_ids():
    (one,) = served({"Shop.template.json": template(with_function("Shop/Hello"))}, SHOP)
    assert one.path == ""
    assert one.template["Resources"]["Hello4A628BD4"]["Properties"]["FunctionName"] == "Hello"


def test_stacks_with_the_same_logical_id_are_told_apart_by_their_paths():
    one, two = served(
        {
            "Shop.template.json": template(with_function("Shop/Hello")),
            "ProdShop.template.json": template(with_function("Prod/Shop/Hello")),
        },
        SHOP,
        PROD,
    )
    assert (one.path, two.path) == ("Shop/", "Prod/Shop/")
    names = [each.template["Resources"]["Hello4A628BD4"]["Properties"]["FunctionName"] for each in (one, two)]
    assert names == ["Shop-Hello", "Prod-Shop-Hello"]


def test_stacks_that_share_only_roles_and_tables_keep_their_ids():
    role = {"Role1": {"Type": "AWS::IAM::Role"}}
    files = {
        "Shop.template.json": template({**role, **with_function("Shop/A", logical_id="A1")}),
        "ProdShop.template.json": template({**role, **with_function("Prod/Shop/B", logical_id="B1")}),
    }
    assert [one.path for one in served(files, SHOP, PROD)] == ["", ""]


def test_what_one_stack_imports_is_what_the_other_exports_here():
    web, data = stack("Web", "Data"), stack("Data")
    environment = {"Variables": {"TABLE": {"Fn::ImportValue": "Data:T"}, "OTHER": {"Fn::ImportValue": "Else:X"}}}
    exported = {"T": {"Value": {"Ref": "Table1"}, "Export": {"Name": "Data:T"}}}
    table = {"Table1": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "orders"}}}
    found = served(
        {
            "Web.template.json": template(with_function("Web/Hello", Environment=environment)),
            "Data.template.json": template(table, Outputs=exported),
        },
        web,
        data,
    )
    assert [one.stack.name for one in found] == ["Data", "Web"]
    variables = found[1].template["Resources"]["Hello4A628BD4"]["Properties"]["Environment"]["Variables"]
    assert variables == {"TABLE": "orders", "OTHER": {"Fn::ImportValue": "Else:X"}}
    assert [one.stack.name for one in in_manifest_order(found, (web, data))] == ["Web", "Data"]


def test_nested_templates_are_gathered_and_made_local_with_their_stack():
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Join": ["", []]}}}
    nested["Metadata"] = {"aws:asset:path": "Deep.nested.template.json", "aws:asset:property": "TemplateURL"}
    (one,) = served(
        {
            "Shop.template.json": template({"N": nested}),
            "Deep.nested.template.json": template(with_function("Shop/Nested/Deep", logical_id="Deep1")),
        },
        SHOP,
    )
    assert one.template["Resources"]["N"]["Properties"]["TemplateURL"] == str(OUTPUT / "Deep.nested.template.json")
    deep = one.templates[OUTPUT / "Deep.nested.template.json"]["Resources"]["Deep1"]["Properties"]
    assert (deep["FunctionName"], deep["Code"]) == ("Nested-Deep", str(OUTPUT / f"asset.{digest('a')}"))


def test_a_stack_that_nests_itself_and_one_whose_nested_template_is_gone_can_be_gathered():
    def nesting(file):
        held = {"aws:asset:path": file, "aws:asset:property": "TemplateURL"}
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {}}, "Metadata": held}

    resources = {"Self": nesting("Shop.template.json"), "Gone": nesting("gone.json")}
    found = gathered({"Shop.template.json": template(resources)}, [SHOP])
    assert list(found.by_stack["Shop"]) == [SHOP.template]


def test_a_template_that_was_named_is_served_alone():
    files = {
        "Shop.template.json": template(with_function("Shop/Hello")),
        "Web.template.json": template(with_function("Web/Hello")),
    }
    assert gathered(files, [SHOP, stack("Web")], OUTPUT / "Web.template.json").stacks == (stack("Web"),)


def test_the_template_of_a_nested_stack_can_be_named():
    files = {"Deep.nested.template.json": template(with_function("Shop/Deep"))}
    (one,) = gathered(files, [], OUTPUT / "Deep.nested.template.json").stacks
    assert one.template == OUTPUT / "Deep.nested.template.json"


def test_stacks_without_resources_are_passed_over():
    files = {"Shop.template.json": {}, "Web.template.json": template(with_function("Web/Hello"))}
    assert [one.name for one in gathered(files, [SHOP, stack("Web")]).stacks] == ["Web"]


def test_parameters_go_to_the_stack_that_declares_them_and_unknown_ones_are_told_once():
    files = {
        "Shop.template.json": template({"A": {"Type": "X"}}, Parameters={"Stage": {"Type": "String"}}),
        "Web.template.json": template({"A": {"Type": "X"}}, Parameters={"Color": {"Type": "String"}}),
    }
    given = {"Stage": "dev", "Color": "red", "Typo": "x"}
    shop, web = served(files, SHOP, stack("Web"), overrides=given)
    assert shop.overrides == {"Stage": "dev", "Typo": "x"}
    assert web.overrides == {"Color": "red"}


def used(name, letter="a", bundled=False, runs=True, place=None):
    asset = Asset(place or OUTPUT / f"asset.{digest(letter)}")
    return Use(name, "AWS::Lambda::Function", asset, bundled, runs, f"Shop/{name}")


def test_what_has_to_be_synthesised_again_after_an_edit_is_said():
    uses = [used("Node", "a", bundled=True), used("Lost", "b"), used("Home", "c"), used("Idle", "d", runs=False)]
    found = remarks(uses, {uses[2].asset.place: Path("/app/home")}, OUTPUT, "cdk.out")
    assert [(one.where, one.what) for one in found] == [
        ("cdk.out", "the code of Shop/Node is bundled by synthesis"),
        ("cdk.out", "the code of Shop/Lost is a copy, and no folder of the app is the same"),
    ]
    assert all(one.warning and "cdk synth" in one.hint for one in found)


def test_code_outside_of_the_output_needs_no_remark():
    assert remarks([used("A", place=Path("/app/a"))], {}, OUTPUT, "cdk.out") == []


def test_many_functions_are_counted():
    uses = [used(f"F{number}", bundled=True) for number in range(6)]
    (found,) = remarks(uses, {}, OUTPUT, "cdk.out")
    assert "Shop/F0, Shop/F1, Shop/F2, Shop/F3 and 2 more" in found.what


@pytest.mark.parametrize("subject", ["Orders1", "Prod/Shop/Orders1"])
def test_a_function_whose_asset_is_gone_is_told_with_the_cause(subject):
    missing = {"Orders1": OUTPUT / "asset.1"}
    (told,) = retold([Problem("x", "there is no code at /a", "look", subject)], missing, "cdk.out")
    assert (told.what, told.hint) == (f"{subject}: its code asset.1 is not in cdk.out", "run `cdk synth` again")


def test_other_problems_stay_as_they_are():
    others = (Problem("x", "y", "z", "Other"), Problem("x", "y", "z", "Orders1", warning=True))
    assert retold(others, {"Orders1": OUTPUT / "asset.1"}, "cdk.out") == others


@pytest.mark.parametrize(("name", "chosen"), [("shop-dev", "Dev/Shop"), ("Prod/Shop", "Prod/Shop")])
def test_the_stack_of_a_stage_is_the_one_of_its_name(name, chosen):
    stacks = (CdkStack("Dev/Shop", OUTPUT / "a", "shop-dev"), CdkStack("Prod/Shop", OUTPUT / "b", "shop-prod"))
    assert stack_named(stacks, name, "manifest.json").name == chosen
    assert stack_named(stacks[:1], "any", "manifest.json").name == "Dev/Shop"


def test_a_stage_that_could_be_any_stack_has_to_say_which():
    stacks = (CdkStack("A", OUTPUT / "a", "a-1"), CdkStack("B", OUTPUT / "b"))
    with pytest.raises(UserError, match="2 stacks and none is named c: a-1, B"):
        stack_named(stacks, "c", "manifest.json")
