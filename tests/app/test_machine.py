"""What an app stands on."""

from __future__ import annotations

import pytest

from localstack_lite.app.machine import choose
from localstack_lite.errors import UserError
from localstack_lite.model.options import ServeOptions
from tests.builders import function, project

NOWHERE = {"DOCKER_HOST": "tcp://127.0.0.1:9"}
SHOP = project(function("orders"))


def test_processes_run_what_no_docker_engine_is_there_for_and_the_reason_is_said() -> None:
    chosen = choose(SHOP, ServeOptions(), NOWHERE)
    assert (chosen.sandbox.name, chosen.reason, chosen.reach) == ("process", "no Docker engine answers", None)
    assert choose(SHOP, ServeOptions(sandbox="process"), NOWHERE).reason == "asked for"


def test_docker_that_was_asked_for_and_is_not_there_is_an_error() -> None:
    with pytest.raises(UserError) as caught:
        choose(SHOP, ServeOptions(sandbox="docker"), NOWHERE)
    assert caught.value.where == "--sandbox docker"
    assert "tcp://127.0.0.1:9" in caught.value.what
