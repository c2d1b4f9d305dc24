"""`devserve manage` and `devserve shell`, as a person at a terminal and as a script use them, with a real Django."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from localstack_lite import shipped
from tests.live import containers, django_commands, docker_engine, processes, venvs
from tests.live.deadline import eventually
from tests.live.devserver import Ran, command, devserve, environment, run, write
from tests.live.docker_projects import IMAGES
from tests.live.processes import needs_proc
from tests.live.pseudo_terminal import CTRL_C, CTRL_D, at_terminal

pytestmark = pytest.mark.live

HERE = ("--sandbox", "process")
PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python")) or [Path(sys.executable)]

HANDLER = """
import os
def handler(event, context):
    return {"event": event, "name": context.function_name, "table": os.environ["TABLE"]}
"""
PLAIN = """
[tool.devserve.functions.hello]
handler = "app.handler"
environment = { TABLE = "orders" }
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return django_commands.project(tmp_path_factory.mktemp("manage") / "shop-site")


def manage(site: Path, *arguments: str, stdin: str = "", environ: dict[str, str] | None = None) -> Ran:
    return run(site, "manage", *HERE, *arguments, stdin=stdin, environ=environ)


# -- a command, its arguments and its end


def test_migrations_are_applied_to_the_projects_own_database(tmp_path: Path) -> None:
    site = django_commands.project(tmp_path / "site")
    done = manage(site, "--", "migrate", "--noinput")
    assert done.code == 0, done.stderr
    assert "Applying auth.0001_initial... OK" in done.stdout
    assert done.stderr == ""
    assert (site / "db.sqlite3").stat().st_size > 0
    mine = {path.name for path in site.iterdir()} - {".devserve"}
    assert mine == {".venv", "db.sqlite3", "manage.py", "shop", "site1"}
    assert not list(site.glob("*/__pycache__"))


def test_options_after_the_command_are_the_commands(site: Path) -> None:
    assert "usage: manage.py migrate" in manage(site, "migrate", "--help").stdout


def test_arguments_reach_the_command_as_they_were_typed(site: Path) -> None:
    words = ("says", "a  b", "", "--not-an-option", "it's", "é", "$HOME")
    done = manage(site, "odd", "says", *words[1:3], "--", *words[3:])
    assert done.stdout == repr(words[1:]) + "\n", done.stderr


