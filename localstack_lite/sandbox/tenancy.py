"""One run of a runtime in a container: what the warden says, and what follows from it. Decides; does nothing."""

from __future__ import annotations

from enum import Enum, auto

from localstack_lite.ports import SandboxExited
from localstack_lite.sandbox import warden
from localstack_lite.sandbox.warden import Message

_KILLED = 9


class Step(Enum):
    NOTHING = auto()
    LAUNCHED = auto()
    """The extensions run, and the runtime waits for them."""
    RUN = auto()
    """There is no extension: the runtime need not wait."""
    LEFT = auto()
    """The runtime has ended, and extensions have not."""
    BEGUN = auto()
    """The runtime runs."""
    WATCH = auto()
    """The runtime may run on, but nobody watches it any more."""
    SWEEP = auto()
    """Kill what is left in the container."""
    OVER = auto()
    """Nothing runs any more: `result` says how it ended."""


class Tenancy:
    """Run `number` of a container. `kills` is how many processes the kernel had killed there before."""

    def __init__(self, number: int, kills: int = 0) -> None:
        self.number = number
        self.kills = kills
        self.pid = 0
        """The runtime's process, as the container counts; zero before it runs."""
        self.over = False
        self.asked = False
        """Whether devserve has asked for the end."""
        self.names: tuple[str, ...] = ()
        """Its external extensions, those that cannot be started too."""
        self.denied: frozenset[str] = frozenset()
        """Those of them whose file may not be run."""
        self.run_asked = False
        """Whether the runtime need not wait for extensions any more."""
        self._living: set[str] = set()
        self._gone: list[tuple[str, int | None, int | None]] = []
        self._launched = False
        self._killed_before = kills
        self._ending: SandboxExited | None = None
        self._over_limit = False

    def told(self, message: Message) -> Step:
        if self.over:
            return Step.NOTHING
        match message:
            case warden.Started(run=self.number, pid=pid):
                self.pid = pid
                return Step.BEGUN
            case warden.OutOfMemory(kills=kills):
                self.kills = kills
            case warden.Ended(run=self.number, code=code, signal=signal):
                if self._ending is None:
                    self._ending = SandboxExited(code, signal)
                return Step.LEFT if self._living and not self.asked else Step.SWEEP
            case warden.Extension(run=self.number, name=name, runs=runs, denied=denied):
                self.names = (*self.names, name)
                self.denied |= {name} if denied else set()
                if runs:
                    self._living.add(name)
                else:
                    self._gone.append((name, None, None))
            case warden.Launched(run=self.number) if not self.asked:
                self._launched = True
                return Step.LAUNCHED if self.names else Step.RUN
            case warden.Gone(run=self.number, name=name, code=code, signal=signal):
                self._living.discard(name)
                self._gone.append((name, code, signal))
                return Step.SWEEP if self._ending is not None and not self._living else Step.NOTHING
            case warden.Ready():
                # Who would have told of the extensions is dead, and so are they.
                self._gone += [(name, None, _KILLED) for name in sorted(self._living)]
                self._living.clear()
                if self._launched and not self.run_asked and not self.asked:
                    return Step.NOTHING
                # The function has killed everything it could reach, the warden's listening part with it, and what that
                # was told last. Perhaps not itself: `kill(-1)` spares the one that calls it.
                return Step.SWEEP if self.asked or self._ending is not None or self.pid == 0 else Step.WATCH
            case warden.Swept(run=self.number):
                self.over = True
                return Step.OVER
        return Step.NOTHING

    def take_gone(self) -> list[tuple[str, int | None, int | None]]:
        """The extensions that ended by themselves since the last call, once all are launched: name, exit code and
        signal. Neither of these when it could not be started."""
        if not self._launched or self.asked:
            return []
        gone, self._gone = self._gone, []
        return gone

    @property
    def accompanied(self) -> bool:
        """Whether extensions run."""
        return bool(self._living)

    def kill(self, over_limit: bool = False) -> Step:
        """devserve wants it to end; `over_limit` because it uses more memory than it has."""
        if self.over:
            return Step.NOTHING
        self.asked = True
        self._over_limit = self._over_limit or over_limit
        return Step.SWEEP

    def lost(self) -> bool:
        """The container itself has ended. Whether nobody had asked for that."""
        surprising = not self.over and not self.asked and self._ending is None
        self.over = True
        return surprising

    @property
    def out_of_memory(self) -> bool:
        return self._over_limit or self.kills > self._killed_before

    @property
    def result(self) -> SandboxExited:
        ending = self._ending or SandboxExited(None, _KILLED)
        if ending.signal == _KILLED and self.out_of_memory:
            return SandboxExited(None, _KILLED, out_of_memory=True)
        return ending
