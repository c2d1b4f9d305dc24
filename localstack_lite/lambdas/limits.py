"""How many invocations of a function may run at once: AWS's rule, and this machine's.

*Admission* is AWS's: a function with reserved concurrency may use that many and no more, all others share what is left
of the account's limit. What is over it is refused at once with 429 and never queued. *Capacity* is the machine's own
(`--max-environments`): what is over it waits.

Deciding and counting are one synchronous step (`admit`), so two requests never share the last place.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Refused

#: Concurrent executions of an account in one region (AWS quotas).
ACCOUNT_CONCURRENCY = 1000
#: What an account keeps for functions without a reservation (AWS docs, "Configuring reserved concurrency").
UNRESERVED_MINIMUM = 100


class ThrottleReason(StrEnum):
    """`Reason` of a TooManyRequestsException (botocore's service model)."""

    ACCOUNT = "ConcurrentInvocationLimitExceeded"
    RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"


@dataclass(frozen=True, slots=True)
class Admitted:
    """It may run, and is counted as running: call `Limits.release` once when it is answered."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """It must be refused. `limit` is the number of invocations that may run at once."""

    reason: ThrottleReason
    limit: int


Admission = Admitted | Throttled

ADMITTED = Admitted()


def admission(reserved: int | None, running: int, unreserved_running: int, unreserved: int) -> Admission:
    """AWS's rule. `reserved` is the function's own share (None: it has none), `running` its invocations in flight,
    `unreserved_running` those of all functions without a share, `unreserved` what these may use together."""
    if reserved is not None:
        return ADMITTED if running < reserved else Throttled(ThrottleReason.RESERVED, reserved)
    return ADMITTED if unreserved_running < unreserved else Throttled(ThrottleReason.ACCOUNT, unreserved)


class Limits:
    """The counts of one region and the reservations that were changed while running.

    A reservation comes from the project (`Function.reserved_concurrency`) unless `put` or `delete` overrode it: what
    PutFunctionConcurrency sets stays in force when the project is read again, as it would in the cloud until the next
    deployment.
    """

    def __init__(self, account: int = ACCOUNT_CONCURRENCY) -> None:
        self.account = account
        self._overrides: dict[str, int | None] = {}
        self._running: dict[str, int] = {}
        self._total = 0

    def reserved(self, function: Function) -> int | None:
        """The reservation in force, None when the function has none."""
        return self._overrides.get(function.logical_id, function.reserved_concurrency)

    def put(self, function: Function, reserved: int) -> None:
        """PutFunctionConcurrency. 0 means that the function is switched off."""
        self._overrides[function.logical_id] = reserved

    def delete(self, function: Function) -> None:
        """DeleteFunctionConcurrency: also takes a reservation away that the project declares."""
        self._overrides[function.logical_id] = None

    def running(self, function: Function) -> int:
        return self._running.get(function.logical_id, 0)

    def unreserved(self, functions: Iterable[Function]) -> int:
        """What the functions without a reservation share, out of the account's limit."""
        return self.account - sum(self.reserved(function) or 0 for function in functions)

    def admit(self, function: Function, functions: Iterable[Function]) -> Admission:
        """Decide about one invocation and count it when it is admitted. `functions` are all of the project."""
        reserved = self.reserved(function)
        if reserved is None and self._total < min(UNRESERVED_MINIMUM, self.account):
            # AWS never lets the shared pool become smaller than this, so nothing has to be added up.
            decision: Admission = ADMITTED
        else:
            everyone = tuple(functions) if reserved is None else ()
            held = sum(self.running(one) for one in everyone if self.reserved(one) is not None)
            unreserved = max(self.unreserved(everyone), min(UNRESERVED_MINIMUM, self.account))
            decision = admission(reserved, self.running(function), self._total - held, unreserved)
        if isinstance(decision, Admitted):
            self._total += 1
            self._running[function.logical_id] = self.running(function) + 1
        return decision

    def release(self, function: Function) -> None:
        """An admitted invocation was answered."""
        left = self._running.get(function.logical_id, 0) - 1
        if left < 0:
            raise ValueError(f"{function.logical_id}: released more often than admitted")
        self._total -= 1
        if left:
            self._running[function.logical_id] = left
        else:
            del self._running[function.logical_id]

    def __repr__(self) -> str:
        return f"<Limits [{self._total} running of {self.account}]>"


def refusal(request_id: str, throttled: Throttled) -> Refused:
    """The 429 as the Invoke API answers it (recorded, to the byte)."""
    body = f'{{"Reason":"{throttled.reason}","Type":"User","message":"Rate Exceeded."}}'
    code = "TooManyRequestsException"
    return Refused(
        request_id=request_id,
        status=429,
        code=code,
        body=body.encode(),
        reason=throttled.reason,
        headers=(("x-amzn-ErrorType", code),),
    )


def has_room(environments: int, maximum: int) -> bool:
    """Capacity: whether this machine may start one more environment. `environments` counts all that are not dead."""
    return environments < maximum


def default_capacity(cpus: int, memory_mb: int) -> int:
    """How many environments a machine carries when the user did not say: enough for a project of many functions,
    bounded by memory at about 128 MB for each, with half of the memory left to everything else."""
    return max(4, min(cpus * 16, memory_mb // 2 // 128))
