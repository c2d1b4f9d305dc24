"""A hundred Node handlers that misbehave, each in a function of its own on one devserve: the caller gets
what AWS would answer, and the next invocation works."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live import processes
from tests.live.devserver import devserve
from tests.live.misbehaviour import Outcome, Table, check, function_name, logical_id, play
from tests.live.misbehaviour_node import INIT, TABLES, identifier, module
from tests.live.node_runtimes import needs_node
from tests.live.templates import function, sam

pytestmark = [pytest.mark.live, processes.needs_proc, needs_node]

CASES: Table = {case: told for table in TABLES.values() for case, told in table.items()} | dict(INIT)


def files() -> dict[str, str | bytes]:
    resources = {}
    found: dict[str, str | bytes] = {}
    for case, (source, expected) in CASES.items():
        name = function_name(case)
        handler = f"app.{identifier(case)}"
        if case in INIT:
            handler = f"{name.replace('-', '_')}.handler"
            found[f"{name.replace('-', '_')}.js"] = source.encode("utf-8", "surrogateescape")
        resources[logical_id(case)] = function(
            handler, FunctionName=name, Timeout=expected.timeout, MemorySize=1769, Runtime="nodejs20.x"
        )
    handlers = module({case: told for case, told in CASES.items() if case not in INIT})
    return {"template.json": sam(resources), "app.js": handlers, **found}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Outcome]]:
    with devserve(tmp_path_factory.mktemp("misbehaving-node-table"), files()) as server:
        yield play(server, CASES)
    # leaving the block looks for processes that are left over


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 90


@pytest.mark.parametrize("case", CASES)
def test_it_is_answered_as_aws_answers_and_the_next_one_works(outcomes: dict[str, Outcome], case: str) -> None:
    check(CASES[case][1], outcomes[case], keys_of)


def keys_of(error_type: str) -> tuple[str, ...]:
    if error_type in ("Runtime.ExitError", "Sandbox.Timedout", "Function.ResponseSizeTooLarge", "handled"):
        return ("errorType", "errorMessage")
    return ("errorType", "errorMessage", "trace")
