from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.sandbox.reach import (
    Here,
    Network,
    OutOfReach,
    Place,
    Reach,
    Surroundings,
    gateway_of,
    is_layered,
    surroundings,
)

ENGINE = Place("unix", "", "Debian GNU/Linux 12 (bookworm)", "6.1.0-18", "desk")
HERE = Here("Linux", "6.1.0-18", "desk", towards="192.168.1.7")
BRIDGE = Network("bridge", "bridge", "172.17.0.1")
HOST = Network("host", "host")
DESKTOP = replace(ENGINE, operating_system="Docker Desktop", kernel="6.10.14-linuxkit", machine="docker-desktop")
MAC = Here("Darwin", "24.1.0", "mac.local", towards="192.168.1.8")
OURS = {"172.17.0.1", "192.168.1.7", "127.0.0.1", "10.1.0.1"}


def decide(
    place: Place = ENGINE, network: Network = BRIDGE, here: Here = HERE, container_host: str = ""
) -> Surroundings | OutOfReach:
    return surroundings(place, network, here, OURS.__contains__, container_host)


@pytest.mark.parametrize(
    ("case", "place", "network", "here", "expected"),
    [
        ("Linux", ENGINE, BRIDGE, HERE, Surroundings(Reach("172.17.0.1", "172.17.0.1"), True, True)),
        (
            "a network of the user",
            ENGINE,
            Network("shop", "bridge", "10.1.0.1"),
            HERE,
            Surroundings(Reach("10.1.0.1", "10.1.0.1"), True, True),
        ),
        ("the host's network", ENGINE, HOST, HERE, Surroundings(Reach("127.0.0.1", "127.0.0.1"), True, True)),
        (
            "a network whose gateway is not ours",
            ENGINE,
            Network("lan", "macvlan", "192.168.1.1"),
            HERE,
            Surroundings(Reach("192.168.1.7", "192.168.1.7"), True, True),
        ),
        (
            "rootless",
            replace(ENGINE, rootless=True),
            BRIDGE,
            HERE,
            Surroundings(Reach("192.168.1.7", "192.168.1.7"), False, True),
        ),
        ("Docker Desktop", DESKTOP, BRIDGE, MAC, Surroundings(Reach("127.0.0.1", "host.docker.internal"), False, True)),
        (
            "Docker Desktop on Linux",
            DESKTOP,
            BRIDGE,
            HERE,
            Surroundings(Reach("127.0.0.1", "host.docker.internal"), False, True),
        ),
        (
            "another virtual machine on a Mac",
            replace(ENGINE, operating_system="Ubuntu 24.04"),
            BRIDGE,
            MAC,
            Surroundings(Reach("127.0.0.1", "host.docker.internal"), False, True),
        ),
        (
            "another machine",
            Place("tcp", "build", "Ubuntu 24.04", "6.8.0", "build"),
            BRIDGE,
            HERE,
            Surroundings(Reach("192.168.1.7", "192.168.1.7"), False, False),
        ),
        (
            "another machine over ssh, with the same kernel and name",
            Place("ssh", "build", ENGINE.operating_system, ENGINE.kernel, ENGINE.machine),
            BRIDGE,
            HERE,
            Surroundings(Reach("192.168.1.7", "192.168.1.7"), False, False),
        ),
        (
            "another machine's socket, forwarded to here",
            replace(ENGINE, machine="build"),
            BRIDGE,
            HERE,
            Surroundings(Reach("192.168.1.7", "192.168.1.7"), False, False),
        ),
        (
            "a port of this machine",
            replace(ENGINE, scheme="tcp", host="127.0.0.1"),
            BRIDGE,
            HERE,
            Surroundings(Reach("172.17.0.1", "172.17.0.1"), True, True),
        ),
        (
            "devserve in a container",
            ENGINE,
            BRIDGE,
            replace(HERE, machine="4f1c", in_container=True, container_address="172.17.0.5"),
            Surroundings(Reach("172.17.0.5", "172.17.0.5"), False, False),
        ),
        (
            "devserve in a container on the host's network",
            ENGINE,
            HOST,
            replace(HERE, in_container=True),
            Surroundings(Reach("127.0.0.1", "127.0.0.1"), False, False),
        ),
    ],
)
def test_where_the_engine_runs_says_how_containers_reach_us(
    case: str, place: Place, network: Network, here: Here, expected: Surroundings
) -> None:
    assert decide(place, network, here) == expected


def test_a_container_on_another_network_cannot_be_reached() -> None:
    no = decide(here=replace(HERE, machine="4f1c", in_container=True))
    assert isinstance(no, OutOfReach)
    assert "not on the Docker network bridge" in no.why
    assert "--docker-network" in no.hint


def test_containers_without_a_network_reach_nobody() -> None:
    no = decide(network=Network("none", "null"))
    assert isinstance(no, OutOfReach)
    assert "none" in no.why


@pytest.mark.parametrize("address", ["", "127.0.0.1"])
def test_another_machine_needs_an_address_of_ours(address: str) -> None:
    place = Place("tcp", "build", "Ubuntu 24.04", "6.8.0", "build")
    no = decide(place, here=replace(HERE, towards=address))
    assert isinstance(no, OutOfReach)
    assert "build" in no.why
    assert "--container-host" in no.hint


@pytest.mark.parametrize(
    ("named", "bind"),
    [
        ("10.1.0.1", "10.1.0.1"),
        ("203.0.113.9", "0.0.0.0"),
        ("dev.example", "0.0.0.0"),
        ("localhost", "127.0.0.1"),
        ("172.17.0.1", "172.17.0.1"),
    ],
)
def test_a_named_host_is_what_containers_call(named: str, bind: str) -> None:
    decided = decide(container_host=named)
    assert isinstance(decided, Surroundings)
    assert decided.reach == Reach(bind, named)
    assert decided.local


def test_naming_what_would_be_called_anyway_opens_nothing_more() -> None:
    decided = decide(DESKTOP, here=MAC, container_host="host.docker.internal")
    assert isinstance(decided, Surroundings)
    assert decided.reach.bind == "127.0.0.1"


def test_a_named_host_helps_where_nothing_could_be_found() -> None:
    decided = decide(here=replace(HERE, machine="4f1c", in_container=True), container_host="devserve")
    assert decided == Surroundings(Reach("0.0.0.0", "devserve"), local=False, mounts=False)


@pytest.mark.parametrize(
    ("pairs", "gateway"),
    [
        ([("172.17.0.0/16", "172.17.0.1")], "172.17.0.1"),
        ([("172.17.0.0/16", "")], "172.17.0.1"),
        ([("10.1.2.0/24", "10.1.2.254")], "10.1.2.254"),
        ([("fd00::/64", "fd00::1"), ("172.18.0.0/16", "172.18.0.1")], "172.18.0.1"),
        ([("fd00::/64", "fd00::1/64")], "fd00::1"),
        ([("nonsense", "")], ""),
        ([], ""),
    ],
)
def test_the_gateway_is_said_or_the_first_address(pairs: list[tuple[str, str]], gateway: str) -> None:
    assert gateway_of(pairs) == gateway


@pytest.mark.parametrize(
    ("mounts", "layered"),
    [
        ("/dev/vda / ext4 rw 0 0\nproc /proc proc rw 0 0", False),
        ("overlay / overlay rw,lowerdir=/x 0 0\nproc /proc proc rw 0 0", True),
        ("rootfs / rootfs rw 0 0\n/dev/sda1 / xfs rw 0 0", False),
        ("", False),
    ],
)
def test_a_containers_root_is_made_of_layers(mounts: str, layered: bool) -> None:
    assert is_layered(mounts) is layered
