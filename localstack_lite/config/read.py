"""Reads a project: the story from files to one frozen `Project`, with the I/O that it needs.

Source of AWS's defaults: AWS docs. No user code is imported, and the network is asked only for values that a template
refers to, where somebody to ask is configured (see `lookup`).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from localstack_lite import python_homes
from localstack_lite.config import reservations, tenants, zero
from localstack_lite.config.cdk import output as cdk
from localstack_lite.config.code import Disk
from localstack_lite.config.dynamic import looked_up
from localstack_lite.config.find import DJANGO, SERVERLESS, SETTINGS, ZAPPA
from localstack_lite.config.gateway_additions import with_gateway
from localstack_lite.config.parameters import Place
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.sources import Sources, name_in, sources_of, text_of
from localstack_lite.config.toml_project import read_toml
from localstack_lite.errors import UserError
from localstack_lite.model.api import Api, Unsupported
from localstack_lite.model.exposure import exposed
from localstack_lite.model.function import Function
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Problem, Project

if TYPE_CHECKING:
    from localstack_lite.config.cdk.app import Served
    from localstack_lite.config.cdk.assembly import CdkStack
    from localstack_lite.config.template import TemplateRead
    from localstack_lite.config.yaml_cfn import Document

#: What functions run on when nobody says: the interpreter that runs devserve.
_RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"


def read(options: ReadOptions, environ: Mapping[str, str] | None = None) -> Project:
    """The project that the options lead to. `environ` is this process's environment unless given.

    A UserError when nothing can run: no file, no syntax, no function. Everything less is in `Project.problems`.
    """
    sources = sources_of(options, os.environ if environ is None else environ)
    if assembly := sources.assembly:
        project = _from_assembly(sources, *assembly, options.region)
    elif template := sources.template:
        project = _from_template(sources, template)
    else:
        project = without_template(sources)
    return _finished(project, sources, options)


def without_template(sources: Sources) -> Project:
    """The project of functions that the settings declare, another tool's, or the one function that a file has."""
    found = sources.found
    if found.app:
        return _web_app(sources, found.app)
    if found.script is not None and not (handler := _handler_of(found.script)):
        return _web_app(sources, found.script.name)
    if found.handler or found.script:
        return _zero(sources, found.handler or handler)
    if sources.own:
        return _with_settings(_empty(sources), sources)
    if any(name.startswith("ZAPPA_") for name in sources.environ):
        from localstack_lite.config.zappa.project import read_zappa_variables

        if (project := read_zappa_variables(sources)) is not None:
            return _with_settings(project, sources)
    if found.foreign is not None:
        # A Django project may have an adapter of its own: what people deploy is what runs.
        if found.foreign.name == DJANGO and (handler := _adapted_in_django(found.foreign.parent)):
            return _zero(sources, handler)
        return _with_settings(_foreign(sources, found.foreign), sources)
    if handler := _handler_in_folder(found.folder):
        return _zero(sources, handler)
    return _web_app(sources, "")


def _foreign(sources: Sources, file: Path) -> Project:
    """Another tool's project. Each reader is imported by those who need it."""
    if file.name in SERVERLESS:
        from localstack_lite.config.serverless.project import read_serverless

        return read_serverless(sources, file)
    if file.name in ZAPPA:
        from localstack_lite.config.zappa.project import read_zappa

        return read_zappa(sources, file)
    if file.name == DJANGO:
        from localstack_lite.config.app_project import read_django

        return read_django(sources, file)
    from localstack_lite.config.chalice.project import read_chalice

    return read_chalice(sources, file.parent)


def _web_app(sources: Sources, named: str) -> Project:
    """`named` is `module:app`, a file, or empty: the one that the folder has."""
    from localstack_lite.config.app_project import read_app

    return _with_settings(read_app(sources, named), sources)


