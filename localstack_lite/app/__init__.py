"""The composition root: the only package that knows every part.

`run` serves a project until it is told to stop, or runs one invocation; `machine` chooses what it stands on; the
application itself is in `application`, what happens before code can run in `preparation`. (One file of the plan, and a
package since there are two sandboxes and things to build.)
"""

from localstack_lite.app.application import App
from localstack_lite.app.crash import crash_log
from localstack_lite.app.machine import Machine
from localstack_lite.app.run import invoke_once, serve

__all__ = ["App", "Machine", "crash_log", "invoke_once", "serve"]
