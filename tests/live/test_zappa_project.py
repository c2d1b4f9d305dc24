"""Zappa projects served unmodified, over real HTTP and the Lambda port, with both tested versions. Tests named after a
point of the checklist prove that point from outside; branch by branch they are proven in `test_zappa_branches`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import zappa_events as events
from tests.live import zappa_served
from tests.live.deadline import eventually
from tests.live.devserver import Devserve
from tests.live.wire import send
from tests.live.zappa_projects import FLASK, FUNCTIONS
from tests.live.zappa_runtime import OLD, VERSIONS
from tests.live.zappa_served import NAME, log

pytestmark = pytest.mark.live

#: Everything that asks for something special, in the hjson that people write.
SETTINGS = """
{
  # What all stages have
  base: {
    project_name: shop
    aws_region: us-east-1
    s3_bucket: none
    app_function: shop.app
    slim_handler: true,
    prebuild_script: build.run
    callbacks: { post: "build.run" }
    timeout_seconds: 5
    environment_variables: { PLAN: "big", "AWS_SECRET_THING": "kept" }
    aws_environment_variables: { ON_LAMBDA: "yes" }
    context_header_mappings: { "X-Stage": "stage" }
    events: [
      { function: "work.both", expression: "rate(1 hour)", name: "nightly", kwargs: { size: 3 } },
      { function: "work.none", event_source: { arn: "arn:aws:sqs:us-east-1:123456789012:orders", batch_size: 1 } }
    ]
  }
  dev: {
    extends: base
    debug: true,
  }
}
"""
MORE = {
    "build.py": "import pathlib\ndef run(*a): pathlib.Path('built').write_text('yes')\n",
    "slow.py": "import time\ndef sleep(event, context):\n    time.sleep(event['seconds'])\n    return 'slept'\n"
    "def long(event, context):\n    return 'x' * event['length']\n",
}


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("project")
    with zappa_served.served(folder, version, FLASK | FUNCTIONS | MORE, SETTINGS) as server:
        yield server


def problems(server: Devserve) -> str:
    """What was said about the settings, a line each."""
    return "\n".join(f"{fact['problem']['what']} {fact['problem']['hint']}" for fact in server.facts("problem"))


def says(server: Devserve, text: str) -> None:
    eventually(lambda: text in log(server), seconds=5.0, what=f"{text!r} in the log:\n{log(server)}")


def test_point_02_settings_are_in_memory_and_the_package_s_modules_are_there(server: Devserve) -> None:
    code = "import handler, django_zappa_app, zappa_settings, os; print('has', zappa_settings.APP_MODULE, "
    code += "handler.LambdaHandler.__module__, 'DEVSERVE_ZAPPA' in os.environ)"
    assert server.invoke(NAME, {"raw_command": code}).status == 200
    says(server, "has shop zappa.handler False")
    here = {path.name for path in server.folder.iterdir()}
    assert here <= {*FLASK, *FUNCTIONS, *MORE, "zappa_settings.json", ".venv", ".devserve", "__pycache__"}


def test_point_03_the_installed_zappa_serves(server: Devserve, version: str) -> None:
    assert server.invoke(NAME, {"raw_command": "import zappa; print('this is', zappa.__version__)"}).status == 200
    says(server, f"this is {version}")


def test_point_04_every_kind_of_event_can_be_sent_to_the_lambda_port(server: Devserve) -> None:
    assert server.invoke(NAME, {"command": "work.none"}).payload == "none"
    assert server.invoke(NAME, events.sqs("arn:aws:sqs:us-east-1:123456789012:orders")).payload == "none"
    assert server.invoke(NAME, events.rest("/echo/x")).payload["statusCode"] == 200
    assert server.invoke(NAME, {"source": "shop"}).payload is None
    says(server, "devserve: no Zappa branch matched this event (source 'shop')")


def test_point_06_the_stage_stands_in_front_and_the_app_sees_amazon_s_address(server: Devserve) -> None:
    seen = server.get("/dev/echo/x?a=1&a=2").json()
    assert (seen["SCRIPT_NAME"], seen["PATH_INFO"], seen["QUERY_STRING"]) == ("/dev", "/echo/x", "a=1&a=2")
    assert seen["headers"]["Host"].endswith(".execute-api.us-east-1.amazonaws.com")
    assert (seen["wsgi.url_scheme"], seen["SERVER_PORT"], seen["REMOTE_ADDR"]) == ("https", "443", "127.0.0.1")
    assert seen["headers"]["X-Stage"] == "dev"


def test_point_06_absolute_redirects_come_back_to_this_machine(server: Devserve) -> None:
    reply = server.get("/dev/away")
    place = reply.header("Location") or ""
    assert reply.status == 302
    assert place in ("/dev/link", f"http://localhost:{server.port}/dev/link", f"{server.gateway}/dev/link")


def test_point_07_cookies_go_out_as_often_as_on_aws(server: Devserve) -> None:
    # Zappa's middleware makes each of them four; a REST API takes no line out.
    assert len(server.get("/dev/cookies").all("Set-Cookie")) == 8
    says(server, "devserve: each cookie is sent 4×")


def test_point_07_what_was_answered_once_goes_out_once(server: Devserve) -> None:
    assert len(server.get("/dev/echo/x").all("Content-Type")) == 1
    assert len(server.get("/dev/away").all("Location")) == 1


def test_point_07_pictures_survive_both_ways(server: Devserve) -> None:
    picture = bytes(range(256)) * 16
    reply = server.request("POST", "/dev/bytes/image/png", [("Content-Type", "image/png")], picture)
    assert reply.body == picture
    assert reply.header("Content-Type") == "image/png"


def test_point_09_a_function_that_takes_too_long_is_stopped(server: Devserve) -> None:
    answer = server.invoke(NAME, {"command": "slow.sleep", "seconds": 8})
    assert answer.error == "Unhandled"
    assert "Task timed out after 5.00 seconds" in answer.payload["errorMessage"]


def test_point_09_more_than_6_mb_is_refused(server: Devserve) -> None:
    answer = server.invoke(NAME, {"command": "slow.long", "length": 7_000_000})
    assert "Response payload size exceeded" in answer.payload["errorMessage"]
    big = server.request("POST", "/dev/echo/x", [("Content-Type", "text/plain")], b"x" * 10_500_000)
    assert big.status == 413


def test_point_10_schedules_are_listed_and_can_be_run_now(server: Devserve) -> None:
    known = {one["name"]: one for one in send(server.lambdas, "GET", "/_devserve/api/schedules").json()["schedules"]}
    name = next(name for name in known if name.endswith("work.both"))
    assert known[name]["expression"] == "rate(1 hour)"
    assert any(name.endswith("keep_warm_callback") for name in known)
    before = log(server).count("Scheduled Event")
    assert send(server.lambdas, "POST", f"/_devserve/api/schedules/{name}/run").status == 202
    eventually(lambda: log(server).count("Scheduled Event") > before, seconds=10.0, what="the schedule's run")
    says(server, "'kwargs': {'size': 3}")


def test_point_10_keep_warm_runs_quietly(server: Devserve) -> None:
    known = [one["name"] for one in send(server.lambdas, "GET", "/_devserve/api/schedules").json()["schedules"]]
    name = next(name for name in known if name.endswith("keep_warm_callback"))
    before = log(server).count("keep_warm_callback")
    assert send(server.lambdas, "POST", f"/_devserve/api/schedules/{name}/run").status == 202
    eventually(lambda: log(server).count("keep_warm_callback") > before, seconds=10.0, what="the schedule's run")
    assert not [line for line in log(server).splitlines() if line.startswith("devserve: ") and "keep" in line]


def test_point_13_slim_handler_is_the_same_code_with_one_warning(server: Devserve) -> None:
    assert server.get("/dev/").status == 200
    assert problems(server).count("slim_handler: the same code") == 1


def test_point_14_the_prebuild_script_and_callbacks_do_not_run_and_that_is_said(server: Devserve) -> None:
    assert server.get("/dev/").status == 200
    assert not (server.folder / "built").exists()
    assert "not run here: prebuild_script and callbacks" in problems(server)


def test_point_16_raw_code_and_functions_run_through_the_lambda_port(server: Devserve) -> None:
    answer = server.invoke(NAME, {"raw_command": "print('raw it is')"}, tail=True)
    assert "raw it is" in answer.log
    answer = server.invoke(NAME, {"command": "work.breaks"})
    assert (answer.error, answer.payload["errorType"]) == ("Unhandled", "LookupError")


def test_point_18_the_variables_of_lambda_are_there(server: Devserve) -> None:
    code = "import os, json; print('ENV' + json.dumps(dict(os.environ)))"
    text = server.invoke(NAME, {"raw_command": code}, tail=False)
    assert text.status == 200
    says(server, "ENV{")
    line = next(line for line in reversed(log(server).splitlines()) if line.startswith("ENV{"))
    seen: dict[str, str] = json.loads(line[3:])
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == NAME
    assert seen["_HANDLER"] == "handler.lambda_handler"
    assert seen["TZ"] == ":UTC"
    assert seen["AWS_EXECUTION_ENV"].startswith("AWS_Lambda_python3.")
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "512"
    assert seen["LAMBDA_TASK_ROOT"]
    assert seen["_X_AMZN_TRACE_ID"]
    assert (seen["PROJECT"], seen["STAGE"], seen["FRAMEWORK"], seen["SERVERTYPE"]) == (
        "shop",
        "dev",
        "Zappa",
        "AWS Lambda",
    )
    assert (seen["PLAN"], seen["ON_LAMBDA"]) == ("big", "yes")


def test_point_19_one_process_serves_one_request_after_the_other(server: Devserve) -> None:
    code = "import os, work; work.kept = getattr(work, 'kept', 0) + 1; print('KEPT', os.getpid(), work.kept)"
    for _ in range(2):
        assert server.invoke(NAME, {"raw_command": code}).status == 200

    def kept() -> list[list[str]]:
        return [line.split() for line in log(server).splitlines() if line.startswith("KEPT ")]

    eventually(lambda: len(kept()) == 2, seconds=5.0, what="two lines")
    (_, one, first), (_, other, second) = kept()
    assert (one, int(first) + 1) == (other, int(second))


def test_a_change_of_the_app_is_served(server: Devserve) -> None:
    assert server.get("/dev/environ/NOTHING").json() is None
    text = FLASK["shop.py"].replace("os.environ.get(name)", "['changed', name]")
    server.save("shop.py", text)
    eventually(
        lambda: server.get("/dev/environ/x").json() == ["changed", "x"], seconds=10.0, what="the change to be served"
    )


def test_errors_of_the_handler_are_500_and_no_failure_of_the_function(version: str, tmp_path: Path) -> None:
    files = {"shop.py": "def app(environ, start):\n    raise ValueError('it broke')\n"}
    with zappa_served.served(tmp_path, version, files, {"dev": {"app_function": "shop.app"}}) as server:
        reply = server.get("/dev/")
        assert reply.status == 500
        assert "it broke" in reply.json()
        event: dict[str, Any] = events.http("/dev/", stage="dev")
        assert server.invoke(NAME, event).error is None


def test_a_second_tree_of_the_project_is_not_written_to(version: str, tmp_path: Path) -> None:
    folder = zappa_served.project(tmp_path / "project", version, FLASK, {"dev": {"app_function": "shop.app"}})
    before = sorted(os.listdir(folder))
    with zappa_served.devserve(tmp_path) as server:
        prefix = "/$default" if version == OLD else ""
        assert server.get("/dev/echo/x").json()["SCRIPT_NAME"] in ("/dev", prefix)
    assert sorted(set(os.listdir(folder)) - {".devserve"}) == before
