import json

import pytest

from localstack_lite.config.read import read
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import AppKind
from localstack_lite.model.api import ApiKind, Face
from localstack_lite.model.options import ReadOptions
from tests.config.samples import write

APP = "def app(environ, start_response):\n    start_response('200 OK', [])\n    return [b'']\n"
SETTINGS = """\
{
    "common": {"aws_region": "eu-west-2", "project_name": "shop"},
    "dev": {
        "extends": "common",
        "app_function": "web.app",   // the app
        "environment_variables": {"A": "1"},
        "events": [{"function": "web.job", "expression": "rate(1 hour)"}],
    },
    "prod": {"extends": "dev", "domain": "shop.example.com"},
}
"""


@pytest.fixture
def shop(tmp_path):
    folder = tmp_path / "my_shop"
    write(folder, {"zappa_settings.json": SETTINGS, "web.py": APP})
    return folder


def environment(folder, zappa="", python="3.12.4"):
    """A virtual environment as far as anybody looks."""
    packages = folder / f"lib/python{python[:4]}/site-packages"
    write(folder, {"bin/python": "", "pyvenv.cfg": f"version = {python}\n"})
    (folder / "bin/python").chmod(0o755)
    packages.mkdir(parents=True)
    if zappa:
        (packages / f"zappa-{zappa}.dist-info").mkdir()
    return packages


def of(folder, environ=None, **options):
    return read(ReadOptions(folder, **options), {"HOME": "/nonexistent", **(environ or {})})


def module(project):
    return json.loads(project.functions[0].adapter.variables["DEVSERVE_ZAPPA"])


def test_a_project_is_served_as_it_is(shop):
    environment(shop / ".venv", "0.62.1")
    project = of(shop)
    (function,), (api,) = project.functions, project.apis
    assert (function.name, function.runtime, project.framework) == ("shop-dev", "python3.12", "Zappa, stage dev")
    assert (function.adapter.kind, function.adapter.name) == (AppKind.ZAPPA, "zappa 0.62.1")
    assert (function.adapter.folders[0].name, function.where) == ("zappa", "zappa_settings.json:5")
    assert (api.kind, api.face, api.stage) == (ApiKind.REST, Face.AWS, "dev")
    assert project.schedules[0].name == "shop-dev-web.job"
    assert (project.region, project.problems) == ("eu-west-2", ())
    assert module(project)["ENVIRONMENT_VARIABLES"] == {"AWS_REGION": "eu-west-2", "A": "1"}


def test_the_stage_that_is_asked_for_is_served(shop):
    project = of(shop, stage="prod")
    assert (project.functions[0].name, project.apis[0].face) == ("shop-prod", Face.DOMAIN)
    assert module(project)["API_STAGE"] == "prod"


def test_whose_credentials_functions_get_is_what_the_settings_say(shop):
    assert of(shop).profile == ""
    write(shop, {"zappa_settings.json": SETTINGS.replace('"extends": "common",', '"profile_name": "shop",')})
    assert of(shop).profile == "shop"


def test_the_only_stage_needs_no_name(shop):
    write(shop, {"zappa_settings.json": '{"live": {"app_function": "web.app"}}'})
    assert of(shop).framework == "Zappa, stage live"


def test_several_stages_without_dev_are_listed(shop):
    write(shop, {"zappa_settings.json": '{"live": {"app_function": "web.app"}, "test": {"app_function": "web.app"}}'})
    with pytest.raises(UserError, match="none is called dev") as caught:
        of(shop)
    assert caught.value.hint.endswith("known are live, test")
    assert "DEVSERVE_STAGE" in caught.value.hint


def test_an_unknown_stage_says_which_may_be_meant(shop):
    with pytest.raises(UserError, match="no such stage") as caught:
        of(shop, stage="pord")
    assert "did you mean prod?" in caught.value.hint
    assert "add pord to zappa_settings.json" in caught.value.hint


