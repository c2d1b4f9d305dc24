"""The Lambda HTTP API, so that boto3, the AWS CLI and every SDK can talk to this machine as to the cloud.

Which request is which operation is a table (`operations`); the operations of each noun are a module, and this one hands
requests to them. Signatures are accepted and not verified. An operation that is not here is refused by its name (501).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from inspect import isawaitable

from localstack_lite.lambdas.api import (
    aliases_api,
    attributes_api,
    concurrency_api,
    invoke_stream,
    layers_api,
    mappings_api,
    policy_api,
    provisioned_api,
    urls_api,
    versions_api,
)
from localstack_lite.lambdas.api.account import Account
from localstack_lite.lambdas.api.api_answer import Answer, no_content, not_implemented, not_kept, unknown_operation
from localstack_lite.lambdas.api.api_error import ApiError
from localstack_lite.lambdas.api.operations import Call, find_call
from localstack_lite.lambdas.invoke import invoke_response, read_invoke
from localstack_lite.model.invocation import InvocationType
from localstack_lite.ports import Accept, Invoke
from localstack_lite.wire.messages import Request, Response

Operation = Callable[[Call, Request, str], Answer | Awaitable[Answer]]
"""Answers the requests of some operations; the text is the request's id."""

_INVOKE = frozenset({"Invoke", "InvokeWithResponseStream", "InvokeAsync"})
_EVENT_INVOKE = (
    "GetFunctionEventInvokeConfig",
    "PutFunctionEventInvokeConfig",
    "UpdateFunctionEventInvokeConfig",
    "DeleteFunctionEventInvokeConfig",
    "ListFunctionEventInvokeConfigs",
)
_RESERVED = ("GetFunctionConcurrency", "PutFunctionConcurrency", "DeleteFunctionConcurrency")
_PROVISIONED = (
    "ListProvisionedConcurrencyConfigs",
    "GetProvisionedConcurrencyConfig",
    "PutProvisionedConcurrencyConfig",
    "DeleteProvisionedConcurrencyConfig",
)
#: What to do instead, of operations that people are likely to try.
_INSTEAD = {
    "CreateFunction": "Functions are declared by the project: add it there.",
    "UpdateFunctionCode": "Save the function's file instead: that is what it is here.",
    "UpdateFunctionConfiguration": "Change it in the project's template or settings: it counts from the save on.",
    "PutRuntimeManagementConfig": "Runtimes are those of this machine.",
}


class InvokeApi:
    """A `ports.Handler`. `accept` takes an invocation whose caller does not wait; `event_invokes` are the operations on
    how such invocations are treated."""

    def __init__(
        self, account: Account, invoke: Invoke, accept: Accept, event_invokes: Operation | None = None
    ) -> None:
        self._account = account
        self._invoke = invoke
        self._accept = accept
        self._operations = _table(account)
        if event_invokes is not None:
            self._operations |= dict.fromkeys(_EVENT_INVOKE, event_invokes)

    async def __call__(self, request: Request) -> Response:
        request_id = self._account.ids.uuid()
        answer = await self._answer(request, request_id)
        return answer.response(request_id) if isinstance(answer, ApiError) else answer

    async def _answer(self, request: Request, request_id: str) -> Answer:
        call = find_call(request.method, request.path, request.query)
        if call is None:
            return unknown_operation(request)
        if call.operation in _INVOKE:
            return await self._run(call, request, request_id)
        operation = self._operations.get(call.operation)
        if operation is None:
            return not_implemented(call.operation, _INSTEAD.get(call.operation, ""))
        answer = operation(call, request, request_id)
        return await answer if isawaitable(answer) else answer

    async def _run(self, call: Call, request: Request, request_id: str) -> Answer:
        account = self._account
        asked = read_invoke(account.project, call, request, request_id, account.ids, account.catalogue.has)
        if isinstance(asked, ApiError):
            return asked
        match asked.type:
            case InvocationType.REQUEST_RESPONSE:
                outcome = await self._invoke(asked.invocation)
                if asked.invocation.streamed:
                    return invoke_stream.answer(outcome, asked.invocation)
                return invoke_response(outcome, asked.invocation)
            case InvocationType.EVENT:
                try:
                    self._accept(asked.invocation)
                except OSError as error:
                    return not_kept(error)
                return Response(202, (("x-amzn-RequestId", request_id),))
            case InvocationType.DRY_RUN:
                return no_content(request_id)


def _table(account: Account) -> dict[str, Operation]:
    """Every operation that is answered, but for those that run a function."""

    def of(module_answer: Callable[[Account, Call, Request, str], Answer | Awaitable[Answer]]) -> Operation:
        return lambda call, request, request_id: module_answer(account, call, request, request_id)

    def reserved(call: Call, request: Request, request_id: str) -> Answer:
        project = account.project
        return concurrency_api.answer(call, request, request_id, project, account.limits, account.provisioning)

    def provisioned(call: Call, request: Request, request_id: str) -> Answer:
        now, limits = account.clock.now(), account.limits
        project, catalogue, provisioning = account.project, account.catalogue, account.provisioning
        return provisioned_api.answer(call, request, request_id, project, catalogue, provisioning, limits, now)

    nouns: Mapping[frozenset[str], Operation] = {
        versions_api.OPERATIONS: of(versions_api.answer),
        aliases_api.OPERATIONS: of(aliases_api.answer),
        urls_api.OPERATIONS: of(urls_api.answer),
        policy_api.OPERATIONS: of(policy_api.answer),
        layers_api.OPERATIONS: of(layers_api.answer),
        mappings_api.OPERATIONS: of(mappings_api.answer),
        attributes_api.OPERATIONS: of(attributes_api.answer),
        frozenset(_RESERVED): reserved,
        frozenset(_PROVISIONED): provisioned,
    }
    return {name: operation for names, operation in nouns.items() for name in names}
