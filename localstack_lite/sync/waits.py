"""How often to look, and for how long, until AWS has done what it accepted. Pure: time is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from localstack_lite.sync.remote import RemoteFunction


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds: the first pause, the longest, and when to give up. In between a pause is a `share` of the time that was
    waited so far, so what takes long is looked at less often."""

    first: float
    longest: float
    total: float
    share: float = 0.3

    def pause(self, spent: float) -> float | None:
        """Seconds until the next look after `spent` seconds of waiting; None: give up."""
        if spent >= self.total:
            return None
        return min(self.longest, self.first + spent * self.share)


#: An update of code takes 1 to 3 s for a zip, a new network interface a minute, a big image some minutes.
FUNCTION = Rhythm(0.1, 2.0, 600.0)
CHANGE_SET = Rhythm(0.2, 2.0, 600.0)
#: CloudFormation itself gives a resource hours (a distribution, a certificate that somebody has to confirm).
STACK = Rhythm(0.3, 3.0, 4 * 3600.0, 0.1)


class Settled(StrEnum):
    """What a function's update has come to."""

    YES = "yes"
    NOT_YET = "not yet"
    FAILED = "failed"


def settled(function: RemoteFunction) -> Settled:
    """`LastUpdateStatus` and `State` as Lambda's API reference has them. An answer without them is taken for settled:
    AWS-compatible services leave them out."""
    if function.update_status == "Failed" or function.state == "Failed":
        return Settled.FAILED
    if function.update_status == "InProgress" or function.state == "Pending":
        return Settled.NOT_YET
    return Settled.YES


def is_over(status: str) -> bool:
    """Whether nothing goes on in a stack of that status any more (CloudFormation's API reference)."""
    return status.endswith(("_COMPLETE", "_FAILED"))


def went_well(status: str) -> bool:
    """Whether a stack in that status has what was asked for."""
    return status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE", "DELETE_COMPLETE")
