import pytest

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.zappa.file import from_environment, read_file

SETTINGS = """\
{
    // comments, commas and quotes as Hjson has them
    "common": {
        "aws_region": "eu-west-2",
        "environment_variables": {"A": "1"},
    },
    "dev": {
        "extends": "common",
        app_function: app.app
    },
    "production": {
        "extends": "dev",
        "environment_variables": {"B": "2"}
    }
}
"""


def read(text=SETTINGS, name="zappa_settings.json"):
    return read_file(text, name)


def test_extends_hands_on_key_by_key():
    file = read()
    assert file.settings("production") == {
        "aws_region": "eu-west-2",
        "environment_variables": {"B": "2"},
        "extends": "dev",
        "app_function": "app.app",
    }


def test_what_only_others_extend_is_no_stage():
    assert read().stages == ("dev", "production")
    assert read('{"common": {"aws_region": "eu-west-2"}}').stages == ("common",)


def test_a_setting_is_where_it_was_written():
    file = read()
    assert file.place("production", "aws_region") == "zappa_settings.json:4"
    assert file.place("production", "app_function") == "zappa_settings.json:9"
    assert file.place("production", "environment_variables") == "zappa_settings.json:13"
    assert file.place("production", "unknown") == file.place("production") == "zappa_settings.json:11"


def test_a_circle_is_shown():
    text = '{"a": {"extends": "b", "app_function": "x.y"}, "b": {"extends": "c"}, "c": {"extends": "b"}}'
    with pytest.raises(Refusal, match="a → b → c → b"):
        read(text).settings("a")


def test_what_is_extended_must_be_there():
    with pytest.raises(Refusal, match="it extends commn") as caught:
        read('{"dev": {"extends": "commn"}, "common": {}}').settings("dev")
    assert caught.value.hint == "did you mean common?"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("zappa_settings.toml", '[dev]\napp_function = "app.app"\n[dev.cors]\nallowed_origin = "*"\n'),
        ("zappa_settings.yml", "dev:\n  app_function: app.app\n  cors: {allowed_origin: '*'}\n"),
        ("zappa_settings.yaml", "dev:\n  app_function: app.app\n  cors: {allowed_origin: '*'}\n"),
        ("zappa_settings.json", "{dev: {app_function: app.app\n cors: {allowed_origin: '*'}}}"),
    ],
)
def test_all_formats_say_the_same(name, text):
    assert read(text, name).settings("dev") == {"app_function": "app.app", "cors": {"allowed_origin": "*"}}


def test_variables_make_one_stage_with_zappas_own_defaults():
    environ = {
        "ZAPPA_APP_FUNCTION": "shop.app",
        "ZAPPA_MEMORY_SIZE": "1024",
        "ZAPPA_DEBUG": "False",
        "ZAPPA_ENVIRONMENT_VARIABLES": '{"A": "1"}',
        "ZAPPA_EVENTS": "[broken",
        "PATH": "/bin",
    }
    file = from_environment(environ)
    assert file is not None
    assert file.stages == ("dev",)
    settings = file.settings("dev")
    assert "boto3" in settings.pop("exclude")
    assert settings == {
        "app_function": "shop.app",
        "aws_region": "us-east-1",
        "memory_size": 1024,
        "debug": False,
        "environment_variables": {"A": "1"},
        "events": "[broken",
    }


def test_variables_make_the_stage_that_is_asked_for():
    file = from_environment({"ZAPPA_LAMBDA_HANDLER": "a.b"}, "prod")
    assert file is not None
    assert file.stages == ("prod",)


def test_with_django_settings_there_is_no_default_app():
    file = from_environment({"ZAPPA_DJANGO_SETTINGS": "shop.settings"})
    assert file is not None
    assert "app_function" not in file.settings("dev")


def test_variables_that_do_not_say_what_runs_are_something_elses():
    assert from_environment({"ZAPPA_RUNNING_IN_DOCKER": "True", "ZAPPA_AWS_REGION": "eu-west-1"}) is None
