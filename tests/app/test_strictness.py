"""`--strict`: what is counted, and what is said at the end."""

from __future__ import annotations

from localstack_lite.app.strictness import Strictness
from localstack_lite.gateway.differences import LOWER_CASE, MALFORMED, REMAPPED
from localstack_lite.model.difference import Difference
from localstack_lite.model.facts import RequestAnswered


def answered(*kinds: str) -> RequestAnswered:
    found = tuple(Difference(kind, "why") for kind in kinds)
    return RequestAnswered(0, "GET", "/", 200, 1.0, "Api", "GET /", "Fn", differences=found)


def test_nothing_is_said_when_all_was_well() -> None:
    counted = Strictness()
    counted(answered())
    counted(answered(LOWER_CASE))
    assert counted.verdict is None


def test_requests_are_counted_by_kind() -> None:
    counted = Strictness()
    for kinds in ((REMAPPED, REMAPPED), (MALFORMED, REMAPPED), (LOWER_CASE,)):
        counted(answered(*kinds))
    verdict = counted.verdict
    assert verdict is not None
    assert not verdict.warning
    assert verdict.what == "2 requests where AWS would have done otherwise: malformed-result ×1, remapped-header ×2"
