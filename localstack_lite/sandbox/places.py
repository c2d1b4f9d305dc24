"""What a process finds at its place that is elsewhere on this machine: `sandbox.localdomain`, and layers at `/opt`.

Extensions that are told of logs listen at `sandbox.localdomain` (AWS docs, "Telemetry API"), and programs in layers
name their files by `/opt`. A process gets both in a mount namespace of its own, where this machine allows one. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from localstack_lite.sandbox import launcher
from localstack_lite.sandbox.spec import Launch

NAME = "sandbox.localdomain"
HOSTS, OPT = "/etc/hosts", "/opt"


def known(hosts: str) -> bool:
    """Whether the text of `/etc/hosts` says where it is."""
    return any(NAME in line.partition("#")[0].split()[1:] for line in hosts.splitlines())


def with_name(hosts: str) -> str:
    """The text of `/etc/hosts`, completed."""
    if known(hosts):
        return hosts
    between = "" if not hosts or hosts.endswith("\n") else "\n"
    return f"{hosts}{between}127.0.0.1 {NAME} sandbox\n"


def hides_needed(needed: Iterable[str]) -> bool:
    """Whether something that the process needs would be gone with this machine's own `/opt`."""
    return any(f"{path}/".startswith(f"{OPT}/") for path in needed)


def placed(plan: Launch, places: Iterable[tuple[str, str]], python: str, script: str) -> Launch:
    """The same process, with each of `places` (a file or folder, and where it is to be seen). `python` and `script`
    start the launcher."""
    pairs = [word for place in places for word in place]
    if not pairs:
        return plan
    start = (python, "-I", "-S", script, launcher.PLACES, str(plan.folder), str(len(pairs)), *pairs)
    return replace(plan, command=(*start, *plan.command))