def test_a_command_runs_with_the_functions_variables_and_folders(site: Path) -> None:
    (site / "vars.env").write_text("TABLE=orders-dev\n")
    done = run(site, "manage", *HERE, "--env-file", "vars.env", "odd", "where")
    seen, places = done.stdout.splitlines()
    folder, scratch, first = places.split()
    variables = eval(seen)
    assert variables["LAMBDA_TASK_ROOT"] == folder == first == str(site)
    assert variables["DEVSERVE"] == "1"
    assert variables["TABLE"] == "orders-dev"
    assert variables["AWS_REGION"]
    assert variables["AWS_LAMBDA_FUNCTION_NAME"]
    assert variables["DEVSERVE_APP"] is None, "what is the adapter's is not the app's"
    assert scratch != "/tmp"
    assert not Path(scratch).exists(), "its /tmp lives as long as the command"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("odd", "fails"), 1, "CommandError: there is no stock"),
        (("odd", "breaks"), 1, "RuntimeError: broken inside"),
        (("odd", "exits", "37"), 37, ""),
        (("nonsense",), 1, "Unknown command: 'nonsense'"),
    ],
)
def test_a_command_that_fails_says_so_and_one_line_says_how_it_ended(
    site: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done = manage(site, *arguments)
    assert done.code == code
    assert said in done.stderr
    assert done.stderr.splitlines()[-1] == f"devserve: manage {' '.join(arguments)}: exit code {code}"


def test_a_failing_commands_traceback_begins_with_what_is_not_ours(site: Path) -> None:
    assert "devserve_manage" not in manage(site, "odd", "breaks").stderr


def test_output_arrives_while_the_command_runs_and_input_reaches_it(site: Path) -> None:
    process = _started(site, "odd", "waits")
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"waiting\n"
        assert process.poll() is None
        process.stdin.write(b"go\n")
        process.stdin.flush()
        assert process.stdout.readline() == b"heard\n"
        assert process.wait(20) == 0
    finally:
        _end(process)


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_devserve_goes_to_the_command(site: Path, number: signal.Signals) -> None:
    process = _started(site, "odd", "sleeps")
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"sleeping\n"
        children = processes.descendants(process.pid)
        process.send_signal(number)
        assert process.wait(20) == 128 + number
        eventually(lambda: not any(map(processes.alive, children)), what="all of it gone")
    finally:
        _end(process)


@needs_proc
def test_what_a_command_leaves_running_is_ended(site: Path) -> None:
    mark = uuid.uuid4().hex
    done = manage(site, "odd", "leaves", environ={"LINES": mark})  # a variable that reaches the command
    assert done.code == 0, done.stderr
    assert processes.marked([f"LINES={mark}"]) == []


@needs_proc
def test_nothing_is_left_when_devserve_is_killed(site: Path) -> None:
    process = _started(site, "odd", "sleeps")
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"sleeping\n"
        children = processes.descendants(process.pid)
        assert children
    finally:
        _end(process)
    eventually(lambda: not any(map(processes.alive, children)), what="the command and the guardian gone")


def test_strict_fs_refuses_what_lambda_refuses(tmp_path: Path) -> None:
    project = write(tmp_path / "p", {"app.py": HANDLER, "pyproject.toml": PLAIN})
    code = "open('written.txt', 'w')"
    done = run(project, "shell", *HERE, "--strict-fs", "-c", code)
    assert done.code == 1
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr
    assert run(project, "shell", *HERE, "-c", code).code == 0
    assert (project / "written.txt").exists()


# -- bad input


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("import nowhere_to_be_found", "does not import: ModuleNotFoundError: No module named", "settings.py:1"),
        ("x = (", "does not import: SyntaxError", "settings.py:1"),
        ("INSTALLED_APPS = ['missing_app']\nSECRET_KEY = 'x'", "Django does not start with it", "--traceback"),
    ],
)
def test_settings_that_cannot_be_used_are_one_line_with_a_hint(tmp_path: Path, text: str, what: str, hint: str) -> None:
    site = django_commands.project(tmp_path / "site")
    (site / "site1" / "settings.py").write_text(text)
    done = manage(site, "migrate")
    assert done.code == 2
    said, hinted = done.stderr.splitlines()
    assert said.startswith("devserve: site1.settings: ")
    assert what in said
    assert hinted.startswith("  hint: ")
    assert hint in hinted


def test_a_project_without_django_is_told_what_manage_needs(tmp_path: Path) -> None:
    write(tmp_path / "p", {"app.py": HANDLER, "pyproject.toml": PLAIN})
    done = run(tmp_path / "p", "manage", *HERE, "migrate")
    assert done.code == 2
    assert done.stderr.splitlines()[0].endswith("there is no Django or Flask app in this project")


def test_an_app_of_another_framework_is_told_what_manage_needs(tmp_path: Path) -> None:
    app = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
    write(tmp_path / "p", {"wsgi.py": app})
    done = run(tmp_path / "p", "manage", *HERE, "migrate")
    assert done.code == 2
    assert "needs Django or Flask" in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2


def test_an_unknown_option_of_devserve_is_refused_before_anything_runs(site: Path) -> None:
    done = run(site, "manage", "--stge", "dev", "migrate")
    assert done.code == 2
    assert "--stge: there is no such option" in done.stderr


# -- a person at a terminal


def test_a_superuser_is_made_by_answering_questions(tmp_path: Path) -> None:
    site = django_commands.project(tmp_path / "site")
    assert manage(site, "migrate", "--noinput").code == 0
    with at_terminal(site, "manage", *HERE, "createsuperuser") as person:
        person.reads("Username")
        person.types("ann\n")
        person.reads("Email address:")
        person.types("ann@example.org\n")
        person.reads("Password:")
        person.types("correct horse\n")
        person.reads("Password (again):")
        person.types("correct horse\n")
        person.reads("Superuser created successfully.")
        assert person.sees_it_end() == 0
        assert "correct horse" not in person.seen, "a password is not echoed"
    code = "from django.contrib.auth.models import User; print(User.objects.get(username='ann').is_superuser)"
    assert run(site, "shell", *HERE, "-c", code).stdout.splitlines()[-1] == "True"


def test_a_command_has_the_persons_terminal_and_its_size(site: Path) -> None:
    with at_terminal(site, "manage", *HERE, "odd", "shows") as person:
        person.reads("terminal True True 100 30")
        assert person.sees_it_end() == 0


