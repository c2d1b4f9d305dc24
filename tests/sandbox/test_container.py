"""From a function's limits and folders to what the engine is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from localstack_lite.sandbox.container import (
    LOG,
    Blueprint,
    Direct,
    Misfit,
    Mount,
    burst,
    config,
    direct,
    inner_address,
    misfit,
    quota,
    share,
    user,
)

MB = 1024 * 1024
CODE = Mount("/home/me/app", "/var/task", 7)
PLAN = Blueprint("Hello", "sha256:abc", (CODE,), 256, 512, "bridge", "x86_64")


def host(plan: Blueprint = PLAN, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = config(plan, {}, 4, "warden", **more)["HostConfig"]
    return found


def test_the_code_is_read_only_and_so_is_everything_else() -> None:
    assert host()["Mounts"] == [{"Type": "bind", "Source": "/home/me/app", "Target": "/var/task", "ReadOnly": True}]
    assert host()["ReadonlyRootfs"] is True


def test_the_log_is_mounted_where_there_is_one() -> None:
    assert host(log="/tmp/x/1")["Mounts"][-1] == {
        "Type": "bind",
        "Source": "/tmp/x/1",
        "Target": LOG,
        "ReadOnly": False,
    }


def test_tmp_has_the_functions_size_and_can_hold_programs() -> None:
    options = host(replace(PLAN, storage=1024))["Tmpfs"]["/tmp"].split(",")
    assert {"size=1024m", "exec", "mode=1777"} <= set(options)


@pytest.mark.parametrize(("shared", "wall"), [(True, 256 + 512), (False, 256)])
def test_the_kernels_wall_is_around_memory_and_tmp_where_memory_is_watched_from_here(shared: bool, wall: int) -> None:
    found = host(replace(PLAN, shared=shared))
    assert (found["Memory"], found["MemorySwap"]) == (wall * MB, wall * MB)


def test_a_function_has_no_rights_beside_its_own() -> None:
    found = host()
    assert found["CapDrop"] == ["ALL"]
    assert "no-new-privileges" in found["SecurityOpt"]
    assert found["PidsLimit"] == 1024
    assert not {"Privileged", "CapAdd", "Devices", "PidMode", "IpcMode"} & found.keys()


def test_a_container_ends_with_its_line_and_leaves_nothing() -> None:
    body = config(PLAN, {"devserve": "1"}, 4, "warden")
    assert (body["OpenStdin"], body["StdinOnce"], body["Tty"]) == (True, True, False)
    assert body["HostConfig"]["AutoRemove"] is True
    assert body["Entrypoint"] == ["sh", "-c", "warden"]
    assert body["Labels"] == {"devserve": "1"}


def test_no_variable_of_the_function_is_in_the_configuration() -> None:
    assert "Env" not in config(PLAN, {}, 4, "warden")


@pytest.mark.parametrize(
    ("network", "gateway", "known"),
    [
        ("bridge", True, ["host.docker.internal:host-gateway"]),
        ("shop_default", True, ["host.docker.internal:host-gateway"]),
        ("bridge", False, None),
        ("host", True, ["sandbox.localdomain:127.0.0.1"]),
        ("none", True, None),
        ("container:x", True, None),
    ],
)
def test_this_machine_has_a_name_in_there_where_the_engine_can_give_it(
    network: str, gateway: bool, known: list[str] | None
) -> None:
    found = host(replace(PLAN, network=network), gateway=gateway)
    assert found["NetworkMode"] == network
    assert found.get("ExtraHosts") == known


@pytest.mark.parametrize(
    ("network", "named"),
    [("bridge", "sandbox.localdomain"), ("host", ""), ("container:x", ""), ("none", "sandbox.localdomain")],
)
def test_a_container_is_called_by_the_name_that_subscribers_listen_at(network: str, named: str) -> None:
    body = config(replace(PLAN, network=network), {}, 4, "warden")
    assert ".".join(body[key] for key in ("Hostname", "Domainname") if key in body) == named


def test_where_this_machine_reaches_what_listens_in_it() -> None:
    networks = {"Networks": {"a": {"IPAddress": ""}, "b": {"IPAddress": "172.17.0.9"}}}
    assert inner_address("bridge", networks) == "172.17.0.9"
    assert inner_address("host", {}) == "127.0.0.1"
    assert inner_address("none", {"Networks": None}) == ""


@pytest.mark.parametrize(
    ("plan", "names"),
    [
        (PLAN, ["nofile", "core", "memlock", "stack", "nproc"]),
        (replace(PLAN, user="1000:100"), ["nofile", "core", "memlock", "stack"]),
        (replace(PLAN, own=True), ["nofile", "core", "memlock", "stack"]),
        (replace(PLAN, shared=False), ["nofile"]),
    ],
)
def test_limits_that_could_stop_the_engine_or_the_user_are_left_out(plan: Blueprint, names: list[str]) -> None:
    limits = host(plan)["Ulimits"]
    assert [limit["Name"] for limit in limits] == names
    assert limits[0] == {"Name": "nofile", "Soft": 1024, "Hard": 1024}


def test_a_folder_that_the_engine_cannot_see_is_a_volume() -> None:
    body = config(replace(PLAN, mounts=(replace(CODE, copied=True),)), {}, 4, "warden")
    assert body["Volumes"] == {"/var/task": {}}
    assert body["HostConfig"]["Mounts"] == []


def test_a_debuggers_port_is_published_on_loopback_only() -> None:
    body = config(replace(PLAN, debug=True), {}, 4, "warden")
    assert body["HostConfig"]["PortBindings"] == {"5678/tcp": [{"HostIp": "127.0.0.1", "HostPort": "0"}]}
    assert "PortBindings" not in host()


@pytest.mark.parametrize(
    ("plan", "can"),
    [
        (PLAN, True),
        (replace(PLAN, debug=True), False),
        (replace(PLAN, mounts=(replace(CODE, copied=True),)), False),
    ],
)
def test_only_what_cannot_be_old_is_prepared(plan: Blueprint, can: bool) -> None:
    assert plan.interchangeable is can


def test_a_folder_that_was_made_again_is_another_container() -> None:
    assert replace(PLAN, mounts=(replace(CODE, inode=8),)) != PLAN


@pytest.mark.parametrize(("memory", "cpus"), [(1769, 1.0), (128, 128 / 1769), (10240, 10240 / 1769)])
def test_processors_are_in_proportion_to_memory(memory: int, cpus: float) -> None:
    assert share(memory) == pytest.approx(cpus)


@pytest.mark.parametrize(
    ("cpus", "engine", "microseconds"), [(1.0, 4, 20_000), (6.0, 4, 80_000), (0.01, 4, 1_000), (0.5, 1, 10_000)]
)
def test_a_quota_is_what_the_engine_and_its_kernel_can_give(cpus: float, engine: int, microseconds: int) -> None:
    assert quota(cpus, engine) == microseconds


def test_a_function_starts_with_more_than_its_share() -> None:
    assert host()["CpuQuota"] == quota(burst(256), 4) == 40_000
    assert burst(10240) == share(10240)


def test_an_image_without_a_shell_runs_its_own_command() -> None:
    own = Direct(("/app", "x"), {"A": "1", "_LAMBDA_TELEMETRY_LOG_FD": "3"}, "/srv")
    body = direct(config(PLAN, {"l": "1"}, 4, "warden"), own)
    assert (body["Entrypoint"], body["Env"], body["WorkingDir"]) == (["/app", "x"], ["A=1"], "/srv")
    assert body["HostConfig"]["AutoRemove"] is False
    assert body["HostConfig"]["CapDrop"] == ["ALL"]


@pytest.mark.parametrize(
    ("local", "own", "uid", "who"),
    [(True, False, 1000, "1000:100"), (True, False, 0, ""), (True, True, 1000, ""), (False, False, 1000, "")],
)
def test_a_function_runs_as_you_unless_its_image_says_who(local: bool, own: bool, uid: int, who: str) -> None:
    assert user(local, own, uid, 100) == who


@pytest.mark.parametrize(
    ("wanted", "image", "engine", "emulated", "fatal"),
    [
        ("x86_64", "x86_64", "x86_64", False, None),
        ("arm64", "arm64", "arm64", False, None),
        ("arm64", "arm64", "x86_64", False, True),
        ("arm64", "arm64", "x86_64", True, False),
        ("arm64", "x86_64", "x86_64", False, False),
        ("x86_64", "arm64", "x86_64", False, True),
    ],
)
def test_another_processor_is_said(wanted: str, image: str, engine: str, emulated: bool, fatal: bool | None) -> None:
    said = misfit(wanted, image, engine, emulated)
    assert (said.fatal if isinstance(said, Misfit) else None) is fatal
