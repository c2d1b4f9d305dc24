"""Reads `serverless.yml` and what it includes, each file once, and resolves it. I/O only.

Every file that was looked for is kept in `inputs`, also one that is not there: when it comes, the project is read
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from localstack_lite.config.dynamic import LookUp, nobody
from localstack_lite.config.environment import parse_dotenv
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.serverless.service import Service, service_of
from localstack_lite.config.serverless.values import DEFAULT_REGION, Given
from localstack_lite.config.serverless.variables import File, Resolver, Unfound
from localstack_lite.config.template_files import shown, text_of
from localstack_lite.config.yaml_cfn import parse_any
from localstack_lite.errors import UserError

_DATA = (".yml", ".yaml", ".json", ".tfstate")
#: Another one for every run, as the framework has it.
_INSTANCE = uuid4().hex[:13]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was given beside the files. `region` is what counts when the service names none."""

    environ: Mapping[str, str] = field(default_factory=dict)
    stage: str = ""
    region: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    account: str = ""
    usual_region: str = DEFAULT_REGION
    look_up: LookUp = nobody


@dataclass(frozen=True, slots=True)
class Opened:
    """`files` are the names of the files that lines are counted in, in their order; `dotenv` the variables that a file
    beside the service sets."""

    service: Service
    files: tuple[str, ...]
    inputs: tuple[Path, ...]
    dotenv: Mapping[str, str]


def open_service(file: Path, root: Path, asked: Asked) -> Opened:
    """A UserError when the service's own file cannot be read, or is of another cloud."""
    inputs: list[Path] = [file]
    main = _file(file, root)

    def read(path: str) -> File:
        try:
            place = (file.parent / path).resolve()
            there = place.is_file()
        except (OSError, ValueError, RuntimeError):  # too long a name, a NUL, a circle of links
            raise Unfound(f"{path[:80]!r} is no path of a file", "look at the path") from None
        inputs.append(place)
        if not there:
            names = [entry.name for entry in place.parent.iterdir()] if place.parent.is_dir() else []
            raise Unfound(f"there is no file {path}", did_you_mean(place.name, names, "look at the path"))
        return _file(place, root)

    options = {name: value for name, value in (("stage", asked.stage), ("region", asked.region)) if value}
    given = Given(read, asked.environ, options, asked.params, asked.account, _INSTANCE, asked.look_up)
    dotenv: Mapping[str, str] = {}
    if _loads_dotenv(main):
        early = Resolver([main], given)
        dotenv = _dotenv(file.parent, given.stage(early), inputs)
        given = replace(given, environ={**dotenv, **asked.environ})
    resolver = Resolver([main], given)
    region = given.region(resolver)
    if not options.get("region") and not resolver.follow("provider", "region"):
        region = asked.usual_region
    service = service_of(resolver, given.stage(resolver), region)
    if service.has_plugin("serverless-dotenv-plugin"):
        if not dotenv:
            dotenv = _dotenv(file.parent, service.stage, inputs)
        variables = {**dotenv, **_mapping(service.provider.get("environment"))}
        service = replace(service, provider={**service.provider, "environment": variables})
    return Opened(service, tuple(one.name for one in resolver.files), tuple(inputs), dotenv)


def _loads_dotenv(main: File) -> bool:
    """Version 4 always does."""
    values = _mapping(main.value)
    return values.get("useDotenv") is True or as_text(values.get("frameworkVersion")).lstrip("^~>= ").startswith("4")


def _dotenv(folder: Path, stage: str, inputs: list[Path]) -> Mapping[str, str]:
    """That of the stage when it is there, else the common one."""
    files = [folder / f".env.{stage}", folder / ".env"]
    inputs += files
    there = next((file for file in files if file.is_file()), None)
    return parse_dotenv(text_of(there, there.name), there.name) if there is not None else {}


def _file(file: Path, root: Path) -> File:
    name = shown(file, root)
    text = text_of(file, name)
    if not file.name.endswith(_DATA):
        return File(name, text)
    return _parsed(text, name)


@lru_cache(maxsize=32)
def _parsed(text: str, name: str) -> File:
    """Once for a text: a project that is pushed is read twice. Nobody changes what was read."""
    value, lines = parse_any(text, name.removesuffix(".tfstate") + ".json" if name.endswith(".tfstate") else name)
    if value is None:
        raise UserError(name, "the file is empty", "write names and values")
    return File(name, value, lines)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}
