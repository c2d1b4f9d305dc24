"""What of a Django project's settings goes wrong on Lambda: databases, static files, uploads, hosts, logs. Pure.

Sources: Django's documentation of its settings ("Settings", "Deployment checklist"), WhiteNoise's and django-storages'
of theirs; AWS docs for what Lambda's file system is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from localstack_lite.builds.doctor.django_settings import Settings, constant, entries, inner
from localstack_lite.builds.doctor.finding import Finding, Severity

_SQLITE = "django.db.backends.sqlite3"
#: Databases that keep an SQLite file in S3.
_IN_S3 = ("django_s3_sqlite", "zappa_django_utils.db.backends.s3sqlite", "django_s3_storage")
#: Names of storages that are not a folder.
_REMOTE = re.compile(r"storages\.backends|s3|gcloud|azure|cloudinary", re.IGNORECASE)
_WHITENOISE = "whitenoise"
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})
_HERE_URL = re.compile(r"^[a-z][a-z0-9+.]*://(?:[^/@\s]*@)?(?:localhost|127\.0\.0\.1)(?=[:/]|$)")
#: What the hosts of API Gateway and of function URLs end with.
_AWS_HOSTS = ("execute-api.{}.amazonaws.com", "lambda-url.{}.on.aws")
_SERVER = "use a database server (RDS, Aurora), or an S3-backed SQLite such as django-s3-sqlite"


def findings(settings: Settings, region: str = "us-east-1", domain: str = "") -> Iterator[Finding]:
    """`domain` is the API's own domain name, when it has one."""
    yield from databases(settings)
    yield from static_files(settings)
    yield from uploads(settings)
    yield from hosts(settings, region, domain)
    yield from files(settings)
    yield from this_machine(settings)


def databases(settings: Settings) -> Iterator[Finding]:
    value = settings.get("DATABASES")
    if value is None:
        return
    for alias, node in entries(value).items():
        where = f"{value.file}:{node.lineno}"
        shown = "the database" if alias == "default" else f"the database {alias}"
        database = inner(node)
        engine = constant(database.get("ENGINE")) or ""
        if any(name in engine for name in _IN_S3):
            what = f"{shown} is SQLite in S3: when two environments write at once, the last one wins"
            yield Finding(Severity.DIFFERS, "database", where, what)
        elif engine == _SQLITE:
            yield from _sqlite(shown, database.get("NAME"), where)
        elif not database and (url := _default_url(node)):
            what = f"{shown} is the SQLite file of {url} unless the environment says another: read-only on Lambda"
            yield Finding(Severity.DIFFERS, "database", where, what, "set the variable in the stage")
        if (host := constant(database.get("HOST"))) in _HERE:
            what = f"{shown} is expected on {host}, where there is nothing on Lambda"
            yield Finding(Severity.DIFFERS, "database", where, what, "take the host from an environment variable")


def _sqlite(shown: str, name: ast.expr | None, where: str) -> Iterator[Finding]:
    path = constant(name)
    if path == ":memory:":
        what = f"{shown} is in memory: each environment has its own, and it ends with it"
        yield Finding(Severity.DIFFERS, "database", where, what, _SERVER)
    elif path is not None and path.startswith("/tmp/"):
        what = f"{shown} is {path}: each environment has its own, and it ends with it"
        yield Finding(Severity.DIFFERS, "database", where, what, _SERVER)
    elif path is not None or isinstance(name, ast.BinOp | ast.Call):
        file = path or next(iter(_texts(name)), "that is computed")
        what = f"{shown} is the SQLite file {file}: read-only on Lambda, so logins, sessions and every save fail"
        yield Finding(Severity.FAILS, "database", where, what, _SERVER)


def static_files(settings: Settings) -> Iterator[Finding]:
    url = settings.get("STATIC_URL")
    if url is None or "".join(url.texts[:1]).startswith(("http:", "https:", "//")):
        return
    storage = (*settings.texts("STATICFILES_STORAGE"), *_storage(settings, "staticfiles"))
    if any(_REMOTE.search(text) for text in storage):
        return
    if any(text.startswith(_WHITENOISE) for text in settings.texts("MIDDLEWARE")):
        if settings.get("STATIC_ROOT") is None:
            what = "WhiteNoise has nothing to serve: there is no STATIC_ROOT"
            yield Finding(Severity.FAILS, "static", url.where, what, "set it, and run collectstatic before a push")
        return
    what = "nobody serves the static files: on Lambda there is no runserver and no web server in front"
    hint = "add WhiteNoise to MIDDLEWARE and set STATIC_ROOT, or keep them in S3 (django-storages)"
    yield Finding(Severity.FAILS, "static", url.where, what, hint)


