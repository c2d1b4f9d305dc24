"""What there is to read a project from: the file that was found, the settings beside it, and what was given with them.
I/O: `read` and `blueprint` both begin here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from localstack_lite.config import zero
from localstack_lite.config.cdk import output as cdk
from localstack_lite.config.devserve_toml import TABLE, Settings, parse_settings
from localstack_lite.config.dynamic import LookUp, Reference, Values
from localstack_lite.config.environment import Variables, parse_dotenv, parse_env_vars
from localstack_lite.config.find import Found, locate
from localstack_lite.config.parameters import Place
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.stage_settings import StageSettings, default_stack_name
from localstack_lite.errors import UserError
from localstack_lite.model.arn import ACCOUNT, REGION
from localstack_lite.model.options import ReadOptions

#: The variable that names the stage for commands whose `--stage` means the cloud.
STAGE_VARIABLE = "DEVSERVE_STAGE"


@dataclass(frozen=True, slots=True)
class Sources:
    """What was found and read beside the template."""

    found: Found
    root: Path
    settings: Settings
    stage: StageSettings
    """What all files say about the stage that was asked for; empty when none was."""
    stage_files: tuple[Path, ...]
    """The files of other tools that were looked at for it."""
    variables: Variables
    place: Place
    overrides: Mapping[str, str]
    look_up: LookUp
    options: ReadOptions
    environ: Mapping[str, str]

    @property
    def own(self) -> bool:
        """Whether the settings stand on their own, without a template."""
        return self.settings.declares_functions and not self.settings.template and not self.found.explicit

    @property
    def assembly(self) -> tuple[Path, Path | None] | None:
        """The output folder of a CDK app, and the template in it that was named."""
        found, settings = self.found, self.settings
        if found.handler or found.script or found.app:
            return None
        if found.assembly is not None and (found.explicit or not (self.own or settings.template)):
            return found.assembly, found.template
        if settings.template and not found.explicit and found.settings is not None:
            file = (found.settings.parent / settings.template).resolve()
            if cdk.is_output(output := file if file.is_dir() else file.parent):
                return output, None if file.is_dir() else file
        return None

    @property
    def template(self) -> Path | None:
        """A UserError when the settings name one that is not there."""
        found = self.found
        if found.handler or found.script or found.app:
            return None
        if found.explicit:
            return found.template
        if self.settings.template:
            folder = found.settings.parent if found.settings else self.root
            file = (folder / self.settings.template).resolve()
            if not file.is_file():
                hint = did_you_mean(file.name, [entry.name for entry in folder.iterdir()], "look at `template`")
                raise UserError(self.settings.where, f"there is no template {self.settings.template}", hint)
            return file
        return None if self.own else found.template


def sources_of(options: ReadOptions, environ: Mapping[str, str]) -> Sources:
    """A UserError when there is nothing to read, or what is there cannot be read."""
    found = locate(options)
    settings = settings_of(found)
    root = root_of(found)
    options = replace(options, stage=options.stage or environ.get(STAGE_VARIABLE, "") or settings.stage)
    stage, files = StageSettings(), tuple[Path, ...]()
    stack = zero.function_name(root.name)
    if options.stage:
        stage, files = _stage(found, root, settings, options.stage, environ)
        stack = stage.stack_name or default_stack_name(root.name, options.stage)
    region = (
        options.region
        or stage.region
        or environ.get("AWS_REGION")
        or environ.get("AWS_DEFAULT_REGION")
        or settings.region
        or REGION
    )
    return Sources(
        found,
        root,
        settings,
        stage,
        files,
        _variables(options),
        Place(region, settings.account or ACCOUNT, stack),
        {**stage.parameter_overrides, **options.parameter_overrides},
        _look_up(_at_endpoint(environ, stage.endpoint_url), region, options.profile or stage.profile),
        options,
        environ,
    )


def root_of(found: Found) -> Path:
    """The folder that the project's own state belongs to."""
    if found.template is not None and found.explicit and found.assembly is None:
        return found.template.parent
    return found.folder


def settings_of(found: Found) -> Settings:
    """Those of `devserve.toml` or `[tool.devserve]`; empty when there are none."""
    return _settings(found.settings, found.folder) or Settings() if found.settings is not None else Settings()


def _stage(
    found: Found, root: Path, settings: Settings, name: str, environ: Mapping[str, str]
) -> tuple[StageSettings, tuple[Path, ...]]:
    # Other tools' settings are opened only for those who ask for a stage.
    from localstack_lite.config.stages import stages_beside

    stages = stages_beside(found, root, settings, environ, name)
    return stages.named(name), stages.files


def _at_endpoint(environ: Mapping[str, str], endpoint: str) -> Mapping[str, str]:
    """The environment with everything of AWS at a stage's own address."""
    names = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL_SECRETS_MANAGER")
    return {**environ, **dict.fromkeys(names, endpoint)} if endpoint else environ


def _look_up(environ: Mapping[str, str], region: str, profile: str) -> LookUp:
    """Whom to ask for values that a template refers to; most templates refer to none."""

    def ask(references: Collection[Reference]) -> Values:
        from localstack_lite.config.lookup import look_up

        return look_up(environ, region, references, profile)

    return ask


def _settings(file: Path, folder: Path) -> Settings | None:
    text = text_of(file)
    try:
        return parse_settings(text, name_in(file, folder))
    except UserError:
        # A pyproject.toml that is broken and not ours is its owner's business, not a reason not to serve.
        if file.name == "pyproject.toml" and f"[{TABLE}" not in text:
            return None
        raise


def _variables(options: ReadOptions) -> Variables:
    common: dict[str, str] = {}
    by_function: dict[str, dict[str, str]] = {}
    dotenv: dict[str, str] = {}
    if options.env_vars is not None:
        common, by_function = parse_env_vars(text_of(options.folder / options.env_vars), str(options.env_vars))
    if options.env_file is not None:
        dotenv = parse_dotenv(text_of(options.folder / options.env_file), str(options.env_file))
    return Variables(by_function, common, dotenv)


def text_of(file: Path) -> str:
    """A UserError when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        if file.suffix == ".py" and (text := _as_declared(file)) is not None:
            return text
        raise UserError(str(file), "not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise UserError(str(file), error.strerror or "cannot be read", "look at the path and its permissions") from None


def _as_declared(file: Path) -> str | None:
    """Python source that declares an encoding of its own (PEP 263); None when it declares none, or a wrong one."""
    import tokenize

    try:
        with tokenize.open(file) as source:
            return source.read()
    except (OSError, SyntaxError, UnicodeDecodeError, LookupError):
        return None


def name_in(file: Path, folder: Path) -> str:
    """A file for messages: relative to the project where it is inside."""
    return file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
