"""A Zappa project (`zappa_settings`, or `ZAPPA_*` variables) → `Project`. I/O: looks at the project's files.

One stage is served: the one that was asked for, the only one, or `dev`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from localstack_lite.config.code import Disk
from localstack_lite.config.managed_aliases import apis_through, functions_with, schedules_through
from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.sources import STAGE_VARIABLE, Sources, name_in, text_of
from localstack_lite.config.zappa.doors import doors
from localstack_lite.config.zappa.excludes import excludes
from localstack_lite.config.zappa.file import FILES, ZappaFile, read_file
from localstack_lite.config.zappa.function import REMOTE_ENV, Surroundings, alias_of, function_of
from localstack_lite.config.zappa.keys import Given, check
from localstack_lite.config.zappa.module import settings_module, takes_several
from localstack_lite.config.zappa.names import STAGE, function_name, project_name
from localstack_lite.config.zappa.remarks import remark
from localstack_lite.config.zappa.schedules import schedules
from localstack_lite.config.zappa.triggers import triggers
from localstack_lite.config.zappa.variables import in_variables
from localstack_lite.errors import UserError
from localstack_lite.model.project import Project
from localstack_lite.python_homes import homes, installed_version
from localstack_lite.shipped import runtimes

#: The stage that is served when there are several and none was asked for.
_USUAL = "dev"


def read_zappa(sources: Sources, file: Path) -> Project:
    """A UserError when there is no such stage, or when nothing can run."""
    settings = read_file(text_of(file), name_in(file, sources.root))
    return _read(sources, settings, file.parent, file)


def read_zappa_variables(sources: Sources) -> Project | None:
    """The project that `ZAPPA_*` variables make of a folder without settings; None where something else is one."""
    settings = in_variables(sources.found, sources.environ, sources.options.stage)
    return None if settings is None else _read(sources, settings, sources.root, None)


def _read(sources: Sources, settings: ZappaFile, folder: Path, file: Path | None) -> Project:
    stage = _stage(settings, sources.options.stage)
    given, project = _given(settings, stage, folder)
    name = function_name(project, stage)
    region = _region(sources, given)
    around, packages = _surroundings(sources, folder)
    variables = sources.variables.of(name, name)
    try:
        module = settings_module(given, project, region, around.zappa, variables)
    except Refusal as refusal:
        raise UserError(given.at("app_function"), f"stage {stage}: {refusal.what}", refusal.hint) from None
    function = function_of(given, project, module, around, variables)
    apis = doors(given, name)
    planned = tuple(schedules(given, name))
    called = triggers(given, name, takes_several(around.zappa))
    alias = alias_of(given)
    aliases = {} if alias is None else {function.logical_id: alias}
    disk = Disk(folder, sources.root, file or folder)
    remark(given, lambda module: _missing(disk, folder, module, packages), lambda file: disk.near(folder, file))
    return Project(
        root=sources.root,
        functions=functions_with((function,), aliases),
        apis=apis_through(apis, aliases),
        schedules=schedules_through(planned, aliases),
        triggers=called,
        problems=tuple(given.problems),
        source=file,
        inputs=(*(folder / one for one in FILES), folder / REMOTE_ENV),
        region=region,
        account=sources.place.account,
        exclude=excludes(given),
        framework=f"Zappa, stage {stage}",
        profile=given.text("profile_name"),
    )


def _stage(settings: ZappaFile, asked: str) -> str:
    known = settings.stages
    if not known:
        hint = 'a stage is a table: { "dev": { "app_function": "app.app" } }'
        raise UserError(settings.name, "there are no stages", hint)
    listed = f"known are {', '.join(known)}"
    if asked and asked not in settings.tables:
        near = did_you_mean(asked, known)
        raise UserError(settings.name, f"there is no stage {asked}", f"{near} {listed}".strip())
    chosen = asked or (known[0] if len(known) == 1 else _USUAL)
    if chosen not in settings.tables:
        hint = f"say which with --stage; for invoke, manage and shell with {STAGE_VARIABLE}=NAME; {listed}"
        raise UserError(settings.name, "several stages, and none is called dev", hint)
    if not STAGE.fullmatch(chosen):
        what = f"stage {chosen!r} has a name that Zappa does not take"
        raise UserError(settings.place(chosen), what, "letters, digits and _")
    return chosen


def _given(settings: ZappaFile, stage: str, folder: Path) -> tuple[Given, str]:
    """The stage's settings, and the project's name."""

    def at(*path: str) -> str:
        return settings.place(stage, *path)

    try:
        given = check(stage, settings.settings(stage), at)
    except Refusal as refusal:
        raise UserError(at("extends"), f"stage {stage}: {refusal.what}", refusal.hint) from None
    return given, str(project_name(given.values, folder.resolve().name))


def _region(sources: Sources, given: Given) -> str:
    """Zappa's own goes before that of the shell, as it is where Zappa deploys to."""
    return sources.options.region or sources.stage.region or given.text("aws_region") or sources.place.region


def _surroundings(sources: Sources, folder: Path) -> tuple[Surroundings, Path | None]:
    """What the stage runs in, and the environment that has its packages."""
    home = next(homes(folder, sources.root, sources.environ), None)
    own = f"{sys.version_info.major}.{sys.version_info.minor}"
    place = home.home if home is not None else Path(sys.prefix) if sys.prefix != sys.base_prefix else None
    python = home.version if home is not None and home.version else own
    zappa = installed_version(place, "zappa") if place is not None else ""
    return Surroundings(folder, python, zappa, runtimes() / "python" / "zappa"), place


def _missing(disk: Disk, folder: Path, module: str, packages: Path | None) -> str:
    """The file that a module would be in, empty when it is in the project or a package that is installed has it."""
    try:
        missing = disk.missing_module(folder, f"{module}.app")
    except Refusal:
        return ""
    top = module.partition(".")[0]
    if missing and packages is not None:
        installed = packages.glob(f"lib/python3.*/site-packages/{top}*")
        missing = "" if any(there.name in (top, f"{top}.py") for there in installed) else missing
    return missing
