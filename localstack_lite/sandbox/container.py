"""How a container is made: from a function's limits and folders to what the Docker Engine API is asked for. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.model.function import MB_PER_VCPU
from localstack_lite.sandbox.warden import TELEMETRY

#: The runtime's output, where engine and devserve share a kernel.
LOG = "/var/devserve/log"
#: The folder of extensions that was given.
EXTENSIONS = "/var/devserve/extensions"
#: The container's own address by name. The engine writes it down for a container that is called so.
HOST, DOMAIN = "sandbox", "localdomain"
#: The debugger's port in the container.
DEBUG_PORT = 5678

#: Lambda's limits of an execution environment (AWS quotas: 1,024 file descriptors, 1,024 processes and threads).
MAX_PROCESSES = MAX_FILES = 1024
#: More limits of its processes, soft and hard (recorded in 2025); the engine's own can only be raised by root.
_LIMITS = {"core": (10 << 30, 10 << 30), "memlock": (64 << 10, 64 << 10), "stack": (8 << 20, -1)}
#: Of processes of one user (recorded). This counts what the user runs outside of containers, too.
_USERS_PROCESSES = 742
#: vCPUs while a function initialises: AWS does not hold it to its share then.
BURST = 2.0
#: Microseconds in which a function gets its share once: short, so that little memory means slow and not stuttering.
PERIOD = 20_000
_LEAST_QUOTA = 1_000
_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder or file of this machine in the container, read-only unless `writable`. `inode` tells a folder from one
    that was made in its place. `copied`: the engine cannot see it, its content is sent. `single`: it is a file."""

    source: str
    target: str
    inode: int = 0
    writable: bool = False
    copied: bool = False
    single: bool = False

    @property
    def folder(self) -> str:
        """The folder in the container that holds it, or that it is."""
        return self.target.rpartition("/")[0] if self.single else self.target


@dataclass(frozen=True, slots=True)
class Blueprint:
    """All that a container is made from. Two environments with equal ones can use each other's container.

    Memory and storage in MB. `user` as `docker run --user`, empty: the image's. `shared`: the engine runs on this
    machine's kernel, so memory is watched from here; otherwise the engine's wall is the only one.
    """

    function: str
    image: str
    mounts: tuple[Mount, ...]
    memory: int
    storage: int
    network: str
    architecture: str
    user: str = ""
    shared: bool = True
    debug: bool = False
    own: bool = False
    """The image is the function's own."""

    @property
    def interchangeable(self) -> bool:
        """Whether one can be prepared before it is needed: nothing in it is a copy that may be old by then."""
        return not self.debug and not any(mount.copied for mount in self.mounts)


@dataclass(frozen=True, slots=True)
class Direct:
    """For an image without a shell: its own command is the first process. The variables are then part of the
    container's configuration, where whoever may use the engine can read them; nothing else is possible there."""

    command: tuple[str, ...]
    environ: Mapping[str, str]
    folder: str


def quota(cpus: float, engine_cpus: int) -> int:
    """Microseconds of computing time in each `PERIOD`."""
    return max(_LEAST_QUOTA, int(min(cpus, engine_cpus) * PERIOD))


def share(memory: int) -> float:
    """vCPUs of a function with that much memory (AWS: one at 1,769 MB, in proportion)."""
    return memory / MB_PER_VCPU


def burst(memory: int) -> float:
    return max(BURST, share(memory))


