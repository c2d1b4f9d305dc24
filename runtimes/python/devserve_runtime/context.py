"""The second argument of a handler."""

import os
import sys
import time

from devserve_runtime import Fault

_TRACE_CONTEXT = ("traceparent", "tracestate", "baggage")
#: Read once, before any of the function's code has run: looking into `os.environ` is slow.
_GROUP, _STREAM, _NAME, _MEMORY, _VERSION = (
    os.environ.get(f"AWS_LAMBDA_{name}")
    for name in ("LOG_GROUP_NAME", "LOG_STREAM_NAME", "FUNCTION_NAME", "FUNCTION_MEMORY_SIZE", "FUNCTION_VERSION")
)


class LambdaContext:
    """What AWS's runtime hands over: same attributes, same types (`memory_limit_in_mb` is text)."""

    def __init__(self, headers: "dict[str, str]") -> None:
        client = _parsed(headers.get("lambda-runtime-client-context"), "Client Context")
        cognito = _parsed(headers.get("lambda-runtime-cognito-identity"), "Cognito Identity")
        self.aws_request_id = headers.get("lambda-runtime-aws-request-id")
        self.log_group_name = _GROUP
        self.log_stream_name = _STREAM
        self.function_name = _NAME
        self.memory_limit_in_mb = _MEMORY
        self.function_version = _VERSION
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self._w3c_fields = _trace_context(client)
        self.client_context = None if client is None else ClientContext(client)
        self.identity = CognitoIdentity(cognito or {})
        self._epoch_deadline_time_in_ms = int(headers.get("lambda-runtime-deadline-ms") or 0)

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self._epoch_deadline_time_in_ms - int(time.time() * 1000))

    def w3c(self) -> "dict[str, str]":
        """The W3C trace context that the caller passed in the client context."""
        return dict(self._w3c_fields)

    def log(self, message: object) -> None:
        logging = sys.modules.get("logging")
        for handler in logging.getLogger().handlers if logging else ():
            if hasattr(handler, "log_sink"):
                handler.log_sink.log(str(message))
                return
        sys.stdout.write(str(message))

    def __repr__(self) -> str:
        return _listed(
            self,
            "aws_request_id log_group_name log_stream_name function_name memory_limit_in_mb function_version "
            "invoked_function_arn client_context identity tenant_id",
        )


class CognitoIdentity:
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")

    def __init__(self, values: dict) -> None:
        self.cognito_identity_id = values.get("cognitoIdentityId")
        self.cognito_identity_pool_id = values.get("cognitoIdentityPoolId")

    def __repr__(self) -> str:
        return _listed(self, "cognito_identity_id cognito_identity_pool_id")


class Client:
    __slots__ = ("app_package_name", "app_title", "app_version_code", "app_version_name", "installation_id")

    def __init__(self, values: dict) -> None:
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self) -> str:
        return _listed(self, "installation_id app_title app_version_name app_version_code app_package_name")


class ClientContext:
    """`custom` and `env` are the caller's dictionaries, `client` an object of the mobile SDK's five fields."""

    __slots__ = ("client", "custom", "env")

    def __init__(self, values: dict) -> None:
        client = values.get("client")
        self.custom = values.get("custom")
        self.env = values.get("env")
        self.client = None if client is None else Client(client)

    def __repr__(self) -> str:
        return _listed(self, "custom env client")


def _parsed(header: "str | None", name: str):
    if not header:
        return None
    try:
        import json

        return json.loads(header)
    except Exception as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}") from None


def _trace_context(client) -> "dict[str, str]":
    """Taken out of the client context: the handler sees it through `w3c()` alone."""
    fields = client.pop("w3c", None) if isinstance(client, dict) else None
    if not isinstance(fields, dict):
        return {}
    return {name: fields[name] for name in _TRACE_CONTEXT if isinstance(fields.get(name), str)}


def _listed(value: object, names: str) -> str:
    parts = ",".join(f"{name}={getattr(value, name)}" for name in names.split())
    return f"{type(value).__name__}([{parts}])"
