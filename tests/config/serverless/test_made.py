from localstack_lite.config.serverless.made import Made, arn_of, as_list, as_mapping, invocation_uri, regional_arn
from tests.config.services import service_from


def made():
    return Made(service_from("functions:\n  a:\n    handler: m.a\n"))


def test_a_resource_knows_the_lines_of_its_parts_and_has_no_empty_ones():
    one = made()
    one.add("A", "T", {"X": 1, "Y": None}, ("functions", "a"), {"X": ("functions", "a", "handler")}, DependsOn=None)
    assert one.resources == {"A": {"Type": "T", "Properties": {"X": 1}}}
    assert one.lines == {("Resources", "A"): 4, ("Resources", "A", "Properties", "X"): 5}


def test_rights_to_several_resources_are_one_statement():
    one = made()
    for resource in ("a", "b", "a"):
        one.right(["s:A"], resource)
    assert one.rights == [(("s:A",), ["a", "b"])]


def test_a_permission_names_who_may_call_the_function():
    one = made()
    assert one.permission("a", "X", "sns.amazonaws.com", (), SourceArn="s") == "ALambdaPermissionX"
    assert one.resources["ALambdaPermissionX"]["Properties"] == {
        "FunctionName": {"Fn::GetAtt": ["ALambdaFunction", "Arn"]},
        "Action": "lambda:InvokeFunction",
        "Principal": "sns.amazonaws.com",
        "SourceArn": "s",
    }


def test_problems_are_told_at_the_nearest_line():
    one = made()
    one.tell(("functions", "a", "events"), "what", "hint")
    one.tell(("nowhere",), "what", "hint", warning=False)
    assert [(problem.where, problem.warning) for problem in one.problems] == [
        ("serverless.yml:4", True),
        ("serverless.yml", False),
    ]


def test_arns_are_built_of_what_cloudformation_knows():
    assert regional_arn("sns", "t")["Fn::Join"][1][2:] == [
        *(":sns:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}, ":", "t")
    ]
    assert invocation_uri(arn_of("a"))["Fn::Join"][1][-2:] == [arn_of("a"), "/invocations"]


def test_single_values_are_lists_of_one_and_what_is_no_mapping_is_empty():
    assert (as_list("a"), as_list(["a"]), as_list(None)) == (["a"], ["a"], [])
    assert (as_mapping({"a": 1}), as_mapping("a"), as_mapping(None)) == ({"a": 1}, {}, {})
