import pytest

from localstack_lite.config.zappa.remarks import remark
from tests.config.zappa_samples import given_of


def told(stage, there=()):
    remark(
        stage, lambda module: "" if module in there else f"{module.replace('.', '/')}.py", lambda file: f"not {file}"
    )
    assert all(problem.warning for problem in stage.problems)
    return [problem.what for problem in stage.problems]


def test_a_whole_stage_needs_no_remark():
    assert (
        told(given_of(app_function="shop.web.app", django_settings="shop.settings"), ("shop.web", "shop.settings"))
        == []
    )


def test_a_module_that_is_not_there_is_told_with_a_hint():
    stage = given_of(app_function="shop.wbe.app")
    assert told(stage) == ["stage dev: app_function is shop.wbe.app, but there is no shop/wbe.py"]
    assert stage.problems[0].hint == "not shop/wbe.py"
    stage = given_of(django_settings="shop.settings")
    assert "no shop/settings.py" in told(stage)[0]


def test_a_file_is_no_app():
    stage = given_of(app_function="shop/app.py")
    assert "which is a file" in told(stage)[0]
    assert "shop.app.app" in stage.problems[0].hint


def test_without_an_app_requests_fail():
    assert "no app" in told(given_of(events=[]))[0]
    assert told(given_of(events=[], apigateway_enabled=False)) == []
    assert told(given_of(lambda_handler="own.handler")) == []


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"slim_handler": True}, "slim_handler: the same code runs here"),
        ({"prebuild_script": "a.b", "callbacks": {"zip": "a.c"}}, "not run here: prebuild_script and callbacks"),
        ({"callbacks": {"zip": "a.c"}}, "not run here: callbacks"),
        ({"vpc_config": {"SubnetIds": ["a"]}, "efs_config": [{}]}, "no effect here: efs_config, vpc_config"),
        ({"project_name": "My Shop"}, "'My Shop', which Zappa refuses"),
        ({"app_type": "rsgi"}, "app_type is 'rsgi'"),
        ({"binary_support": False, "additional_text_mimetypes": ["a/b"]}, "Zappa refuses"),
    ],
)
def test_each_matter_is_said_once(settings, what):
    (only,) = told(given_of(app_function="a.b", **settings), ("a",))
    assert what in only


def test_settings_that_change_nothing_are_not_spoken_of():
    settings = {"snap_start": "None", "slim_handler": False, "payload_compression": True, "vpc_config": {}}
    assert told(given_of(app_function="a.b", **settings), ("a",)) == []
