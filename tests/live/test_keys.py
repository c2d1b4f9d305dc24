"""Single keys at the terminal of a running server."""

from __future__ import annotations

import json
import signal
import termios
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.live.deadline import eventually
from tests.live.devserver import GOOD_EXITS, PROCESS, STOP_SECONDS, write
from tests.live.pseudo_terminal import CTRL_C, Person, at_terminal
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
    return at_terminal(folder, ".", *USUAL, *options)


def gateway(person: Person) -> str:
    person.reads("press h for help")
    return person.seen.partition("gateway")[2].split()[0]


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as reply:
        return json.loads(reply.read())


def test_help_lists_the_keys_and_quit_ends_it(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as person:
        gateway(person)
        raw = person.settings()
        assert not raw[3] & (termios.ICANON | termios.ECHO)
        person.types("h")
        person.reads("q  quit")
        assert "a  events of another kind" in person.seen
        assert "e  schedules" not in person.seen, "there are none"
        person.types("q")
        assert person.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert person.settings()[3] & termios.ICANON, "the terminal is the shell's again"
        assert person.settings()[3] & termios.ECHO


def test_events_change_their_kind_between_two_requests(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as person:
        url = gateway(person)
        kinds = [get(url)]
        for title in ("payload 1.0", "a function URL", "a load balancer", "a REST API"):
            person.types("a")
            person.reads(f"events as of {'an HTTP API (payload 1.0)' if title == 'payload 1.0' else title}")
            kinds.append(get(url))
        assert [each["version"] for each in kinds] == ["2.0", "1.0", "2.0", "none", "none"]
        assert "rawPath" in kinds[2]["keys"]
        assert "resource" not in kinds[3]["keys"], "a load balancer's event has none"
        assert "resource" in kinds[4]["keys"]


def test_the_stage_comes_in_front_of_every_path_and_goes_again(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}, "--as", "rest") as person:
        url = gateway(person)
        assert "path" in get(url)["keys"]
        person.types("p")
        person.reads("the stage is in front of every path")
        person.reads(f"{url}dev/")
        assert "path" in get(f"{url}dev/x")["keys"]
        person.types("p")
        person.reads("no stage in front")
        assert "path" in get(f"{url}x")["keys"]


def test_recycled_environments_make_the_next_call_cold(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as person:
        url = gateway(person)
        get(url)
        person.reads("COLD")
        person.types("k")
        person.reads("1 idle environment ended")
        get(url)
        person.reads("COLD")
        person.types("k")
        person.types("k")
        person.reads("0 idle environments ended")


def test_schedules_are_listed_and_one_runs_by_its_number(tmp_path: Path) -> None:
    with served(tmp_path, {"template.json": sam(SCHEDULED["Resources"]), "app.py": HANDLER}) as person:
        person.reads("press h for help")
        assert "next in" in person.seen, "the banner says when"
        person.types("e")
        person.reads("cron(0 3 * * ? *)  next ")
        person.types("1")
        person.reads("(run by hand)")
        person.reads("called")
        person.types("e9")
        person.reads("there is no schedule 9")


def test_everything_is_read_again_when_asked(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as person:
        url = gateway(person)
        get(url)
        person.types("r")
        person.reads("project read again")
        assert get(url)["version"] == "2.0"


def test_ctrl_c_still_stops_and_a_stopped_job_comes_back_to_its_keys(tmp_path: Path) -> None:
    with served(tmp_path, {"app.py": HANDLER}) as person:
        gateway(person)
        cooked = person.settings()
        cooked[3] |= termios.ICANON | termios.ECHO  # as a shell leaves it after Ctrl-Z
        person.sets(cooked)
        person.process.send_signal(signal.SIGCONT)
        eventually(lambda: not person.settings()[3] & termios.ICANON, what="single keys again")
        person.types(CTRL_C)
        assert person.process.wait(STOP_SECONDS) in GOOD_EXITS
        assert person.settings()[3] & termios.ICANON


@pytest.mark.parametrize("option", ["--json", "--quiet"])
def test_a_program_that_reads_is_not_listened_to(tmp_path: Path, option: str) -> None:
    with served(tmp_path, {"app.py": HANDLER}, option) as person:
        person.reads("http://127.0.0.1:")
        assert person.settings()[3] & termios.ICANON
