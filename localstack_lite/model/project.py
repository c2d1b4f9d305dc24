"""A whole project: one frozen value, swapped in one assignment when a file changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localstack_lite.model.api import Api
from localstack_lite.model.arn import ACCOUNT, REGION
from localstack_lite.model.authorizer import TestIdentity
from localstack_lite.model.function import Function
from localstack_lite.model.trigger import Schedule, Trigger


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the project that cannot be used, while the rest can. `where` is `file:line`, a file or a name.

    A `warning` is told but changes nothing; other problems took something out of the project (`subject`).
    """

    where: str
    what: str
    hint: str = ""
    subject: str = ""
    warning: bool = False
    details: tuple[str, ...] = ()
    """What the tool that failed said itself: its last lines."""


@dataclass(frozen=True, slots=True)
class Project:
    """`root` is the folder that `.devserve/` belongs to; `source` the file it was read from (None: zero configuration);
    `inputs` are all files whose change means that the project has to be read again."""

    root: Path
    functions: tuple[Function, ...] = ()
    apis: tuple[Api, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    problems: tuple[Problem, ...] = ()
    source: Path | None = None
    inputs: tuple[Path, ...] = ()
    region: str = REGION
    account: str = ACCOUNT
    sandbox: str = ""
    images: Mapping[str, str] = field(default_factory=dict)
    """The user's own images, by runtime."""
    exclude: tuple[str, ...] = ()
    """The user's own patterns, as in `.gitignore`, of what is not pushed."""
    framework: str = ""
    """What kind of project it is, for people: `Django 5.2`, `Zappa, stage dev`, `Serverless Framework`."""
    profile: str = ""
    """Whose AWS credentials functions get, as the project's own settings say."""
    account_concurrency: int = 1000
    """Concurrent executions that the account may have in the region: 1,000, or less for a new account."""
    endpoint_url: str = ""
    """Where calls to AWS go that devserve makes itself; empty: where the environment says."""
    shared_dependencies: bool = False
    """Whether functions with the same Python packages have them in one layer, in a stage."""

    identities: tuple[TestIdentity, ...] = ()
    """Who a request may say that it is, by the header `X-Devserve-Identity`."""

    @property
    def state_folder(self) -> Path:
        return self.root / ".devserve"

    def function(self, logical_id: str) -> Function | None:
        return next((f for f in self.functions if f.logical_id == logical_id), None)
