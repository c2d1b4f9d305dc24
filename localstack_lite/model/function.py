"""A Lambda function as the project declares it: the values of its configuration, nothing that runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from localstack_lite.model.adapter import Adapter
from localstack_lite.model.alias import Alias, EventInvoke, Provisioned
from localstack_lite.model.arn import LATEST

#: Memory (MB) at which a function gets one full vCPU (AWS quotas).
MB_PER_VCPU = 1769


class LogFormat(StrEnum):
    TEXT = "Text"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class Build:
    """A step between the user's folder and the code that runs, as `Metadata` declares it.

    `method` is `esbuild`, `makefile`, a runtime's name …; `properties` are its `BuildProperties`, in AWS's spelling.
    """

    method: str
    source: Path
    properties: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Code:
    """Where the code is on this machine.

    `folder` is what `/var/task` is on AWS. `source` is the file it came from when the folder was made from something
    else (a zip; the template for inline code): a change there means the project is read again. With a `build`, `folder`
    is made by it from the build's source, again after every change there.
    """

    folder: Path
    source: Path | None = None
    build: Build | None = None

    @property
    def watched(self) -> Path:
        """The folder that the user edits."""
        return self.build.source if self.build is not None else self.folder


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer version as the function names it. `folder` holds its content, what is below `/opt` on AWS; None when it
    could not be had. `size` is what GetFunctionConfiguration says, in bytes.

    With a `build`, the folder is made by it from the build's source. `digest` stands for the content: a layer whose
    files were edited is another value."""

    arn: str
    folder: Path | None = None
    size: int = 0
    build: Build | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """How an image is built (`Metadata` of SAM and of CDK's assets). `file` is relative to `context`."""

    context: Path
    file: str = "Dockerfile"
    target: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Image:
    """The container image of a function with `PackageType: Image`. `uri` names one that exists, or the tag that
    `dockerfile` is built as. The rest is `ImageConfig`; what is empty there is the image's own."""

    uri: str
    dockerfile: Dockerfile | None = None
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    working_directory: str = ""


@dataclass(frozen=True, slots=True)
class Logging:
    """`LoggingConfig`: the levels act in JSON only, as on AWS."""

    format: LogFormat = LogFormat.TEXT
    application_level: str = "INFO"
    system_level: str = "INFO"
    group: str = ""


@dataclass(frozen=True, slots=True)
class Function:
    """One function. Memory and storage in MB, timeout in seconds, as AWS counts them.

    One that is an image has no runtime and no handler; its `code.folder` is where its Dockerfile builds from.
    """

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
    layers: tuple[Layer, ...] = ()
    opt: Path | None = None
    """What `/opt` is on AWS: the content of all layers, later ones over earlier ones."""
    image: Image | None = None
    dependencies: Path | None = None
    """Installed packages that a container gets beside the code, which does not carry them itself."""
    description: str = ""
    role: str = ""
    tracing: str = "PassThrough"
    logging: Logging = Logging()
    tags: Mapping[str, str] = field(default_factory=dict)
    adapter: Adapter | None = None
    """What calls the app when the code is no handler of its own."""
    in_stage: bool = False
    """Whether calls of it go to the stage's function in the cloud (`run = "stage"`), not to an environment here."""
    where: str = ""
    """`file:line` of the declaration, for messages."""
    version: str = LATEST
    """`$LATEST`, or the number of the published version that this value is."""
    aliases: tuple[Alias, ...] = ()
    """Those that the project declares."""
    provisioned: tuple[Provisioned, ...] = ()
    event_invokes: tuple[EventInvoke, ...] = ()
    dead_letter: str = ""
    """ARN of the queue or topic that takes events which could not be processed (`DeadLetterConfig`)."""
    snap_start: bool = False
    """`SnapStart: {ApplyOn: PublishedVersions}`."""
    tenancy: bool = False
    """`TenancyConfig: PER_TENANT`: environments are never shared between tenants."""
    recursive_loop: str = "Terminate"
    """`RecursiveLoop`: what becomes of calls that go round in a circle, `Terminate` or `Allow`."""
    managed: bool = False
    """Whether it runs on managed instances (`CapacityProviderConfig`)."""
    max_concurrency: int = 1
    """Invocations that one environment takes at once: of managed instances only."""
    cold_starts: tuple[float, ...] = ()
    """Init durations in ms, as recorded in the cloud; initialisations here take as long, one after the other."""

    @property
    def log_group(self) -> str:
        return self.logging.group or f"/aws/lambda/{self.name}"

    @property
    def package_type(self) -> str:
        return "Zip" if self.image is None else "Image"

    @property
    def language(self) -> str:
        """`python`, `nodejs`, `provided` …: the runtime without its version."""
        return self.runtime.rstrip("0123456789.x") if not self.runtime.startswith("provided") else "provided"
