import json

from localstack_lite.builds.zappa_files import wanted, written

NAMES = {
    "APP_MODULE": "web",
    "DEBUG": True,
    "DOMAIN": None,
    "ENVIRONMENT_VARIABLES": {"QUOTES": 'it\'s "so"\n', "Ü": "ü"},
    "AWS_EVENT_MAPPING": {"arn": ["a.b"]},
    "PROJECT_NAME": "shop",
    "API_STAGE": "dev",
    "DEVSERVE_SHIM": True,
}


def test_the_settings_module_has_the_values_that_were_told():
    text = written(json.dumps(NAMES))["zappa_settings.py"]
    made = {}
    exec(text, made)
    del made["__builtins__"]
    assert made == {name: value for name, value in NAMES.items() if not name.startswith("DEVSERVE_")}


def test_the_same_settings_are_the_same_files():
    assert written(json.dumps(NAMES)) == written(json.dumps(NAMES))
    assert json.loads(written(json.dumps(NAMES))["package_info.json"])["stage"] == "dev"


def test_djangos_app_is_only_there_for_django():
    assert wanted(json.dumps({"DJANGO_SETTINGS": None})) == {"handler.py": "zappa/handler.py"}
    assert (
        wanted(json.dumps({"DJANGO_SETTINGS": "shop.settings"}))["django_zappa_app.py"] == "zappa/ext/django_zappa.py"
    )
