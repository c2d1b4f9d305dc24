"""Zappa's asynchronous tasks over SNS, where there is no SNS: what went wrong and what would help, in one line.

Tasks over Lambda need nothing: they go to devserve's own Lambda port and run in another environment.
"""

import functools
import sys

from devserve_zappa import say

_HELP = (
    "point AWS_ENDPOINT_URL_SNS and AWS_ENDPOINT_URL_STS to an SNS of your own, "
    "or use @task: it goes through Lambda and runs here"
)


def watch() -> None:
    """Wraps the sender once the app has imported it. Cheap enough for every invocation."""
    module = sys.modules.get("zappa.asynchronous")
    sender = getattr(module, "SnsAsyncResponse", None)
    if sender is not None and "_devserve" not in vars(sender):
        sender._devserve = True
        sender.__init__ = _telling(sender.__init__)
        sender._send = _telling(sender._send)


def _telling(method):
    @functools.wraps(method)
    def told(self, *arguments, **named):
        try:
            return method(self, *arguments, **named)
        except Exception as error:
            say(f"a task over SNS was not sent ({type(error).__name__}): {_HELP}")
            raise

    return told
