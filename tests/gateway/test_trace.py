from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.gateway.trace import Trace, continued, fresh

IDS = ("1-5759e988-bd862e3fe1be46a994272793", "53995c3f42cd8ad8", "6e5eb7d9")
CLIENT_ROOT = "Root=1-3152b799-8954dae64eda91bc9a23a7e8"


def test_without_a_header_the_event_has_the_root_and_lambda_the_whole() -> None:
    root = f"Root={IDS[0]}"
    assert fresh(*IDS) == Trace(root, f"{root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:6e5eb7d9:0")


def test_full_header_is_kept_and_completed() -> None:
    sent = f"{CLIENT_ROOT};Parent=7fa8c0f79203be72;Sampled=1"
    assert continued(sent, *IDS) == Trace(sent, f"{sent};Lineage=1:6e5eb7d9:0")


def test_root_alone_gets_a_parent_of_its_own_and_is_not_sampled() -> None:
    assert continued(CLIENT_ROOT, *IDS).full == (
        f"{CLIENT_ROOT};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1:6e5eb7d9:0"
    )


def test_header_with_a_parent_is_sampled_unless_it_says_otherwise() -> None:
    assert ";Sampled=1;" in continued(f"{CLIENT_ROOT};Parent=7fa8c0f79203be72", *IDS).full
    assert ";Sampled=1" not in continued(f"{CLIENT_ROOT};Parent=7fa8c0f79203be72;Sampled=0", *IDS).full


@pytest.mark.parametrize(
    "header", ["", "garbage", "Parent=1", "Root=", "Root=1\r\nX: y", "Root=é", "Root=" + "a" * 600]
)
def test_what_is_no_trace_header_is_replaced(header: str) -> None:
    assert continued(header, *IDS) == fresh(*IDS)


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_any_header_gives_one_that_can_be_sent(header: str) -> None:
    full = continued(header, *IDS).full
    assert full.isascii()
    assert full.isprintable()
    assert "Root=" in full.title()
