"""Queues for the limits of AWS's control planes, and how long to leave it alone after a refusal. Pure.

A push to fifty functions makes more calls than AWS takes in a second. So each call takes its place in a queue before it
is made, and the same step that tells how long to wait reserves the place: two threads never get the same one. What is
throttled all the same (somebody else shares the account) is made again, later each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from localstack_lite.sync.failure import Failure, Trouble, trouble_of


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` calls a second, `burst` of them at once after a quiet time."""

    rate: float
    burst: int

    @property
    def ahead(self) -> float:
        """Seconds that a burst gets ahead of the plain rate."""
        return (self.burst - 1) / self.rate


#: Per account and region. Lambda: 15 calls a second over all of its control plane but for GetFunction, which has 100
#: (AWS docs, "Lambda quotas"). API Gateway: 10 a second, 40 at once, over all; CreateDeployment one in 5 s, PutRestApi
#: one a second (AWS docs, "quotas for creating and managing a REST API"). CloudFormation and Step Functions publish
#: none that matter here: modest ones.
LIMITS = {
    "lambda": Limit(15, 15),
    "lambda:GetFunction": Limit(100, 100),
    "apigateway": Limit(10, 40),
    "apigateway:CreateDeployment": Limit(0.2, 1),
    "apigateway:PutRestApi": Limit(1, 1),
    "cloudformation": Limit(10, 20),
    "stepfunctions": Limit(2, 20),
}


def queues_of(service: str, operation: str) -> tuple[str, ...]:
    """Which limits a call counts for. `service` as boto3 names it, `operation` as AWS does."""
    match service, operation:
        case "lambda", "GetFunction":
            return ("lambda:GetFunction",)
        case "lambda", _:
            return ("lambda",)
        case "apigateway", "CreateDeployment" | "PutRestApi":
            return ("apigateway", f"apigateway:{operation}")
        case "apigateway" | "apigatewayv2", _:
            return ("apigateway",)
        case "cloudformation" | "stepfunctions", _:
            return (service,)
        case _:
            return ()


@dataclass(slots=True)
class Pace:
    """Where every queue stands. Not locked: its owner is called by one thread at a time.

    Per queue it holds when the next call would go if all went at the plain rate; a burst lets calls go that much ahead
    of it."""

    _next: dict[str, float] = field(default_factory=dict)

    def wait(self, queues: Iterable[str], now: float) -> float:
        """Seconds until this call may go; its place in all these queues is taken now."""
        names = tuple(queues)
        go = now
        for name in names:
            go = max(go, self._next.get(name, now) - LIMITS[name].ahead)
        for name in names:
            self._next[name] = max(self._next.get(name, go), go) + 1 / LIMITS[name].rate
        return go - now

    def hold(self, queues: Iterable[str], until: float) -> None:
        """AWS throttled one of them: nobody else need try before that, and then no burst."""
        for name in queues:
            self._next[name] = max(self._next.get(name, until), until + LIMITS[name].ahead)


#: Seconds: the first pause, the longest, and after how long a call is given up.
_PATIENCE = {
    Trouble.THROTTLED: (0.25, 8.0, 180.0),
    Trouble.BUSY: (0.5, 8.0, 120.0),
    Trouble.SERVER: (0.2, 4.0, 15.0),
    Trouble.DROPPED: (0.1, 4.0, 15.0),
    Trouble.UNREACHED: (0.3, 4.0, 20.0),
}
#: Nobody was reached so far: a wrong address or no network, which waiting rarely helps.
_NEVER_REACHED = 2.0


def backoff(attempt: int, trouble: Trouble, random: float) -> float:
    """Seconds before attempt number `attempt` (1 is the first repeat): doubling, and half of it at random (`random` is
    0 to 1), so that threads that failed together do not come back together."""
    first, longest, _ = _PATIENCE[trouble]
    whole = min(longest, first * 2.0 ** (attempt - 1))
    return whole * (0.5 + random / 2)


def again(
    failure: Failure, attempt: int, spent: float, random: float, *, repeats: bool, reached: bool = True
) -> float | None:
    """Seconds until the call is made again, None when it is not.

    `attempt` as in `backoff`; `spent` seconds since the first one. `repeats`: making the call twice does no harm (a
    read, or a write that is guarded or comes to the same). `reached`: some call reached AWS before."""
    trouble = trouble_of(failure)
    if trouble is Trouble.REFUSED or (trouble in (Trouble.SERVER, Trouble.DROPPED) and not repeats):
        return None
    total = _PATIENCE[trouble][2]
    if trouble is Trouble.UNREACHED and not reached:
        total = _NEVER_REACHED
    pause = backoff(attempt, trouble, random)
    if failure.retry_after is not None:
        pause = max(pause, failure.retry_after)
    return pause if spent + pause <= total else None
