"""The environment variables of an execution environment, as recorded on AWS in February 2026.

What belongs to the machine rather than to Lambda (PATH, LD_LIBRARY_PATH, the folders behind `/var/...`) is completed
by the sandbox, which knows where things are.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.model.api import ApiKind
from localstack_lite.model.function import Function, LogFormat
from localstack_lite.model.initialization import Initialization
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
        "AWS_LAMBDA_MAX_CONCURRENCY",
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
    initialization: Initialization = Initialization.ON_DEMAND,
    user: Mapping[str, str],
    lambda_endpoint: str = "",
    connections_endpoint: str = "",
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
    if connections_endpoint and (stage := _socket_stage(project)):
        values.setdefault("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", f"{connections_endpoint}/{stage}")
        values["DEVSERVE_CONNECTIONS"] = " ".join((connections_endpoint, *_socket_hosts(project)))
    values.update((name, value) for name, value in function.environment.items() if name not in RESERVED)
    if function.adapter is not None:
        values.update(function.adapter.variables)
    values.update(
        {
            "_HANDLER": function.handler,
            "AWS_DEFAULT_REGION": project.region,
            "AWS_REGION": project.region,
            "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_INITIALIZATION_TYPE": str(initialization),
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": stream,
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
        }
    )
    if initialization is Initialization.MANAGED:
        values["AWS_LAMBDA_MAX_CONCURRENCY"] = str(function.max_concurrency)
    if function.logging.format is LogFormat.JSON or initialization is Initialization.MANAGED:
        # Managed instances log in JSON only.
        values["AWS_LAMBDA_LOG_FORMAT"] = "JSON"
        values["AWS_LAMBDA_LOG_LEVEL"] = function.logging.application_level
    return values


def _socket_stage(project: Project) -> str:
    """The stage of the project's first WebSocket API; empty when it has none. Connection ids of all are unique."""
    return next((api.stage for api in project.apis if api.kind is ApiKind.WEBSOCKET), "")


def _socket_hosts(project: Project) -> list[str]:
    """The hosts at which events say that the project's WebSocket APIs are: handlers send to their clients there."""
    hosts = []
    for api in project.apis:
        if api.kind is ApiKind.WEBSOCKET:
            hosts.append(f"{api.id}.execute-api.{project.region}.amazonaws.com")
            hosts += [name for name in (api.domain, *(one.name for one in api.domains)) if name]
    return hosts


def user_settings(
    environ: Mapping[str, str], profile: str = "", credentials: bool = True, configured: bool = False
) -> dict[str, str]:
    """The part of the user's own environment that reaches functions: AWS credentials, profile, endpoints, HOME.

    `profile` wins over keys in the environment. Without `credentials`, or when there are none anywhere (`configured`:
    there are files in `~/.aws`), functions get dummies: SDK clients can be made and never look for an instance profile.
    """
    settings = {
        name: value for name, value in environ.items() if name in _SETTINGS or name.startswith("AWS_ENDPOINT_URL")
    }
    if not credentials:
        return {**{name: value for name, value in settings.items() if name not in _SECRETS}, **_DUMMIES}
    if profile:
        return {**{name: value for name, value in settings.items() if name not in _DUMMIES}, "AWS_PROFILE": profile}
    if configured or "AWS_ACCESS_KEY_ID" in settings or "AWS_PROFILE" in settings:
        return settings
    return {**settings, **_DUMMIES}


_DUMMIES = {
    "AWS_ACCESS_KEY_ID": "devserve-dummy-access-key",
    "AWS_SECRET_ACCESS_KEY": "devserve-dummy-secret",
    "AWS_SESSION_TOKEN": "devserve-dummy-token",
}
#: What leads to credentials.
_SECRETS = frozenset({*_DUMMIES, "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "HOME"})
_SETTINGS = _SECRETS | {"AWS_CA_BUNDLE"}
