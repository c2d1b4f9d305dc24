"""Views of what happened. Facts come in through the bus; each view makes of them what its reader needs.

* `bus` hands every fact to every view; `store` keeps what CloudWatch would keep.
* `transcript` decides which lines a person sees and in which order, of what it keeps as `running`; `lines`, `failure`,
  `palette` say how they look, `debug_lines` which of a run's DEBUG lines are too many, `banner` is the first of them.
  All of that is text from values.
* `terminal`, `json_lines` and `plain_log` write: to a person, to a program (`--json`), the log of one invocation. The
  first two through an `outlet`, which never waits for its reader and keeps a `backlog` for it.

* `push_lines` says how a push to a stage reads, `push_terminal` writes it, with bars where there is a screen.

The views that write are importable from here, and loaded when asked for: `devserve invoke` needs one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstack_lite.observe.json_lines import NdjsonView
    from localstack_lite.observe.plain_log import PlainLog
    from localstack_lite.observe.push_terminal import PushTerminal
    from localstack_lite.observe.terminal import Terminal

__all__ = ["NdjsonView", "PlainLog", "PushTerminal", "Terminal"]

_HOMES = {
    "NdjsonView": "json_lines",
    "PlainLog": "plain_log",
    "PushTerminal": "push_terminal",
    "Terminal": "terminal",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
