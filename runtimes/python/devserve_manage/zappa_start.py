"""What Zappa's handler applies before it imports the app: `remote_env`, its marks, `environment_variables`.

In the order of Zappa 0.63. The app itself is not made: a command must run although the app cannot start yet.
"""

import contextlib
import os
import sys

from devserve_manage.complaint import Complaint


def apply():
    # Zappa's modules write about themselves at import; what a command prints is the command's.
    with contextlib.redirect_stdout(sys.stderr):
        module = _zappa()
        settings = sys.modules["zappa_settings"]
        bucket, key = _place(getattr(settings, "REMOTE_ENV", None))
        if bucket and key:
            _load(module.LambdaHandler, settings, bucket, key)
    os.environ["SERVERTYPE"] = "AWS Lambda"
    os.environ["FRAMEWORK"] = "Zappa"
    os.environ["PROJECT"] = settings.PROJECT_NAME
    os.environ["STAGE"] = settings.API_STAGE
    os.environ.update({name: str(value) for name, value in settings.ENVIRONMENT_VARIABLES.items()})


def _zappa():
    early = os.environ.pop("INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT", None)
    try:
        from devserve_zappa import opening

        return opening.zappa()
    except ImportError as error:
        hint = "is it installed in {}?".format(sys.prefix)
        raise Complaint("zappa", "Zappa's handler does not import: {}".format(error), hint) from None
    finally:
        if early is not None:
            os.environ["INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT"] = early


def _place(url):
    bucket, _, key = (url or "").rpartition("s3://")[2].partition("/")
    return bucket, key


def _load(handler, settings, bucket, key):
    """The handler's own way to load it, on a handler that was not made: making one imports the app."""
    one = object.__new__(handler)
    one.settings = settings
    one.session = None
    one.load_remote_settings(bucket, key)
