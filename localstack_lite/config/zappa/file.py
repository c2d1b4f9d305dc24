"""Zappa's settings as stages that extend each other, from a file or from `ZAPPA_*` variables. Pure: text in, values
out. Source: Zappa's documentation, and what Zappa 0.63 does.

`extends` hands on key by key. A stage that others extend and that does not say what runs is there for them only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.refusal import Refusal, did_you_mean
from localstack_lite.config.settings_text import SettingsText, parse_text

#: In the order in which Zappa looks for them; the first that is there counts.
FILES = ("zappa_settings.json", "zappa_settings.toml", "zappa_settings.yml", "zappa_settings.yaml")
WHAT_RUNS = ("app_function", "django_settings", "lambda_handler")
PREFIX = "ZAPPA_"
#: The stage of settings that stand in the environment.
STAGE = "dev"
#: What Zappa takes when variables say nothing else (0.63).
_DEFAULTS = {
    "app_function": "app.app",
    "aws_region": "us-east-1",
    "exclude": ["boto3", "dateutil", "botocore", "s3transfer", "concurrent"],
}


@dataclass(frozen=True, slots=True)
class ZappaFile:
    whole: SettingsText
    tables: Mapping[str, Mapping[str, Any]]

    @property
    def name(self) -> str:
        return self.whole.name

    @property
    def stages(self) -> tuple[str, ...]:
        """Those that can be run, as the file has them."""
        extended = {above for table in self.tables.values() if isinstance(above := table.get("extends"), str)}
        return tuple(name for name in self.tables if name not in extended or self._runs(name))

    def settings(self, name: str) -> dict[str, Any]:
        """A stage's settings over those of the stages that it extends. A Refusal when one is not there, or when they
        go round in a circle."""
        chain = [name]
        while above := self.tables[chain[-1]].get("extends"):
            if not isinstance(above, str) or above not in self.tables:
                raise Refusal(
                    f"it extends {above}, which is not there",
                    did_you_mean(str(above), self.tables, "extends names another stage of the file"),
                )
            if above in chain:
                circle = " → ".join([*chain, above])
                raise Refusal(f"extends goes round in a circle: {circle}", "take one of them out")
            chain.append(above)
        return {key: value for one in reversed(chain) for key, value in self.tables[one].items()}

    def place(self, name: str, *path: str) -> str:
        """`file:line` of a setting, in the stage that gives it of those that are extended."""
        seen: set[str] = set()
        at: object = name
        while path and isinstance(at, str) and at not in seen and (table := self.tables.get(at)) is not None:
            if path[0] in table:
                return self.whole.place(at, *path)
            seen.add(at)
            at = table.get("extends")
        return self.whole.place(name)

    def _runs(self, name: str) -> bool:
        try:
            settings = self.settings(name)
        except Refusal:
            return True  # it is told where it is used
        return any(settings.get(key) for key in WHAT_RUNS)


def read_file(text: str, where: str) -> ZappaFile:
    """`where` is the file's name. A UserError at `file:line` when it cannot be read at all."""
    whole = parse_text(text, where)
    return ZappaFile(whole, {str(name): table for name, table in whole.values.items() if isinstance(table, Mapping)})


def from_environment(environ: Mapping[str, str], stage: str = "") -> ZappaFile | None:
    """The one stage that `ZAPPA_*` variables make, None when they do not say what runs: then they are something else's.
    (Zappa itself takes any of them for a project, with `app.app` in it.)"""
    given = {
        name.removeprefix(PREFIX).lower(): _parsed(value) for name, value in environ.items() if name.startswith(PREFIX)
    }
    if not any(given.get(key) for key in WHAT_RUNS):
        return None
    settings: dict[str, object] = {**_DEFAULTS, **given}
    if "django_settings" in given:
        del settings["app_function"]
    tables = {stage or STAGE: settings}
    return ZappaFile(SettingsText(f"{PREFIX}* variables", tables), tables)


def _parsed(value: str) -> object:
    """A variable's text as Zappa takes it: JSON tables and lists, true and false, digits; all else is text."""
    if value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    if value.lower() in ("true", "false"):
        return value.lower() == "true"
    return int(value) if value.isdecimal() and value.isascii() else value
