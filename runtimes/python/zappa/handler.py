"""The module of the handler that Zappa deploys (`handler.lambda_handler`): the project's own Zappa, watched.

On AWS this is a copy of `zappa/handler.py` at the root of the package. Here it is whatever version the project has
installed; without one, a shim. Nothing of Zappa is changed but for a few methods that are wrapped to say more.
"""

import sys

_frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
try:  # ours is not what -B is there for
    from devserve_zappa import frames, opening
finally:
    sys.dont_write_bytecode = _frugal

_zappa = opening.zappa()
LambdaHandler = _zappa.LambdaHandler
keep_warm_callback = _zappa.keep_warm_callback


def lambda_handler(event, context):
    try:
        return _zappa.lambda_handler(event, context)
    except Exception as error:
        raise error.with_traceback(frames.without_ours(error.__traceback__))  # noqa: B904 - the same one
