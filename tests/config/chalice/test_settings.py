from localstack_lite.config.chalice.settings import chalice_settings
from localstack_lite.config.yaml_cfn import parse

TEXT = """{
  "app_name": "shop",
  "lambda_timeout": 20,
  "environment_variables": {"A": 1, "B": "top"},
  "stages": {
    "dev": {
      "environment_variables": {"B": "dev"},
      "api_gateway_stage": "v1",
      "lambda_functions": {"job": {"lambda_timeout": 5, "environment_variables": {"C": "own"}}}
    }
  }
}"""


def settings(stage="dev"):
    return chalice_settings(parse(TEXT, "config.json"), stage, "config.json")


def test_a_functions_own_settings_go_before_the_stages_and_those_before_the_files():
    found = settings()
    assert (found.of("lambda_timeout", "job"), found.of("lambda_timeout", "other"), found.of("nope")) == (5, 20, None)
    assert found.environment("job") == {"A": "1", "B": "dev", "C": "own"}
    assert found.environment("other") == {"A": "1", "B": "dev"}
    assert (found.app_name, found.api_stage()) == ("shop", "v1")


def test_a_stage_that_is_not_there_is_told_with_the_nearest():
    found = settings("dex")
    assert found.environment("job") == {"A": "1", "B": "top"}
    assert found.api_stage() == "api"
    assert [(one.where, one.hint) for one in found.problems] == [("config.json:5", "did you mean dev?")]
