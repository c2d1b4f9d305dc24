"""Whose fault it was when one of devserve's own modules cannot be imported: a file of the user's, most often one that
has the name of a module of the standard library."""

import os
import sys
import traceback

_PYTHON = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_ADAPTERS = os.path.join(_PYTHON, "adapters") + os.sep
_ZAPPA = os.path.join(_PYTHON, "zappa") + os.sep


def blamed(module_name: str, error: Exception) -> "tuple[str, list[str]]":
    """What cannot be imported, and lines of a stack. Of a handler that the user wrote AWS tells its module and no line;
    of Zappa's, too, but there the line helps."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [index for index, one in enumerate(frames) if one.filename.startswith((_ADAPTERS, _ZAPPA))]
    if not ours:
        return module_name, []
    theirs = [one for one in frames[ours[-1] + 1 :] if not one.filename.startswith("<frozen ")]
    trace = traceback.format_list(theirs)
    if not frames[ours[-1]].filename.startswith(_ADAPTERS):
        return module_name, trace
    if isinstance(error, SyntaxError):
        file = error.filename
    else:
        # `from json import loads` of a json.py without it has no frame there, but knows the file.
        file = theirs[-1].filename if theirs else getattr(error, "path", None)
    return (_short(file) if file else module_name), trace


def hidden() -> str:
    """Files of the user's that were imported in place of Python's own modules, as the end of a sentence."""
    root, found = _root(), []
    for name in sorted(getattr(sys, "stdlib_module_names", ())):
        file = getattr(sys.modules.get(name), "__file__", None) or ""
        if file in (os.path.join(root, name + ".py"), os.path.join(root, name, "__init__.py")):
            found.append(f"{_short(file)} hides Python's own module {name}")
    return f" ({', '.join(found)})" if found else ""


def _root() -> str:
    return os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()


def _short(file: str) -> str:
    """As the user sees it from the code's folder."""
    root = _root() + os.sep
    return file[len(root) :] if file.startswith(root) else file
