"""`devserve invoke`: what is checked before anything is started."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from localstack_lite.cli.invoke import Collected, client_context, tenant_of
from localstack_lite.cli.program import run
from localstack_lite.errors import UserError
from localstack_lite.model.facts import Fact, InvocationStarted, LogWritten, Reloaded
from localstack_lite.model.function import Code, Function

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.mark.parametrize("given", ['{"custom": {"a": "b"}}', base64.b64encode(b'{"custom": {"a": "b"}}').decode()])
def test_a_client_context_is_json_or_base64_of_json(given: str) -> None:
    assert json.loads(client_context(given)) == {"custom": {"a": "b"}}


def test_no_client_context_is_none() -> None:
    assert client_context(None) == ""


@pytest.mark.parametrize(
    "given", ["x", "{", "[]", base64.b64encode(b"[]").decode(), base64.b64encode(b"\xff").decode()]
)
def test_any_other_client_context_is_refused(given: str) -> None:
    with pytest.raises(UserError, match="neither a JSON object nor base64"):
        client_context(given)


def test_the_view_keeps_log_lines_and_passes_every_fact_on() -> None:
    passed: list[Fact] = []
    view = Collected(passed.append)
    facts: list[Fact] = [
        InvocationStarted(1.0, "A", "A#1", "s", "id", "$LATEST"),
        LogWritten(1.0, "A", "A#1", "s", "id", "hello\n"),
        Reloaded(1.0, (), (), 1.0),
    ]
    for fact in facts:
        view(fact)
    assert passed == facts
    assert view.messages == ["START RequestId: id Version: $LATEST\n", "hello\n"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--event", "none.json"], "devserve: none.json: there is no such file, and no sample event"),
        (["--payload", "{"], "devserve: --payload:1: the event is not JSON"),
        (["--event", "apigw", "--payload", "{}"], "devserve: --payload: cannot be used together with --event"),
        (["--client-context", "x"], "devserve: --client-context: is neither"),
        (
            ["place_ordre"],
            "devserve: place_ordre: there is no such function in this project\n  hint: did you mean place",
        ),
        ([], "devserve: invoke: the project has several functions"),
        (["-t", "none.yaml"], "devserve: none.yaml: there is no such template"),
        (["list_orders", "--qualifier", "7"], "devserve: --qualifier: list_orders has no version or alias 7"),
        (["list_orders:live"], "devserve: --qualifier: list_orders has no version or alias live"),
        (["list_orders", "--tenant-id", "x"], "devserve: --tenant-id: list_orders has no tenant isolation"),
    ],
)
def test_faults_of_the_user_are_one_line_and_code_2(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLES / "toml")
    assert run(["invoke", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert captured.out == ""


@pytest.mark.parametrize("tenant", ["x" * 257, "a\nb", "\u00e9", "a*"])
def test_a_tenant_that_aws_does_not_take_is_refused(tenant: str) -> None:
    apart = Function("F", "f", "python3.13", "app.handler", Code(Path("/")), tenancy=True)
    with pytest.raises(UserError, match="no tenant that AWS takes"):
        tenant_of(apart, tenant)
    assert tenant_of(apart, "Blue-1.x_y:z/=+@ w") == "Blue-1.x_y:z/=+@ w"


ROOT = Path(__file__).resolve().parents[2]


def devserve(*arguments: str, folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """`devserve invoke` as a user runs it, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "localstack_lite", "invoke", "--no-credentials", "--sandbox", "process", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(
        "def handler(event, context):\n    print('working')\n    if event.get('fail'):\n"
        "        raise ValueError('on purpose')\n    return event\n",
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.live
def test_the_payload_goes_to_stdout_and_the_log_to_stderr(project: Path) -> None:
    done = devserve("--payload", '{"a": 1}', folder=project)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"a": 1})
    words = [line.split()[0] for line in done.stderr.splitlines()]
    assert words == ["INIT_START", "START", "working", "END", "REPORT"]


@pytest.mark.live
def test_a_sample_that_the_project_does_not_have_is_sent(project: Path) -> None:
    done = devserve("--event", "sample_events/apigw.json", folder=project)
    assert (done.returncode, json.loads(done.stdout)["httpMethod"]) == (0, "GET")


@pytest.mark.live
def test_an_event_from_standard_input_is_sent(project: Path) -> None:
    done = devserve("--event", "-", folder=project, stdin='{"from": "stdin"}')
    assert (done.returncode, json.loads(done.stdout)) == (0, {"from": "stdin"})


@pytest.mark.live
def test_a_function_that_fails_is_code_1_with_its_payload_printed(project: Path) -> None:
    done = devserve("--payload", '{"fail": true}', folder=project)
    assert (done.returncode, json.loads(done.stdout)["errorType"]) == (1, "ValueError")
    assert "[ERROR] ValueError: on purpose" in done.stderr


@pytest.mark.live
def test_json_is_one_object_with_logs_and_report(project: Path) -> None:
    done = devserve("--json", folder=project)
    found = json.loads(done.stdout)
    assert (done.returncode, found["statusCode"], found["payload"], found["functionError"]) == (0, 200, {}, None)
    assert [line.split()[0] for line in found["logs"]] == ["INIT_START", "START", "working", "END", "REPORT"]
    assert found["report"]["coldStart"] is True


@pytest.mark.live
def test_an_asynchronous_invocation_prints_nothing_on_stdout(project: Path) -> None:
    done = devserve("--async", folder=project)
    assert (done.returncode, done.stdout) == (0, "")
    assert "working" in done.stderr


@pytest.mark.live
def test_a_function_that_is_switched_off_is_refused_with_code_3(project: Path) -> None:
    settings = '[functions.off]\nhandler = "app.handler"\nreserved_concurrency = 0\n'
    (project / "devserve.toml").write_text(settings, encoding="utf-8")
    done = devserve(folder=project)
    assert (done.returncode, done.stdout) == (3, "")
    assert "devserve: off: 429 TooManyRequestsException: Rate Exceeded." in done.stderr
