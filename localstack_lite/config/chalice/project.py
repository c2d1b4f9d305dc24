"""A Chalice app that was not packaged → `Project`. I/O: its files. No user code is imported.

Chalice puts `vendor/` beside the code when it packages; here it is searched after the code, as an adapter's folder is.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from localstack_lite import python_homes
from localstack_lite.config.chalice.app import read_chalice_app
from localstack_lite.config.chalice.settings import DEFAULT_STAGE, ChaliceSettings, chalice_settings
from localstack_lite.config.chalice.template import template_of
from localstack_lite.config.parameters import Place
from localstack_lite.config.runtimes import CURRENT, RETIRED
from localstack_lite.config.serverless.places import placed
from localstack_lite.config.sources import Sources, name_in, text_of
from localstack_lite.config.template import read_template
from localstack_lite.config.template_files import TemplateFiles
from localstack_lite.config.yaml_cfn import Document, parse
from localstack_lite.errors import UserError
from localstack_lite.model.adapter import Adapter, AppKind
from localstack_lite.model.project import Project

FRAMEWORK = "Chalice"
_VENDOR = "vendor"


def read_chalice(sources: Sources, folder: Path) -> Project:
    """`folder` is the app's, with `.chalice` in it. A UserError when there is no app, or nothing in it can run."""
    from localstack_lite.config.cache import transformed

    inputs = [folder / "app.py"]

    def load(module: str) -> tuple[str, str] | None:
        if not module:
            return None
        place = folder / module.replace(".", "/")
        files = (place.with_name(f"{place.name}.py"), place / "__init__.py")
        file = next((one for one in files if one.is_file()), None)
        if file is None:
            return None
        inputs.append(file)
        return name_in(file, folder), text_of(file)

    app = read_chalice_app(load)
    settings = _settings(folder, sources)
    inputs.append(folder / ".chalice" / "config.json")
    declared = [*(route.file for route in app.routes), *(one.file for one in app.functions)]
    files = tuple(dict.fromkeys(("app.py", *declared)))
    policy, policy_file = _policy(folder, settings)
    inputs += [policy_file] if policy_file else []
    document = template_of(app, settings, _runtime(folder, sources), files, policy)
    if not document.values["Resources"]:
        raise UserError("app.py", "the app has no routes and no functions", "write @app.route('/') above a function")
    templates = TemplateFiles(sources.root)
    place = Place(sources.place.region, sources.place.account, f"{settings.app_name or app.name}-{settings.stage}")
    read = read_template(
        templates.source(folder / "app.py", document),
        place,
        {},
        lambda values, parameters, where: transformed(sources.root, values, parameters, where),
        sources.variables,
        sources.look_up,
    )
    read = placed(read, files)
    adapter = _vendored(folder, f"app:{app.variable}")
    return Project(
        root=sources.root,
        functions=tuple(replace(one, adapter=adapter) for one in read.functions),
        apis=read.apis,
        schedules=read.schedules,
        triggers=read.triggers,
        problems=(*settings.problems, *app.problems, *read.problems),
        source=folder / "app.py",
        inputs=(*dict.fromkeys(inputs), *read.awaited),
        region=sources.place.region,
        account=sources.place.account,
        framework=f"{FRAMEWORK}, stage {settings.stage}",
    )


def _settings(folder: Path, sources: Sources) -> ChaliceSettings:
    file = folder / ".chalice" / "config.json"
    name = name_in(file, sources.root)
    document = parse(text_of(file), name, "it holds a JSON object") if file.is_file() else Document({})
    return chalice_settings(document, sources.options.stage or DEFAULT_STAGE, name)


def _policy(folder: Path, settings: ChaliceSettings) -> tuple[object, Path | None]:
    """The resource policy and its file. What cannot be read is text, which lets nobody in."""
    named = settings.of("api_gateway_policy_file")
    if not isinstance(named, str) or not named:
        return None, None
    file = folder / ".chalice" / named
    try:
        return json.loads(file.read_text("utf-8")), file
    except (OSError, ValueError):
        return f"{named} cannot be read", file


def _runtime(folder: Path, sources: Sources) -> str:
    """Chalice deploys to the Python that it runs on: the project's."""
    home = next(python_homes.homes(folder, sources.root, sources.environ), None)
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    versions = (home.version if home else "", own)
    return next((f"python{one}" for one in versions if f"python{one}" in (*CURRENT, *RETIRED)), CURRENT[0])


def _vendored(folder: Path, app: str) -> Adapter | None:
    vendor = folder / _VENDOR
    return Adapter(AppKind.CHALICE, app, FRAMEWORK, folders=(vendor,)) if vendor.is_dir() else None
