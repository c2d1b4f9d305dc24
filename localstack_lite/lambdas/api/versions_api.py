"""Operations on functions and their versions: get, list, publish, delete. The texts of errors are recorded."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import (
    Answer,
    json_response,
    listed,
    no_content,
    not_implemented,
    not_kept,
    one_of,
    page,
    precondition_failed,
    read_body,
    texts,
)
from localstack_lite.lambdas.api.api_error import ApiError, invalid_parameter, not_found
from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.lambdas.api.configuration import configuration, configured, function_answer, listing, revision_of
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.catalogue import LATEST_PUBLISHED
from localstack_lite.lambdas.published import OfFunction, Version, with_version, without_version
from localstack_lite.model.arn import LATEST, function_arn
from localstack_lite.model.function import Function
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset(
    {
        "GetFunction",
        "GetFunctionConfiguration",
        "ListFunctions",
        "ListVersionsByFunction",
        "PublishVersion",
        "DeleteFunction",
    }
)
#: How often code that is being saved is copied anew.
_TRIES = 3


async def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    match call.operation:
        case "ListFunctions":
            return await _list_functions(account, call, request_id)
        case "ListVersionsByFunction":
            return await _list_versions(account, call, request_id)
        case "PublishVersion":
            return await _publish(account, call, request, request_id)
        case "DeleteFunction":
            return await _delete(account, call, request_id)
        case _:
            return await _get(account, call, request_id)


async def _get(account: Account, call: Call, request_id: str) -> Answer:
    catalogue = account.catalogue
    qualifier = call.query.get("Qualifier")
    found = names.resolve(account.project, call.path["FunctionName"], qualifier, default="", there=catalogue.has)
    if isinstance(found, ApiError):
        return found
    logical_id = found.function.logical_id
    function = catalogue.at(logical_id, catalogue.version_of(logical_id, found.qualifier) or LATEST) or found.function
    code, revision = await _facts(account, function)
    if call.operation == "GetFunctionConfiguration":
        return json_response(request_id, configuration(function, found.arn, code, revision))
    location = function.code.folder.as_uri()
    reserved = account.limits.reserved(found.function)
    return json_response(request_id, function_answer(function, found.arn, code, reserved, location, revision))


async def _list_functions(account: Account, call: Call, request_id: str) -> Answer:
    wanted = call.query.get("FunctionVersion")
    if wanted is not None and (wrong := one_of(wanted, "functionVersion", ("ALL",))):
        return wrong
    functions = account.project.functions
    one_page = page(functions, call.query, [_marker(function.logical_id) for function in functions])
    if isinstance(one_page, ApiError):
        return one_page
    described: list[dict[str, object]] = []
    for function in one_page[0]:
        described += await _described(account, function if wanted else None, function)
    return json_response(request_id, listed("Functions", described, one_page[1]))


async def _list_versions(account: Account, call: Call, request_id: str) -> Answer:
    function = names.resolve_unqualified(account.project, call.path["FunctionName"], "")
    if isinstance(function, ApiError):
        return function
    described = await _described(account, function, function)
    one_page = page(described, call.query, [str(one["Version"]) for one in described])
    if isinstance(one_page, ApiError):
        return one_page
    return json_response(request_id, listed("Versions", *one_page))


async def _described(account: Account, of: Function | None, latest: Function) -> list[dict[str, object]]:
    """As lists have them: `$LATEST` and, of a function, all its versions."""
    numbers = () if of is None else account.catalogue.versions(of.logical_id)
    versions = (account.catalogue.at(latest.logical_id, number) for number in numbers)
    described = []
    for function in (latest, *(version for version in versions if version is not None)):
        code, revision = await _facts(account, function)
        described.append(listing(function, _arn(account, function, of is not None), code, revision))
    return described


async def _facts(account: Account, function: Function) -> tuple[CodeFacts, str]:
    """The facts of its code, and its revision."""
    of = account.catalogue.kept.of(function.logical_id)
    if (version := of.versions.get(function.version)) is not None:
        return version.code, version.revision
    code = await account.measure(function.code)
    return code, revision_of(function, code, of.last)


async def _publish(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    body = read_body(request)
    asked = body if isinstance(body, ApiError) else texts(body, "CodeSha256", "Description", "RevisionId", "PublishTo")
    if isinstance(asked, ApiError):
        return asked
    found = names.resolve_unqualified(account.project, call.path["FunctionName"], "")
    if isinstance(found, ApiError):
        return found
    if refused := _unpublishable(found):
        return refused
    if (target := asked.get("PublishTo")) is not None:
        return one_of(target, "publishTo", ("LATEST_PUBLISHED",)) or await _newest(account, found, request_id)
    async with account.shelf.turn:
        # What waited for its turn is about the function as it is now.
        function = account.project.function(found.logical_id)
        if function is None:
            return not_found(f"Function not found: {_arn(account, found, False)}")
        of = account.catalogue.kept.of(function.logical_id)
        code = await account.measure(function.code)
        if (sha := asked.get("CodeSha256")) and sha != code.sha256:
            return invalid_parameter(
                f"CodeSHA256 ({sha}) is different from current CodeSHA256 in $LATEST ({code.sha256}). "
                "Please try again with the CodeSHA256 in $LATEST."
            )
        if (revision := asked.get("RevisionId")) and revision != revision_of(function, code, of.last):
            return precondition_failed()
        try:
            version = _unchanged(of, function, code) or await _make(account, function, code, asked.get("Description"))
        except OSError as error:
            return not_kept(error)
    arn = _arn(account, version.function, True)
    return json_response(request_id, configuration(version.function, arn, version.code, version.revision), 201)


async def _newest(account: Account, function: Function, request_id: str) -> Answer:
    """`$LATEST.PUBLISHED` is the code as it is, so there is nothing to copy."""
    newest = account.catalogue.at(function.logical_id, LATEST_PUBLISHED)
    if newest is None:
        return invalid_parameter(f"{function.name} is on no managed instances, which PublishTo is for.")
    code, revision = await _facts(account, newest)
    return json_response(request_id, configuration(newest, _arn(account, newest, True), code, revision), 201)


def _unpublishable(function: Function) -> ApiError | None:
    if function.in_stage:
        return not_implemented("PublishVersion", f"{function.name} runs in the stage; publish it there.")
    if function.image is not None:
        hint = f"{function.name} is an image, which is not copied here; $LATEST and declared aliases can be called."
        return not_implemented("PublishVersion of an image", hint)
    return None


def _unchanged(of: OfFunction, function: Function, code: CodeFacts) -> Version | None:
    """The last version, when there is nothing new to publish."""
    last = of.versions.get(str(of.last))
    same = last is not None and last.code.sha256 == code.sha256 and last.configured == configured(function)
    return last if same else None


async def _make(account: Account, function: Function, code: CodeFacts, description: str | None) -> Version:
    """Copy, and copy again when something was saved meanwhile."""
    number = str(account.catalogue.next_number(function.logical_id))
    for _ in range(_TRIES):
        copied = await account.shelf.copy(function, number)
        before, code = code, await account.measure(function.code)
        if code.sha256 == before.sha256:
            break
    if description is not None:
        copied = replace(copied, description=description)
    copied = replace(copied, aliases=(), provisioned=(), event_invokes=())
    version = Version(copied, code, configured(function), account.ids.uuid())
    await account.change(function, with_version(account.catalogue.kept.of(function.logical_id), version))
    return version


async def _delete(account: Account, call: Call, request_id: str) -> Answer:
    asked = names.read(account.project, call.path["FunctionName"], call.query.get("Qualifier"))
    if isinstance(asked, ApiError):
        return asked
    reference, function = asked
    number = reference.qualifier
    if number == LATEST:
        return invalid_parameter("$LATEST version cannot be deleted without deleting the function.")
    if number and not number.isdecimal() and not number.startswith("$"):
        return invalid_parameter("Deletion of aliases is not currently supported.")
    if function is None:
        return not_found(f"Function not found: {reference.arn()}")
    if not number:
        hint = f"{function.name} is declared by the project: take it out there. With a version as Qualifier, that goes."
        return not_implemented("DeleteFunction", hint)
    of = account.catalogue.kept.of(function.logical_id)
    if number not in of.versions:
        return no_content(request_id)
    if users := users_of(account, function.logical_id, number):
        text = f"Version {number} is what these aliases point to: {', '.join(users)}. Change or delete them first."
        return ApiError(409, "ResourceConflictException", text)
    try:
        await account.change(function, without_version(of, number))
    except OSError as error:
        return not_kept(error)
    account.provisioning.delete(function, number)
    await account.shelf.discard(function.logical_id, number)
    return no_content(request_id)


def users_of(account: Account, logical_id: str, number: str) -> Sequence[str]:
    """The aliases that send calls to a version."""
    aliases = account.catalogue.aliases(logical_id).values()
    return [alias.name for alias in aliases if number == alias.version or number in alias.weights]


def _arn(account: Account, function: Function, qualified: bool) -> str:
    project = account.project
    return function_arn(project.region, project.account, function.name, function.version if qualified else "")


def _marker(logical_id: str) -> str:
    return base64.urlsafe_b64encode(logical_id.encode()).decode()
