"""What is the user's: imported by name, and in one line why it cannot be."""

import importlib
import os
import sys
import traceback

from devserve_manage.complaint import Complaint


def module(name):
    """The module of that name. A Complaint says where its import failed."""
    try:
        return importlib.import_module(name)
    except Exception as error:
        raise failed(name, error) from None


def load(app):
    """What `module:name` (also `module.name`, `module:factory()`) stands for; `name` may have dots."""
    found = app if ":" in app else ":".join(app.rpartition(".")[::2])
    name, _, attributes = found.partition(":")
    value = module(name)
    if "(" in attributes:
        import devserve_import  # in the adapter's own folder

        return devserve_import.load(app)
    for attribute in attributes.split("."):
        try:
            value = getattr(value, attribute)
        except AttributeError:
            raise Complaint(app, "module {} has no {}".format(name, attributes)) from None
    return value


def failed(name, error):
    """The line for a module that cannot be imported, with the place in the user's code as a hint."""
    said = str(error).strip().partition("\n")[0]
    what = "does not import: {}{}".format(type(error).__name__, ": " + said if said else "")
    place = where(error)
    missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
    hints = ["see " + place] if place else []
    if missing and (missing == name or name.startswith(missing + ".")):
        hints = ["there is no such module in " + (os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd())]
    elif missing:
        hints.append("is {} installed in {}?".format(missing.partition(".")[0], sys.prefix))
    return Complaint(name, what, "; ".join(hints))


def where(error):
    """`file:line` of the innermost frame that is the user's own; of the error itself for a syntax error."""
    root = os.path.realpath(os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd())
    if isinstance(error, SyntaxError) and error.filename:
        return "{}:{}".format(_shown(error.filename, root), error.lineno)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if _is_own(frame.filename, root)]
    return "{}:{}".format(_shown(own[-1].filename, root), own[-1].lineno) if own else ""


def is_flask(app):
    return _is_of(app, "flask", "Flask")


def kind_of(app, kind):
    """What an app is, for people: `a FastAPI app`, `an asgi app`, `a handler`."""
    if app is None or not kind:
        return "a handler"
    if type(app).__module__.partition(".")[0] in ("builtins", "functools"):
        return "a {} app".format(kind.upper())
    return "a {} app".format(type(app).__name__)


def _is_of(app, package, name):
    found = getattr(sys.modules.get(package), name, None)
    return isinstance(found, type) and isinstance(app, found)


def _is_own(file, root):
    path = os.path.realpath(file)
    inside = path.startswith(root + os.sep)
    return inside and "site-packages" not in path and not path.startswith(sys.prefix + os.sep)


def _shown(file, root):
    path = os.path.realpath(file)
    return path[len(root) + 1 :] if path.startswith(root + os.sep) else file
