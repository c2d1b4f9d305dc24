"""Reads a project: the story from files to one frozen `Project`, with the I/O that it needs.

Source of AWS's defaults: AWS docs. Nothing here asks the network, and no user code is imported.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localstack_lite.config import zero
from localstack_lite.config.code import Disk
from localstack_lite.config.devserve_toml import TABLE, Settings, StageSettings, parse_settings
from localstack_lite.config.environment import Variables, parse_dotenv, parse_env_vars
from localstack_lite.config.find import SETTINGS, Found, locate, not_yet
from localstack_lite.config.parameters import Place
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.toml_project import read_toml
from localstack_lite.errors import UserError
from localstack_lite.model.arn import ACCOUNT, REGION
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Problem, Project

if TYPE_CHECKING:
    from localstack_lite.config.template import TemplateRead
    from localstack_lite.config.yaml_cfn import Document

#: What functions run on when nobody says: the interpreter that runs devserve.
_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


@dataclass(frozen=True, slots=True)
class _Sources:
    """What was found and read beside the template."""

    found: Found
    root: Path
    settings: Settings
    stage: StageSettings
    variables: Variables
    place: Place
    overrides: Mapping[str, str]


def read(options: ReadOptions, environ: Mapping[str, str] | None = None) -> Project:
    """The project that the options lead to. `environ` is this process's environment unless given.

    A UserError when nothing can run: no file, no syntax, no function. Everything less is in `Project.problems`.
    """
    sources = _sources(options, os.environ if environ is None else environ)
    found, settings = sources.found, sources.settings
    own = settings.declares_functions and not settings.template and not found.explicit
    if found.handler or found.script:
        project = _zero(sources, found.handler or _handler_of(found.script))
    elif template := _template(sources, own):
        project = _from_template(sources, template)
    elif own:
        project = _with_settings(_empty(sources), sources)
    elif found.later:
        raise not_yet(found.folder, found.later)
    else:
        project = _zero(sources, _handler_in_folder(found.folder))
    return _finished(project, sources, options)


def _sources(options: ReadOptions, environ: Mapping[str, str]) -> _Sources:
    found = locate(options)
    settings = Settings()
    if found.settings is not None:
        settings = _settings(found.settings, found.folder) or Settings()
    stage = settings.stages.get(options.stage, StageSettings())
    region = (
        options.region
        or environ.get("AWS_REGION")
        or environ.get("AWS_DEFAULT_REGION")
        or stage.region
        or settings.region
        or REGION
    )
    root = found.folder
    if found.template is not None and found.explicit:
        root = found.template.parent
    name = zero.function_name(root.name)
    return _Sources(
        found,
        root,
        settings,
        stage,
        _variables(options),
        Place(region, settings.account or ACCOUNT, stage.stack_name or name),
        {**stage.parameter_overrides, **options.parameter_overrides},
    )


def _settings(file: Path, folder: Path) -> Settings | None:
    text = _text(file)
    try:
        return parse_settings(text, _name(file, folder))
    except UserError:
        # A pyproject.toml that is broken and not ours is its owner's business, not a reason not to serve.
        if file.name == "pyproject.toml" and f"[{TABLE}" not in text:
            return None
        raise


def _template(sources: _Sources, own: bool) -> Path | None:
    if sources.found.explicit:
        return sources.found.template
    if sources.settings.template:
        folder = sources.found.settings.parent if sources.found.settings else sources.root
        file = (folder / sources.settings.template).resolve()
        if not file.is_file():
            hint = did_you_mean(file.name, [entry.name for entry in folder.iterdir()], "look at `template`")
            raise UserError(sources.settings.where, f"there is no template {sources.settings.template}", hint)
        return file
    return None if own else sources.found.template


def _from_template(sources: _Sources, file: Path) -> Project:
    # Half of this package serves templates only; a project without one starts faster without it.
    from localstack_lite.config.cache import transformed
    from localstack_lite.config.includes import include
    from localstack_lite.config.template import read_template
    from localstack_lite.config.yaml_cfn import parse

    name = _name(file, sources.root)
    document = parse(_text(file), name)
    included: list[Path] = []
    document = replace(document, values=include(document.values, _loader(file.parent, included)))
    read = read_template(
        name,
        document,
        sources.place,
        sources.overrides,
        lambda values, parameters, place: transformed(sources.root, values, parameters, place),
        Disk(file.parent, sources.root, file),
        sources.variables,
    )
    if not read.functions and not sources.settings.declares_functions:
        raise _nothing_runs(name, document, read)
    project = replace(
        _empty(sources),
        source=file,
        functions=read.functions,
        apis=read.apis,
        problems=read.problems,
        inputs=(file, *included, *read.awaited),
    )
    return _with_settings(project, sources)


def _nothing_runs(name: str, document: Document, read: TemplateRead) -> UserError:
    lost = [problem for problem in read.problems if not problem.warning]
    if lost:
        more = f" (and {len(lost) - 1} more problems)" if len(lost) > 1 else ""
        return UserError(lost[0].where, lost[0].what + more, lost[0].hint)
    line = document.line("Resources")
    hint = "a function is AWS::Serverless::Function or AWS::Lambda::Function"
    return UserError(f"{name}:{line}" if line else name, "the template has no Lambda functions", hint)


def _loader(folder: Path, included: list[Path]) -> Any:
    def load(path: str) -> Mapping[str, Any] | None:
        file = (folder / path).resolve()
        if not file.is_file():
            return None
        included.append(file)
        from localstack_lite.config.yaml_cfn import parse

        return parse(_text(file), file.name).values

    return load


def _with_settings(project: Project, sources: _Sources) -> Project:
    """The project with what `devserve.toml` adds to it and changes in it."""
    settings = sources.settings
    folder = sources.found.settings.parent if sources.found.settings else sources.root
    files = Disk(folder, sources.root, sources.found.settings or folder)
    name = zero.function_name(sources.root.name)
    read = read_toml(settings, project.functions, name, files, sources.variables, _RUNTIME)
    taken = {api.logical_id for api in project.apis}
    apis = tuple(replace(api, logical_id="DevserveHttpApi") if api.logical_id in taken else api for api in read.apis)
    if not read.functions and read.problems:
        first = read.problems[0]
        raise UserError(first.where, first.what, first.hint)
    return replace(
        project,
        functions=read.functions,
        apis=(*project.apis, *apis),
        problems=(*project.problems, *read.problems),
        source=project.source or sources.found.settings,
        inputs=(*project.inputs, *read.awaited),
    )


def _zero(sources: _Sources, handler: str) -> Project:
    name = zero.function_name(sources.root.name)
    disk = Disk(sources.root, sources.root, sources.root)
    try:
        missing = disk.missing_module(sources.root, handler)
    except Refusal as refusal:
        raise UserError(handler, refusal.what, refusal.hint) from None
    if missing:
        raise UserError(handler, f"there is no {missing}", disk.near(sources.root, missing))
    environment = sources.variables.of(name, name)
    function = zero.one_function(name, handler, disk.at("."), _RUNTIME, environment)
    project = replace(_empty(sources), functions=(function,), apis=(zero.one_api(function),))
    return _with_settings(project, sources)


def _handler_of(script: Path | None) -> str:
    assert script is not None
    name = zero.handler_in(_text(script))
    if not name:
        raise UserError(script.name, "has no function named handler or lambda_handler", "name it: module.function")
    return f"{script.stem}.{name}"


def _handler_in_folder(folder: Path) -> str:
    texts = {name: _text(folder / name) for name in zero.FILES if (folder / name).is_file()}
    if handler := zero.find_handler(texts):
        return handler
    hint = "write a template.yaml, a devserve.toml, or a function lambda_handler(event, context) in lambda_function.py"
    for name, text in texts.items():
        if app := zero.web_app_in(text):
            what = f"{name} has {app} but no handler; WSGI and ASGI apps are not served by this version"
            raise UserError(str(folder / name), what, "for example: handler = Mangum(app), or a template with -t FILE")
    raise UserError(str(folder), "nothing to serve here", hint)


def _empty(sources: _Sources) -> Project:
    return Project(root=sources.root, region=sources.place.region, account=sources.place.account)


def _finished(project: Project, sources: _Sources, options: ReadOptions) -> Project:
    if not project.functions:
        raise UserError(str(project.source or project.root), "no functions", "declare one")
    known = {name for function in project.functions for name in (function.logical_id, function.name)}
    problems = [*sources.settings.problems, *project.problems]
    for name in sources.variables.by_function:
        if name not in known:
            hint = did_you_mean(name, known, f"known are {', '.join(sorted(known)[:5])}")
            what = f"there is no function {name} to set variables of"
            problems.append(Problem(str(options.env_vars), what, hint, name, warning=True))
    if options.stage and options.stage not in sources.settings.stages and sources.settings.stages:
        hint = did_you_mean(options.stage, sources.settings.stages, f"known: {', '.join(sources.settings.stages)}")
        problems.append(Problem("--stage", f"there is no stage {options.stage}", hint, options.stage, warning=True))
    beside = [options.folder / file for file in (options.env_vars, options.env_file) if file is not None]
    archives = [f.code.source for f in project.functions if f.code.source is not None]
    inputs = [*project.inputs, *(project.root / name for name in SETTINGS), *beside, *archives]
    if sources.found.settings is not None:
        inputs.append(sources.found.settings)
    return replace(
        project,
        problems=tuple(dict.fromkeys(problems)),
        inputs=tuple(dict.fromkeys(file.resolve() for file in inputs)),
        sandbox=sources.settings.sandbox,
        images=sources.settings.images,
    )


def _variables(options: ReadOptions) -> Variables:
    common: dict[str, str] = {}
    by_function: dict[str, dict[str, str]] = {}
    dotenv: dict[str, str] = {}
    if options.env_vars is not None:
        common, by_function = parse_env_vars(_text(options.folder / options.env_vars), str(options.env_vars))
    if options.env_file is not None:
        dotenv = parse_dotenv(_text(options.folder / options.env_file), str(options.env_file))
    return Variables(by_function, common, dotenv)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(str(file), "not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise UserError(str(file), error.strerror or "cannot be read", "look at the path and its permissions") from None


def _name(file: Path, folder: Path) -> str:
    """A file for messages: relative to the project where it is inside."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
