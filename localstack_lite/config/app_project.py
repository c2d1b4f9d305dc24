"""A WSGI or ASGI app, or a Django project → `Project`: one function, and behind it the front door that was asked for.

I/O: looks which files there are and reads those that may have an app. No user code is imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from localstack_lite import python_homes, shipped
from localstack_lite.config import django_project, web_apps, zero
from localstack_lite.config.code import Disk
from localstack_lite.config.environment import parse_dotenv
from localstack_lite.config.find import DJANGO
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.runtimes import CURRENT, RETIRED
from localstack_lite.config.sources import Sources, name_in, text_of
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.api import Api, Face
from localstack_lite.model.exposure import api_for
from localstack_lite.model.project import Project

if TYPE_CHECKING:
    from localstack_lite.config.web_apps import WebApp
    from localstack_lite.python_homes import PythonHome

#: The adapter's handler, and what it is called by people.
HANDLER = "devserve_app.handler"
_TITLES = {AppKind.WSGI: "apig-wsgi", AppKind.ASGI: "Mangum"}
#: What they consist of, by the names to import.
_PACKAGES = {AppKind.WSGI: ("apig_wsgi",), AppKind.ASGI: ("mangum", "typing_extensions")}
#: Folders that have no app to serve.
_SKIPPED = frozenset(
    {"node_modules", "site-packages", "venv", "env", "tests", "test", "docs", "examples", "scripts", "migrations"}
)
_MOST_FOLDERS = 60


def read_django(sources: Sources, file: Path) -> Project:
    """`file` is the project's `manage.py`; its folder is what `/var/task` is on AWS."""
    folder, shown = file.parent, name_in(file, sources.root)
    settings = _settings_named(sources, file)
    if not settings:
        if "django" not in text_of(file).lower():
            return read_app(sources, "")  # another tool's manage.py
        settings = _only_settings(folder, shown)

    def module_text(module: str) -> str | None:
        place = folder / module.replace(".", "/")
        for candidate in (place.with_name(place.name + ".py"), place / "__init__.py"):
            if candidate.is_file():
                return text_of(candidate)
        return None

    if module_text(settings) is None and (folder / settings.partition(".")[0]).is_dir():
        raise _no_settings(settings, folder, shown)
    found = django_project.app_of(settings, module_text)
    told = {"app": found.app, "kind": str(found.kind), "settings": settings}
    return _project(sources, folder, told, found.kind, "Django", shown, settings, file)


def _settings_named(sources: Sources, file: Path) -> str:
    """What is set for the function or here comes before what `manage.py` sets."""
    name = zero.function_name(sources.root.name)
    own = {**_dotenv(file.parent), **_dotenv(sources.root)}
    variables = {**own, **sources.environ, **sources.variables.of(name, name)}
    return variables.get(django_project.VARIABLE) or django_project.settings_named(text_of(file), variables)


def read_app(sources: Sources, named: str) -> Project:
    """`named` is `module:app`, a file's name, or empty: the app that the folder has."""
    root = sources.root
    if named.endswith(".py"):
        return _served(sources, _app_of_file(root, named))
    if named:
        return _named(sources, named)
    texts = _texts(root)
    top = {file: text for file, text in texts.items() if "/" not in file}
    if found := web_apps.find_app(top):
        return _served(sources, found)
    if manage := _django_below(root):
        return read_django(sources, manage)
    if found := web_apps.find_app(texts):
        return _served(sources, found)
    for name in web_apps.FILES:
        if (root / name).is_file():
            text_of(root / name)  # one that cannot be read may be the app: that is what is wrong
    for file, text in texts.items():
        if needy := web_apps.needy_factory(text):
            module, _ = web_apps.module_of(file, tuple(texts))
            what = f"{needy} makes an app, and takes arguments that nobody gives"
            named = needy.partition("(")[0]
            raise UserError(
                file, what, f"""give them: devserve "{module}:{named}('...')", or name an app that is made"""
            )
    looked = ", ".join(sorted(top)) or "there is no app.py, main.py, wsgi.py, asgi.py, handler.py or lambda_function.py"
    what = "nothing to serve here: no template, no handler, no WSGI or ASGI app"
    usual = "name it: devserve module:app, devserve module.handler or -t FILE"
    raise UserError(str(root), f"{what} ({looked})", _elsewhere(root) or usual)


