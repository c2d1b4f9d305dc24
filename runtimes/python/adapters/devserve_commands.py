"""Events that are no requests: a function of the project, a piece of code, a Django management command.

The names of the events are Zappa's (`command`, `raw_command`, `manage`), so that one command line serves both.
"""

import inspect
import sys


def of(event):
    """What does it, or None."""
    for name, does in (("command", _call), ("raw_command", _execute), ("manage", _manage)):
        if event.get(name):
            return does
    return None


def _call(event, context):
    """`module.function`, with as many of event and context as it takes."""
    name = str(event["command"])
    module_name, dot, function_name = name.replace(":", ".").rpartition(".")
    if not dot:
        raise ValueError(f"{name!r} is not of the form module.function")
    __import__(module_name)
    function = getattr(sys.modules[module_name], function_name, None)
    if function is None:
        raise AttributeError(f"module '{module_name}' has no function '{function_name}'")
    result = function(*(event, context)[: _wanted(function)])
    if inspect.isawaitable(result):
        import asyncio

        return asyncio.new_event_loop().run_until_complete(_awaited(result))
    return result


async def _awaited(result):
    return await result


def _wanted(function):
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return 2
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return 2
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    places = [p for p in parameters if p.kind in plain]
    # A parameter with a default is the function's own business, unless it is called as Lambda calls it.
    needed = [p for p in places if p.default is p.empty or p.name in ("event", "context")]
    if len(needed) > 2:
        name = getattr(function, "__name__", function)
        raise TypeError(f"{name} takes {len(needed)} arguments; it is called with event and context at most")
    return len(needed)


def _execute(event, context):
    names = {"__name__": "__raw_command__", "event": event, "context": context}
    exec(compile(str(event["raw_command"]), "<raw_command>", "exec"), names)  # what the user sent is what is run


def _manage(event, _context):
    """What the command prints goes to the log; a command that gives text back is answered with it."""
    import shlex

    try:
        import django
        from django.apps import apps
        from django.core.management import call_command
    except ImportError as error:
        raise RuntimeError(f"management commands are Django's, and this project has none: {error}") from None
    command = event["manage"]
    words = shlex.split(command) if isinstance(command, str) else [str(word) for word in command]
    if not apps.ready:
        django.setup()
    return call_command(*words)
