"""`samconfig.toml` and `samconfig.yaml` → stages. Pure: text in, values out. Source: AWS docs.

Each environment (`sam deploy --config-env NAME`) that says something about deploying is a stage of that name; so
`default` is one. SAM takes what `[NAME.COMMAND.parameters]` says before `[NAME.global.parameters]`, key by key and each
value as a whole. Our `sync` does what `sam deploy` and `sam sync` do, so both are read: `deploy` first, since
`sam deploy --guided` writes there which stack it is, then `sync` for what `deploy` leaves out, then `global`. All other
commands and keys are SAM's own business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from localstack_lite.config.pairs import NotPairs, parameter_pairs, tag_pairs
from localstack_lite.config.parameters import as_text
from localstack_lite.config.settings_text import SettingsText, parse_text
from localstack_lite.config.stage_settings import StageSettings, read_stage_table
from localstack_lite.model.project import Problem
from localstack_lite.model.stage import StageSource

#: In the order in which SAM looks for them; the first that is there counts.
FILES = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
SECTIONS = ("deploy", "sync", "global")
_KEYS = ("stack_name", "region", "profile", "s3_bucket", "s3_prefix", "image_repository", "role_arn")
_PAIRS: Mapping[str, Callable[[str], dict[str, str]]] = {"parameter_overrides": parameter_pairs, "tags": tag_pairs}


def read_samconfig(text: str, where: str) -> dict[str, StageSettings]:
    """Stages by name. `where` is the file's name; a UserError at `file:line` when it is no TOML or YAML."""
    whole = parse_text(text, where)
    stages = {}
    for name, environment in whole.values.items():
        if isinstance(environment, Mapping) and (sections := _sections(environment)):
            stages[name] = _Environment(whole, name, sections).settings()
    return stages


_Sections = dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]


def _sections(environment: Mapping[str, Any]) -> _Sections:
    """The parameters of each section that is there, the strongest first: as they are written, and with underscores."""
    found: _Sections = {}
    for section in SECTIONS:
        match environment.get(section):
            case {"parameters": dict() as written}:
                found[section] = written, {key.replace("-", "_"): value for key, value in written.items()}
    return found


class _Environment:
    """One environment while it is read."""

    def __init__(self, whole: SettingsText, name: str, sections: _Sections) -> None:
        self._whole = whole
        self._name = name
        self._sections = sections
        self._problems: list[Problem] = []

    def settings(self) -> StageSettings:
        given = {key: value for key in _KEYS if (value := self._value(key)) not in (None, "")}
        if self._resolved("s3_bucket", "resolve_s3"):
            given.pop("s3_bucket", None)
        if "image_repository" not in given and (repository := self._repository()):
            given["image_repository"] = repository
        if (capabilities := self._value("capabilities")) is not None:
            given["capabilities"] = _words(capabilities)
        for key in _PAIRS:
            if (value := self._value(key)) not in (None, ""):
                given[key] = self._pairs(key, value)
        first = next(iter(self._sections))
        where = self._whole.place(self._name, first, "parameters")
        return read_stage_table(self._name, StageSource.SAM, where, given, self._place, self._problems)

    def _section_of(self, key: str) -> str:
        """The strongest section that gives the key, or nothing."""
        return next((name for name, (_, values) in self._sections.items() if values.get(key) not in (None, "")), "")

    def _value(self, key: str) -> Any:
        section = self._section_of(key)
        return self._sections[section][1][key] if section else None

    def _resolved(self, key: str, switch: str) -> bool:
        """Whether the switch that leaves a thing to the tool stands where the thing is named, or above it."""
        on = next((name for name, (_, values) in self._sections.items() if values.get(switch) is True), "")
        named = self._section_of(key)
        order = list(self._sections)
        return bool(on) and (not named or order.index(on) <= order.index(named))

    def _repository(self) -> str:
        """The one repository that all functions have; several are told, as a stage has one."""
        given = self._value("image_repositories")
        if given in (None, ""):
            return ""
        table = self._pairs("image_repositories", given)
        repositories = list(dict.fromkeys(as_text(value) for value in table.values()))
        if len(repositories) > 1:
            what = f"image_repositories of stage {self._name} are {len(repositories)}; {repositories[0]} is used"
            self._tell("image_repositories", what, "one repository holds the images of all functions", warning=True)
        return repositories[0] if repositories else ""

    def _pairs(self, key: str, value: object) -> Mapping[str, object]:
        """A table from each form that SAM takes: one text, a list of texts, a table."""
        if isinstance(value, Mapping):
            return {str(name): one for name, one in value.items()}
        texts: Sequence[object] = value if isinstance(value, list) else [value]
        found: dict[str, object] = {}
        for text in texts:
            if isinstance(text, Mapping):
                found.update({str(name): one for name, one in text.items()})
                continue
            try:
                found.update(_PAIRS.get(key, tag_pairs)(as_text(text)))
            except NotPairs as error:
                beginning = f"what follows {error.after}" if error.after else "its beginning"
                what = f"{key} of stage {self._name}: {beginning} is not Key=Value"
                self._tell(key, what, 'quote a value with spaces: Key="a b"')
        return found

    def _place(self, key: str) -> str:
        section = self._section_of(key)
        if not section:
            return self._whole.place(self._name)
        written = key if key in self._sections[section][0] else key.replace("_", "-")
        return self._whole.place(self._name, section, "parameters", written)

    def _tell(self, key: str, what: str, hint: str, warning: bool = False) -> None:
        self._problems.append(Problem(self._place(key), what, hint, f"stages.{self._name}.{key}", warning))


def _words(capabilities: object) -> object:
    """A list from one text, or what was given."""
    return capabilities.replace(",", " ").split() if isinstance(capabilities, str) else capabilities
