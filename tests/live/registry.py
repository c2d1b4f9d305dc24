"""A registry of images on this machine: Debian's docker-registry on loopback, for tests that fetch."""

from __future__ import annotations

import shutil
import socket
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.live.deadline import eventually
from tests.live.docker_engine import REQUIRED

COMMAND = "docker-registry"


@contextmanager
def registry(folder: Path, *, login: bool = False) -> Iterator[str]:
    """`HOST:PORT` of an empty one that keeps its data in `folder`. `login`: it lets nobody in without one, and there is
    none."""
    if shutil.which(COMMAND) is None:
        why = f"{COMMAND} is not installed (Debian's package of this name)"
        if REQUIRED:
            pytest.fail(f"DEVSERVE_REQUIRE_DOCKER=1, but {why}", pytrace=False)
        pytest.skip(why)
    port = free_port()
    settings = folder / "registry.yml"
    settings.write_text(
        textwrap.dedent(
            f"""\
            version: 0.1
            log: {{level: error}}
            storage: {{filesystem: {{rootdirectory: {folder / "data"}}}}}
            http: {{addr: "127.0.0.1:{port}"}}
            """
        )
    )
    if login:
        (folder / "people").touch()
        with settings.open("a") as more:
            more.write(f'auth: {{htpasswd: {{realm: shop, path: "{folder / "people"}"}}}}\n')
    with (folder / "registry.log").open("w") as log:
        process = subprocess.Popen([COMMAND, "serve", str(settings)], stdout=log, stderr=log)
    try:
        eventually(lambda: _accepts(port), what="the registry listens")
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def free_port() -> int:
    """One that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
