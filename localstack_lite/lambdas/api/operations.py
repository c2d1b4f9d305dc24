"""The operations of the Lambda API: which request is which. Method and path as in AWS's service model, 2026.

The whole list is here, not only what devserve answers, so that a call to something it does not have is told by its
name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

_TABLE = """
Invoke                               POST   /2015-03-31/functions/{FunctionName}/invocations
InvokeWithResponseStream             POST   /2021-11-15/functions/{FunctionName}/response-streaming-invocations
InvokeAsync                          POST   /2014-11-13/functions/{FunctionName}/invoke-async
ListFunctions                        GET    /2015-03-31/functions
CreateFunction                       POST   /2015-03-31/functions
GetFunction                          GET    /2015-03-31/functions/{FunctionName}
DeleteFunction                       DELETE /2015-03-31/functions/{FunctionName}
GetFunctionConfiguration             GET    /2015-03-31/functions/{FunctionName}/configuration
UpdateFunctionConfiguration          PUT    /2015-03-31/functions/{FunctionName}/configuration
UpdateFunctionCode                   PUT    /2015-03-31/functions/{FunctionName}/code
ListVersionsByFunction               GET    /2015-03-31/functions/{FunctionName}/versions
PublishVersion                       POST   /2015-03-31/functions/{FunctionName}/versions
ListAliases                          GET    /2015-03-31/functions/{FunctionName}/aliases
CreateAlias                          POST   /2015-03-31/functions/{FunctionName}/aliases
GetAlias                             GET    /2015-03-31/functions/{FunctionName}/aliases/{Name}
UpdateAlias                          PUT    /2015-03-31/functions/{FunctionName}/aliases/{Name}
DeleteAlias                          DELETE /2015-03-31/functions/{FunctionName}/aliases/{Name}
GetPolicy                            GET    /2015-03-31/functions/{FunctionName}/policy
AddPermission                        POST   /2015-03-31/functions/{FunctionName}/policy
RemovePermission                     DELETE /2015-03-31/functions/{FunctionName}/policy/{StatementId}
ListEventSourceMappings              GET    /2015-03-31/event-source-mappings
CreateEventSourceMapping             POST   /2015-03-31/event-source-mappings
GetEventSourceMapping                GET    /2015-03-31/event-source-mappings/{UUID}
UpdateEventSourceMapping             PUT    /2015-03-31/event-source-mappings/{UUID}
DeleteEventSourceMapping             DELETE /2015-03-31/event-source-mappings/{UUID}
GetAccountSettings                   GET    /2016-08-19/account-settings
ListTags                             GET    /2017-03-31/tags/{Resource}
TagResource                          POST   /2017-03-31/tags/{Resource}
UntagResource                        DELETE /2017-03-31/tags/{Resource}
GetFunctionConcurrency               GET    /2019-09-30/functions/{FunctionName}/concurrency
PutFunctionConcurrency               PUT    /2017-10-31/functions/{FunctionName}/concurrency
DeleteFunctionConcurrency            DELETE /2017-10-31/functions/{FunctionName}/concurrency
ListProvisionedConcurrencyConfigs    GET    /2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL
GetProvisionedConcurrencyConfig      GET    /2019-09-30/functions/{FunctionName}/provisioned-concurrency
PutProvisionedConcurrencyConfig      PUT    /2019-09-30/functions/{FunctionName}/provisioned-concurrency
DeleteProvisionedConcurrencyConfig   DELETE /2019-09-30/functions/{FunctionName}/provisioned-concurrency
GetFunctionEventInvokeConfig         GET    /2019-09-25/functions/{FunctionName}/event-invoke-config
PutFunctionEventInvokeConfig         PUT    /2019-09-25/functions/{FunctionName}/event-invoke-config
UpdateFunctionEventInvokeConfig      POST   /2019-09-25/functions/{FunctionName}/event-invoke-config
DeleteFunctionEventInvokeConfig      DELETE /2019-09-25/functions/{FunctionName}/event-invoke-config
ListFunctionEventInvokeConfigs       GET    /2019-09-25/functions/{FunctionName}/event-invoke-config/list
GetFunctionUrlConfig                 GET    /2021-10-31/functions/{FunctionName}/url
CreateFunctionUrlConfig              POST   /2021-10-31/functions/{FunctionName}/url
UpdateFunctionUrlConfig              PUT    /2021-10-31/functions/{FunctionName}/url
DeleteFunctionUrlConfig              DELETE /2021-10-31/functions/{FunctionName}/url
ListFunctionUrlConfigs               GET    /2021-10-31/functions/{FunctionName}/urls
GetRuntimeManagementConfig           GET    /2021-07-20/functions/{FunctionName}/runtime-management-config
PutRuntimeManagementConfig           PUT    /2021-07-20/functions/{FunctionName}/runtime-management-config
GetFunctionRecursionConfig           GET    /2024-08-31/functions/{FunctionName}/recursion-config
PutFunctionRecursionConfig           PUT    /2024-08-31/functions/{FunctionName}/recursion-config
GetFunctionScalingConfig             GET    /2025-11-30/functions/{FunctionName}/function-scaling-config
PutFunctionScalingConfig             PUT    /2025-11-30/functions/{FunctionName}/function-scaling-config
GetLayerVersionByArn                 GET    /2018-10-31/layers?find=LayerVersion
ListLayers                           GET    /2018-10-31/layers
ListLayerVersions                    GET    /2018-10-31/layers/{LayerName}/versions
PublishLayerVersion                  POST   /2018-10-31/layers/{LayerName}/versions
GetLayerVersion                      GET    /2018-10-31/layers/{LayerName}/versions/{VersionNumber}
DeleteLayerVersion                   DELETE /2018-10-31/layers/{LayerName}/versions/{VersionNumber}
GetLayerVersionPolicy                GET    /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy
AddLayerVersionPermission            POST   /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy
RemoveLayerVersionPermission         DELETE /2018-10-31/layers/{LayerName}/versions/{VersionNumber}/policy/{StatementId}
ListCodeSigningConfigs               GET    /2020-04-22/code-signing-configs
CreateCodeSigningConfig              POST   /2020-04-22/code-signing-configs
GetCodeSigningConfig                 GET    /2020-04-22/code-signing-configs/{CodeSigningConfigArn}
UpdateCodeSigningConfig              PUT    /2020-04-22/code-signing-configs/{CodeSigningConfigArn}
DeleteCodeSigningConfig              DELETE /2020-04-22/code-signing-configs/{CodeSigningConfigArn}
ListFunctionsByCodeSigningConfig     GET    /2020-04-22/code-signing-configs/{CodeSigningConfigArn}/functions
GetFunctionCodeSigningConfig         GET    /2020-06-30/functions/{FunctionName}/code-signing-config
PutFunctionCodeSigningConfig         PUT    /2020-06-30/functions/{FunctionName}/code-signing-config
DeleteFunctionCodeSigningConfig      DELETE /2020-06-30/functions/{FunctionName}/code-signing-config
ListCapacityProviders                GET    /2025-11-30/capacity-providers
CreateCapacityProvider               POST   /2025-11-30/capacity-providers
GetCapacityProvider                  GET    /2025-11-30/capacity-providers/{CapacityProviderName}
UpdateCapacityProvider               PUT    /2025-11-30/capacity-providers/{CapacityProviderName}
DeleteCapacityProvider               DELETE /2025-11-30/capacity-providers/{CapacityProviderName}
ListFunctionVersionsByCapacityProvider GET    /2025-11-30/capacity-providers/{CapacityProviderName}/function-versions
ListDurableExecutionsByFunction      GET    /2025-12-01/functions/{FunctionName}/durable-executions
GetDurableExecution                  GET    /2025-12-01/durable-executions/{DurableExecutionArn}
DeleteDurableExecution               DELETE /2025-12-01/durable-executions/{DurableExecutionArn}
GetDurableExecutionHistory           GET    /2025-12-01/durable-executions/{DurableExecutionArn}/history
GetDurableExecutionState             GET    /2025-12-01/durable-executions/{DurableExecutionArn}/state
CheckpointDurableExecution           POST   /2025-12-01/durable-executions/{DurableExecutionArn}/checkpoint
StopDurableExecution                 POST   /2025-12-01/durable-executions/{DurableExecutionArn}/stop
PauseDurableExecution                POST   /2025-12-01/durable-executions/{DurableExecutionArn}/pause
ResumeDurableExecution               POST   /2025-12-01/durable-executions/{DurableExecutionArn}/resume
SendDurableExecutionCallbackSuccess  POST   /2025-12-01/durable-execution-callbacks/{CallbackId}/succeed
SendDurableExecutionCallbackFailure  POST   /2025-12-01/durable-execution-callbacks/{CallbackId}/fail
SendDurableExecutionCallbackHeartbeat POST   /2025-12-01/durable-execution-callbacks/{CallbackId}/heartbeat
GetResourcePolicy                    GET    /2026-07-09/resource-policy/{ResourceArn}
PutResourcePolicy                    PUT    /2026-07-09/resource-policy/{ResourceArn}
DeleteResourcePolicy                 DELETE /2026-07-09/resource-policy/{ResourceArn}
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """`segments` are the path's parts, `{Name}` for a parameter; `query` what the query string must hold."""

    name: str
    method: str
    segments: tuple[str, ...]
    query: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Call:
    """A request to an operation. `path` and `query` are the parameters, percent-decoded."""

    operation: str
    path: Mapping[str, str]
    query: Mapping[str, str]


