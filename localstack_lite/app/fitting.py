"""The project as it runs on this machine, with what there is to say about that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from localstack_lite.app.machine import Machine
from localstack_lite.app.preparation import equipped
from localstack_lite.model.integration import TemplatedIntegration
from localstack_lite.model.project import Problem, Project


def fitted(project: Project, machine: Machine) -> Project:
    """With what the sandbox has to say, what will be otherwise on Lambda, and the mapping templates that cannot be
    read. The same remark is made once."""
    project = equipped(machine, project)
    said: dict[str, Problem] = {}
    for problem in _found(project, machine):
        said.setdefault(problem.what, problem)
    return replace(project, problems=(*project.problems, *said.values())) if said else project


def _found(project: Project, machine: Machine) -> Iterator[Problem]:
    for function in (one for one in project.functions if not one.in_stage):
        if (problem := machine.sandbox.remark(function)) is not None:
            yield problem
    if any(one.adapter is not None and one.adapter.django_settings for one in project.functions):
        from localstack_lite.builds.doctor.quick import quick

        yield from quick(project)
    if any(isinstance(route.integration, TemplatedIntegration) for api in project.apis for route in api.routes):
        from localstack_lite.gateway.templates.problems import template_problems

        yield from template_problems(project)
