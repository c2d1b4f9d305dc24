"""What one function lacks of what the project wants: code, configuration, reserved concurrency. Pure.

What it really has decides, not what was sent last: a value that somebody changed in the console is put right, one that
is right already needs no call. Only properties count that the project states, or stated when they were last set.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.model.package import Package
from localstack_lite.sync.function_settings import (
    ARCHITECTURES,
    ARGUMENTS,
    CONCURRENCY,
    NEVER_DEFAULT,
    actual,
    architecture_of,
    form,
)
from localstack_lite.sync.ground import Ground
from localstack_lite.sync.layer_versions import version_arns
from localstack_lite.sync.remote import RemoteFunction
from localstack_lite.sync.steps import NewLayer
from localstack_lite.sync.values import same

FUNCTION = "AWS::Lambda::Function"
CODE = "Code"


@dataclass(frozen=True, slots=True)
class Needs:
    """`settings` are arguments of UpdateFunctionConfiguration by the template's property. `concurrency` is a number or
    None (no reservation) in a tuple, empty when nothing is to be done; `architecture` the one to change to,
    `other_code` whether the package is another than what it has. `blocked` are properties that only CloudFormation can
    set, with the reason."""

    id: str
    function: RemoteFunction
    package: Package | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    concurrency: tuple[int | None, ...] = ()
    architecture: str = ""
    other_code: bool = False
    blocked: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.package or self.settings or self.concurrency)

    @property
    def published(self) -> bool:
        """Whether a version that is published afterwards is another one than before."""
        return bool(self.package or self.settings)


def needs(ground: Ground, id: str, function: RemoteFunction, versions: Mapping[str, str | NewLayer]) -> Needs:
    """`versions` are layers' versions in place of the stack's own (see `layer_versions`)."""
    settings: dict[str, Any] = {}
    blocked: dict[str, str] = {}
    for property, argument in ARGUMENTS.items():
        if not ground.stated(id, property):
            continue
        try:
            wanted = _wanted(ground, id, function, property, versions)
            if wanted != actual(property, function.configuration, function.name):
                _refuse_irrevocable(ground, id, property)
                settings[argument] = wanted
        except LookupError as error:
            if not ground.unseen(id, property):
                blocked[property] = str(error.args[0] if error.args else error)
    package = ground.package(id, CODE)
    other_code = package is not None and _other_code(ground, id, function, package)
    architecture = _architecture(ground, id, function, blocked) if package else ""
    concurrency = _concurrency(ground, id, blocked)
    bring = package if other_code or architecture else None
    return Needs(id, function, bring, settings, concurrency, architecture, other_code, blocked)


def _wanted(
    ground: Ground, id: str, function: RemoteFunction, property: str, versions: Mapping[str, str | NewLayer]
) -> Any:
    raw = ground.wanted(id).get(property)
    if property == "Layers" and raw is not None:
        value = version_arns(ground, id, versions)
    elif property == "Environment" and isinstance(raw, Mapping) and isinstance(raw.get("Variables"), Mapping):
        value = {"Variables": {**_others(ground, function), **_variables(ground, id, function, raw["Variables"])}}
    else:
        value = ground.value(id, property)
    if value is None and property in NEVER_DEFAULT:
        raise LookupError("the template does not state it any more")
    return form(property, value, function.name)


def _refuse_irrevocable(ground: Ground, id: str, property: str) -> None:
    """A value that only CloudFormation knows is taken away by CloudFormation only (LookupError): after a call of ours
    its template would go on stating it, and a push that wants it back would have no way to set it."""
    had, wanted = ground.had(id).get(property), ground.wanted(id).get(property)
    if property != "Environment":
        _check_known(ground, id, {property: had}, {property: wanted})
    elif isinstance(had, Mapping) and isinstance(variables := had.get("Variables"), Mapping):
        now = wanted.get("Variables") if isinstance(wanted, Mapping) else None
        _check_known(ground, id, variables, now if isinstance(now, Mapping) else {})


def _check_known(ground: Ground, id: str, had: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for name, value in had.items():
        if value is not None and not same(value, wanted.get(name)):
            try:
                ground.resolved(id, {name: value})
            except LookupError as error:
                raise LookupError(f"{name}: {error.args[0] if error.args else error}") from None


def _others(ground: Ground, function: RemoteFunction) -> Mapping[str, Any]:
    """Variables that somebody else set, of a function that another tool deployed: they stay, as with that tool."""
    if not ground.stage.function:
        return {}
    found: Mapping[str, Any] = form("Environment", function.configuration.get("Environment"), function.name)[
        "Variables"
    ]
    return found


def _variables(ground: Ground, id: str, function: RemoteFunction, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A variable that cannot be resolved, and that the stack's template has as it is, keeps the value that it has: so
    one reference to a secret does not make every change of the others a stack deploy."""
    try:
        found = ground.resolved(id, {"Environment": {"Variables": raw}})["Environment"]
        return dict(found["Variables"])
    except (LookupError, TypeError):
        pass
    environment = ground.had(id).get("Environment")
    had = environment.get("Variables") if isinstance(environment, Mapping) else None
    has = form("Environment", function.configuration.get("Environment"), function.name)["Variables"]
    made: dict[str, Any] = {}
    for name, value in raw.items():
        try:
            made.update(ground.resolved(id, {name: value}))
        except LookupError as error:
            if not (isinstance(had, Mapping) and name in had and name in has and same(had[name], value)):
                raise LookupError(f"{name}: {error.args[0] if error.args else error}") from None
            made[name] = has[name]
    return made


def _architecture(ground: Ground, id: str, function: RemoteFunction, blocked: dict[str, str]) -> str:
    """The one to change to; empty when the function has it."""
    if not ground.stated(id, ARCHITECTURES):
        return ""
    try:
        wanted = architecture_of(ground.value(id, ARCHITECTURES))
    except LookupError as error:
        if not ground.unseen(id, ARCHITECTURES):
            blocked[ARCHITECTURES] = str(error.args[0] if error.args else error)
        return ""
    return wanted if wanted != architecture_of(function.configuration.get(ARCHITECTURES)) else ""


def _other_code(ground: Ground, id: str, function: RemoteFunction, package: Package) -> bool:
    if not package.image:
        return package.sha256 != function.code_sha256
    has = ground.manifest.images.get(package.sha256)
    if has is not None:
        return has != function.code_sha256
    # The digest is not known on this machine. The tag that the stack's template names says which image it has, as long
    # as no other was pushed past it.
    return ground.manifest.deployed.get(id) != package.sha256 or CODE in ground.direct(id)


def _concurrency(ground: Ground, id: str, blocked: dict[str, str]) -> tuple[int | None, ...]:
    """Neither listing nor describing functions tells it: what was set last counts."""
    if not ground.stated(id, CONCURRENCY) or not ground.pending(id, CONCURRENCY):
        return ()
    try:
        value = ground.value(id, CONCURRENCY)
        return (None if value is None else int(value),)
    except (LookupError, ValueError, TypeError) as error:
        blocked[CONCURRENCY] = str(error.args[0] if error.args else error)
        return ()
