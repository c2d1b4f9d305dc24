"""Which settings of asynchronous invocations are in force: the project's, unless the API said otherwise since."""

from __future__ import annotations

from dataclasses import replace

from localstack_lite.lambdas.event_invoke_configs import EventInvokeConfigs, Standing
from localstack_lite.model.alias import EventInvoke
from tests.builders import function

LIVE, LATEST = EventInvoke("live", retries=1), EventInvoke(age=60)
HELLO = function("hello", event_invokes=(LIVE,))


def test_each_qualifier_has_its_own_and_no_other() -> None:
    configs = EventInvokeConfigs(5.0)
    assert configs.get(HELLO, "live") == Standing(LIVE, 5.0)
    assert configs.get(HELLO, "$LATEST") is None
    assert configs.get(HELLO, "1") is None


def test_what_was_put_counts_until_the_end_of_the_run_also_when_the_project_is_read_again() -> None:
    configs = EventInvokeConfigs(5.0)
    configs.put(HELLO, LATEST, 7.0)
    configs.put(HELLO, replace(LIVE, retries=0), 8.0)
    changed = replace(HELLO, event_invokes=(replace(LIVE, retries=2),))
    assert configs.get(changed, "live") == Standing(replace(LIVE, retries=0), 8.0)
    assert configs.all(changed) == (Standing(LATEST, 7.0), Standing(replace(LIVE, retries=0), 8.0))
    assert configs.get(function("other"), "$LATEST") is None


def test_what_was_deleted_is_gone_though_the_project_declares_it() -> None:
    configs = EventInvokeConfigs(5.0)
    configs.delete(HELLO, "live")
    assert configs.get(HELLO, "live") is None
    assert configs.all(HELLO) == ()
    configs.put(HELLO, LIVE, 9.0)
    assert configs.all(HELLO) == (Standing(LIVE, 9.0),)
