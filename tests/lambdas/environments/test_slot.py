"""What is real about one environment: the Runtime API's answers, the tail of the log, the end of a sandbox."""

from __future__ import annotations

import asyncio

import pytest

from localstack_lite.lambdas.environments.slot import LOG_TAIL, tail
from localstack_lite.lambdas.service import LambdaService
from localstack_lite.model.invocation import Outcome
from localstack_lite.ports import SandboxExited
from tests.lambdas.by_hand import API, Asked, ByHand, with_runtime


def test_next_is_answered_with_the_event_and_its_headers() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        following = runtime.ask("GET", f"{API}/invocation/next")
        assert (following.status, following.answer) == (200, b'{"a": 1}')
        headers = {name.lower(): value for name, value in following.answer_headers.items()}
        assert headers["lambda-runtime-aws-request-id"] == "r1"
        assert headers["lambda-runtime-invoked-function-arn"].endswith(":function:hello")
        assert int(headers["lambda-runtime-deadline-ms"]) > 0
        assert "lambda-runtime-client-context" not in headers

    with_runtime(talk)


def test_a_result_is_accepted_once_and_reaches_the_caller() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b'"done"').status == 202
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b'"again"').status in (400, 403)

    outcome = with_runtime(talk)
    assert outcome is not None
    assert getattr(outcome, "payload", None) == b'"done"'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", f"{API}/invocation/other/response", 400),
        ("POST", f"{API}/init/error", 403),
        ("GET", "/2018-06-01/ping", 200),
        ("POST", "/2018-06-01/ping", 405),
        ("GET", f"{API}/nothing", 404),
        ("GET", "/elsewhere", 404),
    ],
)
def test_other_requests_during_an_invocation_change_nothing(method: str, path: str, status: int) -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask(method, path, b"{}").status == status
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    outcome = with_runtime(talk)
    assert getattr(outcome, "payload", None) == b"1"


def test_a_result_that_is_too_large_is_refused_and_the_caller_is_told() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1" * 6_291_557).status == 413

    outcome = with_runtime(talk)
    assert getattr(outcome, "error", "") == "Function.ResponseSizeTooLarge"


def test_a_runtime_that_lost_its_connection_gets_the_invocation_on_the_next() -> None:
    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        lost = Asked("GET", f"{API}/invocation/next", gone=True)
        assert runtime.receive is not None
        runtime.receive(lost)
        assert runtime.ask("GET", f"{API}/invocation/next").answer == b'{"a": 1}'
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    assert getattr(with_runtime(talk), "payload", None) == b"1"


@pytest.mark.parametrize("text", ["", "short\n", "x" * LOG_TAIL])
def test_a_log_that_fits_is_kept_whole(text: str) -> None:
    assert tail(text) == text


def test_a_longer_log_loses_its_beginning_and_no_half_characters() -> None:
    kept = tail("a" * 10 + "ü" * 3000)
    assert set(kept) == {"ü"}
    assert len(kept.encode()) <= LOG_TAIL
    assert tail("x" + "ü" * (LOG_TAIL // 2)).encode().decode() == "ü" * (LOG_TAIL // 2)


def test_what_an_old_sandbox_does_is_not_heard() -> None:
    heard: list[str] = []

    def talk(runtime: ByHand, call: asyncio.Future[Outcome], service: LambdaService) -> None:
        old = runtime.listener
        assert old is not None
        runtime.ask("POST", f"{API}/init/error", b"{}")
        runtime.listener = None
        old.exited(SandboxExited(code=1))
        assert runtime.listener is not old, "it was started again"
        (environment,) = service.environments()
        before = repr(environment)
        old.launched(("late",))
        old.extension_exited("late", 1, None)
        old.runtime_exited(SandboxExited(code=1))
        old.started()
        old.exited(SandboxExited(code=1))
        assert repr(environment) == before
        heard.append(before)
        runtime.ask("GET", f"{API}/invocation/next")
        assert runtime.ask("POST", f"{API}/invocation/r1/response", b"1").status == 202

    assert getattr(with_runtime(talk), "payload", None) == b"1"
    assert heard == ["<Environment hello#1 INIT: runtime Started>"]