@needs_proc
def test_ctrl_c_ends_the_command_and_leaves_the_terminal_as_it_was(site: Path) -> None:
    with at_terminal(site, "manage", *HERE, "odd", "sleeps") as person:
        before = person.settings()
        person.reads("sleeping")
        children = processes.descendants(person.process.pid)
        person.types(CTRL_C)
        assert person.sees_it_end() == 130
        assert person.settings() == before
        assert "Traceback" not in person.seen
        eventually(lambda: not any(map(processes.alive, children)), what="all of it gone")


def test_ctrl_c_that_the_command_answers_does_not_end_it(site: Path) -> None:
    with at_terminal(site, "shell", *HERE) as person:
        person.reads(">>> ")
        person.types("2 ** 100\n")
        person.reads("1267650600228229401496703205376")
        person.types("while True: pass\n\n")
        person.reads("... ")
        person.types(CTRL_C)
        person.reads("KeyboardInterrupt")
        person.types("21 * 2\n")
        person.reads("42")
        person.types(CTRL_D)
        assert person.sees_it_end() == 0


# -- a prompt


def test_code_is_run_as_it_was_typed(site: Path) -> None:
    done = run(site, "shell", *HERE, "-c", "print('a  b')")
    assert done.code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "a  b"


def test_code_may_come_through_a_pipe(site: Path) -> None:
    code = "from django.conf import settings\nfor n in range(2):\n    print(n, settings.ROOT_URLCONF)\n"
    done = run(site, "shell", *HERE, stdin=code)
    assert done.code == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == ["0 site1.urls", "1 site1.urls"]


def test_the_prompt_of_a_plain_handler_can_call_it(tmp_path: Path) -> None:
    write(tmp_path / "p", {"app.py": HANDLER, "pyproject.toml": PLAIN})
    with at_terminal(tmp_path / "p", "shell", *HERE) as person:
        person.reads("There is app, handler, context, invoke(event).")
        person.types("invoke({'a': 1})\n")
        person.reads("{'event': {'a': 1}, 'name': 'hello', 'table': 'orders'}")
        person.types("exit(3)\n")
        assert person.sees_it_end() == 3
        person.reads("devserve: shell: exit code 3")


def test_an_error_in_piped_code_is_shown_from_that_code_on(tmp_path: Path) -> None:
    write(tmp_path / "p", {"app.py": HANDLER, "pyproject.toml": PLAIN})
    done = run(tmp_path / "p", "shell", *HERE, stdin="1 / 0\n")
    assert done.code == 1
    lines = done.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].strip() == 'File "<stdin>", line 1, in <module>'
    assert lines[-1] == "devserve: shell: exit code 1"


def test_flasks_own_commands_are_run_for_its_app(tmp_path: Path) -> None:
    text = """
import flask
app = flask.Flask(__name__)

@app.cli.command("stock")
@__import__("click").argument("name")
def stock(name):
    print("in stock:", name, flask.current_app.name)

@app.get("/")
def hello():
    return "hello"
"""
    site = write(tmp_path / "p", {"app.py": text})
    venvs.use(site, venvs.python("flask-commands", "flask>=3"))
    done = manage(site, "stock", "a  b")
    assert (done.code, done.stdout) == (0, "in stock: a  b app\n"), done.stderr
    assert manage(site, "routes").stdout.startswith("Endpoint")
    assert manage(site, "nonsense").code == 2
    assert run(site, "shell", *HERE, "-c", "print(app)").stdout == "<Flask 'app'>\n"


def test_a_command_calls_functions_of_the_devserve_that_serves_the_project(tmp_path: Path) -> None:
    """On its usual port; another one is not asked for, so nothing else may have it."""
    import socket
    from contextlib import closing

    with closing(socket.socket()) as probe:
        if probe.connect_ex(("127.0.0.1", 3001)) == 0:
            pytest.skip("somebody has port 3001")
    files = {"app.py": HANDLER, "pyproject.toml": PLAIN}
    with devserve(tmp_path, files, "--lambda-port", "3001") as server:
        code = "import os; print(os.environ.get('AWS_ENDPOINT_URL_LAMBDA'))"
        assert run(server.folder, "shell", *HERE, "-c", code).stdout == "http://127.0.0.1:3001\n"
        other = write(tmp_path / "other", files)
        assert run(other, "shell", *HERE, "-c", code).stdout == "None\n"


# -- every Python


