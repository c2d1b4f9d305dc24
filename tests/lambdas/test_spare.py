"""How busy the processors are."""

from __future__ import annotations

from localstack_lite.lambdas.spare import Spare


def test_nothing_is_known_at_first_and_then_a_share() -> None:
    spare = Spare()
    assert spare.share() == 0.0
    assert 0.0 <= spare.share() <= 1.0
