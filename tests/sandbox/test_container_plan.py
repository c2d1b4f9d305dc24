"""From a function to its container, and to what runs in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.function import Code, Function, Image
from localstack_lite.ports import SandboxSpec
from localstack_lite.sandbox.container_plan import ContainerPlan
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.images import ReadyImage
from localstack_lite.sandbox.reach import Reach

READY = ReadyImage("sha256:1", "python", ("/lambda-entrypoint.sh",), ("image.handler",), "/srv", "")
ENGINE = Engine(
    client=None,
    endpoint="unix:///x",
    local=True,
    mounts=True,
    reach=Reach("172.17.0.1", "172.17.0.1"),
    network="bridge",
    architecture="x86_64",
    cpus=2,
    memory=8000,
    title="Docker Engine 27",
)
PLAN = ContainerPlan(ENGINE, {})


def function(folder: Path, image: Image | None = None) -> Function:
    return Function("Hello", "hello", "python3.13", "app.handler", Code(folder), 256, opt=folder / "opt", image=image)


def spec(of: Function) -> SandboxSpec:
    return SandboxSpec(
        "t",
        of.runtime,
        of.handler,
        of.code.folder,
        {"A": "1"},
        "172.17.0.1:9",
        of.memory,
        Path("/s"),
        of.logical_id,
        of.opt,
        image=of.image,
    )


def test_what_is_prepared_for_a_function_is_what_its_start_wants(tmp_path: Path) -> None:
    for image in (None, Image("shop:1")):
        one = function(tmp_path, image)
        assert PLAN.of_function(one, READY) == PLAN.of_start(spec(one), READY)


def test_code_and_layers_are_mounted_where_lambda_has_them(tmp_path: Path) -> None:
    (tmp_path / "opt").mkdir()
    mounts = PLAN.of_function(function(tmp_path), READY).mounts
    assert [(mount.source, mount.target) for mount in mounts] == [
        (str(tmp_path), "/var/task"),
        (str(tmp_path / "opt"), "/opt"),
    ]
    assert all(mount.inode and not mount.writable and not mount.copied for mount in mounts)


def test_a_container_whose_folder_was_made_again_is_outdated(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    plan = PLAN.of_function(function(code), READY)
    assert not PLAN.outdated(plan)
    code.rename(tmp_path / "before")
    assert PLAN.outdated(plan)
    code.mkdir()
    assert PLAN.outdated(plan)
    assert not PLAN.outdated(PLAN.of_function(function(code), READY))


def test_an_image_brings_its_own(tmp_path: Path) -> None:
    assert PLAN.of_function(function(tmp_path, Image("shop:1")), READY).mounts == ()


def test_an_engine_that_does_not_see_the_folders_gets_copies(tmp_path: Path) -> None:
    far = ContainerPlan(replace(ENGINE, local=False, mounts=False), {})
    made = far.of_function(function(tmp_path), READY)
    assert all(mount.copied for mount in made.mounts)
    assert (made.shared, made.user) == (False, "")


def test_the_handler_is_the_argument_and_the_code_the_folder(tmp_path: Path) -> None:
    tenure = PLAN.tenure(spec(function(tmp_path)), READY)
    assert (tenure.command, tenure.folder) == (("/lambda-entrypoint.sh", "app.handler"), "/var/task")
    assert tenure.environ["_LAMBDA_TELEMETRY_LOG_FD"] == "3"
    assert tenure.environ["A"] == "1"


def test_an_image_runs_in_its_own_folder_unless_the_function_names_one(tmp_path: Path) -> None:
    assert PLAN.tenure(spec(function(tmp_path, Image("i"))), READY).folder == "/srv"
    assert PLAN.tenure(spec(function(tmp_path, Image("i", working_directory="/w"))), READY).folder == "/w"


def test_an_os_only_runtime_runs_bootstrap_from_code_or_else_from_layers(tmp_path: Path) -> None:
    (tmp_path / "opt").mkdir()
    (tmp_path / "opt" / "bootstrap").touch()
    own = replace(spec(function(tmp_path)), runtime="provided.al2023")
    assert PLAN.tenure(own, READY).command == ("/opt/bootstrap",)
    (tmp_path / "bootstrap").touch()
    assert PLAN.tenure(own, READY).command == ("/var/task/bootstrap",)


def test_another_processor_is_said_where_nothing_emulates_it() -> None:
    odd = replace(READY, architecture="riscv64")
    here = PLAN.misfit("riscv64", odd)
    assert here is not None
    assert here.fatal
    elsewhere = ContainerPlan(replace(ENGINE, local=False), {}).misfit("riscv64", odd)
    assert elsewhere is not None
    assert not elsewhere.fatal


def test_what_calls_an_app_comes_from_outside_and_behind_the_functions_own(tmp_path: Path) -> None:
    folder, package, module = tmp_path / "adapters", tmp_path / "mangum", tmp_path / "typing_extensions.py"
    folder.mkdir()
    package.mkdir()
    module.touch()
    told = {"DEVSERVE_APP": f'{{"place": "{tmp_path}/x"}}'}
    adapter = Adapter(AppKind.ASGI, "app:app", "Mangum", (folder,), (package, module), told)
    one = replace(function(tmp_path), adapter=adapter, opt=None)
    plan = PLAN.of_function(one, READY)
    started = replace(spec(one), adapter=adapter, environ={"PYTHONPATH": "/opt/x", **told})
    assert plan == PLAN.of_start(started, READY)
    assert [(mount.target, mount.single) for mount in plan.mounts] == [
        ("/var/task", False),
        ("/var/devserve/adapters/0/adapters", False),
        ("/var/devserve/packages/0/mangum", False),
        ("/var/devserve/packages/1/typing_extensions.py", True),
    ]
    environ = PLAN.tenure(started, READY).environ
    assert environ["PYTHONPATH"] == "/opt/x:/var/devserve/adapters/0/adapters"
    packages = "/var/devserve/packages/0/mangum:/var/devserve/packages/1/typing_extensions.py"
    assert environ["DEVSERVE_PACKAGES"] == packages
    assert environ["DEVSERVE_APP"] == '{"place": "/var/task/x"}'


def test_given_extensions_are_mounted_and_prepared_with(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    one = function(tmp_path)
    made = PLAN.of_start(replace(spec(one), extensions=given), READY)
    assert (made.mounts[-1].source, made.mounts[-1].target) == (str(given), "/var/devserve/extensions")
    assert ContainerPlan(ENGINE, {}, given).of_function(one, READY) == made
    image = PLAN.of_start(replace(spec(function(tmp_path, Image("shop:1"))), extensions=given), READY)
    assert (image.own, image.user) == (True, "")


def test_the_runtime_waits_only_where_there_may_be_extensions(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    one = replace(spec(function(tmp_path)), extensions=given, environ={"MINE": "1"})
    assert PLAN.tenure(one, READY).beside is None
    (given / "ext").write_text("#!/bin/sh")
    beside = PLAN.tenure(one, READY).beside
    assert beside is not None
    assert beside["MINE"] == "1"
    assert "AWS_LAMBDA_RUNTIME_API" in beside
    assert not {"_HANDLER", "LAMBDA_TASK_ROOT", "_LAMBDA_TELEMETRY_LOG_FD"} & beside.keys()
    assert PLAN.tenure(spec(function(tmp_path, Image("shop:1"))), READY).beside is not None
