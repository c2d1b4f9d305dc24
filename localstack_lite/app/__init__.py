"""The composition root: the only package that knows every part.

`run` serves a project until it is told to stop, or runs one invocation; `machine` chooses what it stands on; the
application itself is in `application`, what happens before code can run in `preparation`. (One file of the plan, and a
package since there are two sandboxes and things to build.) One invocation takes no server: `App` is imported from its
own module, by who serves.
"""

from localstack_lite.app.run import invoke_once, serve

__all__ = ["invoke_once", "serve"]
