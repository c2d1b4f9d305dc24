"""Operations on function URLs. The texts of errors are recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import (
    Answer,
    conflict,
    json_response,
    listed,
    no_content,
    not_kept,
    null_at,
    one_of,
    page,
    read_body,
    texts,
)
from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_content, not_found, validation
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.names import Reference
from localstack_lite.lambdas.published import UrlConfig, with_url, without_url
from localstack_lite.lambdas.urls import is_declared, url_api, urls_of, with_urls
from localstack_lite.model import addresses
from localstack_lite.model.api import Cors
from localstack_lite.model.function import Function
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset(
    {
        "CreateFunctionUrlConfig",
        "GetFunctionUrlConfig",
        "UpdateFunctionUrlConfig",
        "DeleteFunctionUrlConfig",
        "ListFunctionUrlConfigs",
    }
)

_QUALIFIER = r"((?!^\d+$)^[0-9a-zA-Z-_]+$)"
_AUTH = ("AWS_IAM", "NONE")
_MODES = ("BUFFERED", "RESPONSE_STREAM")
_NO_FUNCTION = not_found("Function does not exist")
_NO_URL = not_found("The resource you requested does not exist.")
_LISTS = ("AllowHeaders", "AllowMethods", "AllowOrigins", "ExposeHeaders")


async def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    qualifier = call.query.get("Qualifier")
    if qualifier is not None and re.fullmatch(_QUALIFIER, qualifier, re.ASCII) is None:
        return validation([constraint(qualifier, "qualifier", f"satisfy regular expression pattern: {_QUALIFIER}")])
    asked = names.read(account.project, call.path["FunctionName"], qualifier)
    if isinstance(asked, ApiError):
        return asked
    reference, function = asked
    match call.operation:
        case "CreateFunctionUrlConfig":
            return await _create(account, reference, function, request, request_id)
        case "UpdateFunctionUrlConfig":
            return await _update(account, reference, function, request, request_id)
        case "ListFunctionUrlConfigs":
            return _list(account, reference, function, call, request_id)
    config = None if function is None else urls_of(account.catalogue, function).get(reference.qualifier)
    if function is None or config is None:
        return _NO_URL
    if call.operation == "GetFunctionUrlConfig":
        return json_response(request_id, _whole(account, reference, function, reference.qualifier, config))
    of = account.catalogue.kept.of(function.logical_id)
    declared = is_declared(account.project, function, reference.qualifier)
    try:
        await account.change(function, without_url(of, reference.qualifier, declared=declared))
    except OSError as error:
        return not_kept(error)
    return no_content(request_id)


async def _create(
    account: Account, reference: Reference, function: Function | None, request: Request, request_id: str
) -> Answer:
    given = _read(request)
    if isinstance(given, ApiError):
        return given
    chosen, cors = given
    if "AuthType" not in chosen:
        return validation([null_at("authType")])
    if function is None or not account.catalogue.has(function, reference.qualifier):
        return _NO_FUNCTION
    if reference.qualifier in urls_of(account.catalogue, function):
        arn = reference.arn(reference.qualifier)
        return conflict(
            f"Failed to create function url config for [functionArn = {arn}]. "
            "Error message:  FunctionUrlConfig exists for this Lambda function"
        )
    now = account.clock.now()
    config = UrlConfig(chosen["AuthType"], now, now, chosen.get("InvokeMode", "BUFFERED"), cors)
    if wrong := await _keep(account, reference, function, config):
        return wrong
    shown = _whole(account, reference, function, reference.qualifier, config)
    return json_response(request_id, _without(shown, "LastModifiedTime", *_unasked(chosen)), 201)


async def _update(
    account: Account, reference: Reference, function: Function | None, request: Request, request_id: str
) -> Answer:
    given = _read(request)
    if isinstance(given, ApiError):
        return given
    chosen, cors = given
    if function is None or not account.catalogue.has(function, reference.qualifier):
        return _NO_FUNCTION
    before = urls_of(account.catalogue, function).get(reference.qualifier)
    if before is None:
        return _NO_URL
    config = replace(
        before,
        auth=chosen.get("AuthType", before.auth),
        mode=chosen.get("InvokeMode", before.mode),
        cors=before.cors if cors is None else cors,
        modified=account.clock.now(),
    )
    if wrong := await _keep(account, reference, function, config):
        return wrong
    shown = _whole(account, reference, function, reference.qualifier, config)
    return json_response(request_id, _without(shown, *_unasked(chosen)))


def _list(account: Account, reference: Reference, function: Function | None, call: Call, request_id: str) -> Answer:
    if function is None:
        return _NO_FUNCTION
    urls = sorted(urls_of(account.catalogue, function).items())
    one_page = page(urls, call.query, [qualifier or "-" for qualifier, _ in urls])
    if isinstance(one_page, ApiError):
        return one_page
    described = [_whole(account, reference, function, qualifier, config) for qualifier, config in one_page[0]]
    return json_response(request_id, listed("FunctionUrlConfigs", described, one_page[1]))


async def _keep(account: Account, reference: Reference, function: Function, config: UrlConfig) -> ApiError | None:
    of = account.catalogue.kept.of(function.logical_id)
    try:
        await account.change(function, with_url(of, reference.qualifier, config))
    except OSError as error:
        return not_kept(error)
    return None


def _unasked(chosen: dict[str, str]) -> tuple[str, ...]:
    """Answers to changes say the mode only when the request did (recorded)."""
    return () if "InvokeMode" in chosen else ("InvokeMode",)


def _without(shown: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in shown.items() if name not in names}


def _whole(
    account: Account, reference: Reference, function: Function, qualifier: str, config: UrlConfig
) -> dict[str, object]:
    served = with_urls(account.project, account.catalogue)
    api = url_api(served, function, qualifier)
    cors = {} if config.cors is None else {"Cors": _described(config.cors)}
    return {
        "FunctionUrl": "" if api is None else addresses.url(served, api, account.gateway_url()),
        "FunctionArn": reference.arn(qualifier),
        "AuthType": config.auth,
        **cors,
        "CreationTime": _time(config.created or account.started),
        "LastModifiedTime": _time(config.modified or account.started),
        "InvokeMode": config.mode,
    }


def _time(seconds: float) -> str:
    """`2026-11-22T11:00:00.123456Z` (AWS docs)."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def _read(request: Request) -> tuple[dict[str, str], Cors | None] | ApiError:
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    chosen = texts(body, "AuthType", "InvokeMode")
    if isinstance(chosen, ApiError):
        return chosen
    for name, member, allowed in (("AuthType", "authType", _AUTH), ("InvokeMode", "invokeMode", _MODES)):
        if name in chosen and (wrong := one_of(chosen[name], member, allowed)):
            return wrong
    cors = _cors(body.get("Cors"))
    return cors if isinstance(cors, ApiError) else (chosen, cors)


def _cors(given: object) -> Cors | ApiError | None:
    if given is None:
        return None
    wrong = invalid_content("Could not parse request body into json: Cors is not as AWS takes it")
    if not isinstance(given, dict):
        return wrong
    lists = [given.get(name) or [] for name in _LISTS]
    age, credentials = given.get("MaxAge"), given.get("AllowCredentials", False)
    if any(not isinstance(one, list) or any(not isinstance(text, str) for text in one) for one in lists):
        return wrong
    if not (age is None or (isinstance(age, int) and 0 <= age <= 86_400)) or not isinstance(credentials, bool):
        return wrong
    headers, methods, origins, exposed = (tuple(one) for one in lists)
    return Cors(origins, methods, headers, exposed, credentials, age)


def _described(cors: Cors) -> dict[str, object]:
    lists = (cors.allow_headers, cors.allow_methods, cors.allow_origins, cors.expose_headers)
    described: dict[str, object] = {name: list(one) for name, one in zip(_LISTS, lists, strict=True) if one}
    if cors.allow_credentials:
        described["AllowCredentials"] = True
    if cors.max_age is not None:
        described["MaxAge"] = cors.max_age
    return described
