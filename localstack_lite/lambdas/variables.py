"""The environment variables of an execution environment, as recorded on AWS in February 2026.

What belongs to the machine rather than to Lambda (PATH, LD_LIBRARY_PATH, the folders behind `/var/...`) is completed
by the sandbox, which knows where things are.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.model.function import Function, LogFormat
from localstack_lite.model.project import Project

#: Reserved by Lambda: a function's own configuration cannot set them.
RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_DEFAULT_REGION",
        "AWS_REGION",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_TASK_ROOT",
        "LAMBDA_RUNTIME_DIR",
    }
)


def variables(
    function: Function,
    project: Project,
    *,
    runtime_api: str,
    stream: str,
    version: str,
    user: Mapping[str, str],
    lambda_endpoint: str = "",
) -> dict[str, str]:
    """All of them. `user` are the user's AWS settings (credentials, profile, endpoints) that reach the function; the
    function's own variables win over those, Lambda's over both."""
    values = {
        "LANG": "en_US.UTF-8",
        "LC_CTYPE": "C.UTF-8",
        "TZ": ":UTC",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
        "_AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1",
        "_AWS_XRAY_DAEMON_PORT": "2000",
        "DEVSERVE": "1",
        "AWS_SAM_LOCAL": "true",
        "DEVSERVE_REPORT_FILES": "1",
        **user,
    }
    if lambda_endpoint:
        values.setdefault("AWS_ENDPOINT_URL_LAMBDA", lambda_endpoint)
    values.update((name, value) for name, value in function.environment.items() if name not in RESERVED)
    values.update(
        {
            "_HANDLER": function.handler,
            "AWS_DEFAULT_REGION": project.region,
            "AWS_REGION": project.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
        }
    )
    if function.logging.format is LogFormat.JSON:
        values["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        values["AWS_LAMBDA_LOG_LEVEL"] = function.logging.application_level
    return values


def user_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The part of the user's own environment that reaches functions: AWS credentials, profile, endpoints, HOME."""
    return {
        name: value for name, value in environ.items() if name in _USER_SETTINGS or name.startswith("AWS_ENDPOINT_URL")
    }


_USER_SETTINGS = frozenset(
    {
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CA_BUNDLE",
        "HOME",
    }
)
