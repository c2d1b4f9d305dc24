"""How many invocations of a function may run at once: AWS's rule, and this machine's.

*Admission* is AWS's. In its order: an environment that was provisioned for the version; then what is left of the
function's reserved concurrency beside its provisioned; without a reservation, what all such functions share of the
account's limit. What is over it is refused at once with 429 and never queued. Two rates are counted beside: how fast
a function grows, and its requests in a second. *Capacity* is the machine's own (`--max-environments`): what is over it
waits.

Deciding and counting are one synchronous step (`admit`), so two requests never share the last place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.lambdas import rates
from localstack_lite.lambdas.rates import Bucket
from localstack_lite.model.function import Function
from localstack_lite.model.invocation import Refused
from localstack_lite.model.project import Project

#: Concurrent executions of an account in one region (AWS quotas).
ACCOUNT_CONCURRENCY = 1000
#: What an account keeps for functions without a reservation (AWS docs, "Configuring reserved concurrency").
UNRESERVED_MINIMUM = 100


class ThrottleReason(StrEnum):
    """`Reason` of a TooManyRequestsException (botocore's service model)."""

    ACCOUNT = "ConcurrentInvocationLimitExceeded"
    RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"
    RATE = "FunctionInvocationRateLimitExceeded"
    RESERVED_RATE = "ReservedFunctionInvocationRateLimitExceeded"


@dataclass(frozen=True, slots=True)
class Admitted:
    """It may run, and is counted as running: call `Limits.release` once when it is answered.

    A `provisioned` one runs in an environment that was initialised ahead for its version."""

    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class Throttled:
    """It must be refused. `limit` is the number of invocations that may run at once, or in a second."""

    reason: ThrottleReason
    limit: int


Admission = Admitted | Throttled

ADMITTED = Admitted()
ADMITTED_PROVISIONED = Admitted(provisioned=True)
_NONE: Mapping[str, int] = {}


def admission(reserved: int | None, running: int, unreserved_running: int, unreserved: int) -> Admission:
    """AWS's rule on demand. `reserved` is the function's own share, what is provisioned of it taken off (None: it has
    none), `running` its invocations in flight, `unreserved_running` those of all functions without a share,
    `unreserved` what these may use together."""
    if reserved is not None:
        return ADMITTED if running < reserved else Throttled(ThrottleReason.RESERVED, max(reserved, 0))
    return ADMITTED if unreserved_running < unreserved else Throttled(ThrottleReason.ACCOUNT, max(unreserved, 0))


class _Use:
    """What one function uses now. `grown` is how many environments it has on AWS: the most that ran at once."""

    __slots__ = ("grown", "growth", "provisioned", "requests", "running")

    def __init__(self, now: float) -> None:
        self.running = 0  # on demand
        self.provisioned = 0
        self.grown = 0
        self.growth = rates.scaling(now)
        self.requests: Bucket | None = None


class Limits:
    """The counts of one region and the reservations that were changed while running.

    A reservation comes from the project (`Function.reserved_concurrency`) unless `put` or `delete` overrode it: what
    PutFunctionConcurrency sets stays in force when the project is read again, as it would in the cloud until the next
    deployment.
    """

    def __init__(self, account: int = ACCOUNT_CONCURRENCY) -> None:
        self.account = account
        self._provisioned: Mapping[str, int] = _NONE
        self._ahead = 0
        self._overrides: dict[str, int | None] = {}
        self._uses: dict[str, _Use] = {}
        self._total = 0  # on demand

    def follow(self, project: Project) -> None:
        """The account's limit is the project's."""
        self.account = project.account_concurrency

    def provision(self, totals: Mapping[str, int]) -> None:
        """How many environments are provisioned now, by function (logical id), all its versions together."""
        self._provisioned = totals
        self._ahead = sum(totals.values())

    @property
    def minimum(self) -> int:
        """What reservations have to leave for all others."""
        return min(UNRESERVED_MINIMUM, self.account)

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
        """Its invocations in flight, on demand and provisioned."""
        use = self._uses.get(function.logical_id)
        return 0 if use is None else use.running + use.provisioned

    def unreserved(self, functions: Iterable[Function]) -> int:
        """What the functions without a reservation share on demand, out of the account's limit. What is provisioned
        for one of them is taken out of it, too (AWS docs)."""
        return self.account - sum(self._share(function) for function in functions)

    def _share(self, function: Function) -> int:
        reserved = self.reserved(function)
        return reserved if reserved is not None else self._provisioned.get(function.logical_id, 0)

    def admit(
        self, function: Function, functions: Iterable[Function], now: float, provisioned: bool = False
    ) -> Admission:
        """Decide about one invocation at second `now`, and count it when it is admitted. `functions` are all of the
        project; `provisioned` says that an environment which was provisioned for the version is free."""
        use = self._uses.get(function.logical_id)
        if use is None:
            use = self._uses[function.logical_id] = _Use(now)
        reserved = self._overrides.get(function.logical_id, function.reserved_concurrency)
        provisioned = provisioned and reserved != 0
        decision = ADMITTED_PROVISIONED if provisioned else self._on_demand(function, functions, reserved, use)
        if isinstance(decision, Throttled):
            return decision
        concurrency = self.account if reserved is None else reserved
        requests = use.requests
        if requests is None or requests.most != concurrency * rates.REQUESTS_PER_CONCURRENCY:
            requests = use.requests = rates.requests(concurrency, now)
        if not requests.take(now):
            return _too_fast(reserved, int(requests.most))
        if provisioned:
            use.provisioned += 1
            return decision
        if use.running >= use.grown:
            if not use.growth.take(now):
                return _too_fast(reserved, rates.SCALING_BURST)
            use.grown = use.running + 1
        self._total += 1
        use.running += 1
        return decision

    def _on_demand(
        self, function: Function, functions: Iterable[Function], reserved: int | None, use: _Use
    ) -> Admission:
        if reserved is not None:
            return admission(reserved - self._provisioned.get(function.logical_id, 0), use.running, 0, 0)
        if self._total < self.minimum - self._ahead:
            # AWS never lets the shared pool become smaller than this, so nothing has to be added up.
            return ADMITTED
        everyone = tuple(functions)
        held = sum(self._running(one) for one in everyone if self.reserved(one) is not None)
        kept = sum(self.reserved(one) or 0 for one in everyone)
        ahead = sum(self._share(one) for one in everyone if self.reserved(one) is None)
        return admission(None, 0, self._total - held, max(self.account - kept, self.minimum) - ahead)

    def _running(self, function: Function) -> int:
        use = self._uses.get(function.logical_id)
        return 0 if use is None else use.running

    def convert(self, function: Function) -> None:
        """An invocation that was admitted on demand, and waited, got a provisioned environment after all."""
        use = self._uses[function.logical_id]
        self._total -= 1
        use.running -= 1
        use.provisioned += 1

    def release(self, function: Function, admitted: Admitted = ADMITTED) -> None:
        """An admitted invocation was answered."""
        use = self._uses.get(function.logical_id)
        if use is None or (use.provisioned if admitted.provisioned else use.running) <= 0:
            raise ValueError(f"{function.logical_id}: released more often than admitted")
        if admitted.provisioned:
            use.provisioned -= 1
        else:
            use.running -= 1
            self._total -= 1

    def shrunk(self, logical_id: str) -> None:
        """The function has no environments any more: what it needs next, it has to grow to."""
        use = self._uses.get(logical_id)
        if use is not None:
            use.grown = use.running

    def __repr__(self) -> str:
        return f"<Limits [{self._total} running of {self.account}]>"


def _too_fast(reserved: int | None, limit: int) -> Throttled:
    return Throttled(ThrottleReason.RATE if reserved is None else ThrottleReason.RESERVED_RATE, limit)


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
