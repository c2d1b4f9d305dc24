"""A file that was only saved again."""

from __future__ import annotations

from localstack_lite.model.change import ChangeKind
from localstack_lite.watch.content import Contents

C, M, D, T = ChangeKind.CREATED, ChangeKind.MODIFIED, ChangeKind.DELETED, ChangeKind.TOUCHED


def test_the_first_save_counts_the_same_again_does_not() -> None:
    contents = Contents()
    assert contents.judge(M, "/a", b"1") is M
    assert contents.judge(M, "/a", b"1") is T
    assert contents.judge(C, "/a", b"1") is T
    assert contents.judge(M, "/a", b"2") is M
    assert contents.judge(M, "/a", b"1") is M


def test_what_was_learned_before_any_change_makes_the_first_save_known() -> None:
    contents = Contents()
    contents.learn({"/a": b"1"})
    assert contents.judge(M, "/a", b"1") is T


def test_a_change_knows_better_than_what_is_learned_later() -> None:
    contents = Contents()
    contents.judge(M, "/a", b"2")
    contents.judge(D, "/b", None)
    contents.learn({"/a": b"1", "/b": b"1"})
    assert contents.judge(M, "/a", b"1") is M
    assert contents.judge(C, "/b", b"1") is C


def test_a_file_that_cannot_be_read_always_counts() -> None:
    contents = Contents()
    contents.learn({"/a": b"1"})
    assert contents.judge(M, "/a", None) is M
    assert contents.judge(M, "/a", None) is M
    assert contents.judge(M, "/a", b"1") is M
