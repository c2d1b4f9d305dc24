"""A Django project with Zappa settings, unmodified, with both tested versions: its own WSGI application, ASGI, sessions
and the admin behind a stage, management commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.live import zappa_events as events
from tests.live import zappa_runtime, zappa_served
from tests.live.deadline import eventually
from tests.live.devserver import Devserve, run
from tests.live.wire import Reply
from tests.live.zappa_projects import ASGI, ASGI_APP, DJANGO
from tests.live.zappa_runtime import EVERY, OLD, VERSIONS
from tests.live.zappa_served import NAME, log

pytestmark = pytest.mark.live

STAGE: dict[str, Any] = {"django_settings": "site1.settings", "keep_warm": False, "log_level": "INFO"}
FORM = ("Content-Type", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module", params=VERSIONS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("django")
    variables = {"environment_variables": {"SHOP_DB": str(folder / "shop.sqlite3")}}
    with zappa_served.served(folder, str(request.param), DJANGO, {"dev": {**STAGE, **variables}}) as running:
        yield running


def cookies(reply: Reply) -> dict[str, str]:
    pairs = (line.split(";")[0].partition("=") for line in reply.all("Set-Cookie"))
    return {name: value for name, _, value in pairs}


def test_point_17_django_thinks_it_is_behind_https_and_its_stage(server: Devserve) -> None:
    reply = server.get("/dev/hello/")
    assert reply.status == 200, reply.text  # with SECURE_SSL_REDIRECT
    seen = reply.json()
    assert (seen["secure"], seen["path"], seen["own"]) == (True, "/dev/hello/", "/dev/hello/")
    assert seen["url"].startswith("https://")


def test_point_17_redirects_stay_behind_the_stage(server: Devserve) -> None:
    assert server.get("/dev/away/").header("Location") == "/dev/hello/"
    assert server.get("/dev/hello").status == 301
    assert (server.get("/dev/hello").header("Location") or "").endswith("/dev/hello/")


def test_point_17_an_admin_logs_in(server: Devserve) -> None:
    for command in ("migrate -v0", "createsuperuser --noinput --username ann --email a@example.com"):
        code = f"from django.core.management import call_command; call_command(*{command.split()!r})"
        assert server.invoke(NAME, {"raw_command": code}).error is None
    code = "from django.contrib.auth.models import User; u = User.objects.get(); u.set_password('pass word'); u.save()"
    assert server.invoke(NAME, {"raw_command": code}).error is None
    asked = server.get("/dev/admin/login/?next=/dev/admin/")
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', asked.text)
    assert found is not None
    jar = cookies(asked)
    body = urlencode({"csrfmiddlewaretoken": found[1], "username": "ann", "password": "pass word"}).encode()
    host = "restapi.execute-api.us-east-1.amazonaws.com"
    lines = [FORM, ("Cookie", "; ".join(f"{k}={v}" for k, v in jar.items())), ("Referer", f"https://{host}/dev/admin/")]
    entered = server.request("POST", "/dev/admin/login/?next=/dev/admin/", lines, body)
    assert entered.status == 302, entered.text
    assert (entered.header("Location") or "").endswith("/dev/admin/")
    assert "sessionid" in cookies(entered)
    session = ("Cookie", f"sessionid={cookies(entered)['sessionid']}")
    page = server.get("/dev/admin/", session)
    assert page.status == 200
    assert "ann" in page.text.lower()


def test_point_15_a_manage_event_runs_a_command_whose_output_is_in_the_log_alone(server: Devserve) -> None:
    assert server.invoke(NAME, {"manage": "say one two"}).payload == {}
    eventually(lambda: "2 words: one | two" in log(server), seconds=5.0, what="the output")


def test_point_15_a_manage_event_respects_no_quotes(server: Devserve) -> None:
    assert server.invoke(NAME, {"manage": 'say "one two"'}).payload == {}
    eventually(lambda: '2 words: "one | two"' in log(server), seconds=5.0, what="the output")


def test_point_15_a_manage_event_that_fails_is_an_error_of_the_function(server: Devserve) -> None:
    answer = server.invoke(NAME, {"manage": "say --fail"})
    assert (answer.error, answer.payload["errorType"]) == ("Unhandled", "CommandError")
    assert server.invoke(NAME, {"manage": "no_such_command"}).payload["errorType"] == "CommandError"


def test_point_15_devserve_manage_quotes_and_gives_exit_codes(tmp_path: Path) -> None:
    folder = zappa_served.project(tmp_path / "project", VERSIONS[-1], DJANGO, {"dev": STAGE})
    said = run(folder, "manage", "--sandbox", "process", "--", "say", "one two", "three")
    assert (said.code, said.stdout.strip()) == (0, "2 words: one two | three"), said.stderr
    failed = run(folder, "manage", "--sandbox", "process", "--", "say", "--fail")
    assert failed.code == 1
    assert "nothing to say" in failed.stdout + failed.stderr


@pytest.mark.parametrize("version", EVERY)
def test_an_asgi_app_with_django_settings_has_a_slash_behind_every_path(version: str, tmp_path: Path) -> None:
    with zappa_runtime.running(tmp_path, version, DJANGO | ASGI, **ASGI_APP, DJANGO_SETTINGS="site1.settings") as zappa:
        assert zappa.body(events.rest("/hello"))["path"] == "/hello/"
        # Where `$default` stands in front it is the root path, which is not in the path.
        seen = zappa.body(events.http("/hello"))
        assert (seen["path"], seen["root_path"]) == ("/hello/", "/$default" if version == OLD else "")


@pytest.mark.parametrize("version", EVERY)
def test_django_over_asgi_answers_nothing_under_zappa_and_that_is_said(version: str, tmp_path: Path) -> None:
    settings = {"DJANGO_SETTINGS": "site1.settings", "APP_MODULE": "site1.asgi", "APP_FUNCTION": "application"}
    with zappa_runtime.running(tmp_path, version, DJANGO, **settings) as zappa:
        answer = zappa.ask(events.rest("/hello/"))
        assert (answer["statusCode"], answer["headers"], answer["body"]) == (200, {}, "")
        zappa.says("devserve: the ASGI app sent no response")


@pytest.mark.parametrize("version", EVERY)
def test_a_wsgi_application_of_its_own_is_taken(version: str, tmp_path: Path) -> None:
    settings = {"DJANGO_SETTINGS": "site1.settings", "APP_MODULE": "site1.wsgi", "APP_FUNCTION": "application"}
    with zappa_runtime.running(tmp_path, version, DJANGO, **settings) as zappa:
        assert zappa.body(events.rest("/hello/"))["own"] == "/dev/hello/"
