"""A project that reserves more than the account leaves is told so."""

from __future__ import annotations

from pathlib import Path

import pytest

from localstack_lite.config.reservations import problems
from localstack_lite.model.project import Project
from tests.builders import function


def told(account: int, *reserved: int | None) -> list[str]:
    functions = tuple(
        function(f"f{number}", reserved_concurrency=figure, where="template.yaml:3")
        for number, figure in enumerate(reserved)
    )
    found = problems(Project(Path("/p"), functions=functions), account)
    assert all(problem.warning and problem.where == "template.yaml:3" for problem in found)
    return [f"{problem.what}; {problem.hint.partition(':')[2].split(' have')[0].strip()}" for problem in found]


@pytest.mark.parametrize(
    ("account", "reserved"),
    [(1000, ()), (1000, (None, 0)), (1000, (900,)), (1000, (450, 450)), (10, (None,)), (10, (0,))],
)
def test_what_leaves_enough_is_fine(account: int, reserved: tuple[int | None, ...]) -> None:
    assert told(account, *reserved) == []


def test_what_aws_would_not_deploy_is_told_once() -> None:
    what = "of the account's 1000 concurrent executions are reserved; 100"
    assert told(1000, 901) == [f"f0: 901 {what}"]
    assert told(1000, 300, None, 300, 300, 5) == [f"f0, f2, f3, …: 905 {what}"]
    assert told(10, 1) == ["f0: 1 of the account's 10 concurrent executions are reserved; 10"]
