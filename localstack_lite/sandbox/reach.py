"""How containers reach this machine, and how much of it they share: decided from what the engine says. Pure.

| Where the engine runs | Listeners bind to | Containers call |
|---|---|---|
| this Linux machine | the gateway of the containers' network: only they can connect | the same address |
| this Linux machine, network `host` | 127.0.0.1 | 127.0.0.1 |
| a virtual machine of Docker Desktop and its like | 127.0.0.1 | host.docker.internal |
| this machine, rootless | our own address: its bridge is in a network of its own | the same address |
| another machine | our own address towards it | the same address |
| beside us: devserve is itself in a container | our address on the containers' network | the same address |

`--container-host` overrules what containers call. When that is no address of this machine (a name, the address of a
router in front of it), listeners bind to all addresses, because nothing says where such calls arrive.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, replace

ALL = "0.0.0.0"
LOOPBACK = "127.0.0.1"
INSIDE_NAME = "host.docker.internal"


@dataclass(frozen=True, slots=True)
class Reach:
    """`bind` is the address that listeners for containers bind to, `name` what containers call it."""

    bind: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """What the engine says about itself. `host` is its machine's name in the endpoint, empty for a socket here."""

    scheme: str
    host: str
    operating_system: str
    kernel: str
    machine: str
    rootless: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """The network that containers join. `gateway` is the engine's address on it, empty when it has none."""

    name: str
    driver: str
    gateway: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """This machine. `towards` is its address towards the engine, or towards the world when the engine is no other
    machine; `in_container` that devserve runs in one, and `container_address` its address on the network."""

    system: str
    kernel: str
    machine: str
    towards: str = ""
    in_container: bool = False
    container_address: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`local`: same kernel and file system, and the same users. `mounts`: folders of this machine can be mounted."""

    reach: Reach
    local: bool
    mounts: bool


@dataclass(frozen=True, slots=True)
class OutOfReach:
    why: str
    hint: str


def surroundings(
    place: Place, network: Network, here: Here, can_bind: Callable[[str], bool], container_host: str = ""
) -> Surroundings | OutOfReach:
    if network.driver == "null":
        return OutOfReach(
            f"containers on the network {network.name} reach nobody, devserve neither",
            "choose another --docker-network",
        )
    found = _found(place, network, here, can_bind)
    if container_host:
        before = found.reach if isinstance(found, Surroundings) else None
        named = Reach(_bind_for(container_host, before, can_bind), container_host)
        if isinstance(found, Surroundings):
            return replace(found, reach=named)
        return Surroundings(named, local=False, mounts=_same_machine(place, here))
    return found


def _found(place: Place, network: Network, here: Here, can_bind: Callable[[str], bool]) -> Surroundings | OutOfReach:
    if is_desktop(place, here):
        return Surroundings(Reach(LOOPBACK, INSIDE_NAME), local=False, mounts=True)
    if here.in_container:
        return _beside(network, here)
    if not _same_machine(place, here):
        return _own_address(here, f"the engine at {place.host or place.machine}", mounts=False)
    if place.rootless:
        return _own_address(here, "a rootless engine", mounts=True)
    if network.driver == "host":
        return Surroundings(Reach(LOOPBACK, LOOPBACK), local=True, mounts=True)
    if network.gateway and can_bind(network.gateway):
        return Surroundings(Reach(network.gateway, network.gateway), local=True, mounts=True)
    own = _own_address(here, f"the network {network.name}", mounts=True)
    return replace(own, local=True) if isinstance(own, Surroundings) else own


def is_desktop(place: Place, here: Here) -> bool:
    """Whether the engine runs in a virtual machine that belongs to this one: Docker Desktop anywhere, and every socket
    of a machine that is no Linux (colima, OrbStack, Rancher Desktop; all of them know the name)."""
    return "Docker Desktop" in place.operating_system or (here.system != "Linux" and not place.host)


def _same_machine(place: Place, here: Here) -> bool:
    """Same kernel and same host name. A forwarded socket or port of another machine differs in one of them."""
    if here.system != "Linux" or place.scheme == "ssh" or here.in_container:
        return False
    nearby = not place.host or place.host == "localhost" or _is_loopback(place.host)
    return nearby and place.kernel == here.kernel and place.machine == here.machine


def _beside(network: Network, here: Here) -> Surroundings | OutOfReach:
    """devserve in a container, with the engine's socket: paths here mean nothing to the engine."""
    address = LOOPBACK if network.driver == "host" and not here.container_address else here.container_address
    if address:
        return Surroundings(Reach(address, address), local=False, mounts=False)
    return OutOfReach(
        f"devserve runs in a container that is not on the Docker network {network.name}",
        "name its network with --docker-network, or its own name with --container-host",
    )


def _own_address(here: Here, towards: str, mounts: bool) -> Surroundings | OutOfReach:
    if here.towards and not _is_loopback(here.towards):
        return Surroundings(Reach(here.towards, here.towards), local=False, mounts=mounts)
    return OutOfReach(
        f"this machine has no address that containers of {towards} could call",
        "name one with --container-host",
    )


def _bind_for(name: str, before: Reach | None, can_bind: Callable[[str], bool]) -> str:
    if before is not None and name == before.name:
        return before.bind
    if name == "localhost" or _is_loopback(name):
        return LOOPBACK
    return name if _is_address(name) and can_bind(name) else ALL


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_loopback(text: str) -> bool:
    return _is_address(text) and ipaddress.ip_address(text).is_loopback


def gateway_of(subnets: list[tuple[str, str]]) -> str:
    """The engine's address on a network, from its (subnet, gateway) pairs, IPv4 first. A pair may leave the gateway
    out: then it is the first address of the subnet (recorded: the default bridge of Docker 20.10 before its first
    container)."""
    found = [gateway.partition("/")[0] or _first(subnet) for subnet, gateway in subnets]
    usable = [address for address in found if _is_address(address)]
    return min(usable, key=lambda address: ":" in address, default="")


def _first(subnet: str) -> str:
    try:
        network = ipaddress.ip_network(subnet, strict=False)
    except ValueError:
        return ""
    return str(network.network_address + 1)


def is_layered(mounts: str) -> bool:
    """Whether `/` is made of layers, as in a container, by the text of `/proc/self/mounts`. The marks that engines put
    into containers are not enough: machines are made from images that hold them."""
    kinds = [fields[2] for line in mounts.splitlines() if len(fields := line.split()) > 2 and fields[1] == "/"]
    return bool(kinds) and kinds[-1] not in ("ext4", "xfs", "btrfs", "zfs", "f2fs")
