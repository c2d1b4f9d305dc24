"""What an authorizer said before: for how long, for whom, and until its function is reloaded."""

from __future__ import annotations

from localstack_lite.gateway.guards.authorizer_cache import SIZE, AuthorizerCache
from localstack_lite.gateway.guards.authorizer_result import Granted

ALICE = Granted("alice", None, True, {})
BOB = Granted("bob", None, False, {})


def test_a_result_is_there_until_its_time_is_over() -> None:
    cache = AuthorizerCache()
    cache.put(("a",), ALICE, 100.0, cache.asking("Auth"))
    assert cache.get(("a",), 99.9) == ALICE
    assert cache.get(("b",), 99.9) is None
    assert cache.get(("a",), 100.0) is None
    assert len(cache) == 0


def test_the_newest_result_of_a_key_counts() -> None:
    cache = AuthorizerCache()
    cache.put(("a",), ALICE, 100.0, 0)
    cache.put(("a",), BOB, 200.0, 0)
    assert cache.get(("a",), 150.0) == BOB


def test_the_oldest_goes_when_there_are_too_many() -> None:
    cache = AuthorizerCache()
    for number in range(SIZE + 1):
        cache.put((str(number),), ALICE, 100.0, 0)
    assert len(cache) == SIZE
    assert cache.get(("0",), 0.0) is None
    assert cache.get((str(SIZE),), 0.0) == ALICE


def test_a_reload_of_its_function_forgets_everything_and_of_others_nothing() -> None:
    cache = AuthorizerCache()
    cache.put(("a",), ALICE, 100.0, cache.asking("Auth"))
    cache.forget(frozenset({"Fn"}))
    assert cache.get(("a",), 0.0) == ALICE
    cache.forget(frozenset({"Fn", "Auth"}))
    assert cache.get(("a",), 0.0) is None


def test_what_the_old_code_began_to_say_is_not_kept() -> None:
    cache = AuthorizerCache()
    generation = cache.asking("Auth")
    cache.forget(frozenset({"Auth"}))
    cache.put(("a",), ALICE, 100.0, generation)
    assert cache.get(("a",), 0.0) is None
    cache.put(("a",), BOB, 100.0, cache.asking("Auth"))
    assert cache.get(("a",), 0.0) == BOB
