"""`AWS::Lambda::Url` → an API of one route. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from localstack_lite.config.http_apis import cors
from localstack_lite.config.integrations import Targets, lambda_proxy
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource, Stack
from localstack_lite.model.api import DEFAULT_ROUTE, Api, ApiKind, LambdaProxy, Route
from localstack_lite.model.authorizer import Guard, IamAuthorizer

#: A function URL waits as long as the function may run (AWS docs): no limit of its own.
_TIMEOUT = 900.0


def read_function_urls(stack: Stack, targets: Targets) -> Iterator[Api]:
    for resource in stack.of_type("AWS::Lambda::Url"):
        try:
            yield _url(resource, targets)
        except Refusal as refusal:
            resource.leave_out(refusal)


def _url(resource: Resource, targets: Targets) -> Api:
    streamed = resource.text_or("BUFFERED", "InvokeMode") == "RESPONSE_STREAM"
    target = resource.raw("TargetFunctionArn")
    called = lambda_proxy(targets, resource, target, payload="2.0", timeout=_TIMEOUT, streamed=streamed)
    if isinstance(called, LambdaProxy) and (alias := resource.text_or("", "Qualifier")):
        called = replace(called, qualifier=alias)
    function = targets.declared(called.function) if isinstance(called, LambdaProxy) else None
    name = function.name if function else resource.derived_name
    authorizer = resource.text("AuthType", default="AWS_IAM").upper()
    if authorizer == "NONE":
        route = Route("ANY", DEFAULT_ROUTE, called)
    else:
        # AWS knows no third type; one that is neither stays closed.
        route = Route("ANY", DEFAULT_ROUTE, called, authorizer=authorizer, guard=Guard(IamAuthorizer()))
    return Api(
        logical_id=resource.id,
        name=name,
        kind=ApiKind.FUNCTION_URL,
        routes=(route,),
        cors=cors(resource.value("Cors")),
        where=function.where if function else resource.where(),
    )
