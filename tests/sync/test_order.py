from __future__ import annotations

from localstack_lite.sync.order import function_of, needs
from localstack_lite.sync.steps import (
    DeployStack,
    NewLayer,
    PublishVersion,
    PushImage,
    Step,
    UpdateAlias,
    UpdateApi,
    UpdateConfig,
    UpdateLayer,
    UpdateStateMachine,
    UploadCode,
    UploadObject,
)
from tests.sync.scripted_cloud import package

CODE = package("Orders", "one")


def upload(id: str, key: str = "shop/code/1.zip") -> UploadObject:
    return UploadObject(id, key, "new", CODE)


def code(id: str, **changes: str) -> UploadCode:
    return UploadCode(id, f"shop-{id}", CODE.sha256, "changed", CODE, **changes)


def config(id: str, **changes: object) -> UpdateConfig:
    return UpdateConfig(id, f"shop-{id}", changes, "changed")


def waits(*steps: Step) -> list[set[int]]:
    return [set(each) for each in needs(steps)]


def test_different_functions_do_not_wait_for_each_other() -> None:
    assert waits(code("Orders"), code("Users"), code("Mails")) == [set(), set(), set()]


def test_steps_of_one_function_go_one_after_the_other() -> None:
    alias = UpdateAlias("OrdersAlias", "Orders", "shop-Orders", "live", "changed")
    steps = (code("Orders"), code("Users"), config("Orders"), PublishVersion("Orders", "shop-Orders", ""), alias)
    assert waits(*steps) == [set(), set(), {0}, {0, 2}, {0, 2, 3}]


def test_code_waits_for_its_own_object_and_for_no_other() -> None:
    steps = (upload("Orders", "a"), upload("Users", "b"), code("Users", key="b"), code("Mails"))
    assert waits(*steps) == [set(), set(), {1}, set()]


def test_a_layer_waits_for_its_object_and_who_takes_it_for_the_layer() -> None:
    layer = UpdateLayer("Deps", "shop-deps", "changed", CODE, key="a")
    steps = (upload("Deps", "a"), layer, config("Orders", Layers=[NewLayer("Deps")]), config("Users", Layers=["arn"]))
    assert waits(*steps) == [set(), {0}, {1}, set()]


def test_an_image_function_waits_for_its_image() -> None:
    push = PushImage("Orders", CODE, "repo:1", "changed")
    assert waits(push, code("Orders", image="repo:1"), code("Users", image="repo:2")) == [set(), {0}, set()]


def test_apis_and_state_machines_come_after_the_functions() -> None:
    api, machine = UpdateApi("Api", "a1", "{}", ""), UpdateStateMachine("Flow", "arn", "{}", "")
    assert waits(code("Orders"), api, machine) == [set(), {0}, {0}]


def test_a_stack_deploy_is_alone() -> None:
    deploy = DeployStack("", "new", True, {})
    steps = (upload("Orders"), upload("Users"), deploy, code("Orders"), code("Users"))
    assert waits(*steps) == [set(), set(), {0, 1}, {2}, {2}]


def test_nobody_waits_for_what_comes_later() -> None:
    steps = (code("Orders", key="a"), upload("Orders", "a"), config("Orders"))
    assert all(needed < place for place, each in enumerate(needs(steps)) for needed in each)


def test_only_steps_about_a_function_have_one() -> None:
    assert function_of(code("Orders")) == "Orders"
    assert function_of(UpdateAlias("OrdersAlias", "Orders", "shop-Orders", "live", "")) == "Orders"
    assert function_of(upload("Orders")) == ""
