"""The least that pushing a stage needs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from localstack_lite.model.blueprint import Blueprint, StackBlueprint
from localstack_lite.model.stage import Stage
from localstack_lite.sync.policy import Policy, policy
from tests.sync.modelled_stage import blueprint, function, layer

STAGE = Stage("dev", "shop-dev", region="eu-west-2", s3_bucket="artifacts")
ROLE = {"Type": "AWS::IAM::Role", "Properties": {}}
ACCOUNT = "111122223333"


def of(resources: dict[str, Any], stage: Stage = STAGE, account: str = ACCOUNT) -> Policy:
    return policy(stage, blueprint(resources), account)


def statements(made: Policy) -> dict[str, dict[str, Any]]:
    found = {each["Sid"]: each for each in made.document["Statement"]}
    assert len(found) == len(made.document["Statement"])
    return found


def test_functions_are_named_by_the_stack_or_by_their_own_name() -> None:
    found = statements(of({"A": function("A"), "B": function("B", FunctionName="orders")}))
    assert found["ReadFunctions"]["Resource"] == [
        "arn:aws:lambda:eu-west-2:111122223333:function:shop-dev-*",
        "arn:aws:lambda:eu-west-2:111122223333:function:orders",
    ]
    only = statements(of({"B": function("B", FunctionName="orders")}))
    assert only["ReadFunctions"]["Resource"] == ["arn:aws:lambda:eu-west-2:111122223333:function:orders"]


def test_reading_changes_nothing() -> None:
    made = statements(of({"A": function("A"), "L": layer("L"), "R": ROLE}))
    reads = [action for sid, each in made.items() if sid.startswith("Read") for action in each["Action"]]
    verbs = ("Describe", "Get", "List", "Filter")
    assert [action for action in reads if not action.partition(":")[2].startswith(verbs)] == []


def test_every_statement_is_for_reading_pushing_or_deploying() -> None:
    made = statements(of({"A": function("A"), "L": layer("L"), "R": ROLE}))
    assert {sid for sid in made if not sid.startswith(("Read", "Push", "Deploy"))} == set()
    assert json.loads(json.dumps(of({"A": function("A")}).document))["Version"] == "2012-10-17"


def test_objects_are_those_of_the_stages_prefix() -> None:
    found = statements(of({}, replace(STAGE, s3_prefix="team/shop")))
    assert found["PushObjects"]["Resource"] == ["arn:aws:s3:::artifacts/team/shop/*"]
    assert "PushBucket" not in found
    own = statements(of({}, replace(STAGE, s3_bucket="")))
    assert own["PushBucket"]["Resource"] == ["arn:aws:s3:::devserve-artifacts-111122223333-eu-west-2"]


def test_what_is_not_there_needs_no_right() -> None:
    assert {"PushLayers", "PushApis", "PushStateMachines", "PushImages"}.isdisjoint(
        statements(of({"A": function("A")}))
    )


def test_layers_apis_state_machines_and_images_are_bounded() -> None:
    resources = {
        "L": layer("Common"),
        "Rest": {"Type": "AWS::ApiGateway::RestApi"},
        "Http": {"Type": "AWS::ApiGatewayV2::Api"},
        "Flow": {"Type": "AWS::StepFunctions::StateMachine"},
    }
    stage = replace(STAGE, image_repository="111122223333.dkr.ecr.eu-west-2.amazonaws.com/team/shop")
    found = statements(of(resources, stage))
    assert "arn:aws:lambda:eu-west-2:111122223333:layer:Common:*" in found["PushLayers"]["Resource"]
    assert found["PushApis"]["Resource"] == [
        "arn:aws:apigateway:eu-west-2::/restapis/*",
        "arn:aws:apigateway:eu-west-2::/apis/*",
    ]
    assert found["PushStateMachines"]["Resource"] == ["arn:aws:states:eu-west-2:111122223333:stateMachine:Flow-*"]
    assert found["PushImages"]["Resource"] == ["arn:aws:ecr:eu-west-2:111122223333:repository/team/shop"]


def test_a_deploy_makes_roles_of_the_stacks_name_only() -> None:
    found = statements(of({"R": ROLE, "Named": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "mine"}}}))
    assert found["DeployRoles"]["Resource"] == [
        "arn:aws:iam::111122223333:role/shop-dev-*",
        "arn:aws:iam::111122223333:role/mine",
    ]
    assert "iam:CreateRole" in found["DeployRoles"]["Action"]


def test_with_a_service_role_only_passing_it_is_needed() -> None:
    made = of({"A": function("A"), "R": ROLE}, replace(STAGE, role_arn="arn:aws:iam::1:role/cfn"))
    found = statements(made)
    assert [sid for sid in found if sid.startswith("Deploy")] == ["DeployStack", "DeployServiceRole"]
    assert found["DeployServiceRole"]["Resource"] == ["arn:aws:iam::1:role/cfn"]
    assert found["DeployServiceRole"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}
    }
    assert "arn:aws:iam::1:role/cfn" in made.remarks[0]


def test_types_that_are_not_known_are_remarked() -> None:
    made = of({"X": {"Type": "AWS::Unheard::Of"}, "C": {"Type": "Custom::Thing"}})
    assert any("AWS::Unheard::Of" in remark for remark in made.remarks)
    assert any("custom resources" in remark for remark in made.remarks)


def test_without_an_account_a_star_stands_in_its_place() -> None:
    found = statements(policy(replace(STAGE, region=""), blueprint({"A": function("A")})))
    assert found["ReadFunctions"]["Resource"] == ["arn:aws:lambda:*:*:function:shop-dev-*"]


def test_other_partitions_have_their_own_arns() -> None:
    found = statements(policy(replace(STAGE, region="cn-north-1"), blueprint({"A": function("A")}), ACCOUNT))
    assert found["PushObjects"]["Resource"] == ["arn:aws-cn:s3:::artifacts/shop-dev/*"]


def test_nested_stacks_are_part_of_it() -> None:
    both = Blueprint(
        (StackBlueprint("", {"Resources": {}}), StackBlueprint("Child/", {"Resources": {"A": function("A")}}))
    )
    found = statements(policy(STAGE, both, ACCOUNT))
    assert "arn:aws:cloudformation:eu-west-2:111122223333:stack/shop-dev-*/*" in found["DeployStack"]["Resource"]
    assert "DeployFunctions" in found
