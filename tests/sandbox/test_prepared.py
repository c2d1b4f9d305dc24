"""Which containers are made before they are needed."""

from __future__ import annotations

from localstack_lite.sandbox.prepared import Prepared


def test_one_for_each_key_and_only_while_none_is_there_or_coming() -> None:
    spares: Prepared[str, int] = Prepared()
    assert spares.begin("a")
    assert not spares.begin("a")
    assert spares.begin("b")
    assert spares.add("a", 1) == []
    assert not spares.begin("a")
    assert spares.take("a") == 1
    assert spares.take("a") is None
    assert spares.begin("a")


def test_one_that_could_not_be_made_is_tried_again() -> None:
    spares: Prepared[str, int] = Prepared()
    spares.begin("a")
    spares.failed("a")
    assert spares.begin("a")


def test_over_the_limit_the_one_that_was_least_recently_wanted_goes() -> None:
    spares: Prepared[str, int] = Prepared(2)
    for number, key in enumerate("abc"):
        spares.begin(key)
        if key == "c":
            spares.take("a2")
        gone = spares.add(key, number)
    assert gone == [0]
    assert (spares.take("a"), spares.take("b"), spares.take("c")) == (None, 1, 2)


def test_a_key_that_was_used_again_stays() -> None:
    spares: Prepared[str, int] = Prepared(2)
    for number, key in enumerate("ab"):
        spares.begin(key)
        spares.add(key, number)
    assert not spares.begin("a")
    spares.begin("c")
    assert spares.add("c", 2) == [1]


def test_what_ended_by_itself_is_no_spare() -> None:
    spares: Prepared[str, int] = Prepared()
    spares.begin("a")
    spares.add("a", 1)
    spares.lost(1)
    assert spares.take("a") is None


def test_the_limit_holds_and_old_keys_are_forgotten() -> None:
    spares: Prepared[int, int] = Prepared(3)
    gone = []
    for number in range(100):
        assert spares.begin(number)
        gone += spares.add(number, number)
    assert len(spares) == 3
    assert gone == list(range(97))
    assert len(spares._wanted) < 20


def test_what_nobody_will_ask_for_any_more_can_be_dropped() -> None:
    spares: Prepared[str, int] = Prepared()
    for number, key in enumerate(("a1", "a2", "b1")):
        spares.begin(key)
        spares.add(key, number)
    assert spares.drop(lambda key: key.startswith("a") and key != "a2") == [0]
    assert (len(spares), spares.take("a1"), spares.take("a2")) == (2, None, 1)
