"""The stages of a project, from every file that knows of some. I/O: reads the files beside the project.

`devserve.toml` (or `[tool.devserve]`) goes before `samconfig`, that before Zappa's settings; a stage that several of
them name is put together key by key. Options of the command line go before all of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from localstack_lite.config import samconfig
from localstack_lite.config.devserve_toml import TABLE, Settings
from localstack_lite.config.find import CHALICE, SERVERLESS, Found, locate
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.sources import name_in, root_of, settings_of, text_of
from localstack_lite.config.stage_rules import region, stage_name
from localstack_lite.config.stage_settings import StageSettings, merged, stage_of
from localstack_lite.config.zappa import file as zappa_file
from localstack_lite.config.zappa import stages as zappa_stages
from localstack_lite.config.zappa.variables import in_variables, is_project
from localstack_lite.errors import UserError
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.stage import Stage


@dataclass(frozen=True, slots=True)
class Stages:
    """What the files say. `files` are all that would have a part in it, whether they are there or not."""

    found: Found
    root: Path
    settings: Settings
    by_name: Mapping[str, StageSettings]
    files: tuple[Path, ...]

    def named(self, name: str) -> StageSettings:
        """A UserError for one that is not there."""
        if name in self.by_name:
            return self.by_name[name]
        write = _how_to_write(self.found, name)
        if not self.by_name:
            raise UserError(f"stage {name}", "this project has no stages", write)
        known = f"known: {', '.join(self.by_name)}"
        if near := did_you_mean(name, self.by_name):
            known = f"{near} {known}"
        raise UserError(f"stage {name}", "there is no such stage", f"{known}; or {write}")

    def stage(self, settings: StageSettings, options: ReadOptions) -> Stage:
        protected = any(fnmatchcase(settings.name, pattern) for pattern in self.settings.protected_stages)
        stage = stage_of(settings, self.root.name, protected)
        return replace(
            stage,
            region=options.region or stage.region,
            profile=options.profile or stage.profile,
            parameters={**stage.parameters, **options.parameter_overrides},
        )


def read_stages(options: ReadOptions, environ: Mapping[str, str] | None = None) -> dict[str, Stage]:
    """All stages by name, those of `devserve.toml` first. What is wrong with one is left out here; `read_stage` tells.
    A UserError when a file cannot be read at all. `environ` is this process's environment unless given."""
    stages = _stages(options, environ)
    return {name: stages.stage(own, options) for name, own in stages.by_name.items() if stage_name(name) is None}


def read_stage(options: ReadOptions, name: str, environ: Mapping[str, str] | None = None) -> Stage:
    """The stage to push to. A UserError when there is none of this name, or when anything that is said about it cannot
    be used: the first such thing."""
    stages = _stages(options, environ, name)
    settings = stages.named(name)
    if options.region and (remark := region(options.region)):
        raise UserError("--region", f"{options.region!r} is {remark[0]}", remark[1])
    # A list of protected stages that was not understood protects nothing, nor does one of what is not to be pushed.
    guarding = [one for one in stages.settings.problems if one.subject.startswith(("protect", "exclude"))]
    overruled = f"stages.{name}.region" if options.region else ""
    if problems := [
        *guarding,
        *(each for each in settings.problems if not each.warning and each.subject != overruled),
    ]:
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise UserError(first.where, first.what + more, first.hint)
    return stages.stage(settings, options)


def stages_beside(
    found: Found, root: Path, settings: Settings, environ: Mapping[str, str] | None = None, asked: str = ""
) -> Stages:
    """All stages of a project that was found already. A UserError when a file cannot be read. Variables of Zappa in
    `environ` make one stage: the one that is asked for."""
    folders = [root]
    if settings.template and found.settings is not None:
        folders.append((found.settings.parent / settings.template).parent)
    folders.append(found.folder)
    parts = [settings.stages]
    sam, zappa = _first(folders, samconfig.FILES), _first(folders, zappa_file.FILES)
    if sam is not None:
        parts.append(samconfig.read_samconfig(text_of(sam), name_in(sam, root)))
    if zappa is not None:
        folder = zappa.parent.resolve().name
        ours = is_project(found, settings, zappa)
        parts.append(zappa_stages.read_zappa_stages(text_of(zappa), name_in(zappa, root), folder, deployed=ours))
    elif (variables := in_variables(found, environ or {}, asked)) is not None:
        parts.append(zappa_stages.stages_of(variables, root.name, deployed=True))
    if asked and found.foreign is not None and found.foreign.name in SERVERLESS:
        from localstack_lite.config.serverless.stages import service_stage

        parts.append(service_stage(found.foreign, root, asked, environ or {}))
    if asked and found.foreign is not None and found.foreign.name == CHALICE:
        parts.append({asked: StageSettings(asked)})  # its reader says whether there is one
    names = dict.fromkeys(name for part in parts for name in part)
    by_name = {name: merged(part[name] for part in parts if name in part) for name in names}
    files = [folder / name for folder in folders for name in (*samconfig.FILES, *zappa_file.FILES)]
    return Stages(found, root, settings, by_name, tuple(dict.fromkeys(files)))


def _stages(options: ReadOptions, environ: Mapping[str, str] | None, asked: str = "") -> Stages:
    found = locate(options)
    environ = os.environ if environ is None else environ
    return stages_beside(found, root_of(found), settings_of(found), environ, asked)


def _first(folders: list[Path], names: tuple[str, ...]) -> Path | None:
    return next((file for folder in folders for name in names if (file := folder / name).is_file()), None)


def _how_to_write(found: Found, name: str) -> str:
    """One line that makes a stage, in the file where it would be looked for."""
    name = name if stage_name(name) is None else "dev"
    if found.foreign is not None and found.foreign.name in zappa_file.FILES:
        return f"add {name} to {found.foreign.name}"
    keys = 'with stack_name = "..." and region = "..."'
    if found.settings is None:
        return f"write [stages.{name}] in devserve.toml, or [{TABLE}.stages.{name}] in pyproject.toml, {keys}"
    table = f"{TABLE}.stages" if found.settings.name == "pyproject.toml" else "stages"
    return f"write [{table}.{name}] in {found.settings.name} {keys}"
