"""Files → one frozen `Project`.

The way of a project, left to right; everything but the ends is pure:

    find → yaml_cfn → opening → functions, http_apis, rest_apis, function_urls → dynamic ──────────────────→ Project
    find → devserve_toml → toml_project ─────────────────────────────────────────────────────────────────────┘
    find → cdk (stacks of a synthesised app as plain templates) → the same way as a template ────────────────┤
    find → zero ─────────────────────────────────────────────────────────────────────────────────────────────┘

`opening` makes a stack of a template: includes, parameters, foreach, language_extensions, sam, then intrinsics on
demand; `nested` opens the stacks inside it when their outputs or functions are wanted. What a template refers to in
other people's stores is looked up last, by `lookup`.

`read` tells the story; it and the modules that touch files do the I/O. A SAM template becomes CloudFormation first, so
there is one reader from resources to the model. What cannot be used is a value (`Problem`), raised inside as a
`Refusal` and caught where the function, route or variable it belongs to is known; only when nothing can run at all a
`UserError` leaves this package.

What calls functions beside people is read the same way: opening → `schedules`, `triggers` (`called` says whom), with
the places that `made_by_sam` finds.

Projects of other tools become such a template, or the model itself: `serverless`, `zappa`, `chalice`.

Beside it, the stages that a project is pushed to: devserve_toml, samconfig, zappa.stages → `stages`.

The second story, `blueprints`, is about what is pushed: opening (or generated → opening), then slots, definitions →
`Blueprint`. `stage_values` says what its intrinsic functions mean in a stage that is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from localstack_lite.config.read import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from localstack_lite.model.blueprint import Blueprint
    from localstack_lite.model.options import ReadOptions
    from localstack_lite.model.project import Project
    from localstack_lite.model.stage import Stage
    from localstack_lite.ports import Resolve

__all__ = ["blueprint", "read", "read_stage", "read_stages", "resolver", "root"]


def read_stage(options: ReadOptions, name: str) -> Stage:
    """See `stages`, which is imported by those who push only."""
    from localstack_lite.config import stages

    return stages.read_stage(options, name)


def read_stages(options: ReadOptions) -> dict[str, Stage]:
    """See `stages`."""
    from localstack_lite.config import stages

    return stages.read_stages(options)


def blueprint(
    options: ReadOptions, project: Project, environ: Mapping[str, str] | None = None, stack_name: str = ""
) -> Blueprint:
    """See `blueprints`."""
    from localstack_lite.config import blueprints

    return blueprints.blueprint(options, project, environ, stack_name)


def resolver(
    blueprint: Blueprint,
    resources: Sequence[tuple[str, str, str]],
    region: str,
    account: str,
    stack_name: str,
    stack_id: str,
    kept: Mapping[str, str] | None = None,
) -> Resolve:
    """See `stage_values`."""
    from localstack_lite.config import stage_values

    return stage_values.resolver(blueprint, resources, region, account, stack_name, stack_id, kept)


def root(options: ReadOptions) -> Path:
    """The folder that `.devserve/` belongs to. A UserError when there is nothing there."""
    from localstack_lite.config import find, sources

    return sources.root_of(find.locate(options))
