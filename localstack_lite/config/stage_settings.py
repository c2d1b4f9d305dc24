"""What one file says about a stage, the same for every kind of file; and the stage that several files make. Pure.

What cannot be used is told and left out. A stage with problems is never pushed to: a push to another place than the one
that was meant is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from localstack_lite.config.parameters import as_text
from localstack_lite.config.stage_rules import TEXT_RULES, Remark, capability, stage_name, tag
from localstack_lite.model.project import Problem
from localstack_lite.model.stage import CAPABILITIES, Stage, StageSource


@dataclass(frozen=True, slots=True)
class StageSettings:
    """Empty means: not given; `capabilities` may be given as none at all, and are None otherwise. `where` is
    `file:line` of the table. Problems that are no warnings stand in the way of a push."""

    name: str = ""
    source: StageSource = StageSource.DEVSERVE
    where: str = ""
    stack_name: str = ""
    region: str = ""
    profile: str = ""
    s3_bucket: str = ""
    s3_prefix: str = ""
    image_repository: str = ""
    role_arn: str = ""
    endpoint_url: str = ""
    capabilities: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    parameter_overrides: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    function: str = ""
    """The function that Zappa deployed, where a Zappa project is what is pushed."""
    aliases: tuple[str, ...] = ()
    """Those of the function that Zappa has its callers call."""


def read_stage_table(
    name: str,
    source: StageSource,
    where: str,
    given: Mapping[str, object],
    place: Callable[[str], str],
    found: Iterable[Problem] = (),
) -> StageSettings:
    """Checks what a table gives by our own names of the keys: text, `capabilities` a list, `tags` and
    `parameter_overrides` tables. `place` gives the `file:line` of a key; `found` are problems found before."""
    problems = list(found)

    def tell(key: str, what: str, hint: str) -> None:
        problems.append(Problem(place(key), what, hint, f"stages.{name}.{key}"))

    if remark := stage_name(name):
        problems.append(Problem(where, f"{name!r} is {remark[0]}", remark[1], f"stages.{name}"))
    texts: dict[str, str] = {}
    for key, rule in TEXT_RULES.items():
        value = given.get(key)
        if value in (None, ""):
            continue
        if not isinstance(value, str):
            tell(key, f"{key} of stage {name} is {value!r}", "it is text")
        elif bad := rule(value):
            tell(key, f"{key} of stage {name} is {value!r}, {bad[0]}", bad[1])
        else:
            texts[key] = value.strip("/") if key == "s3_prefix" else value
    return StageSettings(
        name=name,
        source=source,
        where=where,
        **texts,
        capabilities=_capabilities(name, given.get("capabilities"), tell),
        tags=_table(name, "tags", given.get("tags"), tag, tell),
        parameter_overrides=_table(name, "parameter_overrides", given.get("parameter_overrides"), None, tell),
        problems=tuple(problems),
        aliases=(),
    )


_Tell = Callable[[str, str, str], None]


def _capabilities(name: str, given: object, tell: _Tell) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list | tuple):
        tell("capabilities", f"capabilities of stage {name} is {given!r}", "it is a list of text")
        return None
    good = []
    for one in map(as_text, given):
        if remark := capability(one):
            tell("capabilities", f"{one!r} among the capabilities of stage {name} is {remark[0]}", remark[1])
        else:
            good.append(one)
    return tuple(dict.fromkeys(good))


def _table(
    name: str, key: str, given: object, rule: Callable[[str, str], Remark | None] | None, tell: _Tell
) -> dict[str, str]:
    """Values are never repeated in a message: a parameter may be a secret."""
    if given in (None, ""):
        return {}
    if not isinstance(given, Mapping):
        tell(key, f"{key} of stage {name} is not a table", 'write { Key = "value" }')
        return {}
    good: dict[str, str] = {}
    for one, value in given.items():
        items = value if isinstance(value, list) else [value]
        text = ",".join(map(as_text, items))
        if any(isinstance(item, Mapping | list) for item in items):
            tell(key, f"{key}.{one} of stage {name} is not text", "a value is text, a number, true or false")
        elif rule and (remark := rule(str(one), text)):
            tell(key, f"{key}.{one} of stage {name} is {remark[0]}", remark[1])
        else:
            good[str(one)] = text
    return good


def merged(parts: Iterable[StageSettings]) -> StageSettings:
    """One stage from what several files say, the strongest first. What is given first counts; in tables, the value of
    each key that is given first. What is wrong with a value that does not count does not matter."""
    first, *others = parts
    for other in others:
        problems = [problem for problem in other.problems if not _given(first, problem.subject.rpartition(".")[2])]
        texts = {key: getattr(first, key) or getattr(other, key) for key in TEXT_RULES}
        first = replace(
            first,
            **texts,
            function=first.function or other.function,
            aliases=first.aliases or other.aliases,
            capabilities=other.capabilities if first.capabilities is None else first.capabilities,
            tags={**other.tags, **first.tags},
            parameter_overrides={**other.parameter_overrides, **first.parameter_overrides},
            problems=(*first.problems, *problems),
        )
    return first


def _given(settings: StageSettings, key: str) -> bool:
    return key in TEXT_RULES and bool(getattr(settings, key))


def stage_of(settings: StageSettings, folder: str, protected: bool) -> Stage:
    """`folder` is the name of the project's folder, for a stack without a name."""
    return Stage(
        name=settings.name,
        stack_name=settings.stack_name or default_stack_name(folder, settings.name),
        parameters=dict(settings.parameter_overrides),
        capabilities=CAPABILITIES if settings.capabilities is None else settings.capabilities,
        tags=dict(settings.tags),
        protected=protected,
        source=settings.source,
        where=settings.where,
        function=settings.function,
        aliases=settings.aliases,
        **{key: getattr(settings, key) for key in TEXT_RULES if key != "stack_name"},
    )


def default_stack_name(folder: str, stage: str) -> str:
    """`FOLDER-STAGE` with the characters that CloudFormation takes; a long folder is cut, not the stage."""
    stage = _plain(stage)[:64] or "stage"
    folder = _plain(folder)
    if not folder[:1].isalpha():
        folder = f"devserve-{folder}".rstrip("-")
    return f"{folder[: 127 - len(stage)].rstrip('-')}-{stage}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
