"""Zappa's settings → stages. Pure: text in, values out. Source: Zappa's documentation, and what Zappa 0.63 does.

Only what says where to push to is read: Lambda's own settings (`role_arn` among them, which is the functions' role) are
not a stage's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stage_settings import StageSettings, read_stage_table
from localstack_lite.config.zappa.file import ZappaFile, read_file
from localstack_lite.config.zappa.names import STAGE, function_name, project_name
from localstack_lite.model.project import Problem
from localstack_lite.model.stage import StageSource

#: Zappa's keys by ours.
_KEYS = {"region": "aws_region", "profile": "profile_name", "s3_bucket": "s3_bucket", "tags": "tags"}


def read_zappa_stages(text: str, where: str, folder: str, *, deployed: bool = False) -> dict[str, StageSettings]:
    """Stages by name. `where` is the file's name, `folder` the name of the folder that it is in. `deployed`: it is
    Zappa that deploys them, so that each is a function outside of its stack. A UserError at `file:line` when it cannot
    be read at all."""
    return stages_of(read_file(text, where), folder, deployed=deployed)


def stages_of(file: ZappaFile, folder: str, *, deployed: bool = False) -> dict[str, StageSettings]:
    stages = {}
    for name in file.stages:
        problems: list[Problem] = []
        try:
            given = file.settings(name)
        except Refusal as refusal:
            place = file.place(name, "extends")
            given = dict(file.tables[name])
            problems = [Problem(place, f"stage {name}: {refusal.what}", refusal.hint, f"stages.{name}.extends")]
        made = _settings(file, name, given, folder, problems)
        stages[name] = replace(made, function=made.stack_name, aliases=_aliases(given)) if deployed else made
    return stages


def _aliases(given: Mapping[str, Any]) -> tuple[str, ...]:
    """What Zappa 0.63 has the API and the load balancer of a stage call; earlier versions know the load balancer's
    and call `$LATEST` from the API."""
    found = ""
    if named := given.get("apigateway_lambda_qualifier"):
        found = str(named).strip()
    elif given.get("snap_start") not in (None, "", "None"):
        found = "snapstart"
    elif given.get("provisioned_concurrency"):
        found = "provisioned-concurrency"
    gateway = given.get("use_apigateway", True) and given.get("apigateway_enabled", True)
    balancer = ("current-alb-version",) if given.get("alb_enabled") else ()
    return ((found,) if gateway and found not in ("", "$LATEST") else ()) + balancer


def _settings(
    file: ZappaFile, name: str, given: Mapping[str, Any], folder: str, problems: list[Problem]
) -> StageSettings:
    if not STAGE.fullmatch(name):
        what = f"stage {name!r} has a name that Zappa does not take"
        problems.append(Problem(file.place(name), what, "letters, digits and _", f"stages.{name}", warning=True))

    def place(key: str) -> str:
        return file.place(name, "project_name" if key == "stack_name" else _KEYS.get(key, key))

    project = project_name(given, folder)
    ours: dict[str, object] = {key: given.get(theirs) for key, theirs in _KEYS.items()}
    ours["stack_name"] = function_name(project, name) if isinstance(project, str) else project
    return read_stage_table(name, StageSource.ZAPPA, file.place(name), ours, place, problems)