def _elsewhere(root: Path) -> str:
    """The app of a module with another name than those that are looked at, as a hint."""
    names = tuple(islice(sorted(file.name for file in root.glob("*.py") if file.stem.isidentifier()), _MOST_FOLDERS))
    texts = _texts_of(root, root, names)
    for file, text in texts.items():
        if apps := [app for app in web_apps.apps_in(text) if app.made]:
            module, _ = web_apps.module_of(file, names)
            return f"{file} has one: devserve {module}:{apps[0].name}"
    return ""


def _named(sources: Sources, named: str) -> Project:
    module, _, name = named.partition(":")
    if not all(part.isidentifier() for part in module.split(".")):
        raise UserError(named, f"{module} is no module", "name it as Python imports it: devserve package.module:app")
    root, place = sources.root, module.replace(".", "/")
    inner = (f"{place}.py", f"{place}/__init__.py", f"{web_apps.SOURCES}/{place}.py")
    file = next((one for one in (*inner, f"{web_apps.SOURCES}/{place}/__init__.py") if (root / one).is_file()), "")
    if not file:
        if (root / place).is_dir() or any(root.glob(f"{place}.*.so")):
            return _project(sources, root, {"app": named, "kind": ""}, AppKind.WSGI, "", named)
        disk = Disk(root, root, root)
        raise UserError(named, f"there is no {place}.py", disk.near(root, f"{place}.py"))
    text = text_of(root / file)
    base = name.partition("(")[0]
    top = web_apps.names_in(text)
    if top is not None and base not in top:
        raise UserError(named, f"{file} has no {base}", did_you_mean(base, top, _seen(text, module)))
    _, paths = web_apps.module_of(file, tuple(_texts(root)))
    known = next((app for app in web_apps.apps_in(text) if app.name.partition("(")[0] == base), None)
    kind, framework = (known.kind, known.framework) if known else (None, "")
    told: dict[str, object] = {"app": named, "kind": str(kind or ""), "paths": paths}
    settings = _settings_named(sources, root / DJANGO) if (root / DJANGO).is_file() else ""
    told |= {"settings": settings} if settings else {}
    return _project(sources, root, told, kind or AppKind.WSGI, framework, file, settings)


def _seen(text: str, module: str) -> str:
    names = [app.name for app in web_apps.apps_in(text)]
    return f"it has {module}:{names[0]}" if names else "an app is a name at the top level of the module"


def _app_of_file(root: Path, file: str) -> WebApp:
    text = text_of(root / file)
    found = web_apps.app_in(file, text, tuple(_texts(root)))
    if found is None:
        what = "neither a handler nor a WSGI or ASGI app"
        raise UserError(file, what, "a handler is lambda_handler(event, context), an app is named app or application")
    return found


def _served(sources: Sources, app: WebApp) -> Project:
    if app.framework == "Django" and (sources.root / DJANGO).is_file():
        return read_django(sources, sources.root / DJANGO)
    told: dict[str, object] = {"app": app.target, "kind": str(app.kind or ""), "paths": app.paths}
    kind = app.kind or AppKind.WSGI
    return _project(sources, sources.root, told, kind, app.framework, app.file)


def _project(
    sources: Sources,
    folder: Path,
    told: Mapping[str, object],
    kind: AppKind,
    framework: str,
    where: str,
    settings: str = "",
    source: Path | None = None,
) -> Project:
    """`told` is what the adapter is told; `folder` the code's; `where` the file of the app, for messages."""
    name = zero.function_name(sources.root.name)
    home = next(python_homes.homes(folder, sources.root, sources.environ), None)
    adapter = adapter_of(told, kind, settings)
    code = Disk(sources.root, sources.root, sources.root).at(str(folder))
    runtime = _runtime(home.version if home else "")
    function = zero.one_function(name, HANDLER, code, runtime, sources.variables.of(name, name), where)
    return Project(
        root=sources.root,
        functions=(replace(function, adapter=adapter),),
        apis=(front_door(sources, name, where),),
        source=source,
        inputs=(source,) if source else (),
        region=sources.place.region,
        account=sources.place.account,
        framework=_with_version(framework, home),
    )


def adapter_of(told: Mapping[str, object], kind: AppKind, settings: str = "") -> Adapter:
    """What calls a web app. `told` is what our adapter reads: `app` (`module:name`), `kind` (empty: to be found out),
    `paths` (folders of the code that modules are looked for in) and `settings` (Django's)."""
    certain = [kind] if told["kind"] else list(_PACKAGES)
    return Adapter(
        kind=kind,
        app=str(told["app"]),
        name=" or ".join(_TITLES[one] for one in certain),
        folders=(shipped.runtimes() / "python" / "adapters",),
        packages=tuple(place for one in certain for package in _PACKAGES[one] if (place := _own(package))),
        variables={"DEVSERVE_APP": orjson.dumps(told).decode()},
        django_settings=settings,
    )


