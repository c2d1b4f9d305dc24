"""State machines whose definition changed, and nothing else of them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from localstack_lite.sync.ground import Ground
from localstack_lite.sync.steps import UpdateStateMachine

STATE_MACHINE = "AWS::StepFunctions::StateMachine"
#: Properties that make the definition.
DEFINITION = ("Definition", "DefinitionString", "DefinitionSubstitutions")
_PLACE = re.compile(r"\$\{([A-Za-z0-9_]+)\}")


def state_machine_step(ground: Ground, id: str) -> UpdateStateMachine:
    """LookupError when the definition cannot be known without CloudFormation."""
    name = ground.remote.physical(id)
    if not name:
        raise LookupError("AWS does not tell its ARN")
    text = ground.value(id, "DefinitionString")
    if text is None:
        definition = ground.value(id, "Definition")
        if definition is None:
            raise LookupError("its definition is not in the template")
        text = json.dumps(definition, separators=(",", ":"), default=str)
    given = ground.value(id, "DefinitionSubstitutions")
    made = substituted(str(text), given if isinstance(given, Mapping) else {})
    return UpdateStateMachine(id, name, made, "its definition changed")


def substituted(text: str, given: Mapping[str, Any]) -> str:
    """`${Name}` replaced by what is given for it, as CloudFormation does; other places stay."""

    def one(found: re.Match[str]) -> str:
        value = given.get(found[1])
        if value is None:
            return found[0]
        return ("true" if value else "false") if isinstance(value, bool) else str(value)

    return _PLACE.sub(one, text)
