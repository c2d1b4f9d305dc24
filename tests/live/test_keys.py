"""Single keys at the terminal of a running server."""

from __future__ import annotations

import json
import signal
import termios
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.live import terminal
from tests.live.deadline import eventually
from tests.live.devserver import GOOD_EXITS, PROCESS, STOP_SECONDS, command, environment, write
from tests.live.templates import sam

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

HANDLER = """import json

def handler(event, context):
    print("called")
    return {"statusCode": 200, "body": json.dumps({"version": event.get("version", "none"), "keys": sorted(event)})}
"""
USUAL = ("--port", "0", "--lambda-port", "0", "--sandbox", PROCESS)
SCHEDULED = {
    "Resources": {
        "Nightly": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Runtime": "python3.11",
                "Handler": "app.handler",
                "CodeUri": ".",
                "Events": {"Run": {"Type": "Schedule", "Properties": {"Schedule": "cron(0 3 * * ? *)"}}},
            },
        }
    }
}


def served(tmp_path: Path, files: dict[str, str], *options: str) -> Any:
    folder = write(tmp_path / "project", files)
    environ = environment(uuid.uuid4().hex, tmp_path)
    return terminal.running(command(".", *USUAL, *options), folder, environ)


def gateway(screen: terminal.Screen) -> str:
    text = screen.wait_for("press h for help")
    return text.partition("gateway")[2].split()[0]


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as reply:
        return json.loads(reply.read())


def test_help_lists_the_keys_and_quit_ends_it(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as screen:
        gateway(screen)
        raw = screen.modes()
        assert not raw[3] & (termios.ICANON | termios.ECHO)
        screen.press("h")
        text = screen.wait_for("q  quit")
        assert "a  events of another kind" in text
        assert "e  schedules" not in text, "there are none"
        screen.press("q")
        assert screen.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert screen.modes()[3] & termios.ICANON, "the terminal is the shell's again"
        assert screen.modes()[3] & termios.ECHO


def test_events_change_their_kind_between_two_requests(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as screen:
        url = gateway(screen)
        kinds = [get(url)]
        for title in ("payload 1.0", "a function URL", "a load balancer", "a REST API"):
            screen.press("a")
            screen.wait_for(f"events as of {'an HTTP API (payload 1.0)' if title == 'payload 1.0' else title}")
            kinds.append(get(url))
        assert [each["version"] for each in kinds] == ["2.0", "1.0", "2.0", "none", "none"]
        assert "rawPath" in kinds[2]["keys"]
        assert "resource" not in kinds[3]["keys"], "a load balancer's event has none"
        assert "resource" in kinds[4]["keys"]


def test_the_stage_comes_in_front_of_every_path_and_goes_again(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}, "--as", "rest") as screen:
        url = gateway(screen)
        assert "path" in get(url)["keys"]
        screen.press("p")
        screen.wait_for("the stage is in front of every path")
        assert f"{url}dev/" in screen.text
        assert "path" in get(f"{url}dev/x")["keys"]
        screen.press("p")
        screen.wait_for("no stage in front")
        assert "path" in get(f"{url}x")["keys"]


def test_recycled_environments_make_the_next_call_cold(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as screen:
        url = gateway(screen)
        get(url)
        screen.wait_for("COLD")
        screen.press("k")
        screen.wait_for("1 idle environment ended")
        before = len(screen.text)
        get(url)
        screen.wait_for("COLD", after=before)
        screen.press("k")
        screen.press("k")
        screen.wait_for("0 idle environments ended")


def test_schedules_are_listed_and_one_runs_by_its_number(tmp_path: Path) -> None:
    with served(tmp_path, {"template.json": sam(SCHEDULED["Resources"]), "app.py": HANDLER}) as screen:
        screen.wait_for("press h for help")
        assert "next in" in screen.text, "the banner says when"
        screen.press("e")
        screen.wait_for("cron(0 3 * * ? *)  next ")
        before = len(screen.text)
        screen.press("1")
        screen.wait_for("(run by hand)", after=before)
        screen.wait_for("called", after=before)
        screen.press("e9")
        screen.wait_for("there is no schedule 9")


def test_everything_is_read_again_when_asked(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as screen:
        url = gateway(screen)
        get(url)
        screen.press("r")
        screen.wait_for("project read again")
        assert get(url)["version"] == "2.0"


def test_ctrl_c_still_stops_and_a_stopped_job_comes_back_to_its_keys(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as screen:
        gateway(screen)
        cooked = screen.modes()
        cooked[3] |= termios.ICANON | termios.ECHO  # as a shell leaves it after Ctrl-Z
        termios.tcsetattr(screen._master, termios.TCSANOW, cooked)
        screen.process.send_signal(signal.SIGCONT)
        eventually(lambda: not screen.modes()[3] & termios.ICANON, what="single keys again")
        screen.press("\x03")
        assert screen.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert screen.modes()[3] & termios.ICANON


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_a_program_that_reads_is_not_listened_to(tmp_path: Path, option: str) -> None:
    with served(tmp_path, {"app.py": HANDLER}, option) as screen:
        screen.wait_for("http://127.0.0.1:")
        assert screen.modes()[3] & termios.ICANON