def uploads(settings: Settings) -> Iterator[Finding]:
    root = settings.get("MEDIA_ROOT")
    storage = (*settings.texts("DEFAULT_FILE_STORAGE"), *_storage(settings, "default"))
    if root is None or root.literal == "" or any(_REMOTE.search(text) for text in storage):
        return
    hint = "keep them in S3: django-storages as the default storage"
    if isinstance(root.literal, str) and f"{root.literal}/".startswith("/tmp/"):
        what = "uploads go to /tmp: each environment has its own, and they end with it"
        yield Finding(Severity.DIFFERS, "static", root.where, what, hint)
    else:
        what = "uploads are written to MEDIA_ROOT, which is read-only on Lambda: they fail"
        yield Finding(Severity.FAILS, "static", root.where, what, hint)


def hosts(settings: Settings, region: str, domain: str) -> Iterator[Finding]:
    allowed, debug = settings.get("ALLOWED_HOSTS"), settings.literal("DEBUG")
    if debug is True:
        what = "DEBUG is on: errors show your settings and code to everybody"
        yield Finding(Severity.NOTE, "settings", settings.where("DEBUG"), what, "take it from an environment variable")
    names = allowed.literal if allowed is not None and not allowed.more else None
    if allowed is not None and not isinstance(names, list | tuple):
        return  # computed
    known = [str(name).lower() for name in names or ()] if isinstance(names, list | tuple) else []
    wanted = [domain] if domain else [f"abc123.{host.format(region)}" for host in _AWS_HOSTS]
    if not any(_allows(name, host) for name in known for host in wanted):
        said = "is empty" if not known else "does not have the API's host"
        what = f"ALLOWED_HOSTS {said}: Django answers 400 to every request"
        hint = f"add {domain!r}" if domain else f"add '.{_AWS_HOSTS[0].format(region)}' or your domain"
        yield Finding(Severity.FAILS, "settings", settings.where("ALLOWED_HOSTS"), what, hint)


def files(settings: Settings) -> Iterator[Finding]:
    """Logs and caches in files. A log file is opened when Django starts, so nothing runs then."""
    logging = settings.get("LOGGING")
    for node in ast.walk(logging.node) if logging is not None else ():
        if logging is None or not isinstance(node, ast.Dict):
            continue
        handler = inner(node)
        file = handler.get("filename")
        if file is None or "FileHandler" not in (constant(handler.get("class")) or ""):
            continue
        if not (constant(file) or "").startswith(("/tmp/", "/dev/")):
            what = f"logs go to the file {ast.unparse(file)}, which cannot be opened on Lambda: Django does not start"
            hint = "log to the console: Lambda sends that to CloudWatch"
            yield Finding(Severity.FAILS, "files", f"{logging.file}:{node.lineno}", what, hint)
    caches = settings.get("CACHES")
    for node in entries(caches).values():
        cache = inner(node)
        if caches is None or "FileBasedCache" not in (constant(cache.get("BACKEND")) or ""):
            continue
        if not (constant(cache.get("LOCATION")) or "").startswith("/tmp/"):
            what = "the cache is in files outside /tmp, where Lambda cannot write"
            hint = "put it into /tmp, or use Redis"
            yield Finding(Severity.FAILS, "files", f"{caches.file}:{node.lineno}", what, hint)


def this_machine(settings: Settings) -> Iterator[Finding]:
    """Addresses of services on this machine."""
    for name, value in settings.values.items():
        if name == "DATABASES" or not name.isupper():
            continue
        for node in ast.walk(value.node):
            text = constant(node) if isinstance(node, ast.Constant) else None
            if isinstance(node, ast.Constant) and text and (found := _HERE_URL.match(text)):
                scheme, _, rest = found[0].partition("://")
                what = f"{name} names a service on this machine ({scheme}://{rest.rpartition('@')[2]}): none on Lambda"
                hint = "take it from an environment variable"
                yield Finding(Severity.NOTE, "settings", f"{value.file}:{node.lineno}", what, hint)


def _storage(settings: Settings, alias: str) -> tuple[str, ...]:
    """Texts of `STORAGES[alias]` (Django 4.2 and newer)."""
    node = entries(settings.get("STORAGES")).get(alias)
    return tuple(_texts(node)) if node is not None else ()


def _default_url(node: ast.expr) -> str:
    """`sqlite:///…` that a call has as its default (`dj_database_url.config(default=…)`)."""
    return next((text for text in _texts(node) if text.startswith("sqlite:")), "")


def _allows(name: str, host: str) -> bool:
    return name == "*" or name == host or (name.startswith(".") and (f".{host}").endswith(name))


def _texts(node: ast.AST | None) -> Iterator[str]:
    for one in ast.walk(node) if node is not None else ():
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
