"""`devserve.toml` and `[tool.devserve]` of `pyproject.toml` → settings. Pure: text in, values out.

A key that is unknown or of the wrong kind is a problem and changes nothing; the rest counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from localstack_lite.config import service_settings
from localstack_lite.config.gateway_settings import GatewaySettings, read_gateway
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.settings_text import SettingsText, parse_toml
from localstack_lite.config.stage_settings import StageSettings, read_stage_table
from localstack_lite.config.toml_kinds import FIGURES, LIST, TABLE_OF, TEXT, WHOLE, YES, fits, members_fit
from localstack_lite.model.project import Problem
from localstack_lite.model.stage import StageSource

TABLE = "tool.devserve"

_TOP = {
    "template": TEXT,
    "sandbox": TEXT,
    "region": TEXT,
    "stage": TEXT,
    "account": TEXT,
    "functions": TABLE_OF,
    "images": TABLE_OF,
    "stages": TABLE_OF,
    "protected_stages": LIST,
    "exclude": LIST,
    "shared_dependencies": YES,
    "account_concurrency": WHOLE,
    "identities": TABLE_OF,
    "issuers": TABLE_OF,
    "authorizers": TABLE_OF,
    "websocket": TABLE_OF,
}
_FUNCTION = {
    "handler": TEXT,
    "runtime": TEXT,
    "code": TEXT,
    "payload": TEXT,
    "memory": WHOLE,
    "timeout": WHOLE,
    "reserved_concurrency": WHOLE,
    "ephemeral_storage": WHOLE,
    "architecture": TEXT,
    "environment": TABLE_OF,
    "layers": LIST,
    "image": TEXT,
    "dockerfile": TEXT,
    "routes": LIST,
    "websocket": LIST,
    "authorizer": TEXT,
    "run": TEXT,
    "alias": TEXT,
    "provisioned_concurrency": WHOLE,
    "retries": WHOLE,
    "max_event_age": WHOLE,
    "on_success": TEXT,
    "on_failure": TEXT,
    "dead_letter": TEXT,
    "log_format": TEXT,
    "log_level": TEXT,
    "system_log_level": TEXT,
    "snap_start": YES,
    "tenant_isolation": YES,
    "recursive_loop": TEXT,
    "max_concurrency": WHOLE,
    "cold_starts": FIGURES,
}
_STAGE = {
    "stack_name": TEXT,
    "region": TEXT,
    "profile": TEXT,
    "s3_bucket": TEXT,
    "s3_prefix": TEXT,
    "image_repository": TEXT,
    "role_arn": TEXT,
    "endpoint_url": TEXT,
    "capabilities": LIST,
    "tags": TABLE_OF,
    "parameter_overrides": TABLE_OF,
}


@dataclass(frozen=True, slots=True)
class FunctionSettings:
    """One `functions.NAME` table. None and empty mean: not given. `where` is `file:line`."""

    name: str
    where: str = ""
    handler: str = ""
    runtime: str = ""
    code: str = ""
    payload: str = ""
    memory: int | None = None
    timeout: int | None = None
    reserved_concurrency: int | None = None
    ephemeral_storage: int | None = None
    architecture: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    image: str = ""
    dockerfile: str = ""
    routes: tuple[str, ...] = ()
    websocket: tuple[str, ...] = ()
    """Route keys of the project's WebSocket API that it answers."""
    authorizer: str = ""
    """The name of what stands before its routes."""
    service: Mapping[str, Any] = field(default_factory=dict)
    """What says how Lambda treats it, by key: see `service_settings`."""
    run: str = ""
    """`local`, `stage` (calls go to the stage's function in the cloud) or not given."""

    @property
    def stands_alone(self) -> bool:
        """Whether it says what runs: a handler, a program of a custom runtime, or an image."""
        return bool(self.handler or self.image or self.dockerfile or self.runtime.startswith("provided"))


@dataclass(frozen=True, slots=True)
class Settings:
    where: str = ""
    template: str = ""
    sandbox: str = ""
    region: str = ""
    stage: str = ""
    """The stage that the project is read as when nobody names one."""
    account: str = ""
    functions: tuple[FunctionSettings, ...] = ()
    images: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, StageSettings] = field(default_factory=dict)
    protected_stages: tuple[str, ...] = ()
    """Names, or patterns as of a shell, of stages that nothing is pushed to."""
    exclude: tuple[str, ...] = ()
    """Patterns as in `.gitignore` of what is not pushed."""
    account_concurrency: int | None = None
    """Concurrent executions of the account; None: AWS's 1,000."""
    shared_dependencies: bool = False
    """Whether functions with the same Python packages have them in one layer, in a stage."""
    gateway: GatewaySettings = field(default_factory=GatewaySettings)
    problems: tuple[Problem, ...] = ()

    @property
    def declares_functions(self) -> bool:
        """Whether it stands on its own: a function that says what runs, not only additions to a template."""
        return any(function.stands_alone for function in self.functions)


def parse_settings(text: str, where: str) -> Settings | None:
    """None when `pyproject.toml` has nothing for devserve. `where` is the file's name; bad syntax is a UserError."""
    whole = parse_toml(text, where)
    if where.endswith("pyproject.toml"):
        match whole.values:
            case {"tool": {"devserve": dict() as ours}}:
                return _Reader(whole, ("tool", "devserve")).settings(ours)
            case _:
                return None
    return _Reader(whole, ()).settings(whole.values)


