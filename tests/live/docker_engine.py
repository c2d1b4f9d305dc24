"""A Docker engine and the test images for live tests. Without an engine they are skipped with the reason; with
`DEVSERVE_REQUIRE_DOCKER=1`, as in CI, they fail instead.

A module of tests for containers begins with `pytestmark = docker_engine.MARKS` and calls `require_images()` where it
starts its server; `image_settings()` is what its devserve.toml says about them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NoReturn

import pytest

from localstack_lite.sandbox.engine import Engine, Unreachable, connect
from tests.images.recipes import NO_SHELL, NODE, PROVIDED, PYTHON
from tests.images.suite import PYTHON_OF, node_major, suite

MARKS = [pytest.mark.live, pytest.mark.docker]
REQUIRED = os.environ.get("DEVSERVE_REQUIRE_DOCKER") == "1"

PYTHON_RUNTIME = f"python{PYTHON_OF[suite()]}"
NODE_RUNTIME = f"nodejs{node_major()}.x"
IMAGES: Mapping[str, str] = {
    PYTHON_RUNTIME: PYTHON,
    NODE_RUNTIME: NODE,
    "provided.al2023": PROVIDED,
    "provided.al2": PROVIDED,
}
"""The test image of each runtime there is one for."""

NO_SHELL_IMAGE = NO_SHELL
"""An image function's: `app.handler` in Python, and no `sh` to start anything with."""


@cache
def missing_engine() -> str:
    """Why there is no engine; empty when one answers."""
    engine = connect(os.environ)
    if isinstance(engine, Unreachable):
        return engine.why
    engine.client.close()
    return ""


def require_engine() -> None:
    """Skip the test, or fail it where an engine has to be there."""
    if why := missing_engine():
        _without(why)


def require_images() -> Mapping[str, str]:
    """The test images by runtime, made when they are missing: a minute on a new machine, else milliseconds."""
    require_engine()
    if why := _missing_images():
        _without(why)
    return IMAGES


def image_settings() -> str:
    """The table for a devserve.toml."""
    return "[images]\n" + "".join(f'"{runtime}" = "{image}"\n' for runtime, image in require_images().items())


@contextmanager
def connected(network: str = "") -> Iterator[Engine]:
    """devserve's own connection to the engine, closed at the end."""
    require_engine()
    engine = connect(os.environ, network)
    assert isinstance(engine, Engine), engine
    try:
        yield engine
    finally:
        engine.client.close()


def containers(label: str) -> list[dict[str, Any]]:
    """What the engine lists of all containers with this label (`NAME` or `NAME=VALUE`), stopped ones too."""
    with connected() as engine:
        listed: list[dict[str, Any]] = engine.client.api.containers(all=True, filters={"label": label})
        return listed


@cache
def _missing_images() -> str:
    from tests.images.build import make_all

    try:
        make_all()
    except OSError as error:
        return str(error)
    return ""


def _without(why: str) -> NoReturn:
    if REQUIRED:
        pytest.fail(f"DEVSERVE_REQUIRE_DOCKER=1, but {why}", pytrace=False)
    pytest.skip(why)
