"""The Lambda handler of an app that is none: a WSGI app behind apig-wsgi, an ASGI app behind Mangum.

Runs inside the execution environment, as the handler file would that people write for one of the two. What it is told
comes in `DEVSERVE_APP`, JSON: `app` (`module:name`, or `module:factory()`), `kind` (`wsgi`, `asgi` or empty), `paths`
(folders of the code that are searched, too) and `settings` (Django's settings module). The project's own apig-wsgi or
Mangum is used when it has one, else the one in the folders of `DEVSERVE_PACKAGES`, which can be imported by no other
name. Standard library only, Python 3.9 to 3.14.
"""

import json
import os
import sys

_frugal, sys.dont_write_bytecode = sys.dont_write_bytecode, False
try:  # our own modules are compiled once; `python -B` is there for the user's
    import devserve_commands
    import devserve_import
    import devserve_prefix
finally:
    sys.dont_write_bytecode = _frugal

_TOLD = json.loads(os.environ.pop("DEVSERVE_APP", "{}"))
_PACKAGES = [path for path in os.environ.pop("DEVSERVE_PACKAGES", "").split(os.pathsep) if path]


def _make(told):
    root = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    for path in reversed(told.get("paths", ())):
        folder = os.path.join(root, path)
        if folder not in sys.path:
            sys.path.insert(1, folder)
    if told.get("settings"):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", told["settings"])
    sys.meta_path.append(devserve_import.Offered(_PACKAGES))
    app = devserve_import.load(told.get("app", ""))
    if devserve_import.kind_of(app, told.get("kind", ""), told.get("app", "")) == "asgi":
        return devserve_import.adapter("mangum", "Mangum")(devserve_prefix.Asgi(app), lifespan="auto")
    return devserve_import.adapter("apig_wsgi", "make_lambda_handler")(devserve_prefix.Wsgi(app), binary_support=True)


_answer = _make(_TOLD)


def handler(event, context):
    if isinstance(event, dict):
        if "requestContext" in event:
            return _answer(event, context)
        command = devserve_commands.of(event)
        if command is not None:
            return command(event, context)
    raise ValueError(
        "this app answers HTTP requests (REST API, HTTP API, function URL, load balancer) and the events "
        '{"command": "module.function"}, {"raw_command": "code"} and {"manage": "command"}; '
        f"this event is none of them: {_shown(event)}"
    )


def _shown(event):
    if isinstance(event, dict):
        return "an object with " + (", ".join(map(str, list(event)[:8])) or "no keys")
    return repr(event)[:100]
