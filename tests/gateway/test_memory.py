"""What a gateway remembers between requests."""

from __future__ import annotations

from localstack_lite.gateway.guards.authorizer_cache import AuthorizerCache
from localstack_lite.gateway.guards.authorizer_result import Granted
from localstack_lite.gateway.memory import ApiMemory

ALICE = Granted("alice", None, True, {})


class Keys:
    pass


def test_one_thing_of_each_kind_and_name() -> None:
    memory = ApiMemory()
    assert memory.of(Keys) is memory.of(Keys)
    assert memory.of(Keys, "a") is not memory.of(Keys, "b")
    assert isinstance(memory.of(AuthorizerCache, "a"), AuthorizerCache)


def test_a_reload_reaches_the_caches_of_authorizers() -> None:
    memory = ApiMemory()
    memory.of(Keys)
    cache = memory.of(AuthorizerCache, "Api/stage/Tokens")
    cache.put(("a",), ALICE, 100.0, cache.asking("Auth"))
    memory.forget(frozenset({"Auth"}))
    assert len(cache) == 0


def test_another_project_knows_the_keys_and_nothing_that_functions_said() -> None:
    memory = ApiMemory()
    keys, cache = memory.of(Keys), memory.of(AuthorizerCache, "Tokens")
    another = memory.for_another_project()
    assert another.of(Keys) is keys
    assert another.of(AuthorizerCache, "Tokens") is not cache
