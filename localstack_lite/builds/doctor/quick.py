"""The few findings about a Django project that every start can afford: what only its settings say."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from localstack_lite.builds.doctor import django_rules, settings_files
from localstack_lite.builds.doctor.finding import Severity
from localstack_lite.model.api import Face
from localstack_lite.model.project import Problem, Project


def quick(project: Project) -> tuple[Problem, ...]:
    """The findings of a Django project that cost next to nothing, as warnings: what only its settings say."""
    problems: dict[tuple[str, str], Problem] = {}
    for function in project.functions:
        if function.adapter is None or not function.adapter.django_settings:
            continue
        settings = settings_files.settings(project, function)
        found = chain(
            *(rule(settings) for rule in (django_rules.databases, django_rules.static_files, django_rules.uploads))
        )
        for finding in found:
            if finding.severity is Severity.FAILS:
                problems.setdefault((finding.where, finding.what), finding.problem(function.logical_id))
        # Here and now it matters only where the app meets AWS's host, or its domain.
        for api in (api for api in project.apis if api.face is not Face.LOCAL):
            for finding in django_rules.hosts(settings, project.region, api.domain if api.face is Face.DOMAIN else ""):
                if finding.severity is Severity.FAILS:
                    problem = finding.problem(function.logical_id)
                    problem = replace(problem, hint=f"{problem.hint}; or press p, for no stage in front")
                    problems.setdefault((finding.where, finding.what), problem)
    return tuple(problems.values())