def test_a_stage_of_other_settings_is_no_stage_of_zappa(shop):
    write(shop, {"devserve.toml": '[stages.proud]\nregion = "eu-west-2"\n'})
    with pytest.raises(UserError, match="there is no stage proud") as caught:
        of(shop, stage="proud")
    assert caught.value.hint == "did you mean prod? known are dev, prod"


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ('{"dev-eu": {"app_function": "web.app"}}', "a name that Zappa does not take", "zappa_settings.json:1"),
        ('{\n"dev": {\n"extends": "dev", "app_function": "web.app"}}', "dev → dev", "zappa_settings.json:3"),
        ('{\n"dev": {\n"app_function": "app"}}', "names no module", "zappa_settings.json:3"),
        ('{"dev": 5}', "no stages", "zappa_settings.json"),
        ('{\n"dev": {\n"a": [1,\n', "not valid JSON", "zappa_settings.json:4"),
    ],
)
def test_what_cannot_run_is_one_line(shop, text, what, where):
    write(shop, {"zappa_settings.json": text})
    with pytest.raises(UserError, match=what) as caught:
        of(shop)
    assert caught.value.where == where


def test_json_goes_before_toml_and_that_before_yaml(shop):
    toml, yaml = (
        '[dev]\napp_function = "web.app"\nproject_name = "toml"\n',
        "dev: {app_function: web.app, project_name: y}",
    )
    write(shop, {"zappa_settings.toml": toml, "zappa_settings.yml": yaml})
    assert of(shop).functions[0].name == "shop-dev"
    (shop / "zappa_settings.json").unlink()
    assert of(shop).functions[0].name == "toml-dev"
    (shop / "zappa_settings.toml").unlink()
    assert of(shop).functions[0].name == "y-dev"


def test_variables_make_a_project_of_a_folder_without_settings(tmp_path):
    write(tmp_path / "my_shop", {"web.py": APP, "manage.py": ""})
    environ = {"ZAPPA_APP_FUNCTION": "web.app", "ZAPPA_KEEP_WARM": "false"}
    project = of(tmp_path / "my_shop", environ)
    assert (project.functions[0].name, project.schedules, project.source) == ("my-shop-dev", (), None)
    assert (project.region, project.problems) == ("us-east-1", ())
    assert of(tmp_path / "my_shop", environ, stage="prod").functions[0].name == "my-shop-prod"


def test_the_active_environment_counts_where_the_project_has_none(shop, tmp_path):
    environment(tmp_path / "active", "0.63.0", "3.11.2")
    function = of(shop, {"VIRTUAL_ENV": str(tmp_path / "active")}).functions[0]
    assert (function.runtime, function.adapter.name) == ("python3.11", "zappa 0.63.0")


def test_given_variables_and_settings_win_over_zappas(shop):
    write(shop, {"env.json": '{"shop-dev": {"A": "2"}}', "devserve.toml": "[functions.shop-dev]\nmemory = 2048\n"})
    project = of(shop, env_vars=shop / "env.json")
    assert project.functions[0].memory == 2048
    assert project.functions[0].environment == {"A": "2"}
    assert module(project)["ENVIRONMENT_VARIABLES"]["A"] == "2"


def test_the_region_of_the_command_line_goes_before_the_settings(shop):
    project = of(shop, {"AWS_REGION": "sa-east-1"}, region="eu-north-1")
    assert project.region == "eu-north-1"
    assert module(project)["ENVIRONMENT_VARIABLES"]["AWS_REGION"] == "eu-north-1"
    assert of(shop, {"AWS_REGION": "sa-east-1"}).region == "eu-west-2"


def test_another_door_may_be_chosen(shop):
    assert of(shop, event_kind="http").apis[0].kind is ApiKind.HTTP
    assert of(shop, stage_prefix=False).apis[0].face is Face.LOCAL
    assert of(shop, stage="prod", stage_prefix=True).apis[0].face is Face.AWS


def test_a_module_may_be_an_installed_package(shop):
    text = '{"dev": {"app_function": "shoplib.web.app"}}'
    write(shop, {"zappa_settings.json": text})
    assert "there is no shoplib/web.py" in of(shop).problems[0].what
    (environment(shop / ".venv") / "shoplib").mkdir()
    assert of(shop).problems == ()


def test_every_file_that_has_a_part_in_it_is_an_input(shop):
    names = {file.relative_to(shop).as_posix() for file in of(shop).inputs if file.is_relative_to(shop)}
    assert {"zappa_settings.json", "zappa_settings.toml", ".devserve/remote_env.json"} <= names
