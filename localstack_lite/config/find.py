"""Which file is the project. `choose` decides over what exists (pure); `locate` looks (I/O).

The order: devserve.toml, then `[tool.devserve]`, a template, a CDK app's output, the Serverless Framework's file,
Zappa's settings, a Django project, a Chalice app, a Python file with a handler or a web app.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_lite.config.cdk import output as cdk
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.errors import UserError
from localstack_lite.model.options import ReadOptions

SETTINGS = ("devserve.toml", "pyproject.toml")
TEMPLATES = ("template.yaml", "template.yml", "template.json")
#: What shows a CDK app.
CDK = ("cdk.out", "cdk.json")
SERVERLESS = ("serverless.yml", "serverless.yaml", "serverless.json")
ZAPPA = ("zappa_settings.json", "zappa_settings.toml", "zappa_settings.yml", "zappa_settings.yaml")
DJANGO = "manage.py"
CHALICE = ".chalice"
#: What `chalice package` makes: a template and the code.
PACKAGED = {"sam.json", "deployment.zip"}
#: What shows another tool's project, in the contract's order.
_FOREIGN = (*SERVERLESS, *ZAPPA, DJANGO, CHALICE)
_TARGETS = "TARGET is a folder, a template, a settings file, module:app or module.handler"
_HANDLER = re.compile(r"([\w./-]+)\.([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Found:
    """`folder` is where the project is. At most one of `template` and `handler` was named by the user or found;
    `assembly` is a CDK app's output, `template` then one of its stacks; `foreign` is the file (or folder) that shows
    another tool's project, `app` a WSGI or ASGI app that was named, as `module:app`."""

    folder: Path
    settings: Path | None = None
    template: Path | None = None
    handler: str = ""
    script: Path | None = None
    foreign: Path | None = None
    app: str = ""
    explicit: bool = False
    """Whether the template or the assembly was named on the command line."""
    assembly: Path | None = None


def choose(names: Collection[str]) -> tuple[str, str]:
    """The template and the other tool's file that a folder with these entries has; at most one of them is not empty."""
    template = next((name for name in TEMPLATES if name in names), "")
    if not template and {*names} >= PACKAGED:
        template = "sam.json"
    foreign = next((name for name in (*CDK, *_FOREIGN) if name in names), "")
    return template, "" if template else foreign


def locate(options: ReadOptions) -> Found:
    """Where TARGET and `-t` lead. A UserError when there is nothing there."""
    target = options.folder / options.target
    if target.name == cdk.SETTINGS or (target.name == cdk.MANIFEST and cdk.is_output(target.parent)):
        target = target.parent
    if options.template is None and os.access(target, os.X_OK) and target.is_dir() and cdk.is_output(target):
        output = target.resolve()
        return _of_output(output, None)
    found = _of_target(target, options)
    settings = found.settings or next((f for name in SETTINGS if (f := found.folder / name).is_file()), None)
    template = found.template
    if options.template is not None:
        template = _named_template(options, found.folder)
    if template is not None and cdk.is_output(template.parent):
        return _of_output(template.parent, template)
    if template is not None and found.settings is None and not target.is_dir():
        beside = (template.parent / name for name in SETTINGS)
        settings = next((file for file in beside if file.is_file()), settings)
    if template is not None or found.handler or found.script or found.app or found.foreign:
        return replace(found, settings=settings, template=template, explicit=template is not None or found.explicit)
    name, foreign = choose({entry.name for entry in found.folder.iterdir()})
    if foreign in CDK:
        return Found(found.folder, settings, assembly=cdk.output_of(found.folder))
    folder = found.folder
    return Found(folder, settings, folder / name if name else None, foreign=folder / foreign if foreign else None)


def _of_output(output: Path, template: Path | None) -> Found:
    """A CDK app by its output, or by the template of one of its stacks."""
    app = cdk.app_of(output)
    settings = next((file for name in SETTINGS if (file := app / name).is_file()), None)
    return Found(app, settings, template, explicit=True, assembly=output)


def _of_target(target: Path, options: ReadOptions) -> Found:
    if target.is_dir():
        if not os.access(target, os.R_OK | os.X_OK):
            raise UserError(options.target, "the folder cannot be read", "look at its permissions")
        return Found(target.resolve())
    if target.is_file():
        return _of_file(target.resolve())
    module, colon, app = options.target.partition(":")
    if colon and module and app.partition("(")[0].isidentifier():
        return Found(options.folder.resolve(), app=options.target)
    if colon and module and not app:
        raise UserError(
            "TARGET", f"'{options.target}' does not say which app", f"as in {module}:app or {module}:create_app()"
        )
    match = _HANDLER.fullmatch(options.target)
    if match and _is_module(options.folder, match[1]):
        return Found(options.folder.resolve(), handler=options.target)
    parent = target.parent
    names = [entry.name for entry in parent.iterdir()] if parent.is_dir() else []
    hint = did_you_mean(target.name, names, _TARGETS)
    raise UserError(options.target, "there is no such file or folder", hint)


def _is_module(folder: Path, name: str) -> bool:
    scripts = (folder / (name + ending) for ending in (".mjs", ".js", ".cjs"))
    return (folder / (name.replace(".", "/") + ".py")).is_file() or any(file.is_file() for file in scripts)


def _of_file(file: Path) -> Found:
    if file.name in _FOREIGN:
        return Found(file.parent, foreign=file, explicit=True)
    match file.suffix.lower():
        case ".toml":
            return Found(file.parent, settings=file)
        case ".yaml" | ".yml" | ".json" | ".template":
            return Found(file.parent, template=file)
        case ".py" | ".mjs" | ".js" | ".cjs":
            return Found(file.parent, script=file)
    raise UserError(str(file), "not a project file", _TARGETS)


def _named_template(options: ReadOptions, folder: Path) -> Path:
    assert options.template is not None
    for base in (options.folder, folder):
        if (file := base / options.template).is_file():
            return file.resolve()
    place = (options.folder / options.template).parent
    names = [entry.name for entry in place.iterdir()] if place.is_dir() else []
    hint = did_you_mean(options.template.name, names, "give the path of a SAM or CloudFormation template")
    raise UserError(str(options.template), "there is no such template", hint)
