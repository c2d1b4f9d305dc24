"""What cannot be started says so to the log and to the caller, and is over."""

from __future__ import annotations

import asyncio

import pytest

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox.not_started import NotStarted
from localstack_lite.sandbox.spec import Impossible
from tests.live.fake_runtime_api import FakeRuntimeApi
from tests.live.sandboxes import Heard

pytestmark = pytest.mark.live


def spoken(impossible: Impossible, address: str) -> Heard:
    heard = Heard()

    async def story() -> None:
        stand_in = NotStarted(impossible, address, heard)
        assert heard.log == []  # never within the call
        stand_in.kill()
        await stand_in.gone

    asyncio.run(story())
    return heard


def test_it_posts_the_error_of_its_initialisation() -> None:
    impossible = Impossible("no run bit: chmod +x", "Runtime.InvalidEntrypoint", "permission denied")
    with FakeRuntimeApi() as api:
        heard = spoken(impossible, api.address)
        posted = api.wait("init_error")
    assert posted.json() == {"errorType": "Runtime.InvalidEntrypoint", "errorMessage": "permission denied"}
    assert posted.headers["lambda-runtime-function-error-type"] == "Runtime.InvalidEntrypoint"
    assert heard.log == ["devserve: no run bit: chmod +x\n"]
    assert heard.exits == [SandboxExited(127)]


def test_without_words_of_awss_the_caller_gets_ours() -> None:
    with FakeRuntimeApi() as api:
        spoken(Impossible("java21 does not run here"), api.address)
        assert api.wait("init_error").json()["errorMessage"] == "java21 does not run here"


def test_nobody_there_to_hear_it_is_no_error() -> None:
    heard = spoken(Impossible("why"), "127.0.0.1:9")
    assert heard.exits == [SandboxExited(127)]
