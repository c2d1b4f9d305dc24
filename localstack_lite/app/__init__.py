"""The composition root: the only package that knows every part.

`run` serves a project until it is told to stop, or runs one invocation; `machine` chooses what it stands on; the
application itself is in `application`, what happens before code can run in `preparation`. (One file of the plan, and a
package since there are two sandboxes and things to build.) One invocation takes no server: `App` is imported from its
own module, by who serves; `cloud` is the stage that the verbs of a stage are about, which serve nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstack_lite.app.run import invoke_once, serve

__all__ = ["invoke_once", "serve"]


def __getattr__(name: str) -> object:
    """Loaded when asked for: the verbs of a stage start no function."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from localstack_lite.app import run

    return getattr(run, name)
