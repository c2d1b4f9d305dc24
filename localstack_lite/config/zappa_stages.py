"""Zappa's settings → stages. Pure: text in, values out. Source: Zappa's documentation, and what Zappa 0.63 does.

Only what says where to push to is read: Lambda's own settings (`role_arn` among them, which is the functions' role) are
not a stage's. `extends` hands on key by key, as Zappa does it. A stage that others extend and that does not say what
runs is there for them only, and is none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.settings_text import SettingsText, parse_text
from localstack_lite.config.stage_settings import StageSettings, read_stage_table
from localstack_lite.model.project import Problem
from localstack_lite.model.stage import StageSource

#: In the order in which Zappa looks for them; the first that is there counts.
FILES = ("zappa_settings.json", "zappa_settings.toml", "zappa_settings.yml", "zappa_settings.yaml")
#: Zappa's keys by ours.
_KEYS = {"region": "aws_region", "profile": "profile_name", "s3_bucket": "s3_bucket", "tags": "tags"}
_WHAT_RUNS = ("app_function", "django_settings", "lambda_handler")
_NAME = re.compile(r"[a-zA-Z0-9_]+")
#: Of a folder's name, when the settings name no project.
_LONGEST_FOLDER = 15


def read_zappa_stages(text: str, where: str, folder: str) -> dict[str, StageSettings]:
    """Stages by name. `where` is the file's name, `folder` the name of the folder that it is in. A UserError at
    `file:line` when it cannot be read at all."""
    whole = parse_text(text, where)
    tables = {str(name): table for name, table in whole.values.items() if isinstance(table, Mapping)}
    extended = {above for table in tables.values() if isinstance(above := table.get("extends"), str)}
    stages = {}
    for name in tables:
        try:
            given, problems = _with_extended(tables, name), []
        except Refusal as refusal:
            place = whole.place(name, "extends")
            given = dict(tables[name])
            problems = [Problem(place, f"stage {name}: {refusal.what}", refusal.hint, f"stages.{name}.extends")]
        if name in extended and not problems and not any(given.get(key) for key in _WHAT_RUNS):
            continue
        stages[name] = _settings(whole, name, given, folder, problems)
    return stages


def _with_extended(tables: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, Any]:
    """A stage's settings over those of the stages that it extends."""
    chain = [name]
    while above := tables[chain[-1]].get("extends"):
        if not isinstance(above, str) or above not in tables:
            raise Refusal(f"it extends {above}, which is not there", did_you_mean(str(above), tables))
        if above in chain:
            raise Refusal(f"extends goes round in a circle: {' → '.join([*chain, above])}", "take one of them out")
        chain.append(above)
    return {key: value for one in reversed(chain) for key, value in tables[one].items()}


def _settings(
    whole: SettingsText, name: str, given: Mapping[str, Any], folder: str, problems: list[Problem]
) -> StageSettings:
    if not _NAME.fullmatch(name):
        what = f"stage {name!r} has a name that Zappa does not take"
        problems.append(Problem(whole.place(name), what, "letters, digits and _", f"stages.{name}", warning=True))

    def place(key: str) -> str:
        written = "project_name" if key == "stack_name" else _KEYS.get(key, key)
        return whole.place(*_home(whole, name, written))

    project = given.get("project_name") or slug(folder)[:_LONGEST_FOLDER]
    ours: dict[str, object] = {key: given.get(theirs) for key, theirs in _KEYS.items()}
    ours["stack_name"] = slug(f"{project}-{name}") if isinstance(project, str) else project
    return read_stage_table(name, StageSource.ZAPPA, whole.place(name), ours, place, problems)


def _home(whole: SettingsText, name: str, key: str) -> tuple[str, ...]:
    """The path of a key in the stage that gives it, of those that are extended."""
    seen: set[str] = set()
    at: object = name
    while isinstance(at, str) and at not in seen and isinstance(table := whole.values.get(at), Mapping):
        if key in table:
            return at, key
        seen.add(at)
        at = table.get("extends")
    return (name,)


def slug(text: str) -> str:
    """What Zappa makes of a name for AWS: lower case, letters and digits without accents, the rest hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