def front_door(sources: Sources, function: str, where: str) -> Api:
    """What a function stands behind for which nobody declared an API, as the command line has it. The stage of an HTTP
    API is named only when it stands in front: events would have it in their paths."""
    options = sources.options
    kind, face = options.event_kind or "http", Face.AWS if options.stage_prefix else Face.LOCAL
    stage = options.stage if kind == "rest" or face is Face.AWS else ""
    return api_for(function, kind, stage, face, where=where)


def _runtime(version: str) -> str:
    """That of the project's Python, where Lambda has it."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    return next((f"python{one}" for one in (version, own) if f"python{one}" in (*CURRENT, *RETIRED)), CURRENT[0])


def _with_version(framework: str, home: PythonHome | None) -> str:
    """`Django 5.2`, with the version that is installed in the project's environment."""
    version = python_homes.installed_version(home.home, framework) if framework and home else ""
    return " ".join((framework, ".".join(version.split(".")[:2]))).strip()


def _own(package: str) -> Path | None:
    """The folder, or the file, of a package of devserve's own installation."""
    spec = find_spec(package)
    if spec is None or not spec.origin:
        return None
    origin = Path(spec.origin)
    return origin.parent if spec.submodule_search_locations else origin


def _texts(root: Path) -> dict[str, str]:
    """The modules in which an app may be, by their paths."""
    found = _texts_of(root, root, web_apps.FILES)
    source = root / web_apps.SOURCES
    for folder in [*_folders(root), *(_folders(source) if source.is_dir() else ())]:
        found |= _texts_of(folder, root, ("__init__.py", *web_apps.FILES))
    return found


def _texts_of(folder: Path, root: Path, names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for file in (file for name in names if (file := folder / name).is_file()):
        # One that cannot be read is nobody's app, and no reason not to look at the others.
        with suppress(UserError):
            found[file.relative_to(root).as_posix()] = text_of(file)
    return found


def _folders(place: Path) -> Iterator[Path]:
    """Those of a project that may have code to serve, in their order."""
    named = sorted(entry for entry in place.iterdir() if entry.name[0] not in "._" and entry.name not in _SKIPPED)
    readable = (entry for entry in named if entry.is_dir() and os.access(entry, os.R_OK | os.X_OK))
    there = (entry for entry in readable if not (entry / "pyvenv.cfg").is_file())
    yield from islice(there, _MOST_FOLDERS)


def _django_below(root: Path) -> Path | None:
    """The `manage.py` one level down."""
    found = [file for folder in _folders(root) if (file := folder / DJANGO).is_file()]
    if len(found) > 1:
        names = [name_in(file, root) for file in found[:2]]
        what = f"two Django projects: {names[0]} and {names[1]}"
        raise UserError(str(root), what, f"say which one: devserve {found[0].parent.name}")
    return found[0] if found else None


def _only_settings(folder: Path, shown: str) -> str:
    """The settings of the only package that has some."""
    found = [
        package.name
        for package in _folders(folder)
        if (package / "settings.py").is_file() or (package / "settings" / "__init__.py").is_file()
    ]
    if len(found) == 1:
        return f"{found[0]}.settings"
    what = f"it names no settings module, and there are {len(found) or 'none'} beside it"
    raise UserError(shown, what, f"set {django_project.VARIABLE}, as in {django_project.VARIABLE}=mysite.settings")


def _no_settings(settings: str, folder: Path, shown: str) -> UserError:
    place = folder / settings.rpartition(".")[0].replace(".", "/")
    there = [file.stem for file in place.glob("*.py")] if place.is_dir() else []
    file = settings.replace(".", "/") + ".py"
    near = did_you_mean(settings.rpartition(".")[2], there, f"look at {django_project.VARIABLE}")
    return UserError(shown, f"the settings module is {settings}, and there is no {file}", near)


def _dotenv(folder: Path) -> dict[str, str]:
    """A project's own `.env`, looked at for the settings module only; the project reads it in its own way."""
    file = folder / ".env"
    try:
        return parse_dotenv(text_of(file), file.name) if file.is_file() else {}
    except UserError:
        return {}
