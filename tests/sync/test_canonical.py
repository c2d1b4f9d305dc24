"""Versions and deployments are compared under their owner's name, not under a hash."""

from __future__ import annotations

from typing import Any

from localstack_lite.sync.canonical import canonical, owners, properties, resources
from tests.sync.modelled_stage import alias, function


def deployment(hash: str, api: str = "Api") -> dict[str, Any]:
    return {
        "Type": "AWS::ApiGateway::Deployment",
        "Properties": {"RestApiId": {"Ref": api}, "Description": f"RestApi deployment id: {hash}"},
    }


def site(hash: str) -> dict[str, Any]:
    return {
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {}},
            f"ApiDeployment{hash}": deployment(hash),
            "Stage": {
                "Type": "AWS::ApiGateway::Stage",
                "Properties": {"DeploymentId": {"Ref": f"ApiDeployment{hash}"}, "StageName": "prod"},
            },
        },
        "Outputs": {"Id": {"Value": {"Fn::Sub": f"${{ApiDeployment{hash}}}"}}},
    }


def test_a_deployment_under_another_hash_is_the_same_one() -> None:
    assert canonical(site("aaaaaaaaaa")) == canonical(site("bbbbbbbbbb"))
    assert "Api.Deployment" in canonical(site("a"))["Resources"]


def test_a_version_goes_by_its_function() -> None:
    template = {"Resources": {"Orders": function("Orders"), **alias("Orders")}}
    assert owners(template) == {"OrdersVersion16cbcbe095": "Orders"}
    made = canonical(template)["Resources"]
    assert made["OrdersAliaslive"]["Properties"]["FunctionVersion"] == {"Fn::GetAtt": ["Orders.Version", "Version"]}


def test_two_snapshots_of_one_owner_keep_their_names() -> None:
    template = {"Resources": {"One": deployment("1"), "Two": deployment("2")}}
    assert canonical(template) is template


def test_what_is_no_resource_is_left_out() -> None:
    assert resources({"Resources": {"A": "text", "B": {}}}) == {"B": {}}
    assert resources({}) == resources({"Resources": None}) == {}
    assert properties({"Properties": "text"}) == {}
