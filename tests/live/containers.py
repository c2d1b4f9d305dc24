"""The containers of one run of devserve as the engine tells them, and images that a test makes for itself.

Other people use the same engine: only what carries the labels of the run, or the name of a test, is ever touched.
"""

from __future__ import annotations

import io
import tarfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.live.devserver import Devserve

RUN_LABEL = "devserve.run"
"""Its value tells which devserve started the container: `HOST/PROCESS/…`."""


@contextmanager
def client() -> Iterator[Any]:
    """A client of the engine that the tests use."""
    import docker

    engine = docker.from_env()
    try:
        yield engine
    finally:
        engine.close()


def of(server: Devserve) -> list[dict[str, Any]]:
    """All containers of this run, whatever their state, as `docker inspect` shows them."""
    return of_process(server.process.pid)


def of_process(pid: int) -> list[dict[str, Any]]:
    with client() as engine:
        listed = engine.api.containers(all=True, filters={"label": [RUN_LABEL]})
        mine = [each["Id"] for each in listed if each["Labels"][RUN_LABEL].split("/")[1] == str(pid)]
        return [seen for each in mine if (seen := _inspected(engine, each))]


def _inspected(engine: Any, identity: str) -> dict[str, Any]:
    from docker.errors import NotFound

    try:
        return dict(engine.api.inspect_container(identity))
    except NotFound:  # it went away meanwhile
        return {}


@contextmanager
def image(dockerfile: str, files: Mapping[str, bytes] | None = None) -> Iterator[str]:
    """An image built from these lines, until the block ends."""
    name = f"devserve-test/own:{uuid.uuid4().hex[:12]}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in {**(files or {}), "Dockerfile": dockerfile.encode()}.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o755
            archive.addfile(entry, io.BytesIO(content))
    packed.seek(0)
    with client() as engine:
        engine.images.build(fileobj=packed, custom_context=True, tag=name, rm=True, forcerm=True)
        try:
            yield name
        finally:
            engine.images.remove(name, force=True)
