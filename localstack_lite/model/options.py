"""What the user asked for on the command line, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How to find and read the project. `folder` is where the command was started; `target` a folder, file,
    `module:app` or `module.handler` relative to it; `env_vars` SAM's JSON file of variables, `env_file` a dotenv."""

    folder: Path
    target: str = "."
    template: Path | None = None
    parameter_overrides: Mapping[str, str] = field(default_factory=dict)
    env_vars: Path | None = None
    env_file: Path | None = None
    region: str = ""
    stage: str = ""
    event_kind: str = ""
    """What an app without declared APIs stands behind: `rest`, `http`, `http1`, `url` or `alb`; empty: as the project
    says, else `http`."""
    stage_prefix: bool | None = None
    """Whether the stage stands in front of every path, as at AWS's own address; None: as the project says."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """`--param NAME=VALUE` of the Serverless Framework."""
    profile: str = ""
    """Whose credentials look up what a template refers to; empty: as the environment says."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How to run it. A port of None means the default one or the next that is free; 0 any free one."""

    host: str = "127.0.0.1"
    port: int | None = None
    lambda_port: int | None = None
    sandbox: str = "auto"
    profile: str = ""
    eager: bool = False
    max_environments: int = 0
    """This laptop's limit over all functions; 0: chosen from the machine's size."""
    reload: bool = True
    credentials: bool = True
    """Whether the user's AWS credentials reach the functions."""
    allowed_hosts: tuple[str, ...] = ()
    docker_network: str = ""
    """The Docker network that containers join (name or id)."""
    container_host: str = ""
    """The name at which containers reach this machine, when it cannot be found out."""
    invoke_images: Mapping[str, str] = field(default_factory=dict)
    """Images to use instead of a function's own or its runtime's, by function; the key `""` is for all."""
    debug_port: int = 0
    static_dir: Path | None = None
    disable_authorizer: bool = False
    strict_auth: bool = False
    """Refuse a signature that cannot be verified here."""
    strict: bool = False
    """What AWS would do otherwise than the code may think is a failure."""
    tls: bool = False
    """The gateway speaks https, with a certificate of its own unless `cert` and `key` are given."""
    cert: Path | None = None
    key: Path | None = None
    plain_cookies: bool = False
    """Take `Secure` off the cookies that functions set, for clients that do not send them back over http."""
    strict_fs: bool = False
    """The code is read-only and `/tmp` private, as on Lambda."""
    schedules: bool = True
    """Whether schedules run on their time."""
    time_scale: float = 1.0
    """AWS's minutes pass this many times faster: retries, ages of events, idle times; never a function's timeout."""
    cold_start_delay: float = 0.0
    """Seconds that every initialisation takes more than it does here."""
    idle_timeout: float | None = None
    """Seconds after which an environment that nobody used is ended; None: the default."""
    extensions: Path | None = None
    """A folder of external extensions that every environment starts beside those in `/opt/extensions`."""