class _Reader:
    def __init__(self, whole: SettingsText, prefix: tuple[str, ...]) -> None:
        self._whole = whole
        self._prefix = prefix
        self._problems: list[Problem] = []

    def settings(self, whole: Mapping[str, Any]) -> Settings:
        top = self._checked(whole, _TOP, ())
        functions = tuple(self._function(name, table) for name, table in self._tables(top, "functions"))
        stages = {name: self._stage(name, table) for name, table in self._tables(top, "stages")}
        gateway = read_gateway(top, self._tables, self._checked, self._tell, self._place)
        protected = top.get("protected_stages", [])
        for key in ("protected_stages", "exclude"):
            given = top.get(key, [])
            if any(not isinstance(pattern, str) for pattern in given):
                self._tell((key,), f"{key} is {given!r}", f"it is {LIST}")
        if (sandbox := top.get("sandbox", "")) not in ("", "auto", "process", "docker"):
            self._tell(("sandbox",), f"sandbox is {sandbox!r}", "auto, process or docker")
            sandbox = ""
        return Settings(
            where=self._whole.name,
            template=top.get("template", ""),
            sandbox=sandbox,
            region=top.get("region", ""),
            stage=top.get("stage", ""),
            account=top.get("account", ""),
            functions=functions,
            images={name: as_text(image) for name, image in top.get("images", {}).items()},
            stages=stages,
            protected_stages=tuple(map(as_text, protected)),
            exclude=tuple(pattern for pattern in top.get("exclude", ()) if isinstance(pattern, str)),
            shared_dependencies=top.get("shared_dependencies", False),
            account_concurrency=self._account_concurrency(top),
            gateway=gateway,
            problems=tuple(self._problems),
        )

    def _account_concurrency(self, top: Mapping[str, Any]) -> int | None:
        figure: int | None = top.get("account_concurrency")
        if figure is not None and figure < 1:
            self._tell(("account_concurrency",), f"account_concurrency is {figure}", "1 or more")
            return None
        return figure

    def _function(self, name: str, table: Mapping[str, Any]) -> FunctionSettings:
        path = ("functions", name)
        given = self._checked(table, _FUNCTION, path)
        if (payload := given.get("payload", "")) not in ("", "1.0", "2.0"):
            self._tell((*path, "payload"), f"payload of {name} is {payload!r}", '"1.0" or "2.0"')
            del given["payload"]
        if (architecture := given.get("architecture", "")) not in ("", "x86_64", "arm64"):
            self._tell((*path, "architecture"), f"architecture of {name} is {architecture!r}", '"x86_64" or "arm64"')
            del given["architecture"]
        if (run := given.get("run", "")) not in ("", "local", "stage"):
            self._tell((*path, "run"), f"run of {name} is {run!r}", '"local" or "stage"')
            del given["run"]
        for key in ("routes", "layers", "websocket"):
            given[key] = tuple(map(as_text, given.get(key, ())))
        given["environment"] = {key: as_text(value) for key, value in given.get("environment", {}).items()}
        service = {key: given.pop(key) for key in service_settings.KEYS if key in given}
        return FunctionSettings(name=name, where=self._place(path), service=service, **given)

    def _stage(self, name: str, table: Mapping[str, Any]) -> StageSettings:
        """A stage keeps its problems too: here they are warnings, but nothing is pushed to a stage that has some."""
        path = ("stages", name)
        before = len(self._problems)
        given = self._checked(table, _STAGE, path)
        own = [replace(problem, warning=False) for problem in self._problems[before:]]
        where = self._place(path)
        stage = read_stage_table(name, StageSource.DEVSERVE, where, given, lambda key: self._place((*path, key)), own)
        self._problems += [replace(problem, warning=True) for problem in stage.problems[len(own) :]]
        return stage

    def _tables(self, top: Mapping[str, Any], name: str) -> list[tuple[str, Mapping[str, Any]]]:
        tables: list[tuple[str, Mapping[str, Any]]] = []
        for key, table in top.get(name, {}).items():
            if isinstance(table, dict):
                tables.append((key, table))
            else:
                self._tell((name, key), f"{name}.{key} is not a table", f"write [{self._title((name, key))}]")
        return tables

    def _checked(self, table: Mapping[str, Any], known: Mapping[str, str], path: tuple[str, ...]) -> dict[str, Any]:
        good: dict[str, Any] = {}
        for key, value in table.items():
            name = ".".join((*path, key))
            if key not in known:
                hint = did_you_mean(key, known, f"known are {', '.join(known)}")
                self._tell((*path, key), f"there is no setting {name}", hint)
            elif not fits(known[key], value):
                # Text where a table belongs may hold what nobody should read.
                shown = repr(value) if known[key] != TABLE_OF or not isinstance(value, str) else "text"
                self._tell((*path, key), f"{name} is {shown}", f"it is {known[key]}")
            elif not members_fit(known[key], value):
                self._tell((*path, key), f"{name} is {value!r}", f"it is {known[key]}")
            else:
                good[key] = value
        return good

    def _tell(self, path: tuple[str, ...], what: str, hint: str) -> None:
        self._problems.append(Problem(self._place(path), what, hint, ".".join(path), warning=True))

    def _title(self, path: tuple[str, ...]) -> str:
        return ".".join((*self._prefix, *path))

    def _place(self, path: tuple[str, ...]) -> str:
        return self._whole.place(*self._prefix, *path)