def _read(line: str) -> Operation:
    name, method, template = line.split()
    path, _, query = template.partition("?")
    return Operation(name, method, tuple(path.split("/")[1:]), frozenset(parse_qsl(query)))


OPERATIONS = tuple(_read(line) for line in _TABLE.strip().splitlines())

_SHAPES: defaultdict[tuple[str, int], list[Operation]] = defaultdict(list)
for _operation in OPERATIONS:
    _SHAPES[_operation.method, len(_operation.segments)].append(_operation)


def find_call(method: str, path: str, query: str) -> Call | None:
    """The operation that a request asks for, None when Lambda has none like it. `path` and `query` as sent: an ARN may
    come with plain or with encoded colons. One slash at the end does not matter (boto3 once sent `functions/`)."""
    segments = path.removesuffix("/").split("/")[1:]
    parameters = parse_qsl(query, keep_blank_values=True)
    for operation in _SHAPES.get((method, len(segments)), ()):
        if operation.query.issubset(parameters) and all(map(_fits, operation.segments, segments)):
            named = zip(operation.segments, segments, strict=True)
            return Call(
                operation.name,
                {template[1:-1]: unquote(segment) for template, segment in named if template.startswith("{")},
                dict(reversed(parameters)),
            )
    return None


def _fits(template: str, segment: str) -> bool:
    return template == segment or (template.startswith("{") and segment != "")
