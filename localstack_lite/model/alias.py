"""Aliases of a function, and what is declared for a version or an alias of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_lite.model.arn import LATEST


@dataclass(frozen=True, slots=True)
class Alias:
    """A name for a version. `weights` are the shares (0 to 1) of other versions; `version` gets the rest.

    A declared alias without a `version` (SAM's `AutoPublishAlias`, an alias of an `AWS::Lambda::Version`) stands for
    the version that the next deployment would publish: the code as it is now."""

    name: str
    version: str = ""
    description: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provisioned:
    """`ProvisionedConcurrentExecutions` of a version or an alias."""

    qualifier: str
    executions: int


@dataclass(frozen=True, slots=True)
class EventInvoke:
    """How asynchronous invocations of a function, a version or an alias are treated (`EventInvokeConfig`).

    `retries` is MaximumRetryAttempts (0 to 2; None: not set, so 2), `age` MaximumEventAgeInSeconds (60 to 21,600; None:
    not set, so 21,600); `on_success` and `on_failure` are ARNs of destinations, empty when there is none."""

    qualifier: str = LATEST
    retries: int | None = None
    age: int | None = None
    on_success: str = ""
    on_failure: str = ""
