"""`devserve manage|shell|invoke --stage` and a Zappa project's commands here: a real Zappa and a real Django, and for
the cloud another devserve that serves the same project as Lambda would."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import django_commands, venvs
from tests.live.devserver import Devserve, Ran, devserve, run, write

pytestmark = pytest.mark.live

ZAPPA = """{
    // comments are fine
    dev: {
        django_settings: "site1.settings",
        project_name: "shop",
        aws_region: "eu-west-2",
        runtime: "python3.11",
        environment_variables: { TABLE: "orders-dev" },
        keep_warm: false
    }
}
"""
TASKS = """
import os
def clean(event, context):
    print("cleaning", event.get("days"), os.environ["TABLE"])
    return {"cleaned": event.get("days")}
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devserve]:
    folder = tmp_path_factory.mktemp("manage-stage")
    site = write(folder / "project", django_commands.FILES)
    write(site, {"zappa_settings.json": ZAPPA, "shop/tasks.py": TASKS})
    venvs.use(site, venvs.python("zappa-commands", "zappa==0.63.0", django_commands.REQUIREMENT))
    with devserve(folder, {}, "--no-schedules") as server:
        yield server


def there(cloud: Devserve, *arguments: str, stdin: str = "") -> Ran:
    """That command, with this devserve for AWS's Lambda."""
    environ = {
        "AWS_ENDPOINT_URL_LAMBDA": cloud.lambdas,
        "AWS_ACCESS_KEY_ID": "dummy",
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "AWS_MAX_ATTEMPTS": "1",
    }
    return run(cloud.folder, *arguments, stdin=stdin, environ=environ)


def here(cloud: Devserve, *arguments: str, stdin: str = "") -> Ran:
    return run(cloud.folder, *arguments, "--sandbox", "process", stdin=stdin)


def test_a_command_runs_in_the_cloud_and_its_output_comes_back(cloud: Devserve) -> None:
    done = there(cloud, "manage", "--stage", "dev", "--", "odd", "says", "a", "b")
    assert done.code == 0, done.stderr
    assert "('a', 'b')" in done.stdout
    assert "RequestId" not in done.stdout


@pytest.mark.parametrize(("what", "said"), [("fails", "there is no stock"), ("breaks", "broken inside")])
def test_a_command_that_fails_in_the_cloud_is_exit_code_1(cloud: Devserve, what: str, said: str) -> None:
    done = there(cloud, "manage", "--stage", "dev", "odd", what)
    assert done.code == 1
    assert said in done.stdout
    assert done.stderr.splitlines()[-1] == f"devserve: manage odd {what}: exit code 1"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("createsuperuser",), "manage createsuperuser: needs a terminal"),
        (("odd", "says", "a  b"), "Zappa splits a command at every space"),
        ((), "which command"),
    ],
)
def test_what_cannot_be_done_in_the_cloud_is_said_before_it_is_tried(
    cloud: Devserve, words: tuple[str, ...], said: str
) -> None:
    done = there(cloud, "manage", "--stage", "dev", *words)
    assert done.code == 2
    assert said in done.stderr.splitlines()[0]


def test_code_that_is_piped_in_runs_in_the_cloud(cloud: Devserve) -> None:
    done = there(cloud, "shell", "--stage", "dev", stdin="import os\nprint('table', os.environ['TABLE'])\n")
    assert done.code == 0, done.stderr
    assert "table orders-dev" in done.stdout
    assert there(cloud, "shell", "--stage", "dev", "-c", "1 / 0").code == 1


def test_a_python_function_is_called_in_the_cloud(cloud: Devserve) -> None:
    done = there(cloud, "invoke", "shop.tasks.clean", "--stage", "dev", "--payload", '{"days": 3}')
    assert (done.code, done.stdout) == (0, '{"cleaned": 3}\n'), done.stderr
    assert "cleaning 3 orders-dev" in done.stderr


def test_raw_code_runs_in_the_cloud(cloud: Devserve) -> None:
    done = there(cloud, "invoke", "--stage", "dev", "--raw", "print('a  b')")
    assert done.code == 0, done.stderr
    assert "a  b" in done.stderr


def test_a_python_function_of_a_zappa_project_is_called_here(cloud: Devserve) -> None:
    done = here(cloud, "invoke", "shop.tasks.clean", "--payload", '{"days": 3}')
    assert (done.code, done.stdout) == (0, '{"cleaned": 3}\n'), done.stderr
    assert "cleaning 3 orders-dev" in done.stderr


def test_a_zappa_projects_command_has_what_zappas_handler_sets(cloud: Devserve) -> None:
    code = (
        "import os; print(*[os.environ.get(n) for n in ('TABLE', 'STAGE', 'PROJECT', 'FRAMEWORK', 'DEVSERVE_ZAPPA')])"
    )
    done = here(cloud, "shell", "-c", code)
    assert done.code == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "orders-dev dev shop Zappa None"


def test_a_zappa_projects_command_keeps_arguments_apart(cloud: Devserve) -> None:
    done = run(cloud.folder, "manage", "--sandbox", "process", "odd", "says", "a  b")
    assert (done.code, done.stdout) == (0, "('a  b',)\n"), done.stderr


def test_a_stage_that_is_not_there_is_one_line(cloud: Devserve) -> None:
    done = there(cloud, "manage", "--stage", "prod", "check")
    assert done.code == 2
    assert "prod" in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2


def test_the_project_has_nothing_of_ours_in_it(cloud: Devserve) -> None:
    names = {path.name for path in Path(cloud.folder).iterdir()}
    assert names - {".devserve"} == {".venv", "manage.py", "shop", "site1", "zappa_settings.json"}
