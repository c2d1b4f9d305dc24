"""How long a gateway goes on with a streamed answer."""

from __future__ import annotations

import pytest

from localstack_lite.gateway.patience import REST, patience_of
from localstack_lite.model.api import ApiKind


def test_a_rest_api_streams_for_15_minutes_and_waits_5_for_a_byte() -> None:
    assert patience_of(ApiKind.REST) is REST
    assert (REST.whole, REST.idle) == (900, 300)


@pytest.mark.parametrize("kind", [ApiKind.FUNCTION_URL, ApiKind.HTTP, ApiKind.ALB])
def test_nobody_else_has_a_limit_of_its_own(kind: ApiKind) -> None:
    assert patience_of(kind) is None


@pytest.mark.parametrize(
    ("last", "now", "said"),
    [(100, 399, ""), (100, 400, "nothing came for 300 s"), (890, 899, ""), (899, 900, "after 900 s of streaming")],
)
def test_it_says_why_it_gives_up(last: float, now: float, said: str) -> None:
    note = REST.note(0, last, now)
    assert (said in note, bool(note)) == (True, bool(said))


@pytest.mark.parametrize(("last", "when"), [(0, 300), (200, 500), (850, 900)])
def test_it_looks_again_when_it_may_be_time(last: float, when: float) -> None:
    assert REST.wait(0, last) == when
