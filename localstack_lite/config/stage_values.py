"""Values of a blueprint's templates as a stage has them: `ports.Resolve`. Pure.

Resources answer with their physical ids (see `physical`), parameters with what the stage gives, nested stacks with what
the templates around and inside them say. What only CloudFormation knows is a LookupError; stand-ins never get out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.intrinsics import NESTED_STACK, NO_VALUE, Resolver, Scope
from localstack_lite.config.opening import section
from localstack_lite.config.parameters import Parameters, Place, Unusable, Value, as_text, read_parameters
from localstack_lite.config.physical import Physical
from localstack_lite.config.refusal import Refusal
from localstack_lite.model.blueprint import Blueprint, StackBlueprint
from localstack_lite.ports import Resolve

_STORED = "AWS::SSM::Parameter::Value<"
#: What DescribeStacks says in place of a secret value.
_MASKED = "****"


def resolver(
    blueprint: Blueprint,
    resources: Sequence[tuple[str, str, str]],
    region: str,
    account: str,
    stack_name: str,
    stack_id: str,
    kept: Mapping[str, str] | None = None,
) -> Resolve:
    """`resources` are id (with path), type and physical id of what the stage has. `kept` are the values of the stack's
    parameters as DescribeStacks tells them: they count where the stage gives none, before defaults.

    The function takes a stack's path and a raw value. Members of lists and mappings that are `AWS::NoValue` are gone;
    a value that is nothing but that is None. It raises nothing but LookupError, with the reason."""
    stage = _Stage(
        {stack.path: stack for stack in blueprint.stacks},
        {id: (kind, physical) for id, kind, physical in resources},
        Place(region, account, stack_name),
        stack_id,
        kept or {},
    )

    def resolve(path: str, value: object) -> object:
        try:
            found = Resolver(stage.scope(path)).resolve(value)
        except Refusal as refusal:
            raise LookupError(refusal.what) from None
        except RecursionError:
            raise LookupError("nested too deep to be resolved") from None
        if _is_dynamic(found):
            raise LookupError("a dynamic reference is looked up by CloudFormation only")
        return None if found is NO_VALUE else found

    return resolve


@dataclass(slots=True)
class _Stage:
    stacks: Mapping[str, StackBlueprint]
    resources: Mapping[str, tuple[str, str]]
    place: Place
    stack_id: str
    kept: Mapping[str, str]
    _scopes: dict[str, Scope] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def scope(self, path: str) -> Scope:
        if path not in self.stacks:
            raise Refusal(f"there is no stack {path.rstrip('/') or 'of the stage'}")
        if path not in self._scopes:
            with self._in_progress(f"parameters of {path}"):
                self._scopes[path] = self._made(path)
        return self._scopes[path]

    def _made(self, path: str) -> Scope:
        template = self.stacks[path].template
        parameters = self._parameters(path)
        place, stack_id = self.place, self.stack_id
        if path:
            # arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/UUID
            physical = self.resources.get(path.rstrip("/"), ("", ""))[1]
            stack_id, name = (physical, physical.split("/")[1]) if "/" in physical else ("", physical)
            place = Place(place.region, place.account, name)
        values: dict[str, Value] = {**parameters.values, "AWS::StackId": stack_id}
        unusable = {**parameters.unusable, "AWS::NotificationARNs": Unusable("only AWS knows where it notifies", "")}
        missing = Unusable("the stack is not there yet", "")
        unusable |= {"AWS::StackId": missing} if not stack_id else {}
        unusable |= {"AWS::StackName": missing} if not place.stack else {}
        own = {
            id.removeprefix(path): there
            for id, there in self.resources.items()
            if id.startswith(path) and "/" not in id.removeprefix(path)
        }
        return Scope(
            Parameters(values, unusable),
            place,
            *(section(template, name) for name in ("Mappings", "Conditions", "Resources")),
            output=lambda logical_id, name: self._output(f"{path}{logical_id}/", name),
            known=Physical(own, place),
        )

    def _parameters(self, path: str) -> Parameters:
        declared = section(self.stacks[path].template, "Parameters")
        unknown: dict[str, Unusable] = {}
        if path:
            given, unknown = self._given(path)
        else:
            given = {**self.kept, **self.stacks[path].parameters}
            for name, one in declared.items():
                if given.get(name) == _MASKED or (_is_secret(one) and name not in given):
                    unknown[name] = Unusable(f"the value of parameter {name} is secret", "")
        for name, one in declared.items():
            if isinstance(one, Mapping) and as_text(one.get("Type")).startswith(_STORED):
                unknown[name] = Unusable(f"the value of parameter {name} is in the SSM Parameter Store", "")
        read = read_parameters(declared, {name: given[name] for name in given if name not in unknown}, used=())
        values = {name: value for name, value in read.values.items() if name not in unknown}
        return Parameters(values, {**read.unusable, **unknown})

    def _given(self, path: str) -> tuple[dict[str, str], dict[str, Unusable]]:
        """What the stack around gives to a nested one, as far as it is known."""
        above, _, logical_id = path.rstrip("/").rpartition("/")
        scope = self.scope(f"{above}/" if above else "")
        given: dict[str, str] = {}
        unknown: dict[str, Unusable] = {}
        for name, value in section(section(_resource(scope, logical_id), "Properties"), "Parameters").items():
            try:
                found = Resolver(scope).resolve(value)
                if isinstance(found, list) and not any(isinstance(item, list | Mapping) for item in found):
                    found = ",".join(map(as_text, found))
                if isinstance(found, list | Mapping):
                    raise Refusal("is not text")
                if _is_dynamic(found):
                    raise Refusal("is looked up by CloudFormation only")
                if found is not NO_VALUE and found is not None:
                    given[name] = as_text(found)
            except Refusal as refusal:
                unknown[name] = Unusable(f"parameter {name} of {path.rstrip('/')}: {refusal.what}", "")
        return given, unknown

    def _output(self, path: str, name: str) -> object:
        if path not in self.stacks:
            raise Refusal(f"the template of {path.rstrip('/')} is not here")
        with self._in_progress(f"output {name} of {path}"):
            scope = self.scope(path)
            declared = section(self.stacks[path].template, "Outputs").get(name)
            resolver = Resolver(scope)
            if not isinstance(declared, Mapping) or not resolver.exists(declared):
                raise Refusal(f"{path.rstrip('/')} has no output {name}")
            return resolver.resolve(declared.get("Value"))

    @contextmanager
    def _in_progress(self, what: str) -> Iterator[None]:
        if what in self._open:
            raise Refusal(f"circular reference: {what}")
        self._open.append(what)
        try:
            yield
        finally:
            self._open.pop()


def _resource(scope: Scope, logical_id: str) -> Mapping[str, Any]:
    found = scope.resources.get(logical_id)
    return found if isinstance(found, Mapping) and found.get("Type") == NESTED_STACK else {}


def _is_secret(declared: object) -> bool:
    return isinstance(declared, Mapping) and as_text(declared.get("NoEcho")).lower() == "true"


def _is_dynamic(value: object) -> bool:
    """Whether a value holds a `{{resolve:…}}` that is still to be looked up."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text) if "{{resolve:" in text:
                return True
            case Mapping() as mapping:
                waiting.extend([*mapping.keys(), *mapping.values()])
            case list() as several:
                waiting.extend(several)
    return False
