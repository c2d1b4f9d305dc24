"""From the task to the command's end: the search path, what the adapter applies at its start, the command."""

import json
import os
import signal
import sys

from devserve_manage import complaint, project, zappa_start
from devserve_manage.complaint import Complaint

#: The status of a command that Ctrl-C ended, as shells count.
INTERRUPTED = 128 + signal.SIGINT


def main(text, arguments):
    """Run the task; its exit status. What the user's code raises is shown as Python shows it."""
    task = json.loads(text)
    sys.excepthook = show
    search_path()
    try:
        return command(task, arguments)
    except Complaint as said:
        said.tell()
        return complaint.STATUS
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has closed it: nobody to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0


def show(kind, error, trace):
    """A traceback that begins with the user's code: what we did to get there is no news."""
    here = os.path.dirname(os.path.abspath(__file__))
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith((here, "<frozen runpy>")):
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)


def command(task, arguments):
    kind = task.get("kind", "")
    if kind == "zappa":
        zappa_start.apply()
    else:
        told_to_adapter()
    if task["do"] == "shell":
        return shell(task)
    settings = settings_of(task)
    if settings:
        from devserve_manage import django_commands

        return django_commands.run(settings, arguments)
    app = project.load(task["app"]) if task.get("app") else None
    if kind and "django" in sys.modules and settings_of({}):
        from devserve_manage import django_commands

        return django_commands.run(settings_of({}), arguments)  # the app's own module has said which
    if project.is_flask(app):
        from devserve_manage import flask_commands

        return flask_commands.run(task["app"], arguments)
    what = "needs Django or Flask; {} is {}".format(task.get("app") or task["handler"], project.kind_of(app, kind))
    raise Complaint("manage", what, "devserve shell has the app imported, devserve invoke runs one function of it")


def shell(task):
    code = task.get("code")
    if code is None and not sys.stdin.isatty():
        code = sys.stdin.read()  # Django's own looks for input once, and what comes later it takes for a person
    settings = settings_of(task)
    if settings:
        from devserve_manage import django_commands

        return django_commands.run(settings, ["shell"] if code is None else ["shell", "-c", code])
    from devserve_manage import python_shell

    return python_shell.run(task, code)


def settings_of(task):
    """Django's settings module. The function's own variables go before what was found in the project, and Zappa's
    settings before both, as where the app is served."""
    named, found = os.environ.get("DJANGO_SETTINGS_MODULE", ""), task.get("settings") or ""
    return found or named if task.get("kind") == "zappa" else named or found


def told_to_adapter():
    """What devserve's own adapter takes out of the environment, and the folders that it makes the app's search."""
    os.environ.pop("DEVSERVE_PACKAGES", None)
    told = json.loads(os.environ.pop("DEVSERVE_APP", "{}"))
    root = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    for path in reversed(told.get("paths", ())):
        folder = os.path.join(root, path)
        if folder not in sys.path:
            sys.path.insert(1, folder)


def search_path():
    """As the runtime has it: the code first, then layers, then the rest. Where the code is what it is on AWS, layers
    are as well; on the user's machine they are in PYTHONPATH already."""
    code = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    first = [code]
    if code == "/var/task":
        version = "python{}.{}".format(*sys.version_info[:2])
        first += ["/opt/python/lib/{}/site-packages".format(version), "/opt/python"]
    sys.path[:] = [*first, *(path for path in sys.path if path not in first)]
    if code == "/var/task" and "/var/runtime" not in sys.path:
        sys.path.append("/var/runtime")