@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parents[1].name)
def test_a_prompt_works_with_every_python_that_lambda_has(python: Path, tmp_path: Path) -> None:
    """The runtime's part alone: it runs in the user's interpreter."""
    write(tmp_path, {"pkg/app.py": HANDLER, "pkg/__init__.py": ""})
    task = '{"do": "shell", "handler": "pkg/app.handler", "code": "print(invoke({1: 2}), context.aws_request_id != 1)"}'
    done = subprocess.run(
        [str(python), "-B", "-u", str(shipped.runtimes() / "python" / "devserve_manage"), task],
        cwd=tmp_path,
        env={"TABLE": "orders", "AWS_LAMBDA_FUNCTION_NAME": "hello"},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stdout == "{'event': {1: 2}, 'name': 'hello', 'table': 'orders'} True\n", done.stderr


# -- in a container


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Django project with Django beside it, as a package for Lambda has it."""
    docker_engine.require_images()
    site = write(tmp_path_factory.mktemp("boxed") / f"site-{uuid.uuid4().hex[:12]}", django_commands.FILES)
    runtime = next(name for name in IMAGES if name.startswith("python"))
    write(site, {"pyproject.toml": f'[tool.devserve.images]\n"{runtime}" = "{IMAGES[runtime]}"\n'})
    packages = venvs.installed_in(venvs.python("django-commands", django_commands.REQUIREMENT))
    unused = shutil.ignore_patterns("*.mo", "*.po", "gis", "__pycache__", "static")
    for name in ("django", "asgiref", "sqlparse"):
        shutil.copytree(packages / name, site / name, ignore=unused)
    return site


@pytest.fixture
def boxed(packaged: Path) -> Iterator[Path]:
    yield packaged
    eventually(lambda: not _containers(packaged), what="no container left")


@pytest.mark.docker
def test_in_a_container_a_command_has_the_persons_terminal(boxed: Path) -> None:
    with at_terminal(boxed, "manage", "--sandbox", "docker", "odd", "shows") as person:
        person.reads("terminal True True 100 30")
        assert person.sees_it_end() == 0
    with at_terminal(boxed, "manage", "--sandbox", "docker", "odd", "answers", "your name? ") as person:
        person.reads("your name? ")
        person.types("ann\r")
        person.reads("answer ann")
        assert person.sees_it_end() == 0


@pytest.mark.docker
def test_in_a_container_ctrl_c_ends_the_command(boxed: Path) -> None:
    with at_terminal(boxed, "manage", "--sandbox", "docker", "odd", "sleeps") as person:
        before = person.settings()
        person.reads("sleeping")
        person.types(CTRL_C)
        assert person.sees_it_end() == 130
        assert person.settings() == before


@pytest.mark.docker
def test_in_a_container_migrations_reach_the_projects_own_database(boxed: Path) -> None:
    done = run(boxed, "manage", "--sandbox", "docker", "migrate", "--noinput")
    assert done.code == 0, done.stderr
    assert "Applying auth.0001_initial... OK" in done.stdout
    assert (boxed / "db.sqlite3").stat().st_uid == os.getuid()
    done = run(boxed, "shell", "--sandbox", "docker", stdin="import os\nprint(os.getcwd())\nraise SystemExit(5)\n")
    assert done.code == 5
    assert done.stdout.splitlines()[-1] == "/var/task"
    assert done.stderr.splitlines()[-1] == "devserve: shell: exit code 5"


@pytest.mark.docker
def test_in_a_container_a_signal_to_devserve_goes_to_the_command(boxed: Path) -> None:
    process = _started(boxed, "odd", "sleeps", sandbox="docker")
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"sleeping\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 128 + signal.SIGTERM
    finally:
        _end(process)


@pytest.mark.docker
def test_a_container_ends_when_devserve_is_killed(boxed: Path) -> None:
    process = _started(boxed, "odd", "sleeps", sandbox="docker")
    assert process.stdout is not None
    assert process.stdout.readline() == b"sleeping\n"
    assert _containers(boxed)
    _end(process)


def _containers(site: Path) -> list[str]:
    """Of the project's function, which is named after its folder."""
    with containers.client() as engine:
        listed = engine.api.containers(all=True, filters={"label": [f"devserve.function={site.name}"]})
        return [str(each["Id"]) for each in listed]


def _started(site: Path, *arguments: str, sandbox: str = "process") -> subprocess.Popen[bytes]:
    """Without a terminal, in a session of its own: as a script or a CI job starts it."""
    return subprocess.Popen(
        command("manage", "--sandbox", sandbox, *arguments),
        cwd=site,
        env=environment(uuid.uuid4().hex, site),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait(20)
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
