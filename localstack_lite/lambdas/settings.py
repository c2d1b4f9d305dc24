"""What the Lambda service is told about this machine and this run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from localstack_lite.model.function import Function
from localstack_lite.model.initialization import NO_DELAY, ColdStart


@dataclass(frozen=True, slots=True)
class Settings:
    """`capacity` is the number of environments this machine carries; `idle_seconds` how long an unused one lives;
    `user` the user's AWS settings that reach functions; `scratch` the folder that their `/tmp`s are made in."""

    capacity: int
    scratch: Path
    run: str
    idle_seconds: float = 600.0
    user: tuple[tuple[str, str], ...] = ()
    lambda_endpoint: str = ""
    connections_endpoint: str = ""
    """Where functions reach `@connections` of WebSocket APIs, without a stage."""
    strict_fs: bool = False
    """Whether functions can write to `/tmp` only."""
    time_scale: float = 1.0
    """How many times faster AWS's minutes pass: the idle time and the lifetime are so much shorter."""
    cold_start_delay: float = 0.0
    """Seconds that every initialisation takes more."""
    extensions: Path | None = None
    """A folder of external extensions that every environment starts."""
    lifetime: float = 7200.0
    """Seconds after which an environment is ended even when it is in use, at the next moment when it is not: AWS does
    so every few hours."""
    starts_at_once: int = 0
    """How many environments may initialise at the same time while this machine is busy; 0: two for each CPU."""

    @property
    def idle(self) -> float:
        """Seconds of this machine's time after which an unused environment ends."""
        return self.idle_seconds / self.time_scale

    @property
    def life(self) -> float:
        return self.lifetime / self.time_scale


def cold_start(function: Function, settings: Settings, number: int) -> ColdStart:
    """How slow the `number`th start of a function is (from 1): its recorded figures one after the other, and again."""
    recorded = function.cold_starts
    if not recorded and not settings.cold_start_delay:
        return NO_DELAY
    least = recorded[(number - 1) % len(recorded)] / 1000 if recorded else 0.0
    return ColdStart(settings.cold_start_delay, least)
