"""Why an execution environment is initialised: `AWS_LAMBDA_INITIALIZATION_TYPE` and the telemetry's word for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Initialization(StrEnum):
    """The values as AWS writes them (AWS docs, "Defined runtime environment variables")."""

    ON_DEMAND = "on-demand"
    PROVISIONED = "provisioned-concurrency"
    SNAP_START = "snap-start"
    MANAGED = "lambda-managed-instances"


@dataclass(frozen=True, slots=True)
class ColdStart:
    """A slow start to try things against: an initialisation takes `added` seconds more than it does here, and `least`
    seconds at least. What is added is part of Init Duration and of what is billed."""

    added: float = 0.0
    least: float = 0.0


NO_DELAY = ColdStart()
