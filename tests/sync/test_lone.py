"""A stage that is one function outside of any stack."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.errors import RemoteError
from localstack_lite.model.blueprint import SLOT, Blueprint, StackBlueprint
from localstack_lite.model.package import Package
from localstack_lite.model.stage import Stage, lone_id
from localstack_lite.sync.lone import LoneReader, refuse_lone, seen
from localstack_lite.sync.look import look
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.plan import plan
from localstack_lite.sync.steps import Plan, UpdateConfig, UploadCode
from tests.sync.modelled_stage import sha
from tests.sync.scripted_cloud import ACCOUNT, REGION, Deployed, ScriptedCloud

STAGE = Stage("dev", "shop-dev", tags={"team": "shop"}, function="shop-dev")
HAS = {"Runtime": "python3.12", "Handler": "handler.lambda_handler", "MemorySize": 512, "Timeout": 30}


@pytest.fixture
def cloud() -> ScriptedCloud:
    made = ScriptedCloud()
    made.functions["shop-dev"] = Deployed("shop-dev", sha("old"), {**HAS, "Role": "arn:r", "VpcConfig": {"VpcId": "v"}})
    return made


def planned(cloud: ScriptedCloud, content: str = "old", stage: Stage = STAGE, **stated: Any) -> Plan:
    """What a push of this project would do."""
    properties = {"FunctionName": "shop-dev", "Code": {SLOT: "ShopDev"}, **HAS, **stated}
    template = {"Resources": {"ShopDev": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    blueprint = Blueprint((StackBlueprint("", template),))
    reader = LoneReader(cloud.reader, STAGE)
    stack = reader.stack("shop-dev")
    assert stack is not None
    sight = look(reader, stack.account, stack.region, stack, Manifest(), lambda: blueprint.stacks, "p")
    packages = {"ShopDev": Package("ShopDev", sha(content))}
    return plan(stage, blueprint, packages, sight.remote, sight.manifest, lambda path, value: value, None)


@pytest.mark.parametrize(
    ("name", "id"), [("shop-dev", "ShopDev"), ("my_shop-dev_eu", "MyShopDevEu"), ("-", "Function")]
)
def test_its_id_is_one_that_a_template_could_have(name: str, id: str) -> None:
    assert lone_id(name) == id


def test_the_function_stands_for_the_stack(cloud: ScriptedCloud) -> None:
    reader = LoneReader(cloud.reader, STAGE)
    stack = reader.stack("shop-dev")
    assert stack is not None
    assert (stack.account, stack.region, stack.name) == (ACCOUNT, REGION, "shop-dev")
    (resource,) = reader.resources(stack)
    assert (resource.id, resource.physical_id) == ("ShopDev", "shop-dev")


def test_another_revision_is_looked_at_again(cloud: ScriptedCloud) -> None:
    reader = LoneReader(cloud.reader, STAGE)
    before = reader.stack("shop-dev")
    cloud.functions["shop-dev"].revision += 1
    after = reader.stack("shop-dev")
    assert before is not None
    assert after is not None
    assert before.updated != after.updated


def test_what_zappa_did_not_deploy_is_refused_with_what_to_do() -> None:
    with pytest.raises(RemoteError, match="there is no function shop-dev") as caught:
        LoneReader(ScriptedCloud().reader, STAGE).stack("shop-dev")
    assert "zappa deploy dev" in caught.value.hint


def test_a_function_that_is_as_it_should_be_needs_nothing(cloud: ScriptedCloud) -> None:
    assert planned(cloud) == Plan()


def test_code_and_settings_are_direct_calls(cloud: ScriptedCloud) -> None:
    code, config = planned(cloud, "new", MemorySize=1024, EphemeralStorage={"Size": 1024}).steps
    assert isinstance(code, UploadCode)
    assert (code.name, code.sha256) == ("shop-dev", sha("new"))
    assert isinstance(config, UpdateConfig)
    assert config.changes == {"MemorySize": 1024, "EphemeralStorage": {"Size": 1024}}


def test_what_the_project_does_not_state_stays_as_zappa_made_it(cloud: ScriptedCloud) -> None:
    cloud.functions["shop-dev"].configuration["Environment"] = {"Variables": {"THEIRS": "1", "BOTH": "1"}}
    assert planned(cloud) == Plan()
    (config,) = planned(cloud, Environment={"Variables": {"BOTH": "2"}}).steps
    assert isinstance(config, UpdateConfig)
    assert config.changes == {"Environment": {"Variables": {"BOTH": "2", "THEIRS": "1"}}}


def test_there_is_never_a_stack_to_deploy(cloud: ScriptedCloud) -> None:
    made = planned(cloud, Tags=[{"Key": "a", "Value": "b"}])
    assert made.steps == ()
    assert made.drift == ("ShopDev: Tags: run zappa update dev",)


def test_callers_that_a_push_does_not_reach_are_said_when_something_is_pushed(cloud: ScriptedCloud) -> None:
    stage = replace(STAGE, aliases=("snapstart",))
    assert planned(cloud, stage=stage) == Plan()
    (line,) = planned(cloud, "new", stage=stage).drift
    assert "shop-dev:snapstart" in line
    assert line.endswith("run zappa update dev")


def test_a_stage_that_is_a_stack_is_read_as_ever(cloud: ScriptedCloud) -> None:
    assert seen(cloud.reader, Stage("dev", "shop-dev")) is cloud.reader
    assert isinstance(seen(cloud.reader, STAGE), LoneReader)


def test_only_the_tool_that_deployed_it_removes_it() -> None:
    refuse_lone(Stage("dev", "shop-dev"))
    with pytest.raises(RemoteError, match="deployed by Zappa") as caught:
        refuse_lone(STAGE)
    assert "zappa undeploy dev" in caught.value.hint
