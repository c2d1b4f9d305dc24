"""A stage's settings → what Zappa's handler imports as `zappa_settings`. Pure. Source: what Zappa 0.62.1 and 0.63.0
write into their packages.

The names and the Python types of their values are Zappa's, and so is which names are there at all: its handler asks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.zappa.keys import Given

#: From here on several functions may stand behind one ARN.
_SEVERAL = (0, 63)


def settings_module(
    given: Given, project: str, region: str, version: str, overrides: Mapping[str, str]
) -> dict[str, object]:
    """By name. `region` is where the function is, `version` that of the installed Zappa (empty: none), `overrides` are
    variables that were given beside the settings: they win over everything that the settings set.

    A Refusal when the app cannot be told from the setting."""
    module: dict[str, object] = {}
    if app := given.text("app_function"):
        module["APP_MODULE"], module["APP_FUNCTION"] = app_of(app)
    for name, key in (("APP_TYPE", "app_type"), ("WEBSOCKET_HANDLER_MODULE", "websocket_handler_module")):
        if given.text(key):
            module[name] = given.text(key)
    module["EXCEPTION_HANDLER"] = given.text("exception_handler") or None
    module["DEBUG"] = given.yes("debug", True)
    module["LOG_LEVEL"] = given.text("log_level", "DEBUG")
    module["BINARY_SUPPORT"] = given.yes("binary_support", True)
    module["CONTEXT_HEADER_MAPPINGS"] = dict(given.table("context_header_mappings"))
    module["DOMAIN"] = given.text("domain") or None
    module["BASE_PATH"] = given.text("base_path") or None
    if remote := _remote_env(given):
        module["REMOTE_ENV"] = remote
    here = {"AWS_REGION": region} if given.text("aws_region") else {}
    module["ENVIRONMENT_VARIABLES"] = {**here, **given.table("environment_variables"), **overrides}
    module["API_STAGE"] = given.stage
    module["PROJECT_NAME"] = project
    module["SETTINGS_FILE"] = given.text("settings_file") or None
    module["DJANGO_SETTINGS"] = given.text("django_settings") or None
    module["AWS_EVENT_MAPPING"] = _events(given, several=takes_several(version))
    module["AWS_BOT_EVENT_MAPPING"] = _bots(given)
    module["COGNITO_TRIGGER_MAPPING"] = _cognito(given)
    if authorizer := given.table("authorizer").get("function"):
        module["AUTHORIZER_FUNCTION"] = str(authorizer)
    module["ASYNC_RESPONSE_TABLE"] = given.text("async_response_table")
    module["ADDITIONAL_TEXT_MIMETYPES"] = list(given.listed("additional_text_mimetypes"))
    return module


def app_of(setting: str) -> tuple[str, str]:
    """Module and name. A Refusal for what has no dot."""
    module, dot, name = setting.rpartition(".")
    if not dot or not module or not name:
        raise Refusal(f"app_function is {setting!r}, which names no module", "write module.app, as in app.app")
    return module, name


def takes_several(version: str) -> bool:
    """Whether that Zappa calls several functions for one ARN; what stands in for it does."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return not numbers or numbers >= _SEVERAL


def _remote_env(given: Given) -> str:
    bucket, file = given.text("remote_env_bucket"), given.text("remote_env_file")
    return given.text("remote_env") or (f"s3://{bucket}/{file}" if bucket and file else "")


def _events(given: Given, several: bool) -> dict[str, object]:
    mapping: dict[str, list[str]] = {}
    for event in given.listed("events"):
        source = event.get("event_source")
        arn, function = (source.get("arn") if isinstance(source, Mapping) else None), event.get("function")
        if arn and function:
            mapping.setdefault(str(arn), []).append(str(function))
    return {arn: functions if several else functions[-1] for arn, functions in mapping.items()}


def _bots(given: Given) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for event in given.listed("bot_events"):
        source = event.get("event_source")
        source = source if isinstance(source, Mapping) else {}
        intent, invocation, function = source.get("intent"), source.get("invocation_source"), event.get("function")
        if intent and invocation and function:
            mapping[f"{intent}:{invocation}"] = str(function)
    return mapping


def _cognito(given: Given) -> dict[str, str]:
    triggers = given.table("cognito").get("triggers")
    return {
        str(trigger["source"]): str(trigger["function"])
        for trigger in (triggers if isinstance(triggers, list) else [])
        if isinstance(trigger, Mapping) and trigger.get("source") and trigger.get("function")
    }
