"""`.chalice/config.json`: what a stage says of each function. Pure.

A function's own settings go before the stage's, those before the file's; variables are put together. Source: Chalice's
documentation, "Configuration File".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.model.project import Problem

DEFAULT_STAGE, API_STAGE = "dev", "api"
#: Chalice's own: MB and seconds.
MEMORY, TIMEOUT = 128, 60
#: The name of the function behind all routes, in `lambda_functions`.
HANDLER = "api_handler"


@dataclass(frozen=True, slots=True)
class ChaliceSettings:
    """`values` is the file, `stage` the name of the stage that is asked for."""

    document: Document
    stage: str = DEFAULT_STAGE
    name: str = ".chalice/config.json"
    problems: tuple[Problem, ...] = field(default=())

    @property
    def app_name(self) -> str:
        return as_text(self.document.values.get("app_name"))

    def of(self, key: str, function: str = "") -> Any:
        """A setting; None when nobody says it."""
        return next((found for part in self._parts(function) if (found := part.get(key)) is not None), None)

    def environment(self, function: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in reversed(self._parts(function)):
            found |= {str(key): as_text(value) for key, value in _mapping(part.get("environment_variables")).items()}
        return found

    def api_stage(self) -> str:
        return as_text(self.of("api_gateway_stage")) or API_STAGE

    def _parts(self, function: str) -> list[Mapping[str, Any]]:
        whole = self.document.values
        stage = _mapping(_mapping(whole.get("stages")).get(self.stage))
        own = [_mapping(_mapping(one.get("lambda_functions")).get(function)) for one in (stage, whole) if function]
        return [*own, stage, whole]


def chalice_settings(document: Document, stage: str, name: str) -> ChaliceSettings:
    """The stage `dev` need not be written; another one that is not there is told."""
    stages = _mapping(document.values.get("stages"))
    if stage in stages or stage == DEFAULT_STAGE:
        return ChaliceSettings(document, stage, name)
    line = document.line("stages")
    hint = did_you_mean(stage, stages, f"known are {', '.join(stages) or DEFAULT_STAGE}")
    what = f"there is no stage {stage}; the settings outside of stages count"
    where = f"{name}:{line}" if line else name
    return ChaliceSettings(document, stage, name, (Problem(where, what, hint, "stages", warning=True),))


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