def _from_assembly(sources: Sources, output: Path, only: Path | None, region: str) -> Project:
    """A synthesised CDK app: its stacks read one after the other."""
    from localstack_lite.config.cdk import app as cdk_app
    from localstack_lite.config.yaml_cfn import Document

    def place(stack: CdkStack) -> Place:
        account = sources.settings.account or stack.account or sources.place.account
        name = sources.stage.stack_name or stack.stack_name
        return Place(region or stack.region or sources.place.region, account, name)

    whole = cdk.whole_of(output)
    shown = whole.name if whole == sources.root else name_in(whole, sources.root)
    templates = cdk.open_app(sources.root, output, only)
    used = templates.uses()
    homes, missing = cdk.homes_of(used, sources.root, whole), cdk.missing_of(used)
    served = cdk_app.serve(templates, homes, place, sources.overrides)
    reads = {}
    known: tuple[Function, ...] = ()
    for one in served:
        reads[one.stack.name] = _read_template(sources, one.stack.template, Document(one.template), one, known)
        known += reads[one.stack.name][0].functions
    problems = cdk_app.remarks(used, homes, whole, shown)
    project = replace(_empty(sources), source=output / cdk.MANIFEST, inputs=cdk.inputs_of(templates, sources.root))
    for one in cdk_app.in_manifest_order(served, templates.stacks):
        read, inputs = reads[one.stack.name]
        problems += cdk_app.retold(read.problems, missing, shown)
        project = replace(
            project,
            functions=(*project.functions, *read.functions),
            apis=(*project.apis, *read.apis),
            schedules=(*project.schedules, *read.schedules),
            triggers=(*project.triggers, *read.triggers),
            inputs=(*project.inputs, *inputs),
        )
    places = {(one.place.region, one.place.account) for one in served}
    if len(places) == 1:
        project = replace(project, region=served[0].place.region, account=served[0].place.account)
    return _with_settings(replace(project, problems=tuple(problems)), sources)


def _from_template(sources: Sources, file: Path) -> Project:
    # Half of this package serves templates only; a project without one starts faster without it.
    from localstack_lite.config.template_files import document_of

    text, name = text_of(file), name_in(file, sources.root)
    document = document_of(text, name)
    if cdk.ASSET_MARK in text:
        document = replace(document, values=cdk.local(document.values, file))
    read, inputs = _read_template(sources, file, document)
    if not read.functions and not sources.settings.declares_functions and not _answers(read.apis):
        raise _nothing_runs(name, document, read)
    project = replace(
        _empty(sources),
        source=file,
        functions=read.functions,
        apis=read.apis,
        schedules=read.schedules,
        triggers=read.triggers,
        problems=read.problems,
        inputs=inputs,
    )
    return _with_settings(project, sources)


def _read_template(
    sources: Sources,
    file: Path,
    document: Document,
    stack: Served | None = None,
    elsewhere: tuple[Function, ...] = (),
) -> tuple[TemplateRead, tuple[Path, ...]]:
    """What a template says, and the files that have a part in it. `stack` is a CDK app's: it has a place of its own,
    and functions `elsewhere` in the app that it may call."""
    from localstack_lite.config.cache import transformed
    from localstack_lite.config.template import read_template
    from localstack_lite.config.template_files import TemplateFiles

    files = TemplateFiles(sources.root, stack.templates if stack else {})
    read = read_template(
        files.source(file, document),
        stack.place if stack else sources.place,
        stack.overrides if stack else sources.overrides,
        lambda values, parameters, place: transformed(sources.root, values, parameters, place),
        sources.variables,
        sources.look_up,
        stack.path if stack else "",
        elsewhere,
    )
    return read, (*files.inputs, *read.awaited)


def _answers(apis: Iterable[Api]) -> bool:
    """Whether any route has something behind it: an API needs no function to be of use."""
    return any(not isinstance(route.integration, Unsupported) for api in apis for route in api.routes)


def _nothing_runs(name: str, document: Document, read: TemplateRead) -> UserError:
    lost = [problem for problem in read.problems if not problem.warning]
    if lost:
        more = f" (and {len(lost) - 1} more problems)" if len(lost) > 1 else ""
        return UserError(lost[0].where, lost[0].what + more, lost[0].hint)
    line = document.line("Resources")
    hint = "a function is AWS::Serverless::Function or AWS::Lambda::Function"
    return UserError(f"{name}:{line}" if line else name, "the template has no Lambda functions", hint)


def _with_settings(project: Project, sources: Sources) -> Project:
    """The project with what `devserve.toml` adds to it and changes in it."""
    settings = sources.settings
    folder = sources.found.settings.parent if sources.found.settings else sources.root
    files = Disk(folder, sources.root, sources.found.settings or folder)
    name = zero.function_name(sources.root.name)
    read = read_toml(settings, project.functions, name, files, sources.variables, _RUNTIME)
    taken = {api.logical_id for api in project.apis}
    apis = tuple(replace(a, logical_id=f"Devserve{a.logical_id}") if a.logical_id in taken else a for a in read.apis)
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


