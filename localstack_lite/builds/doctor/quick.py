"""The few findings about a Django project that every start can afford: what only its settings say."""

from __future__ import annotations

from localstack_lite.builds.doctor import django_rules, settings_files
from localstack_lite.builds.doctor.finding import Severity
from localstack_lite.model.project import Problem, Project


def quick(project: Project) -> tuple[Problem, ...]:
    """The findings of a Django project that cost next to nothing, as warnings: what only its settings say."""
    problems: dict[tuple[str, str], Problem] = {}
    for function in project.functions:
        if function.adapter is None or not function.adapter.django_settings:
            continue
        settings = settings_files.settings(project, function)
        for rule in (django_rules.databases, django_rules.static_files, django_rules.uploads):
            for finding in rule(settings):
                if finding.severity is Severity.FAILS:
                    problems.setdefault((finding.where, finding.what), finding.problem(function.logical_id))
    return tuple(problems.values())
