"""Gets the app: imports its module, calls its factory, and says what is wrong in Lambda's own words.

Also offers single packages of devserve's own installation to a project that has none of that name.
"""

import ast
import inspect
import os
import sys
from importlib.machinery import PathFinder


class Offered:
    """The last finder of all: knows the given packages (folders or single files) by their names, and nothing else of
    the folders that they lie in."""

    def __init__(self, packages):
        self._folders = {os.path.basename(path).removesuffix(".py"): os.path.dirname(path) for path in packages}

    def find_spec(self, name, path=None, target=None):
        # What is inside a package is found beside it, by its own path.
        folder = self._folders.get(name) if path is None else None
        return None if folder is None else PathFinder.find_spec(name, [folder], target)

    def invalidate_caches(self):
        pass


def load(named):
    """The app that `module:name` or `module:factory(...)` names."""
    module_name, _, expression = named.partition(":")
    module = _import(module_name)
    name, call, arguments = (expression or "app").partition("(")
    app = module
    for part in name.split("."):
        if not hasattr(app, part):
            raise _fault("Runtime.HandlerNotFound", f"App '{name}' missing on module '{module_name}'", AttributeError)
        app = getattr(app, part)
    if not call:
        if not inspect.isfunction(app) or not _makes_apps(app, named):
            return app
        arguments = ")"
    positional, keywords = _arguments("f(" + arguments)
    return app(*positional, **keywords)


def adapter(module_name, name):
    """The project's, or devserve's own, which may be too new for an old Python."""
    # `python -B` is there for the user's files: the byte code of our own is kept.
    frugal = sys.dont_write_bytecode
    sys.dont_write_bytecode = frugal and PathFinder.find_spec(module_name) is not None
    try:
        return getattr(__import__(module_name), name)
    except (ImportError, SyntaxError, TypeError) as error:
        package = module_name.replace("_", "-")
        version = ".".join(map(str, sys.version_info[:2]))
        text = f"{package} cannot be imported on Python {version} ({error}): install {package} into the project's"
        raise _fault("Runtime.ImportModuleError", f"{text} environment", ImportError) from None
    finally:
        sys.dont_write_bytecode = frugal


def kind_of(app, told, named="the app"):
    """`wsgi` or `asgi`: by how it can be called, else as it was told."""
    if app is None:
        raise TypeError(f"{named} is None: what makes the app returns nothing")
    if not callable(app):
        raise TypeError(f"{named} cannot be called, so it is no app: its type is {type(app).__name__}")
    call = app if inspect.isfunction(app) or inspect.ismethod(app) else type(app).__call__
    if inspect.iscoroutinefunction(app) or inspect.iscoroutinefunction(call):
        return "asgi"
    try:
        parameters = inspect.signature(app).parameters.values()
    except (TypeError, ValueError):
        return told or "wsgi"
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return told or "wsgi"
    needed = [p for p in parameters if p.kind in plain and p.default is p.empty]
    return {2: "wsgi", 3: "asgi"}.get(len(needed), told or "wsgi")


def _makes_apps(function, named):
    """Whether a function that was named without `()` makes an app when it is called: no app can be called without
    arguments. One that needs another number of them than apps get is neither."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return False
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return False
    needed = [p.name for p in parameters if p.default is p.empty and p.kind is not p.VAR_KEYWORD]
    if len(parameters) < 2 and len(needed) == 1:
        text = f"{named} is no app: it takes {needed[0]} only; a function that makes an app is named with its arguments"
        raise TypeError(f"{text}, as in {named}('...')")
    return not needed


def _import(name):
    try:
        # Not importlib.import_module: this way Python leaves its own frames out of the user's traceback.
        __import__(name)
    except ImportError as error:
        raise _fault("Runtime.ImportModuleError", f"Unable to import module '{name}': {error}", None, error) from None
    except SyntaxError as error:
        where = f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'
        text = f"Syntax error in module '{name}': {error}"
        raise _fault("Runtime.UserCodeSyntaxError", text, None, error, [where]) from None
    return sys.modules[name]


def _fault(kind, text, otherwise, error=None, trace=None):
    """As devserve's runtime reports what is wrong with a handler; AWS's own runtime has its words for the error."""
    runtime = sys.modules.get("devserve_runtime")
    if runtime is not None:
        return runtime.Fault(kind, text, _trace(error) if trace is None else trace)
    return error if error is not None else otherwise(text)


def _trace(error):
    """Where in the user's code, of an import that failed: AWS says the message only, which names no file."""
    if error is None:
        return []
    import traceback

    here = os.path.dirname(os.path.abspath(__file__)) + os.sep
    frames = traceback.extract_tb(error.__traceback__)
    return traceback.format_list([frame for frame in frames if not frame.filename.startswith((here, "<frozen"))])


def _arguments(text):
    try:
        call = ast.parse(text, mode="eval").body
        positional = [ast.literal_eval(argument) for argument in call.args]
        return positional, {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (AttributeError, SyntaxError, ValueError):
        raise ValueError(f"a factory's arguments are plain values, not {text[1:]}") from None
