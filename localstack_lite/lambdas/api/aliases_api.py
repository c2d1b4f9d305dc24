"""Operations on aliases. The texts of errors are recorded, except where a comment says otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

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
    page,
    precondition_failed,
    read_body,
    texts,
)
from localstack_lite.lambdas.api.api_error import (
    ApiError,
    constraint,
    invalid_content,
    invalid_parameter,
    not_found,
    validation,
)
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.names import Reference
from localstack_lite.lambdas.published import KeptAlias, with_alias, without_alias
from localstack_lite.model.alias import Alias
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset({"CreateAlias", "GetAlias", "ListAliases", "UpdateAlias", "DeleteAlias"})

_NAME = r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)"
_VERSION = r"(\$LATEST(\.PUBLISHED)?|[0-9]+)"
_WEIGHT = (
    "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, "
    "Member must have value greater than or equal to 0.0, Member must not be null]"
)
_WEIGHTED = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 1024, "
    "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]"
)
_LONGEST_DESCRIPTION = 256


async def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    asked = names.read(account.project, call.path["FunctionName"])
    if isinstance(asked, ApiError):
        return asked
    reference, function = asked
    match call.operation:
        case "CreateAlias":
            return await _create(account, reference, function, request, request_id)
        case "GetAlias":
            return _get(account, reference, function, call.path["Name"], request_id)
        case "ListAliases":
            return _list(account, reference, function, call.query, request_id)
        case "UpdateAlias":
            return await _update(account, reference, function, call.path["Name"], request, request_id)
        case _:
            return await _delete(account, function, call.path["Name"], request_id)


async def _create(
    account: Account, reference: Reference, function: Function | None, request: Request, request_id: str
) -> Answer:
    read = _read(request)
    if isinstance(read, ApiError):
        return read
    given, weights = read
    name, version = given.get("Name"), given.get("FunctionVersion")
    errors = [null_at(member) for member, value in (("name", name), ("functionVersion", version)) if value is None]
    if name is not None and re.fullmatch(_NAME, name, re.ASCII) is None:
        errors.append(constraint(name, "name", f"satisfy regular expression pattern: {_NAME}"))
    if version is not None and re.fullmatch(_VERSION, version, re.ASCII) is None:
        errors.append(constraint(version, "functionVersion", f"satisfy regular expression pattern: {_VERSION}"))
    if errors or name is None or version is None:
        return validation(errors)
    alias = Alias(name, version, given.get("Description", ""), weights or {})
    if wrong := _routing_error(account, reference, function, alias):
        return wrong
    if function is None:
        return not_found(f"Function not found: {reference.arn(version)}")
    if name in account.catalogue.aliases(function.logical_id):
        return conflict(f"Alias already exists: {reference.arn(name)}")
    return await _keep(account, reference, function, alias, request_id, 201)


async def _update(
    account: Account, reference: Reference, function: Function | None, name: str, request: Request, request_id: str
) -> Answer:
    read = _read(request)
    if isinstance(read, ApiError):
        return read
    given, weights = read
    before = None if function is None else account.catalogue.aliases(function.logical_id).get(name)
    if function is None or before is None:
        return not_found(f"Alias not found: {reference.arn(name)}")
    if (revision := given.get("RevisionId")) and revision != _revision(account, function, before):
        return precondition_failed()
    alias = Alias(
        name,
        given.get("FunctionVersion", before.version),
        given.get("Description", before.description),
        before.weights if weights is None else weights,
    )
    if wrong := _routing_error(account, reference, function, alias):
        return wrong
    return await _keep(account, reference, function, alias, request_id, 200)


def _get(account: Account, reference: Reference, function: Function | None, name: str, request_id: str) -> Answer:
    alias = None if function is None else account.catalogue.aliases(function.logical_id).get(name)
    if function is None or alias is None:
        return not_found(f"Cannot find alias arn: {reference.arn(name)}")
    return json_response(request_id, _described(account, reference, function, alias))


def _list(
    account: Account, reference: Reference, function: Function | None, query: Mapping[str, str], request_id: str
) -> Answer:
    if function is None:
        return not_found(f"Function not found: {reference.arn()}")
    version = query.get("FunctionVersion")
    aliases = sorted(account.catalogue.aliases(function.logical_id).values(), key=lambda alias: alias.name)
    described = [_described(account, reference, function, alias) for alias in aliases]
    wanted = [one for one in described if version in (None, one["FunctionVersion"])]
    one_page = page(wanted, query, [str(one["Name"]) for one in wanted])
    if isinstance(one_page, ApiError):
        return one_page
    return json_response(request_id, listed("Aliases", *one_page))


async def _delete(account: Account, function: Function | None, name: str, request_id: str) -> Answer:
    """204 whether or not it was there (recorded)."""
    if function is None or name not in account.catalogue.aliases(function.logical_id):
        return no_content(request_id)
    of = account.catalogue.kept.of(function.logical_id)
    try:
        await account.change(function, without_alias(of, name, declared=names.declared(function, name)))
    except OSError as error:
        return not_kept(error)
    account.provisioning.delete(function, name)
    return no_content(request_id)


async def _keep(
    account: Account, reference: Reference, function: Function, alias: Alias, request_id: str, status: int
) -> Answer:
    of = account.catalogue.kept.of(function.logical_id)
    try:
        await account.change(function, with_alias(of, KeptAlias(alias, account.ids.uuid())))
    except OSError as error:
        return not_kept(error)
    return json_response(request_id, _described(account, reference, function, alias), status)


def _described(account: Account, reference: Reference, function: Function, alias: Alias) -> dict[str, object]:
    version = account.catalogue.version_of(function.logical_id, alias.name) or alias.version
    routing = {"RoutingConfig": {"AdditionalVersionWeights": dict(alias.weights)}} if alias.weights else {}
    return {
        "AliasArn": reference.arn(alias.name),
        "Name": alias.name,
        "FunctionVersion": version,
        "Description": alias.description,
        "RevisionId": _revision(account, function, alias),
        **routing,
    }


def _revision(account: Account, function: Function, alias: Alias) -> str:
    """Given when it was made over the API; of a declared one, a UUID that is a function of its values."""
    kept = account.catalogue.kept.of(function.logical_id).aliases.get(alias.name)
    if kept is not None:
        return kept.revision
    digest = sha256(f"{function.logical_id}{alias!r}".encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


def _read(request: Request) -> tuple[dict[str, str], dict[str, float] | None] | ApiError:
    """The text members, and the weights when they were given."""
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    given = texts(body, "Name", "FunctionVersion", "Description", "RevisionId")
    if isinstance(given, ApiError):
        return given
    if len(given.get("Description", "")) > _LONGEST_DESCRIPTION:
        rule = f"have length less than or equal to {_LONGEST_DESCRIPTION}"
        return validation([constraint(given["Description"], "description", rule)])
    routing = body.get("RoutingConfig")
    if routing is None:
        return given, None
    weights = routing.get("AdditionalVersionWeights", {}) if isinstance(routing, dict) else None
    if weights is None:
        return given, {}
    read = _weights(weights)
    return read if isinstance(read, ApiError) else (given, read)


def _weights(weights: object) -> dict[str, float] | ApiError:
    if not isinstance(weights, dict) or any(isinstance(one, bool | str | list | dict) for one in weights.values()):
        text = "AdditionalVersionWeights is no map of versions to numbers"
        return invalid_content(f"Could not parse request body into json: {text}")
    shown = "{" + ", ".join(f"{key}={'null' if one is None else float(one)}" for key, one in weights.items()) + "}"
    member = "routingConfig.additionalVersionWeights"
    errors = []
    if any(re.fullmatch("[0-9]+", key, re.ASCII) is None for key in weights):
        errors.append(f"Value '{shown}' at '{member}' failed to satisfy constraint: {_WEIGHTED}")
    if any(one is None or not 0 <= one <= 1 for one in weights.values()):
        errors.append(f"Value '{shown}' at '{member}' failed to satisfy constraint: {_WEIGHT}")
    return validation(errors) if errors else {key: float(one) for key, one in weights.items()}


def _routing_error(account: Account, reference: Reference, function: Function | None, alias: Alias) -> ApiError | None:
    """What is wrong with where an alias points to, in AWS's order."""
    if len(alias.weights) > 1:
        return invalid_parameter("Number of items in AdditionalVersionWeights cannot be greater than 1")
    if alias.version in alias.weights:
        text = f"Invalid function version {alias.version}. Function version {alias.version} is already included"
        return invalid_parameter(f"{text} in routing configuration.")
    if alias.weights and alias.version == LATEST:
        return invalid_parameter("$LATEST is not supported for an alias pointing to more than 1 version")
    for version in filter(None, (alias.version, *alias.weights)):
        if function is None or account.catalogue.at(function.logical_id, version) is None:
            return not_found(f"Function not found: {reference.arn(version)}")
    return None
