"""Every recorded case, played against one devserve that serves a project with everything the cases need; facts about
AWS's container against a second one, whose functions run in containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.devserver import DOCKER, Devserve, devserve
from tests.live.docker_projects import IMAGES, settings
from tests.live.languages import require_node
from tests.oracle import gateway
from tests.oracle import service as lambda_service
from tests.oracle.case import Case, load
from tests.oracle.not_yet import NOT_YET
from tests.oracle.play import play
from tests.oracle.redeploy import SCENARIOS
from tests.oracle.stage import RUNTIME, NotPlayable, project

CASES = load()

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    cases = [case for case in CASES.values() if fixture_of(case) == "server"]
    with devserve(tmp_path_factory.mktemp("oracle"), project(cases)) as running:
        yield running


@pytest.fixture(scope="module")
def container_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    files = project(case for case in CASES.values() if DOCKER in case.needs)
    files |= settings(files["template.json"], {RUNTIME: IMAGES["python3.11"]})
    with devserve(tmp_path_factory.mktemp("oracle-docker"), files, sandbox=DOCKER) as running:
        yield running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[lambda_service.Service]:
    cases = (case for case in CASES.values() if case.id in lambda_service.SCENARIOS)
    with lambda_service.service(tmp_path_factory.mktemp("oracle-service"), cases) as running:
        yield running


@pytest.fixture(scope="module")
def gateways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[gateway.Gateways]:
    cases = (case for case in CASES.values() if case.id in gateway.SCENARIOS)
    with gateway.gateways(tmp_path_factory.mktemp("oracle-gateways"), cases) as running:
        yield running


def uses_node(case: Case) -> bool:
    return isinstance(case.given, dict) and "nodejs" in str(case.given.get("function"))


def check(case: Case, server: Devserve | lambda_service.Service | gateway.Gateways, folder: Path) -> str:
    """Empty when the case passes, else what is wrong."""
    try:
        if isinstance(server, lambda_service.Service | gateway.Gateways):
            server.play(case)
        elif case.id in SCENARIOS:
            SCENARIOS[case.id](case, folder)
        else:
            play(case, server)
    except NotPlayable as missing:
        return f"{case.id} cannot be played: {missing}"
    except AssertionError as wrong:
        return str(wrong)
    return ""


def fixture_of(case: Case) -> str:
    if case.id in lambda_service.SCENARIOS:
        return "service"
    if case.id in gateway.SCENARIOS:
        return "gateways"
    return "container_server" if DOCKER in case.needs else "server"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_answers_as_aws_did(case: Case, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if case.id not in NOT_YET and uses_node(case):
        require_node()
    server = request.getfixturevalue(fixture_of(case))
    wrong = check(case, server, tmp_path)
    if case.id in NOT_YET:
        assert wrong, f"{case.id} passes now: take it off tests/oracle/not_yet.py"
    else:
        assert not wrong, wrong


def test_every_excuse_belongs_to_a_case() -> None:
    assert not NOT_YET.keys() - CASES.keys()


def test_every_case_names_its_source_and_the_kind_of_evidence() -> None:
    kinds = {"snapshot", "aws-validated-assertion", "aws-recorded-file", "ci-on-aws", "aws-docs"}
    assert {case.evidence for case in CASES.values()} == kinds
    assert all(case.source for case in CASES.values())
    assert len(CASES) == 202
