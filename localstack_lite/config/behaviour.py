"""How Lambda treats a function, beside what it runs: SnapStart, dead letters, tenants, circles, managed
instances. Pure.

Sources: AWS's CloudFormation resource specification of `AWS::Lambda::Function`, 2026.
"""

from __future__ import annotations

from dataclasses import dataclass

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource

_MANAGED = ("CapacityProviderConfig", "LambdaManagedInstancesCapacityProviderConfig")
#: Invocations per vCPU that one environment of a managed instance takes when nobody says otherwise (AWS docs).
_AT_ONCE = {"python": 16, "nodejs": 64}
_AT_ONCE_ELSE = 32


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Named as in `model.function.Function`."""

    dead_letter: str = ""
    snap_start: bool = False
    tenancy: bool = False
    recursive_loop: str = "Terminate"
    managed: bool = False
    max_concurrency: int = 1


def read_behaviour(resource: Resource, runtime: str) -> Behaviour:
    """What cannot be understood is told, and AWS's default taken."""
    dead_letter = resource.text_or("", "DeadLetterConfig", "TargetArn")
    if dead_letter and not dead_letter.startswith(("arn:aws:sqs:", "arn:aws:sns:")):
        what = f"{dead_letter} is neither a queue nor a topic; it gets no events"
        resource.warn(Refusal(what, "AWS takes the ARN of an SQS queue or an SNS topic", ("DeadLetterConfig",)))
        dead_letter = ""
    snap_start = _one_of(resource, ("SnapStart", "ApplyOn"), "None", "PublishedVersions") == "PublishedVersions"
    tenancy = resource.text_or("", "TenancyConfig", "TenantIsolationMode") == "PER_TENANT"
    if tenancy and snap_start:
        resource.warn(Refusal("AWS has no SnapStart with tenant isolation; it is left out", "", ("SnapStart",)))
        snap_start = False
    managed = bool(resource.mapping(*_MANAGED))
    usual = next((figure for start, figure in _AT_ONCE.items() if runtime.startswith(start)), _AT_ONCE_ELSE)
    at_once = resource.whole_or(usual, *_MANAGED, "PerExecutionEnvironmentMaxConcurrency") if managed else 1
    return Behaviour(
        dead_letter,
        snap_start,
        tenancy,
        _one_of(resource, ("RecursiveLoop",), "Terminate", "Allow"),
        managed,
        max(at_once, 1),
    )


def _one_of(resource: Resource, path: tuple[str, ...], usual: str, other: str) -> str:
    given = resource.text_or(usual, *path)
    if given in (usual, other):
        return given
    resource.warn(Refusal(f"{given!r} is unknown; {usual} is used", f"{usual} or {other}", path))
    return usual
