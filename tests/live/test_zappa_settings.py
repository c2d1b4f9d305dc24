"""What the app's handler imports as its settings, against what Zappa itself writes into a package."""

from __future__ import annotations

import json
import subprocess

import pytest

from localstack_lite.config.read import read
from localstack_lite.model.options import ReadOptions
from tests.live import venvs
from tests.live.devserver import write
from tests.live.zappa_runtime import interpreter

SETTINGS = {
    "base": {"aws_region": "eu-west-2", "environment_variables": {"A": "1", "B": "two words"}},
    "bare": {"app_function": "web.app"},
    "full": {
        "extends": "base",
        "django_settings": "shop.settings",
        "project_name": "My_Shop",
        "app_type": "asgi",
        "exception_handler": "web.failed",
        "debug": False,
        "log_level": "WARNING",
        "context_header_mappings": {"X-Source": "identity.sourceIp"},
        "domain": "shop.example.com",
        "base_path": "api",
        "remote_env_bucket": "secrets",
        "remote_env_file": "env.json",
        "settings_file": "other.py",
        "async_response_table": "answers",
        "additional_text_mimetypes": ["application/vnd.api+json"],
        "authorizer": {"function": "web.allowed"},
        "events": [
            {"function": "web.one", "event_source": {"arn": "arn:aws:sqs:eu-west-2:1:orders"}},
            {"function": "web.two", "event_source": {"arn": "arn:aws:sqs:eu-west-2:1:orders"}},
            {"function": "web.three", "expression": "rate(1 hour)"},
        ],
        "bot_events": [
            {"function": "web.bot", "event_source": {"intent": "Order", "invocation_source": "DialogCodeHook"}}
        ],
        "cognito": {"user_pool": "p", "triggers": [{"source": "PreSignUp_SignUp", "function": "web.user"}]},
    },
}
#: Prints the names that Zappa writes for a stage, and the rules of its schedules.
ASK = """
import json, sys
from zappa.cli import ZappaCLI
made = ZappaCLI()
made.api_stage = sys.argv[1]
made.load_credentials = False
made.load_settings("zappa_settings.json")
names = {}
exec(made.get_zappa_settings_string(), names)
del names["__builtins__"]
events = [event for event in made.stage_config.get("events", []) if "expression" in event]
rules = [made.zappa.get_scheduled_event_name(event, event["function"], made.lambda_name) for event in events]
print(json.dumps({"names": names, "lambda": made.lambda_name, "rules": rules}))
"""


@pytest.mark.parametrize("version", ["0.62.1", "0.63.0"])
@pytest.mark.parametrize("stage", ["bare", "full"])
def test_the_settings_are_those_that_zappa_writes(tmp_path, version, stage):
    python = interpreter(version)
    folder = tmp_path / "my_shop"
    write(folder, {"zappa_settings.json": json.dumps(SETTINGS), "web.py": "app = None\n"})
    venvs.use(folder, python)
    asked = [str(python), "-W", "ignore", "-c", ASK, stage]
    done = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    theirs = json.loads(done.stdout.splitlines()[-1])

    project = read(ReadOptions(folder, stage=stage), {"HOME": "/nonexistent"})

    (function,) = project.functions
    ours = json.loads(function.adapter.variables["DEVSERVE_ZAPPA"])
    assert {name: value for name, value in ours.items() if not name.startswith("DEVSERVE_")} == theirs["names"]
    assert (function.name, ours["DEVSERVE_ZAPPA_VERSION"]) == (theirs["lambda"], version)
    assert [one.name for one in project.schedules if "keep-warm" not in one.name] == theirs["rules"]
