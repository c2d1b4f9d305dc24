"""A Flask app, as it is, behind each kind of event: through apig-wsgi inside a Lambda environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live import venvs
from tests.live.devserver import devserve
from tests.live.web_projects import FLASK, KINDS, STAGED, answers_as_it_is, sees_what_was_sent

pytestmark = pytest.mark.live


def project(folder: Path, *requirements: str) -> Path:
    """A project with Flask in its own environment."""
    venvs.use(folder / "project", venvs.python("flask", "flask==3.1.*", *requirements))
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_flask_behind(tmp_path: Path, kind: str) -> None:
    with devserve(project(tmp_path), {"app.py": FLASK}, "--as", kind) as server:
        sees_what_was_sent(server, kind)
        answers_as_it_is(server)
        log = "".join(server.log(server.ready["functions"][0]["name"]))
        assert "RuntimeError: boom in flask" in log


@pytest.mark.parametrize("kind", STAGED)
def test_flask_under_a_stage(tmp_path: Path, kind: str) -> None:
    with devserve(project(tmp_path), {"app.py": FLASK}, "--as", kind, "--stage-prefix") as server:
        sees_what_was_sent(server, kind, "/dev")
        answers_as_it_is(server, "/dev")


@pytest.mark.parametrize(
    ("files", "target"),
    [
        ({"shop/__init__.py": "from flask import Flask\ndef create_app(name='x'):\n    return Flask(name)\n"}, "."),
        (
            {"shop.py": "def create_app(name):\n    from flask import Flask\n    return Flask(name)\n"},
            "shop:create_app('y')",
        ),
        (
            {
                "src/web.py": "import beside\napp = beside.made()",
                "src/beside.py": "from flask import Flask\nmade = lambda: Flask('x')",
            },
            "web:app",
        ),
        (
            {
                "app/main.py": "import beside\nfrom app import inside\nfrom flask import Flask\napp = Flask('x')",
                "app/beside.py": "",
                "app/inside.py": "",
            },
            ".",
        ),
        (
            {
                "wsgi.py": "from flask import Flask\nfrom werkzeug.middleware.proxy_fix import ProxyFix\n"
                "application = ProxyFix(Flask('x'))\n"
            },
            "wsgi:application",
        ),
    ],
)
def test_wherever_the_app_is(tmp_path: Path, files: dict[str, str], target: str) -> None:
    with devserve(project(tmp_path), files, target=target) as server:
        reply = server.get("/nowhere")
        assert (reply.status, "was not found on the server" in reply.text) == (404, True), reply.text


def test_a_plain_function_is_an_app(tmp_path: Path) -> None:
    text = """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-One", "1"), ("X-One", "2")])
    return [environ["PATH_INFO"].encode("latin-1")]
"""
    with devserve(tmp_path, {"wsgi.py": text}, "--as", "alb") as server:
        reply = server.get("/a/%C3%BC")
        assert (reply.text, reply.header("X-One")) == ("/a/ü", "1, 2")


def test_the_projects_own_apig_wsgi_is_used(tmp_path: Path) -> None:
    text = FLASK + '\n@app.get("/which")\ndef which():\n    import apig_wsgi\n    return apig_wsgi.__file__\n'
    own = project(tmp_path / "own", "apig-wsgi==2.19.0")
    with devserve(own, {"app.py": text}) as server:
        assert ".venv" in server.get("/which").text
    with devserve(project(tmp_path / "ours"), {"app.py": text}) as server:
        assert ".venv" not in server.get("/which").text


def test_no_other_package_of_devserve_can_be_imported(tmp_path: Path) -> None:
    text = """
import importlib.util, os, sys
from flask import Flask, jsonify
app = Flask(__name__)
@app.get("/")
def index():
    names = [name for name in ("boto3", "uvicorn", "localstack_lite", "mangum") if importlib.util.find_spec(name)]
    return jsonify(found=names, environ=[name for name in os.environ if name.startswith("DEVSERVE_")])
"""
    with devserve(project(tmp_path), {"app.py": text}) as server:
        seen = server.get("/").json()
        assert seen["found"] == []
        assert [name for name in seen["environ"] if name in ("DEVSERVE_APP", "DEVSERVE_PACKAGES")] == []
