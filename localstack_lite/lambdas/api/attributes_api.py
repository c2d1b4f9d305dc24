"""Operations on what else a function and the account have: tags, recursion, runtime management, the account's figures.
The texts of errors are recorded.
"""

from __future__ import annotations

import re

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import (
    Answer,
    json_response,
    not_implemented,
    null_at,
    one_of,
    read_body,
    texts,
)
from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_parameter, not_found, validation
from localstack_lite.lambdas.api.concurrency_api import account_limit
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset(
    {
        "GetAccountSettings",
        "ListTags",
        "TagResource",
        "UntagResource",
        "GetFunctionRecursionConfig",
        "PutFunctionRecursionConfig",
        "GetRuntimeManagementConfig",
    }
)

_RESOURCE = (
    r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:"
    r"(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|"
    r"code-signing-config:csc-[a-z0-9]{17}|"
    r"event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|"
    r"capacity-provider:[a-zA-Z0-9-_]+)"
)
_LOOPS = ("Terminate", "Allow")
_MB = 1024 * 1024
#: AWS quotas, in bytes.
_LIMITS = {
    "TotalCodeSize": 300 * 1024 * _MB,
    "CodeSizeUnzipped": 250 * _MB,
    "CodeSizeZipped": 50 * _MB,
}


async def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    match call.operation:
        case "GetAccountSettings":
            return await _settings(account, request_id)
        case "ListTags" | "TagResource" | "UntagResource":
            return _tags(account, call, request_id)
        case "GetRuntimeManagementConfig":
            return _runtime_management(account, call, request_id)
        case _:
            return _recursion(account, call, request, request_id)


async def _settings(account: Account, request_id: str) -> Answer:
    functions = account.project.functions
    sizes = [(await account.measure(function.code)).size for function in functions]
    kept = (account.catalogue.kept.of(function.logical_id).versions.values() for function in functions)
    sizes += [version.code.size for versions in kept for version in versions]
    limit = {**_LIMITS, **account_limit(account.project, account.limits)}
    usage = {"TotalCodeSize": sum(sizes), "FunctionCount": len(functions)}
    return json_response(request_id, {"AccountLimit": limit, "AccountUsage": usage})


def _tags(account: Account, call: Call, request_id: str) -> Answer:
    resource = call.path["Resource"]
    if re.fullmatch(_RESOURCE, resource, re.ASCII) is None:
        return validation([constraint(resource, "resource", f"satisfy regular expression pattern: {_RESOURCE}")])
    if ":function:" not in resource:
        return not_implemented(call.operation, "Functions alone have tags here.")
    asked = names.read(account.project, resource)
    if isinstance(asked, ApiError):
        return asked
    reference, function = asked
    if reference.qualifier:
        return invalid_parameter(
            "Tags on function aliases and versions are not supported. Please specify a function ARN."
        )
    if function is None:
        return not_found(f"Function not found: {reference.arn()}")
    if call.operation == "ListTags":
        return json_response(request_id, {"Tags": dict(function.tags)})
    return not_implemented(call.operation, "Tags are declared by the project: write them there.")


def _recursion(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    function = names.resolve_unqualified(account.project, call.path["FunctionName"], "")
    if isinstance(function, ApiError):
        return function
    if call.operation == "GetFunctionRecursionConfig":
        return json_response(request_id, {"RecursiveLoop": function.recursive_loop})
    body = read_body(request)
    given = body if isinstance(body, ApiError) else texts(body, "RecursiveLoop")
    if isinstance(given, ApiError):
        return given
    if "RecursiveLoop" not in given:
        return validation([null_at("recursiveLoop")])
    if wrong := one_of(given["RecursiveLoop"], "recursiveLoop", _LOOPS):
        return wrong
    account.catalogue.put_recursion(function.logical_id, given["RecursiveLoop"])
    return json_response(request_id, {"RecursiveLoop": given["RecursiveLoop"]})


def _runtime_management(account: Account, call: Call, request_id: str) -> Answer:
    """Runtimes are this machine's: nobody pins one."""
    qualifier = call.query.get("Qualifier")
    catalogue = account.catalogue
    found = names.resolve(account.project, call.path["FunctionName"], qualifier, default="", there=catalogue.has)
    if isinstance(found, ApiError):
        return found
    version = catalogue.version_of(found.function.logical_id, found.qualifier) or LATEST
    arn = function_arn(account.project.region, account.project.account, found.function.name, version)
    return json_response(request_id, {"UpdateRuntimeOn": "Auto", "FunctionArn": arn})