def config(
    plan: Blueprint, labels: Mapping[str, str], engine_cpus: int, warden: str, log: str = "", gateway: bool = True
) -> dict[str, Any]:
    """The body of the API's ContainerCreate for a container that waits for a runtime. `warden` is the script of its
    first process, `log` a FIFO of this machine; `gateway`: the engine knows `host-gateway`."""
    host: dict[str, Any] = {
        "AutoRemove": True,
        "Mounts": [_mount(each) for each in _bound(plan, log)],
        # The kernel counts /tmp as memory, AWS does not: the wall is around both, memory alone is watched from here.
        "Memory": (plan.memory + plan.storage * plan.shared) * _MB,
        "MemorySwap": (plan.memory + plan.storage * plan.shared) * _MB,
        "CpuPeriod": PERIOD,
        "CpuQuota": quota(burst(plan.memory), engine_cpus),
        "PidsLimit": MAX_PROCESSES,
        "Ulimits": _ulimits(plan),
        "ReadonlyRootfs": True,
        "Tmpfs": {"/tmp": f"rw,exec,nosuid,nodev,size={plan.storage}m,mode=1777"},
        "CapDrop": ["ALL"],
        # label=disable: SELinux keeps containers from folders that carry no label of theirs.
        "SecurityOpt": ["no-new-privileges", "label=disable"],
        "LogConfig": {"Type": "none", "Config": {}},
        "NetworkMode": plan.network,
    }
    if gateway and not plan.network.startswith(("host", "none", "container:")):
        host["ExtraHosts"] = ["host.docker.internal:host-gateway"]
    if plan.network == "host":
        host["ExtraHosts"] = [f"{HOST}.{DOMAIN}:127.0.0.1"]
    body: dict[str, Any] = {
        "Image": plan.image,
        "Entrypoint": ["sh", "-c", warden],
        "Cmd": [],
        "WorkingDir": "/",
        "Labels": dict(labels),
        "Tty": False,
        "OpenStdin": True,
        # When the one connection ends, so does the standard input, and with it the warden.
        "StdinOnce": True,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": host,
    }
    if not plan.network.startswith(("host", "container:")):
        body |= {"Hostname": HOST, "Domainname": DOMAIN}
    copies = [mount.folder for mount in plan.mounts if mount.copied]
    if copies:
        body["Volumes"] = {target: {} for target in copies}
    if plan.user:
        body["User"] = plan.user
    if plan.debug:
        port = f"{DEBUG_PORT}/tcp"
        body["ExposedPorts"] = {port: {}}
        host["PortBindings"] = {port: [{"HostIp": "127.0.0.1", "HostPort": "0"}]}
    return body


def inner_address(network: str, settings: Mapping[str, Any]) -> str:
    """Where this machine reaches what listens in a container at `sandbox.localdomain`; `settings` are the engine's
    `NetworkSettings` of it. Empty where it has none."""
    if network == "host":
        return "127.0.0.1"
    networks = (settings.get("Networks") or {}).values()
    return next((address for each in networks if (address := str(each.get("IPAddress") or ""))), "")


def _ulimits(plan: Blueprint) -> list[dict[str, Any]]:
    limits = {"nofile": (MAX_FILES, MAX_FILES)}
    if plan.shared:
        limits |= _LIMITS
        if not plan.own and not plan.user:
            limits["nproc"] = (_USERS_PROCESSES, _USERS_PROCESSES)
    return [{"Name": name, "Soft": soft, "Hard": hard} for name, (soft, hard) in limits.items()]


def direct(body: Mapping[str, Any], own: Direct) -> dict[str, Any]:
    """`config` changed for an image without a shell. It is not removed on its own: its exit code is asked for. Nobody
    opens a third descriptor there."""
    return {
        **body,
        "Entrypoint": list(own.command),
        "Env": [f"{name}={value}" for name, value in own.environ.items() if name != TELEMETRY],
        "WorkingDir": own.folder,
        "HostConfig": {**body["HostConfig"], "AutoRemove": False},
    }


def user(local: bool, own: bool, uid: int, gid: int) -> str:
    """Who runs the function. AWS runs it as nobody in particular; here it is you, so that it can read what you can.
    An image of the function's `own` says itself."""
    return f"{uid}:{gid}" if local and not own and uid != 0 else ""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What the user should know about the processor. `fatal`: it cannot run."""

    what: str
    hint: str
    fatal: bool


def misfit(wanted: str, image: str, engine: str, emulated: bool) -> Misfit | None:
    """`wanted` is the function's architecture, `image` that of the image it runs in, `engine` the engine's own."""
    if image != engine and not emulated:
        hint = f"install emulation (binfmt, qemu-user-static), set Architectures: [{engine}], or name an image of it"
        return Misfit(f"wants {image}, this engine is {engine} and cannot run it", hint, fatal=True)
    if wanted != image:
        return Misfit(
            f"wants {wanted}, its image here is {image}", f"--invoke-image names one for {wanted}", fatal=False
        )
    if image != engine:
        return Misfit(f"is {image}, emulated on {engine}", "it is several times slower than on AWS", fatal=False)
    return None


def _bound(plan: Blueprint, log: str) -> list[Mount]:
    mounts = [mount for mount in plan.mounts if not mount.copied]
    return [*mounts, Mount(log, LOG, writable=True)] if log else mounts


def _mount(mount: Mount) -> dict[str, Any]:
    return {"Type": "bind", "Source": mount.source, "Target": mount.target, "ReadOnly": not mount.writable}
