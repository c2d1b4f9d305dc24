"""What happens once: log levels, variables, the app."""

import importlib
import inspect
import json
import logging
import os
import sys


def begin(handler) -> None:
    settings = handler.settings
    if settings.LOG_LEVEL:
        level = logging.getLevelName(settings.LOG_LEVEL)
        logging.getLogger("zappa.handler").setLevel(level)
        logging.getLogger().setLevel(level)
    place = getattr(settings, "REMOTE_ENV", None) or ""
    bucket, _, key = place.rpartition("s3://")[2].partition("/")
    if bucket and key:
        handler.load_remote_settings(bucket, key)
    os.environ.update({"SERVERTYPE": "AWS Lambda", "FRAMEWORK": "Zappa"})
    os.environ.update({"PROJECT": settings.PROJECT_NAME, "STAGE": settings.API_STAGE})
    os.environ.update(settings.ENVIRONMENT_VARIABLES)


def load_remote(settings, session, bucket, key) -> None:
    resource = session.resource("s3")
    try:
        found = resource.Object(bucket, key).get()["Body"].read()
    except Exception as error:
        print("Could not load remote settings file.", error)
        return
    try:
        given = json.loads(found)
    except ValueError:
        print("Failed to parse remote settings!")
        return
    for name, value in given.items():
        if settings.LOG_LEVEL == "DEBUG":
            print(f"Adding {name} -> {value} to environment")
        if isinstance(value, str):
            os.environ[name] = value


def app(settings):
    """The app, `asgi` or what `APP_TYPE` says else, and whether it is Django's own (a slash ends every ASGI path)."""
    django = settings.DJANGO_SETTINGS
    if hasattr(settings, "APP_MODULE"):
        if django:
            sys.path.append("/var/task")
            os.environ["DJANGO_SETTINGS_MODULE"] = django
        found = getattr(importlib.import_module(settings.APP_MODULE), settings.APP_FUNCTION)
    elif django:
        found = django_app(django)
    else:
        return None, getattr(settings, "APP_TYPE", None), False
    kind = getattr(settings, "APP_TYPE", None)
    if kind is None and _is_asgi(found):
        kind = "asgi"
    if kind == "asgi" and not _is_asgi(found):
        what = f"{settings.APP_MODULE}.{settings.APP_FUNCTION}"
        logging.getLogger("zappa.handler").warning("app_type is 'asgi' but %s does not look like one.", what)
    return found, kind, bool(django)


def django_app(settings_module):
    from django_zappa_app import get_django_wsgi

    return get_django_wsgi(settings_module)


def _is_asgi(found) -> bool:
    """An async callable with three parameters that must be given."""
    if not callable(found):
        return False
    function = found if inspect.isfunction(found) or inspect.iscoroutinefunction(found) else found.__call__
    if not inspect.iscoroutinefunction(function):
        return False
    parameters = inspect.signature(function).parameters.values()
    return len([one for one in parameters if one.name != "self" and one.default is one.empty]) == 3
