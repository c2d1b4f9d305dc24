"""The stacks of a synthesised app that are served, ready for the one reader of templates. Pure.

One stack: its functions are known by their logical ids. Several: all of them are served; where two have a function or
API of the same logical id, the ids of both start with their construct path (`Prod/Shop/Orders5A1B2C3D`). Stages are
stacks like others. What one stack imports from another is what that would export here (see `cdk.exports`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from localstack_lite.config.cdk.assembly import SYNTH, Assembly, CdkStack, Load, in_order
from localstack_lite.config.cdk.exports import exports, with_imports
from localstack_lite.config.cdk.names import function_names
from localstack_lite.config.cdk.template import STACK, Use, localised, uses
from localstack_lite.config.parameters import Place
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

_SERVED = ("AWS::Lambda::", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
#: Names in one warning.
_MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Templates:
    """Everything of the served stacks, nested ones included, as it stands: `by_stack` has files by the stack's path,
    its own template first."""

    stacks: tuple[CdkStack, ...]
    assembly: Assembly
    by_stack: Mapping[str, Mapping[Path, Mapping[str, Any]]]

    def uses(self) -> tuple[Use, ...]:
        found = [
            use
            for templates in self.by_stack.values()
            for file, template in templates.items()
            for use in uses(template, file.parent, self.assembly.assets)
        ]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Served:
    """One stack for the reader. `templates` are localised, nested ones included, by file; `path` is what its logical
    ids start with; `overrides` are the parameters that are its business."""

    stack: CdkStack
    templates: Mapping[Path, Mapping[str, Any]]
    place: Place
    path: str
    overrides: Mapping[str, str]

    @property
    def template(self) -> Mapping[str, Any]:
        return self.templates[self.stack.template]


def gather(assembly: Assembly, only: Path | None, load: Load, present: Callable[[Path], bool]) -> Templates:
    """Reads the templates of all stacks, or of the one whose template is `only` (which may be that of a nested stack).
    A nested template that is not there is left to the reader, which tells."""
    stacks = assembly.stacks
    if only is not None:
        stacks = tuple(stack for stack in stacks if stack.template == only) or (CdkStack(only.stem, only),)
    by_stack: dict[str, dict[Path, Mapping[str, Any]]] = {}
    for stack in stacks:
        templates = by_stack.setdefault(stack.name, {})
        waiting = [stack.template]
        while waiting:
            file = waiting.pop()
            if file in templates or (file != stack.template and not present(file)):
                continue
            templates[file] = load(file)
            nested = uses(templates[file], file.parent, assembly.assets)
            waiting += [use.asset.place for use in nested if use.kind == STACK]
    with_resources = tuple(stack for stack in stacks if by_stack[stack.name][stack.template].get("Resources"))
    return Templates(with_resources or stacks[:1], assembly, by_stack)


def stack_named(stacks: tuple[CdkStack, ...], name: str, where: str) -> CdkStack:
    """The stack that a stage is: the one of that name, else the only one. A UserError when it could be any of
    several."""
    if found := next((stack for stack in stacks if name in (stack.stack_name, stack.name)), None):
        return found
    if len(stacks) > 1:
        names = ", ".join(stack.stack_name or stack.name for stack in stacks)
        what = f"the app has {len(stacks)} stacks and none is named {name}: {names}"
        raise UserError(where, what, "set stack_name of the stage to one of them")
    return stacks[0]


def serve(
    templates: Templates, homes: Mapping[Path, Path], place: Callable[[CdkStack], Place], overrides: Mapping[str, str]
) -> tuple[Served, ...]:
    """The stacks, each after those that it needs. `homes` says which folders the assets are copies of."""
    stacks = templates.stacks
    names = function_names(
        (stack.name, template) for stack in stacks for template in templates.by_stack[stack.name].values()
    )
    paths = _paths(stacks, templates)
    assets = templates.assembly.assets
    declared = {stack.name: _parameters(templates, stack) for stack in stacks}
    everywhere = {name for parameters in declared.values() for name in parameters}
    unknown = {name: value for name, value in overrides.items() if name not in everywhere}
    known: dict[str, str] = {}
    served: list[Served] = []
    for stack in in_order(stacks):
        local = {
            file: with_imports(localised(template, file.parent, assets, names, homes), known)
            for file, template in templates.by_stack[stack.name].items()
        }
        given = {name: value for name, value in overrides.items() if name in declared[stack.name]}
        one = Served(stack, local, place(stack), paths[stack.name], {**given, **({} if served else unknown)})
        known |= exports(one.template, one.place, one.overrides, one.path)
        served.append(one)
    return tuple(served)


def in_manifest_order(served: Iterable[Served], stacks: tuple[CdkStack, ...]) -> list[Served]:
    order = {stack.name: index for index, stack in enumerate(stacks)}
    return sorted(served, key=lambda one: order[one.stack.name])


def remarks(used: Iterable[Use], homes: Mapping[Path, Path], output: Path, shown: str) -> list[Problem]:
    """What the user has to do after an edit, where a save alone is not enough. `shown` is the output's name."""
    stale = [
        use for use in used if use.runs and use.asset.place not in homes and use.asset.place.is_relative_to(output)
    ]
    bundled = list(dict.fromkeys(use.name for use in stale if use.bundled))
    copied = list(dict.fromkeys(use.name for use in stale if not use.bundled))
    found = []
    if bundled:
        what = f"the code of {_listed(bundled)} is bundled by synthesis"
        found.append(Problem(shown, what, f"{SYNTH} after an edit; the new code is taken at once", warning=True))
    if copied:
        what = f"the code of {_listed(copied)} is a copy, and no folder of the app is the same"
        hint = f"{SYNTH} after an edit, or `cdk synth --no-staging` once, so that saved files count at once"
        found.append(Problem(shown, what, hint, warning=True))
    return found


def retold(problems: Iterable[Problem], missing: Mapping[str, Path], shown: str) -> tuple[Problem, ...]:
    """The problems, those of functions whose asset is gone with the cause. `missing` is by logical id."""
    told = []
    for problem in problems:
        name = problem.subject.rpartition("/")[2]
        if not problem.warning and name in missing:
            what = f"{problem.subject}: its code {missing[name].name} is not in {shown}"
            problem = replace(problem, what=what, hint=f"{SYNTH} again")
        told.append(problem)
    return tuple(told)


def _paths(stacks: tuple[CdkStack, ...], templates: Templates) -> dict[str, str]:
    ids = {stack.name: _served_ids(templates.by_stack[stack.name][stack.template]) for stack in stacks}
    paths = {}
    for name, own in ids.items():
        others: set[str] = set().union(*(theirs for other, theirs in ids.items() if other != name))
        paths[name] = f"{name}/" if own & others else ""
    return paths


def _served_ids(template: Mapping[str, Any]) -> set[str]:
    resources = template.get("Resources")
    return {
        logical_id
        for logical_id, resource in (resources.items() if isinstance(resources, Mapping) else ())
        if isinstance(resource, Mapping) and str(resource.get("Type")).startswith((*_SERVED, STACK))
    }


def _parameters(templates: Templates, stack: CdkStack) -> set[str]:
    declared = templates.by_stack[stack.name][stack.template].get("Parameters")
    return set(declared) if isinstance(declared, Mapping) else set()


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
