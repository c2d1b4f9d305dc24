"""The cloud of the live tests: moto's server with what it lacks (`cloud_server`), on loopback, one for a whole session.

The fixture `cloud` (in conftest) gives it empty to each test:

    def test_something(cloud: Cloud) -> None:
        cloud.client("lambda").list_functions()

Nothing real is ever reached: `environ` has dummy credentials, and the home folder is empty.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import SOURCE, environment
from tests.live.registry import free_port

REGION = "eu-west-2"
ACCOUNT = "123456789012"
CREDENTIALS: Mapping[str, str] = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing-secret-of-nobody"}


@dataclass
class Cloud:
    """`address` is what an `endpoint_url` says."""

    address: str
    process: subprocess.Popen[bytes]
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def session(self) -> Any:
        import boto3

        return boto3.session.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )

    def client(self, service: str, region: str = REGION) -> Any:
        """boto3's; made once."""
        if (service, region) not in self.clients:
            made = self.session.client(service, region_name=region, endpoint_url=self.address)
            self.clients[service, region] = made
        return self.clients[service, region]

    def reset(self) -> None:
        self._post("/moto-api/reset", None)

    def updates_take(self, seconds: float) -> None:
        """How long an update of a function's code or configuration is `InProgress` from now on."""
        self._post("/cloud/updates", {"seconds": seconds})

    def set_stack_status(self, name: str, status: str) -> None:
        self._post("/cloud/stack", {"name": name, "status": status})

    def _post(self, path: str, body: Any) -> None:
        data = b"" if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(self.address + path, data, method="POST")) as reply:
            reply.read()


def environ(**more: str) -> dict[str, str]:
    """For a command that is to reach this cloud and no other. Its home folder is the one of `devserver.environment`."""
    return {
        **CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    } | more


@contextmanager
def started(folder: Path) -> Iterator[Cloud]:
    """A cloud of its own. It ends with the block, and however this process ends: its standard input is ours."""
    pytest.importorskip("moto", reason="moto is not installed (the `test` extra has it)")
    port = free_port()
    with (folder / "cloud.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.live.cloud_server", str(port)],
            cwd=SOURCE,
            env=environment("cloud", folder) | environ(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    cloud = Cloud(f"http://127.0.0.1:{port}", process)
    try:
        eventually(lambda: process.poll() is not None or _answers(cloud.address), seconds=30, what="the cloud answers")
        if process.poll() is not None:
            pytest.fail(f"the cloud did not start\n{(folder / 'cloud.log').read_text()[-2000:]}", pytrace=False)
        yield cloud
    finally:
        process.kill()
        process.wait(10)
        assert process.stdin is not None
        process.stdin.close()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/moto-api/data.json", timeout=5) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False
