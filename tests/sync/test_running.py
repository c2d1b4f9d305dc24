from __future__ import annotations

from dataclasses import replace

import pytest

from localstack_lite.sync.running import Answer, Running, answer_of, answer_text, running_of, running_text

RUNNING = Running(7, "t1", 1000.0, "mia@desk", ("code of A", "code of B"), ("code of A",), "the network was lost")


def test_what_is_written_is_read_as_it_was() -> None:
    assert running_of(running_text(RUNNING)) == RUNNING
    answer = Answer(1000.5, "shop-dev", "111122223333", "eu-west-2")
    assert answer_of(answer_text(answer)) == answer


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"release": "7"}', '{"release": 7, "done": "A"}', '{"release": 7'])
def test_a_damaged_text_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):
        running_of(text)


def test_a_cut_off_push_says_how_far_it_came() -> None:
    cut = Running(7, "t1", 1000.0, "mia@desk", ("code of A", "code of B"), ("code of A",))
    assert cut.told == "release 7 was interrupted; 1 of 2 steps were done: code of A"
    assert Running(7, "t1", 0.0, "mia@desk", ("code of A",)).told == "release 7 was interrupted; nothing of it was done"


def test_a_failed_push_says_why() -> None:
    assert RUNNING.told == "release 7 failed: the network was lost; 1 of 2 steps were done: code of A"
    assert replace(RUNNING, failed="interrupted").told.startswith("release 7 was interrupted; 1 of 2")


def test_an_answer_holds_for_one_stack_in_one_account_and_region() -> None:
    given = Answer(1.0, "shop-dev", "111122223333", "eu-west-2")
    assert given.same_place(Answer(9.0, "shop-dev", "111122223333", "eu-west-2"))
    assert not given.same_place(Answer(1.0, "shop", "111122223333", "eu-west-2"))
    assert not given.same_place(Answer(1.0, "shop-dev", "444455556666", "eu-west-2"))
    assert not given.same_place(Answer(1.0, "shop-dev", "111122223333", "us-east-1"))
