"""A Django project as `startproject` makes it, unmodified: forms, sessions, the admin, uploads, links under a stage."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.live.devserver import Devserve, devserve, write
from tests.live.django_projects import VIEWS, copied, made
from tests.live.web_projects import BINARY, multipart
from tests.live.wire import Reply

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("fresh"))


@pytest.fixture(scope="module")
def server(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    with devserve(copied(fresh, tmp_path_factory.mktemp("django"))) as running:
        yield running


class Browser:
    """Keeps cookies and posts forms, as far as these tests need it."""

    def __init__(self, server: Devserve) -> None:
        self._server = server
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Reply:
        return self._kept(self._server.get(path, *self._lines()))

    def post(self, path: str, **fields: str) -> Reply:
        kind = ("Content-Type", "application/x-www-form-urlencoded")
        return self._kept(self._server.request("POST", path, [kind, *self._lines()], urlencode(fields).encode()))

    def _lines(self) -> list[tuple[str, str]]:
        origin = ("Referer", self._server.gateway + "/")
        return [origin, ("Cookie", "; ".join(f"{name}={value}" for name, value in self._cookies.items()))]

    def _kept(self, reply: Reply) -> Reply:
        for line in reply.all("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        return reply


def test_the_project_says_what_it_is(server: Devserve) -> None:
    (function,) = server.ready["functions"]
    assert server.get("/").status == 404
    assert function["name"] == "project"


def test_a_form_is_posted_with_its_token_into_a_session(server: Devserve) -> None:
    browser = Browser(server)
    who, token = browser.get("/name/").text.split()
    assert who == "nobody"
    assert browser.post("/name/", name="Ada").status == 403  # no token
    done = browser.post("/name/", name="Ada", csrfmiddlewaretoken=token)
    assert (done.status, done.header("Location")) == (302, "/name/")
    assert browser.get("/name/").text.split()[0] == "Ada"


def test_the_admin_lets_its_user_in(server: Devserve) -> None:
    browser = Browser(server)
    page = browser.get("/admin/login/")
    assert "Django administration" in page.text
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert found is not None
    fields = {"username": "admin", "password": "secret7", "next": "/admin/", "csrfmiddlewaretoken": found[1]}
    done = browser.post("/admin/login/", **fields)
    assert (done.status, done.header("Location")) == (302, "/admin/"), done.text
    assert "Site administration" in browser.get("/admin/").text


def test_bytes_go_both_ways(server: Devserve) -> None:
    headers, body = multipart("a b.png", BINARY)
    reply = server.request("POST", "/upload/", headers, body)
    assert reply.json() == {"name": "a b.png", "digest": hashlib.sha256(BINARY).hexdigest()}
    assert server.get("/picture/").body == bytes(range(256))
    assert server.get("/stream/").text == "0,1,2,3,4,"


def test_links_are_those_of_the_address(server: Devserve) -> None:
    seen = server.get("/paths/?a=1&a=2").json()
    assert (seen["full"], seen["info"], seen["reverse"]) == ("/paths/?a=1&a=2", "/paths/", "/name/")
    assert (seen["absolute"], seen["secure"], seen["query"]) == (f"{server.gateway}/x", False, ["1", "2"])


@pytest.mark.parametrize(
    ("kind", "target"),
    [("rest", "."), ("http1", "."), ("rest", "mysite.asgi:application"), ("http", "mysite.asgi:application")],
)
def test_under_a_stage_links_have_it(fresh: Path, tmp_path: Path, kind: str, target: str) -> None:
    folder = copied(fresh, tmp_path)
    environ = {"DJANGO_SETTINGS_MODULE": "mysite.settings"}
    with devserve(folder, {}, "--as", kind, "--stage-prefix", target=target, environ=environ) as server:
        seen = server.get("/dev/paths/?a=1").json()
        assert (seen["full"], seen["info"], seen["reverse"]) == ("/dev/paths/?a=1", "/paths/", "/dev/name/")
        assert re.fullmatch(r"https://\w+\.execute-api\.[\w-]+\.amazonaws\.com/x", seen["absolute"])
        assert server.get("/dev/admin/").header("Location") == "/dev/admin/login/?next=/dev/admin/"


def test_a_saved_template_and_a_saved_module_are_served(fresh: Path, tmp_path: Path) -> None:
    with devserve(copied(fresh, tmp_path)) as server:
        assert server.get("/page/").text == "<p>2</p>"
        server.save("templates/page.html", "<p>three</p>")
        server.fact("reload")
        assert server.get("/page/").text == "<p>three</p>"
        server.save("mysite/views.py", VIEWS.replace("image/png", "image/gif"))
        server.fact("reload", lambda fact: "views.py" in str(fact["files"]))
        assert server.get("/picture/").header("Content-Type") == "image/gif"


def test_settings_that_do_not_import_are_told_and_mended(fresh: Path, tmp_path: Path) -> None:
    folder = copied(fresh, tmp_path)
    settings = (folder / "project" / "mysite" / "settings.py").read_text()
    write(folder / "project", {"mysite/settings.py": "import nothing_there\n" + settings})
    with devserve(folder) as server:
        assert server.get("/page/").status == 500
        log = "".join(server.log("project"))
        assert "No module named 'nothing_there'" in log
        assert "settings.py" in log
        server.save("mysite/settings.py", settings)
        server.fact("reload")
        assert server.get("/page/").text == "<p>2</p>"


def test_management_commands_are_events(server: Devserve) -> None:
    invoked = server.invoke("project", {"manage": "check --fail-level ERROR"})
    assert invoked.error is None
    assert any("no issues" in line for line in server.log("project"))
    failed = server.invoke("project", {"manage": "nothing_such"})
    assert failed.payload["errorType"] == "CommandError"
