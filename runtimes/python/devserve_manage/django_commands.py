"""Django's management commands, as the project's own `manage.py` would run them, but with the arguments as a list."""

import os
import sys

from devserve_manage import project
from devserve_manage.complaint import Complaint


def run(settings, arguments):
    """Returns or exits with the command's status."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    try:
        from django.core import management
    except ImportError as error:
        raise Complaint(
            "manage", "Django cannot be imported: {}".format(error), "is it installed in {}?".format(sys.prefix)
        ) from None
    if "--traceback" not in arguments:
        _check(settings)
    # Commands that start themselves again (`runserver`) look for the script.
    script = os.path.join(os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd(), "manage.py")
    sys.argv = [script if os.path.exists(script) else "manage.py", *arguments]
    management.execute_from_command_line(sys.argv)
    return 0


def _check(settings):
    """What goes wrong before any command runs is said in one line; Django itself would show a traceback."""
    project.module(settings)
    import django

    try:
        django.setup()
    except Exception as error:
        said = project.failed(settings, error)
        what = said.what.replace("does not import", "Django does not start with it", 1)
        hint = "{}{}".format(said.hint + "; " if said.hint else "", "--traceback shows all of it")
        raise Complaint(said.where, what, hint) from None