def _zero(sources: Sources, handler: str) -> Project:
    name = zero.function_name(sources.root.name)
    disk = Disk(sources.root, sources.root, sources.root)
    runtime = _RUNTIME
    try:
        missing = disk.missing_module(sources.root, handler)
        if missing and not disk.missing_module(sources.root, handler, zero.NODE):
            runtime, missing = zero.NODE, ""
    except Refusal as refusal:
        raise UserError(handler, refusal.what, refusal.hint) from None
    if missing:
        raise UserError(handler, f"there is no {missing}", disk.near(sources.root, missing))
    environment = sources.variables.of(name, name)
    scripts = [handler.rpartition(".")[0] + ending for ending in zero.SCRIPTS] if runtime == zero.NODE else []
    file = zero.file_of(handler, [script for script in scripts if disk.has(sources.root, script)])
    function = zero.one_function(name, handler, disk.at("."), runtime, environment, file)
    project = replace(_empty(sources), functions=(function,), apis=(zero.one_api(function),))
    return _with_settings(project, sources)


def _handler_of(script: Path) -> str:
    """Empty when the file has none."""
    name = zero.handler_of(script.name, text_of(script))
    return f"{script.stem}.{name}" if name else ""


def _handler_in_folder(folder: Path) -> str:
    """Empty when no file has one."""
    return zero.find_handler(_texts(folder))


def _adapted_in_django(folder: Path) -> str:
    """The handler of the project's own adapter: beside `manage.py`, or in the package with the modules for servers."""
    if found := zero.find_adapted(_texts(folder)):
        return found
    packages = sorted(file.parent for name in zero.SERVED for file in folder.glob(f"*/{name}"))
    handlers = ((package.name, zero.find_adapted(_texts(package))) for package in packages)
    return next((f"{package}.{handler}" for package, handler in handlers if handler), "")


def _texts(folder: Path) -> dict[str, str]:
    found = {}
    for file in (file for name in (*zero.FILES, *zero.ADAPTED) if (file := folder / name).is_file()):
        # One that cannot be read is told by who finds nothing else.
        with suppress(UserError):
            found[file.name] = text_of(file)
    return found


def _empty(sources: Sources) -> Project:
    return Project(root=sources.root, region=sources.place.region, account=sources.place.account)


def _unusable(project: Project, sources: Sources) -> list[Problem]:
    """Environments of the project that no Python function can run in."""
    if not any(function.runtime.startswith("python") for function in project.functions):
        return []
    found = python_homes.unusable(project.root, sources.environ)
    return [Problem(where, what, "make it again, or take it away", where, warning=True) for where, what in found]


def _finished(project: Project, sources: Sources, options: ReadOptions) -> Project:
    if not project.functions and not _answers(project.apis):
        raise UserError(str(project.source or project.root), "no functions", "declare one")
    project = exposed(project, options.event_kind, options.stage_prefix)
    if sources.found.settings is not None:
        folder = sources.found.settings.parent
        project = with_gateway(project, sources.settings.gateway, folder, Path.is_file)
    functions, unknown = looked_up(project.functions, sources.look_up)
    known = {name for f in functions for name in (f.logical_id, f.name, f.logical_id.rpartition("/")[2])}
    problems = [*sources.settings.problems, *project.problems, *unknown, *_unusable(project, sources)]
    account = sources.settings.account_concurrency or project.account_concurrency
    problems += [*tenants.problems(project), *reservations.problems(project, account)]
    for name in sources.variables.by_function:
        if name not in known:
            hint = did_you_mean(name, known, f"known are {', '.join(sorted(known)[:5])}")
            what = f"there is no function {name} to set variables of"
            problems.append(Problem(str(options.env_vars), what, hint, name, warning=True))
    # Serving goes on without what a stage says wrongly; pushing to it does not.
    problems += [replace(problem, warning=True) for problem in sources.stage.problems]
    beside = [options.folder / file for file in (options.env_vars, options.env_file) if file is not None]
    archives = [f.code.source for f in project.functions if f.code.source is not None]
    inputs = [*project.inputs, *(project.root / name for name in SETTINGS), *sources.stage_files, *beside, *archives]
    if sources.found.settings is not None:
        inputs.append(sources.found.settings)
    return replace(
        project,
        functions=functions,
        problems=tuple(dict.fromkeys(problems)),
        inputs=tuple(dict.fromkeys(file.resolve() for file in inputs)),
        sandbox=sources.settings.sandbox,
        images=sources.settings.images,
        exclude=(*project.exclude, *sources.settings.exclude),
        shared_dependencies=sources.settings.shared_dependencies,
        endpoint_url=sources.stage.endpoint_url,
        account_concurrency=account,
    )
