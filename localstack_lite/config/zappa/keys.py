"""Every setting that Zappa has, and what kind of value each takes. Pure. Source: Zappa 0.63 and its documentation.

A key that is not known or of the wrong kind is a problem with its line; the rest counts. Settings that only deploying
needs are known and not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.refusal import did_you_mean
from localstack_lite.model.project import Problem

_TEXT, _WHOLE, _YES, _TABLE, _LIST = "text", "a whole number", "true or false", "a table", "a list"
_TEXTS, _TABLES, _TEXT_TABLE = "a list of text", "a list of tables", "a table of text"
_YES_OR_TABLE = "true, false or a table"
_KINDS: Mapping[str, tuple[type, ...]] = {
    _TEXT: (str,),
    _WHOLE: (int,),
    _YES: (bool,),
    _TABLE: (Mapping,),
    _TEXT_TABLE: (Mapping,),
    _LIST: (list,),
    _TEXTS: (list,),
    _TABLES: (list,),
    _YES_OR_TABLE: (bool, Mapping),
}

#: What changes what the app sees, or what is said about it.
_HERE = {
    "extends": _TEXT,
    "app_function": _TEXT,
    "app_type": _TEXT,
    "django_settings": _TEXT,
    "lambda_handler": _TEXT,
    "environment_variables": _TEXT_TABLE,
    "aws_environment_variables": _TEXT_TABLE,
    "remote_env": _TEXT,
    "remote_env_bucket": _TEXT,
    "remote_env_file": _TEXT,
    "settings_file": _TEXT,
    "aws_region": _TEXT,
    "profile_name": _TEXT,
    "project_name": _TEXT,
    "runtime": _TEXT,
    "architecture": _TEXT,
    "memory_size": _WHOLE,
    "timeout_seconds": _WHOLE,
    "ephemeral_storage": _TABLE,
    "lambda_concurrency": _WHOLE,
    "provisioned_concurrency": _WHOLE,
    "snap_start": _TEXT,
    "base_path": _TEXT,
    "domain": _TEXT,
    "binary_support": _YES,
    "additional_text_mimetypes": _TEXTS,
    "context_header_mappings": _TEXT_TABLE,
    "exception_handler": _TEXT,
    "debug": _YES,
    "log_level": _TEXT,
    "cors": _YES_OR_TABLE,
    "apigateway_enabled": _YES,
    "use_apigateway": _YES,
    "apigateway_version": _TEXT,
    "function_url_enabled": _YES,
    "function_url_config": _TABLE,
    "alb_enabled": _YES,
    "websocket_handler_module": _TEXT,
    "authorizer": _TABLE,
    "iam_authorization": _YES,
    "api_key_required": _YES,
    "api_key": _TEXT,
    "events": _TABLES,
    "keep_warm": _YES,
    "keep_warm_expression": _TEXT,
    "cognito": _TABLE,
    "bot_events": _TABLES,
    "async_source": _TEXT,
    "async_resources": _YES,
    "async_response_table": _TEXT,
    "dead_letter_arn": _TEXT,
    "layers": _TEXTS,
    "payload_compression": _YES,
    "payload_minimum_compression_size": _WHOLE,
    "prebuild_script": _TEXT,
    "callbacks": _TABLE,
    "slim_handler": _YES,
    "xray_tracing": _YES,
    "role_arn": _TEXT,
    "lambda_description": _TEXT,
    "include": _TEXTS,
    "exclude": _TEXTS,
    "exclude_glob": _TEXTS,
}
#: What only deploying needs; not looked at.
_ELSEWHERE = frozenset(
    (
        "alb_vpc_config",
        "apigateway_description",
        "apigateway_lambda_qualifier",
        "apigateway_policy",
        "assume_policy",
        "async_response_table_read_capacity",
        "async_response_table_write_capacity",
        "attach_policy",
        "aws_endpoint_urls",
        "aws_kms_key_arn",
        "cache_cluster_enabled",
        "cache_cluster_encrypted",
        "cache_cluster_size",
        "cache_cluster_ttl",
        "certificate",
        "certificate_arn",
        "certificate_chain",
        "certificate_key",
        "cloudwatch_data_trace",
        "cloudwatch_log_level",
        "cloudwatch_metrics_enabled",
        "delete_local_zip",
        "delete_s3_zip",
        "delete_zip",
        "efs_config",
        "endpoint_configuration",
        "extra_permissions",
        "function_url_cloudfront_config",
        "function_url_domains",
        "lets_encrypt_key",
        "manage_roles",
        "num_retained_versions",
        "role_name",
        "route53_enabled",
        "s3_bucket",
        "tags",
        "touch",
        "touch_path",
        "use_precompiled_packages",
        "vpc_config",
    )
)
KNOWN = frozenset(_HERE) | _ELSEWHERE


@dataclass(frozen=True, slots=True)
class Given:
    """One stage's settings that can be used, and what is wrong with the others. `at` gives the `file:line` of one."""

    stage: str
    values: Mapping[str, Any]
    at: Callable[..., str]
    problems: list[Problem] = field(default_factory=list)

    def text(self, key: str, otherwise: str = "") -> str:
        return str(self.values.get(key) or otherwise)

    def whole(self, key: str, otherwise: int) -> int:
        return int(self.values.get(key, otherwise))

    def yes(self, key: str, otherwise: bool) -> bool:
        """What is there decides by Python's rules, as in Zappa: null is false, and any text true."""
        return bool(self.values.get(key, otherwise))

    def table(self, key: str) -> Mapping[str, Any]:
        found = self.values.get(key)
        return found if isinstance(found, Mapping) else {}

    def listed(self, key: str) -> list[Any]:
        found = self.values.get(key)
        return found if isinstance(found, list) else []

    def tell(self, key: str, what: str, hint: str = "", *, warning: bool = True) -> None:
        self.problems.append(Problem(self.at(key), what, hint, key, warning=warning))


