"""A Serverless Framework project (`serverless.yml`) → `Project`. I/O: its files.

The service becomes the CloudFormation template that the framework would deploy (see `serverless.template`), which is
then read as every template is. The same template is what a stage is pushed from.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from localstack_lite.config.declaration import Files
from localstack_lite.config.dynamic import LookUp, Reference, Values
from localstack_lite.config.managed_aliases import apis_through, functions_with, schedules_through
from localstack_lite.config.nested import Source
from localstack_lite.config.parameters import Place
from localstack_lite.config.serverless.files import Asked, Opened, open_service
from localstack_lite.config.serverless.functions import service_aliases
from localstack_lite.config.serverless.packaging import excluded
from localstack_lite.config.serverless.places import placed, placed_problems
from localstack_lite.config.serverless.template import ServiceTemplate, template_of
from localstack_lite.config.serverless.wsgi import WithoutModule, wsgi_app
from localstack_lite.config.sources import Sources, name_in
from localstack_lite.config.template import TemplateRead, read_template
from localstack_lite.config.template_files import TemplateFiles
from localstack_lite.errors import UserError
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project

FRAMEWORK = "Serverless Framework"


def read_serverless(sources: Sources, file: Path) -> Project:
    """A UserError when the file cannot be read, is of another cloud, or nothing in it can run."""
    from localstack_lite.config.cache import transformed

    opened = opened_service(sources, file)
    service = opened.service
    made = template_of(service, lambda path: (file.parent / path).is_file())
    files = TemplateFiles(sources.root)
    source = _source(files, file, made, opened)
    read = read_template(
        source,
        Place(service.region, sources.place.account, service.stack_name),
        sources.overrides,
        lambda values, parameters, place: transformed(sources.root, values, parameters, place),
        sources.variables,
        sources.look_up,
    )
    read = placed(read, opened.files)
    aliases = service_aliases(service)
    problems = (*service.problems, *placed_problems(made.problems, opened.files), *read.problems)
    if not read.functions:
        raise _nothing_runs(name_in(file, sources.root), problems)
    return Project(
        root=sources.root,
        functions=functions_with(_adapted(read, opened), aliases),
        apis=apis_through(read.apis, aliases),
        schedules=schedules_through(read.schedules, aliases),
        triggers=read.triggers,
        problems=tuple(dict.fromkeys(problems)),
        source=file,
        inputs=(*opened.inputs, *files.inputs, *read.awaited),
        region=service.region,
        account=sources.place.account,
        exclude=excluded(service.package),
        framework=f"{FRAMEWORK}, stage {service.stage}",
    )


def opened_service(sources: Sources, file: Path, account: str = "") -> Opened:
    """The service as the command line has it. `account` is a stage's own, when it is known."""
    options = sources.options
    asked = Asked(
        sources.environ,
        options.stage,
        options.region,
        options.variables,
        account or sources.place.account,
        sources.place.region,
        sources.look_up,
    )
    opened = open_service(file, sources.root, asked)
    if opened.service.region == sources.place.region or sources.stage.endpoint_url:
        return opened
    look_up = _look_up(sources, opened.service.region)
    return open_service(file, sources.root, replace(asked, look_up=look_up)) if opened.service.problems else opened


def deployed(sources: Sources, file: Path, account: str) -> tuple[Source, tuple[Problem, ...]]:
    """The service's template as a stage is made from, and what of it cannot be pushed."""
    opened = opened_service(sources, file, account)
    made = template_of(opened.service, lambda path: (file.parent / path).is_file(), deploying=True)
    source = _source(TemplateFiles(sources.root), file, made, opened)
    problems = [*opened.service.problems, *placed_problems(made.problems, opened.files)]
    if app := wsgi_app(opened.service):
        what = f"{', '.join(app.functions)}: the module of serverless-wsgi is made by its plugin only"
        problems.append(
            Problem(name_in(file, sources.root), what, "deploy it with serverless deploy", app.functions[0])
        )
    return source, tuple(one for one in problems if not one.warning)


def _source(files: TemplateFiles, file: Path, made: ServiceTemplate, opened: Opened) -> Source:
    source = files.source(file, made.document)
    if wsgi_app(opened.service) is None:
        return source
    disk: Files = WithoutModule(source.files)
    return replace(source, files=disk)


def _adapted(read: TemplateRead, opened: Opened) -> tuple[Function, ...]:
    app = wsgi_app(opened.service)
    if app is None:
        return read.functions
    from localstack_lite.config.app_project import HANDLER, adapter_of
    from localstack_lite.model.adapter import AppKind

    told = {"app": app.app, "kind": str(AppKind.WSGI), "paths": [app.folder] if app.folder else []}
    adapter = adapter_of(told, AppKind.WSGI)
    return tuple(
        replace(one, handler=HANDLER, adapter=adapter) if one.logical_id in app.functions else one
        for one in read.functions
    )


def _look_up(sources: Sources, region: str) -> LookUp:
    """The stores of the service's own region."""

    def ask(references: Collection[Reference]) -> Values:
        from localstack_lite.config.lookup import look_up

        return look_up(sources.environ, region, references, sources.options.profile or sources.stage.profile)

    return ask


def _nothing_runs(name: str, problems: tuple[Problem, ...]) -> UserError:
    lost = [problem for problem in problems if not problem.warning]
    if lost:
        more = f" (and {len(lost) - 1} more problems)" if len(lost) > 1 else ""
        return UserError(lost[0].where, lost[0].what + more, lost[0].hint)
    return UserError(name, "the service has no functions", "write functions: {NAME: {handler: module.function}}")
