"""From the start of the process to Zappa's handler: settings, local variables, the installed Zappa or the shim."""

import importlib
import importlib.util
import os
import sys

from devserve_zappa import remote_env, say, watching

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_ON_IMPORT = "INSTANTIATE_LAMBDA_HANDLER_ON_IMPORT"


def zappa():
    """The handler's module, watched. Whatever Zappa itself raises at import is raised, as on AWS."""
    settings = _settings()
    remote_env.from_file(settings)
    # Zappa would make its handler while it is imported, before there is something to wrap.
    early = os.environ.pop(_ON_IMPORT, None)
    try:
        module = importlib.import_module("zappa.handler") if _is_installed() else _shim()
        watching.watch(module)
    finally:
        if early is not None:
            os.environ[_ON_IMPORT] = early
    if early:
        module.global_handler = module.LambdaHandler()
    return module


def _settings():
    """Ours, even when the project has a file of that name: Zappa overwrites it in the package."""
    name = "zappa_settings"
    file = os.path.join(_HERE, f"{name}.py")
    found = importlib.util.find_spec(name)
    if found is not None and found.origin and not os.path.samefile(found.origin, file):
        say(f"{found.origin} is not read: Zappa writes this file anew into every package")
    spec = importlib.util.spec_from_file_location(name, file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _is_installed() -> bool:
    """A folder called `zappa` that is no package of Python's is none."""
    found = importlib.util.find_spec("zappa")
    if found is None or found.origin is None:
        return False
    return importlib.util.find_spec("zappa.handler") is not None


def _shim():
    frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    try:
        return importlib.import_module("devserve_zappa_shim.handler")
    finally:
        sys.dont_write_bytecode = frugal
