"""A new environment: its name, its log stream, why it is initialised, and what its sandbox is started with."""

from __future__ import annotations

from hashlib import sha256

from localstack_lite.lambdas.environments.debugging import Debuggers
from localstack_lite.lambdas.environments.environment import Environment
from localstack_lite.lambdas.environments.managed import ManagedEnvironment
from localstack_lite.lambdas.environments.managed_slot import ManagedSlot
from localstack_lite.lambdas.environments.slot import Slot, Surroundings
from localstack_lite.lambdas.settings import Settings, cold_start
from localstack_lite.lambdas.spec import spec_of, stream_of
from localstack_lite.model.arn import LATEST
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.function import Function
from localstack_lite.model.initialization import Initialization
from localstack_lite.model.project import Project
from localstack_lite.ports import Ids, SandboxSpec


class Opening:
    def __init__(self, around: Surroundings, ids: Ids, settings: Settings) -> None:
        self._around = around
        self._ids = ids
        self._settings = settings
        self._keys = 0
        self._numbers: dict[str, int] = {}

    def open(self, function: Function, tenant: str, project: Project, *, ahead: bool = False) -> Slot:
        """One more of that function, for that tenant; `ahead` when it is provisioned. It is cold until it is told."""
        self._keys += 1
        key = self._keys
        number = self._numbers[function.logical_id] = self._numbers.get(function.logical_id, 0) + 1
        kind = initialization(function, ahead=ahead)
        stream = stream_of(self._around.clock.now(), self._ids.hex(32), function.version)
        name = f"{function.name}#{number}"
        runtime = runtime_version(function, project.region)
        slow = cold_start(function, self._settings, number)
        debug = self._debugged(function, key)

        def spec(address: str) -> SandboxSpec:
            return spec_of(
                function,
                project,
                self._settings,
                name=str(key),
                stream=stream,
                address=address,
                debug=debug,
                initialization=kind,
            )

        if function.managed:
            managed = ManagedEnvironment(key, name, function, stream, runtime, tenant=tenant, cold_start=slow)
            return ManagedSlot(managed, project, self._around, spec)
        environment = Environment(
            key, name, function, stream, runtime, initialization=kind, tenant=tenant, cold_start=slow
        )
        return Slot(environment, project, self._around, spec)

    def _debugged(self, function: Function, key: int) -> bool:
        """Whether an environment starts under the debugger."""
        debuggers: Debuggers | None = self._around.debuggers
        if debuggers is None:
            return False
        if (problem := debuggers.refusal(function)) is not None:
            self._around.publish(ProblemFound(self._around.clock.now(), problem))
        return debuggers.take(function, key)


def initialization(function: Function, *, ahead: bool = False) -> Initialization:
    """Why an environment of it is initialised. SnapStart is for published versions only (AWS docs)."""
    if function.managed:
        return Initialization.MANAGED
    if ahead:
        return Initialization.PROVISIONED
    if function.snap_start and function.version != LATEST:
        return Initialization.SNAP_START
    return Initialization.ON_DEMAND


def runtime_version(function: Function, region: str) -> tuple[str, str]:
    """The two texts of an INIT_START line."""
    name, family = function.runtime, function.language
    if not name:
        return "", ""  # an image brings its own
    number = name.removeprefix(family).removeprefix(".").removesuffix(".x")
    version = f"{family}:{number}.v1" if number else f"{family}:v1"
    digest = sha256(version.encode()).hexdigest()
    return version, f"arn:aws:lambda:{region}::runtime:{digest}"