def check(stage: str, settings: Mapping[str, Any], at: Callable[..., str]) -> Given:
    """The settings of a stage, with those that it extends. Values that may be secret are in no message."""
    good: dict[str, Any] = {}
    given = Given(stage, good, at)
    for key, value in settings.items():
        if key in _ELSEWHERE:
            good[key] = value
        elif (kind := _HERE.get(key)) is None:
            if not key.startswith(("_", "#", "//")):
                given.tell(
                    key, f"stage {stage}: Zappa has no setting {key}", did_you_mean(key, KNOWN, "it has no effect")
                )
        elif value is None:
            if kind == _YES:
                good[key] = False
        elif not _is(kind, value):
            if kind == _YES:
                good[key] = bool(value)
                truth = "true" if value else "false"
                given.tell(
                    key, f"stage {stage}: {key} is {value!r}, which Zappa takes for {truth}", "write true or false"
                )
            else:
                shown = f"is {_shown(value)}"
                given.tell(key, f"stage {stage}: {key} {shown}", f"it is {kind}; it is not used", warning=False)
        elif kind == _TEXT_TABLE:
            good[key] = _texts(given, key, value)
        elif kind in (_TEXTS, _TABLES):
            good[key] = _members(given, key, value, str if kind == _TEXTS else Mapping, kind)
        else:
            good[key] = value
    return given


def _is(kind: str, value: object) -> bool:
    return isinstance(value, _KINDS[kind]) and (not isinstance(value, bool) or bool in _KINDS[kind])


def _texts(given: Given, key: str, table: Mapping[str, Any]) -> dict[str, str]:
    """Zappa deploys no variable that is not text; here it becomes what JSON writes for it."""
    good: dict[str, str] = {}
    for name, value in table.items():
        if not str(name).isascii():
            given.tell(
                key, f"stage {given.stage}: {key} has a name {name!r}, which is not ASCII", "rename it", warning=False
            )
            continue
        if isinstance(value, str):
            good[name] = value
            continue
        given.tell(key, f"stage {given.stage}: {key}.{name} is not text", 'Zappa refuses to deploy it: write "..."')
        if isinstance(value, bool | int | float):
            good[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return good


def _members(given: Given, key: str, listed: list[Any], of: type, kind: str) -> list[Any]:
    for number, member in enumerate(listed):
        if not isinstance(member, of):
            what = f"stage {given.stage}: {key}[{number}] is {_shown(member)}"
            given.tell(key, what, f"{key} is {kind}; it is not used", warning=False)
    return [member for member in listed if isinstance(member, of)]


def _shown(value: object) -> str:
    """A number as it is; of what may be secret only what it is."""
    match value:
        case bool() | int() | float():
            return repr(value)
        case str():
            return _TEXT
        case Mapping():
            return _TABLE
        case list():
            return _LIST
    return f"of type {type(value).__name__}"
