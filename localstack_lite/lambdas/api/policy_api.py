"""Operations on a function's resource policy: who may call it. Kept and shown; of what it says, only whether a function
URL is open to all is looked at. The texts of errors are recorded.
"""

from __future__ import annotations

import re
from hashlib import sha256

import orjson

from localstack_lite.lambdas import names
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import (
    Answer,
    conflict,
    json_response,
    no_content,
    not_kept,
    null_at,
    precondition_failed,
    read_body,
    texts,
)
from localstack_lite.lambdas.api.api_error import ApiError, constraint, invalid_parameter, not_found, validation
from localstack_lite.lambdas.api.operations import Call
from localstack_lite.lambdas.names import Reference
from localstack_lite.lambdas.published import OfFunction, Statement, with_policy
from localstack_lite.model.arn import LATEST
from localstack_lite.model.function import Function
from localstack_lite.wire.messages import Request

OPERATIONS = frozenset({"AddPermission", "GetPolicy", "RemovePermission"})

_SID = r"([a-zA-Z0-9-_]+)"
_ACTION = r"(lambda:[*]|lambda:[a-zA-Z]+|[*])"
_PRINCIPAL = re.compile(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::.+|[A-Za-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
#: Members of the request → operator and key of the statement's condition.
_CONDITIONS = {
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
}
_NO_POLICY = not_found("The resource you requested does not exist.")


async def answer(account: Account, call: Call, request: Request, request_id: str) -> Answer:
    asked = names.read(account.project, call.path["FunctionName"], call.query.get("Qualifier"))
    if isinstance(asked, ApiError):
        return asked
    reference, function = asked
    if call.operation == "AddPermission":
        return await _add(account, reference, function, request, request_id)
    of = account.catalogue.kept.of(function.logical_id) if function is not None else OfFunction()
    statements = of.policies.get(reference.qualifier, ())
    if call.operation == "GetPolicy":
        if not statements:
            return _NO_POLICY
        policy = {"Version": "2012-10-17", "Id": "default", "Statement": [orjson.loads(one.text) for one in statements]}
        return json_response(request_id, {"Policy": orjson.dumps(policy).decode(), "RevisionId": _revision(statements)})
    if function is None:
        return not_found(f"No policy found for: {reference.arn(reference.qualifier)}")
    if not statements:
        return not_found("No policy is associated with the given resource.")
    sid = call.path["StatementId"]
    left = tuple(one for one in statements if one.sid != sid)
    if len(left) == len(statements):
        return not_found(f"Statement {sid} is not found in resource policy.")
    if (revision := call.query.get("RevisionId")) and revision != _revision(statements):
        return precondition_failed()
    if wrong := await _keep(account, function, with_policy(of, reference.qualifier, left)):
        return wrong
    return no_content(request_id)


async def _add(
    account: Account, reference: Reference, function: Function | None, request: Request, request_id: str
) -> Answer:
    given = _read(request)
    if isinstance(given, ApiError):
        return given
    if reference.qualifier == LATEST:
        return invalid_parameter("We currently do not support adding policies for $LATEST.")
    if function is None or not account.catalogue.has(function, reference.qualifier):
        return _not_there(reference, function)
    if _PRINCIPAL.fullmatch(given["Principal"]) is None:
        return invalid_parameter("The provided principal was invalid. Please check the principal and try again.")
    of = account.catalogue.kept.of(function.logical_id)
    statements = of.policies.get(reference.qualifier, ())
    if (revision := given.get("RevisionId")) and revision != _revision(statements):
        return precondition_failed("GetPolicy" if statements else "GetFunction/GetAlias")
    sid = given["StatementId"]
    if any(one.sid == sid for one in statements):
        text = f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove"
        return conflict(f"{text} the existing statement.")
    made = orjson.dumps(_statement(given, reference.arn(reference.qualifier))).decode()
    changed = with_policy(of, reference.qualifier, (*statements, Statement(sid, made)))
    if wrong := await _keep(account, function, changed):
        return wrong
    return json_response(request_id, {"Statement": made}, 201)


def _not_there(reference: Reference, function: Function | None) -> ApiError:
    """An alias that is missing is told in other words than a version."""
    qualifier = reference.qualifier
    is_alias = function is not None and re.fullmatch(r"(?!\d+$)[a-zA-Z0-9-_]+", qualifier, re.ASCII)
    return not_found(f"{'Cannot find alias arn' if is_alias else 'Function not found'}: {reference.arn(qualifier)}")


def _read(request: Request) -> dict[str, str] | ApiError:
    body = read_body(request)
    if isinstance(body, ApiError):
        return body
    given = texts(body, "StatementId", "Action", "Principal", "RevisionId", *_CONDITIONS)
    if isinstance(given, ApiError):
        return given
    errors = []
    for name, member, pattern in (
        ("StatementId", "statementId", _SID),
        ("Action", "action", _ACTION),
        ("Principal", "principal", r"[^\s]+"),
    ):
        if name not in given:
            errors.append(null_at(member))
        elif re.fullmatch(pattern, given[name], re.ASCII) is None:
            errors.append(constraint(given[name], member, f"satisfy regular expression pattern: {pattern}"))
    return validation(errors) if errors else given


def _statement(given: dict[str, str], resource: str) -> dict[str, object]:
    statement: dict[str, object] = {
        "Sid": given["StatementId"],
        "Effect": "Allow",
        "Principal": _principal(given["Principal"]),
        "Action": given["Action"],
        "Resource": resource,
    }
    conditions: dict[str, dict[str, str]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if name in given:
            conditions.setdefault(operator, {})[key] = given[name]
    return statement | ({"Condition": conditions} if conditions else {})


def _principal(text: str) -> str | dict[str, str]:
    """A service, an account, an ARN or everybody, as policies write them (recorded)."""
    if text == "*":
        return text
    if text.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return {"Service": text}
    return {"AWS": f"arn:aws:iam::{text}:root" if text.isdecimal() else text}


def _revision(statements: tuple[Statement, ...]) -> str:
    digest = sha256(repr(statements).encode()).hexdigest()
    return "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))


async def _keep(account: Account, function: Function, of: OfFunction) -> ApiError | None:
    try:
        await account.change(function, of)
    except OSError as error:
        return not_kept(error)
    return None
