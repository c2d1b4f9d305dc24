from pathlib import Path

import pytest

from localstack_lite.config.devserve_toml import FunctionSettings, Settings
from localstack_lite.config.find import Found
from localstack_lite.config.zappa.variables import in_variables, is_project

ENVIRON = {"ZAPPA_APP_FUNCTION": "app.app"}
HERE = Path("/project")


@pytest.mark.parametrize("found", [Found(HERE), Found(HERE, foreign=HERE / "manage.py")])
def test_variables_are_the_settings_of_a_folder_without_any(found):
    file = in_variables(found, ENVIRON, "prod")
    assert file is not None
    assert file.stages == ("prod",)


@pytest.mark.parametrize(
    "found",
    [
        Found(HERE, foreign=HERE / "zappa_settings.toml"),
        Found(HERE, foreign=HERE / "serverless.yml"),
        Found(HERE, foreign=HERE / "manage.py", explicit=True),
        Found(HERE, template=HERE / "template.yaml"),
        Found(HERE, assembly=HERE / "cdk.out"),
        Found(HERE, script=HERE / "app.py"),
        Found(HERE, handler="app.handler"),
        Found(HERE, app="app:app"),
    ],
)
def test_they_are_nothing_where_something_else_is_the_project(found):
    assert in_variables(found, ENVIRON) is None


def test_without_any_there_are_no_settings():
    assert in_variables(Found(HERE), {"PATH": "/bin"}) is None


def test_a_settings_file_is_the_project_unless_something_else_is():
    file = HERE / "zappa_settings.json"
    found = Found(HERE, foreign=file)
    own = Settings(functions=(FunctionSettings("a", handler="a.b"),))
    assert is_project(found, Settings(), file)
    assert not is_project(Found(HERE, template=HERE / "template.yaml"), Settings(), file)
    assert not is_project(found, Settings(template="template.yaml"), file)
    assert not is_project(found, own, file)
    assert is_project(Found(HERE, foreign=file, explicit=True), own, file)
