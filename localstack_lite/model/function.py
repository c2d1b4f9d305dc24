"""A Lambda function as the project declares it: the values of its configuration, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

#: Memory (MB) at which a function gets one full vCPU (AWS quotas).
MB_PER_VCPU = 1769


class LogFormat(StrEnum):
    TEXT = "Text"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code is on this machine.

    `folder` is what `/var/task` is on AWS. `source` is the file it came from when the folder was made from something
    else (a zip; the template for inline code): a change there means the project is read again.
    """

    folder: Path
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class Logging:
    """`LoggingConfig`: the levels act in JSON only, as on AWS."""

    format: LogFormat = LogFormat.TEXT
    application_level: str = "INFO"
    system_level: str = "INFO"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """One function. Memory and storage in MB, timeout in seconds, as AWS counts them."""

    logical_id: str
    name: str
    runtime: str
    handler: str
    code: Code
    memory: int = 128
    timeout: int = 3
    environment: Mapping[str, str] = field(default_factory=dict)
    reserved_concurrency: int | None = None
    ephemeral_storage: int = 512
    architecture: str = "x86_64"
    layers: tuple[str, ...] = ()
    description: str = ""
    role: str = ""
    tracing: str = "PassThrough"
    logging: Logging = Logging()
    tags: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    """`file:line` of the declaration, for messages."""

    @property
    def log_group(self) -> str:
        return self.logging.group or f"/aws/lambda/{self.name}"

    @property
    def language(self) -> str:
        """`python`, `nodejs`, `provided` …: the runtime without its version."""
        return self.runtime.rstrip("0123456789.x") if not self.runtime.startswith("provided") else "provided"
