"""What devserve adds to a project's Zappa, from outside and without changing what it does.

* `opening` finds the installed Zappa, or the shim (`devserve_zappa_shim`), and lays out `zappa_settings`.
* `watching` wraps the handler's methods: an event that nothing took, a function that ran twice, cookies sent four
  times. `branches` knows what Zappa would do with an event.
* `remote_env` is the file of variables in S3, or its stand-in beside the project; `tasks` speaks when SNS is missing.
* `frames` takes our own frames out of tracebacks.

Standard library only, Python 3.9 to 3.14. Works with Zappa 0.62 and 0.63.
"""

import sys


def say(text: str) -> None:
    """One line for the user, in the function's log."""
    sys.stderr.write(f"devserve: {text}\n")
