"""The connection to a Docker engine, and what that engine is to this machine. All calls block."""

from __future__ import annotations

import os
import platform
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from localstack_lite.sandbox.endpoint import Endpoint, NoEndpoint
from localstack_lite.sandbox.ping import answers as answers
from localstack_lite.sandbox.ping import found_endpoint, hint_for, one_line, ping, text_of
from localstack_lite.sandbox.reach import Here, Network, OutOfReach, Place, gateway_of, is_layered, surroundings
from localstack_lite.sandbox.reach import Reach as Reach

API_TIMEOUT = 60.0
"""Seconds for one call of the engine's API; streams may take longer."""
_ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "arm64", "arm64": "arm64"}
_ANYWHERE = "192.0.2.1"
"""An address for documentation (RFC 5737): the way there is the way out of this machine."""


@dataclass(frozen=True, slots=True)
class Engine:
    """`endpoint` is its address. `local` says that it shares kernel, file system and users with devserve; `mounts` that
    folders of this machine can be bind-mounted. `architecture` is `x86_64` or `arm64`, `memory` in MB, `title` for
    the banner. `client` is a `docker.DockerClient`, safe to use from several threads."""

    client: Any
    endpoint: str
    local: bool
    mounts: bool
    reach: Reach
    network: str
    architecture: str
    cpus: int
    memory: int
    title: str


@dataclass(frozen=True, slots=True)
class Unreachable:
    """`why` is one line: `no Docker engine answers at unix:///var/run/docker.sock`."""

    why: str
    hint: str


def connect(environ: Mapping[str, str], network: str = "", container_host: str = "") -> Engine | Unreachable:
    """`network` and `container_host` are what `--docker-network` and `--container-host` say. Takes as long as importing
    the library (0.2 s) and three calls of the engine's API."""
    endpoint = found_endpoint(environ)
    if isinstance(endpoint, NoEndpoint):
        return Unreachable(endpoint.why, endpoint.hint)
    if why := ping(endpoint):
        return Unreachable(why, hint_for(endpoint, why))
    import docker
    import docker.errors
    import requests

    try:
        client = _client(endpoint)
    except (docker.errors.DockerException, requests.RequestException, OSError, ValueError) as error:
        return Unreachable(f"no Docker engine answers at {endpoint.address}: {one_line(error)}", hint_for(endpoint))
    try:
        made = _introduce(client, endpoint, network, container_host)
    except (docker.errors.DockerException, requests.RequestException, OSError) as error:
        made = Unreachable(f"the Docker engine at {endpoint.address} fails: {one_line(error)}", "see `docker info`")
    if isinstance(made, Unreachable):
        client.close()
    return made


def _introduce(client: Any, endpoint: Endpoint, network: str, container_host: str) -> Engine | Unreachable:
    import docker.errors

    info: dict[str, Any] = client.info()
    if info.get("OSType", "linux") != "linux":
        return Unreachable("the Docker engine runs Windows containers", "switch it to Linux containers")
    named = network or "bridge"
    try:
        attributes: dict[str, Any] = client.networks.get(named).attrs
    except docker.errors.NotFound:
        known = sorted(each.name for each in client.networks.list())
        return Unreachable(f"there is no Docker network {named}", f"there are {', '.join(known)}")
    place = Place(
        scheme=endpoint.scheme,
        host=endpoint.host,
        operating_system=str(info.get("OperatingSystem", "")),
        kernel=str(info.get("KernelVersion", "")),
        machine=str(info.get("Name", "")),
        rootless=any("rootless" in option for option in info.get("SecurityOptions") or ()),
    )
    pairs = [(each.get("Subnet", ""), each.get("Gateway", "")) for each in attributes["IPAM"].get("Config") or ()]
    found = surroundings(
        place,
        Network(named, str(attributes.get("Driver", "")), gateway_of(pairs)),
        _here(client, endpoint, str(attributes.get("Id", ""))),
        _can_bind,
        container_host,
    )
    if isinstance(found, OutOfReach):
        return Unreachable(found.why, found.hint)
    return Engine(
        client=client,
        endpoint=endpoint.address,
        local=found.local,
        mounts=found.mounts,
        reach=found.reach,
        network=named,
        architecture=_ARCHITECTURES.get(str(info.get("Architecture", "")), str(info.get("Architecture", ""))),
        cpus=int(info.get("NCPU") or 1),
        memory=int(info.get("MemTotal") or 0) // (1024 * 1024),
        title=title_of(info),
    )


def title_of(info: Mapping[str, Any]) -> str:
    """`Docker Engine 20.10.24`, without what a distribution adds to the number; `Docker Desktop 27.1.1`."""
    product = str(info.get("OperatingSystem", ""))
    name = product if product in ("Docker Desktop", "OrbStack") else "Docker Engine"
    return f"{name} {str(info.get('ServerVersion', '')).partition('+')[0]}".strip()


def _client(endpoint: Endpoint) -> Any:
    import docker
    import docker.tls

    tls: Any = False
    if endpoint.tls is not None:
        own = endpoint.tls
        pair = (own.certificate, own.key) if own.certificate and own.key else None
        tls = docker.tls.TLSConfig(client_cert=pair, ca_cert=own.authority or None, verify=own.verify)
    return docker.DockerClient(
        base_url=endpoint.address,
        version="auto",
        timeout=int(API_TIMEOUT),
        tls=tls,
        use_ssh_client=endpoint.scheme == "ssh",
    )


def _here(client: Any, endpoint: Endpoint, network: str) -> Here:
    marked = os.path.exists("/.dockerenv") or os.path.exists("/run/.containerenv")
    inside = marked and is_layered(text_of(PurePath("/proc/self/mounts")))
    return Here(
        system=platform.system(),
        kernel=platform.release(),
        machine=socket.gethostname(),
        towards=_own_address(endpoint.host or _ANYWHERE),
        in_container=inside,
        container_address=_address_on(client, network) if inside else "",
    )


def _own_address(towards: str) -> str:
    """The address of this machine on the way to another. Nothing is sent: a datagram socket only looks up the way."""
    with suppress(OSError):
        family, _, _, _, address = socket.getaddrinfo(towards, 9, type=socket.SOCK_DGRAM)[0]
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
            probe.connect(address)
            return str(probe.getsockname()[0])
    return ""


def _address_on(client: Any, network: str) -> str:
    """Our address on a network when we are a container of this engine: its name is the machine's name (Docker docs)."""
    import docker.errors

    try:
        attached = client.containers.get(socket.gethostname()).attrs["NetworkSettings"]["Networks"]
    except docker.errors.APIError:
        return ""
    return next((str(each.get("IPAddress", "")) for each in attached.values() if each.get("NetworkID") == network), "")


def _can_bind(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True
