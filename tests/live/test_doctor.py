"""`devserve doctor`: a project that looks installed, told what will not run on Lambda; nothing of it is run."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.builds.doctor.projects import DJANGO, install
from tests.live.devserver import Ran, run, write

pytestmark = pytest.mark.live

EXPLODES = "raise SystemExit('this file must not be run')\n"
TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.12, Handler: app.handler, CodeUri: src}
"""


def django(folder: Path, **more: str) -> Path:
    """A Django project in an environment that looks made: any import of it would end the process."""
    home = folder / ".venv"
    write(folder, {**DJANGO, "shop/wsgi.py": f"{DJANGO['shop/wsgi.py']}application = None\n{EXPLODES}", **more})
    write(home, {"pyvenv.cfg": "version = 3.12.1\n", "bin/.keep": ""})
    (home / "bin" / "python").symlink_to(sys.executable)
    for name, module in (("Django", "django"), ("requests", "requests"), ("django-debug-toolbar", "debug_toolbar")):
        install(home, name, module, size=3_000_000)
        write(home / "lib/python3.12/site-packages" / module, {"__init__.py": EXPLODES})
    return folder


def doctor(folder: Path, *arguments: str) -> Ran:
    return run(folder, "doctor", *arguments, environ={"NO_COLOR": "1", "COLUMNS": "100"})


def findings(ran: Ran) -> list[dict[str, Any]]:
    return [finding for function in json.loads(ran.stdout)["functions"] for finding in function["findings"]]


def test_a_django_project_is_told_what_will_not_run(tmp_path: Path) -> None:
    ran = doctor(django(tmp_path / "p"), "--json")
    assert ran.code == 1, ran.stderr
    fails = {(one["where"], one["topic"]) for one in findings(ran) if one["severity"] == "fails"}
    assert fails == {
        ("orders/views.py:1", "imports"),
        ("shop/settings/base.py:5", "imports"),
        ("shop/settings/base.py:6", "database"),
        ("shop/settings/base.py:7", "static"),
    }
    record = json.loads(ran.stdout)
    assert record["ok"] is False
    assert record["functions"][0]["size"]["unpacked"] > 3_000_000
    assert {"Docker", "port 3000", "port 3001", "Node.js"} <= {one["name"] for one in record["machine"]}


def test_for_people_it_is_a_page_that_ends_with_the_verdict(tmp_path: Path) -> None:
    ran = doctor(django(tmp_path / "p"))
    lines = ran.stdout.splitlines()
    assert ran.code == 1
    assert lines[0] == "this machine"
    assert any(line.endswith("will it run on Lambda?") for line in lines)
    assert lines[-1].startswith("it will not run on Lambda as it is here: 4 fail")
    assert all(len(line) <= 100 for line in lines)
    assert "Traceback" not in ran.stderr


def test_a_project_that_is_ready_ends_with_0(tmp_path: Path) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": f"import json\n{EXPLODES}"})
    ran = doctor(tmp_path)
    assert ran.code == 0, ran.stdout
    assert "✗" not in ran.stdout


def test_packages_are_made_and_weighed_when_asked(tmp_path: Path) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": "x = 1\n" * 1000})
    ran = doctor(tmp_path, "--build", "--json")
    size = json.loads(ran.stdout)["functions"][0]["size"]
    assert size["measured"] is True
    assert size["unpacked"] == 6000
    assert 0 < size["zipped"] < 3000


@pytest.mark.parametrize(
    ("arguments", "said"), [(("nowhere",), "nowhere"), (("--wrong",), "--wrong"), (("-t", "none.yaml"), "none.yaml")]
)
def test_bad_usage_is_one_line_and_2(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = doctor(tmp_path, *arguments)
    assert ran.code == 2
    assert said in ran.stderr.splitlines()[0]
    assert "Traceback" not in ran.stderr


def test_a_broken_function_makes_the_verdict_but_not_the_end(tmp_path: Path) -> None:
    broken = TEMPLATE.replace("python3.12", "python9.9")
    write(tmp_path, {"template.yaml": TEMPLATE + broken.partition("Resources:\n")[2].replace("Hello", "Other")})
    write(tmp_path, {"src/app.py": ""})
    ran = doctor(tmp_path)
    assert ran.code == 1
    assert "python9.9" in ran.stdout
    assert "Hello" in ran.stdout


def test_a_taken_port_is_told_with_who_has_it(tmp_path: Path) -> None:
    write(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": ""})
    with closing(socket.socket()) as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 3000))
            taken.listen()
        except OSError:
            pass  # somebody else has it: as good
        machine = json.loads(doctor(tmp_path, "--json").stdout)["machine"]
    (line,) = [one for one in machine if one["name"] == "port 3000"]
    assert line["ok"] is False
    assert line["state"].startswith("taken")


def test_it_is_quick(tmp_path: Path) -> None:
    many = {f"orders/part{number}.py": "import json\nx = [1, 2, 3]\n" * 50 for number in range(150)}
    folder = django(tmp_path / "p", **many)
    doctor(folder)
    before = os.times()
    doctor(folder)
    spent = os.times()
    assert spent.children_user + spent.children_system - before.children_user - before.children_system < 2.0
