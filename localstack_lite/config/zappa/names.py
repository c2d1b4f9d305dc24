"""The names that Zappa gives: to a project, its functions, and the rules of its schedules. Pure. Source: Zappa 0.63.

Names matter at run time: Zappa's handler finds a scheduled function by the end of the rule's name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha1

from localstack_lite.config.refusal import Refusal

#: What a stage may be called.
STAGE = re.compile(r"[a-zA-Z0-9_]+")
#: What a scheduled function may be called: the hyphen ends the name of the event before it.
_SCHEDULED = re.compile(r"[._A-Za-z0-9]{0,63}")
#: Of a folder's name, when the settings name no project.
_LONGEST_FOLDER = 15
#: EventBridge takes no longer name of a rule.
_LONGEST_RULE = 64


def slug(text: str) -> str:
    """What Zappa makes of a name for AWS: lower case, letters and digits without accents, the rest hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def project_name(given: Mapping[str, object], folder: str) -> object:
    """As the settings have it, whatever it is there; else the folder's."""
    return given.get("project_name") or slug(folder)[:_LONGEST_FOLDER]


def function_name(project: str, stage: str) -> str:
    """The Lambda function's name, which is also its stack's."""
    return slug(f"{project}-{stage}")


def rule_name(lambda_name: str, function: str, name: str = "", index: int = 0) -> str:
    """The EventBridge rule of a scheduled `module.function`. `name` is what the event is called, `index` counts its
    expressions. A Refusal for what Zappa does not schedule."""
    if not _SCHEDULED.fullmatch(function):
        hint = "up to 63 letters, digits, dots and underscores: module.function"
        raise Refusal(f"Zappa schedules no function named {function!r}", hint)
    event = function if name in ("", function) else f"{name}-{function}"
    event = f"{index}-{event}" if index else event
    if len(event) >= _LONGEST_RULE:
        raise Refusal(
            f"the rule would be called {event}, which is too long", "shorten the names to 63 letters together"
        )
    rule = _shortened(lambda_name, event)
    # A name that fills the whole length may have lost something; a digest of the function's stays unique.
    return _shortened(sha1(lambda_name.encode()).hexdigest(), event) if len(rule) >= _LONGEST_RULE else rule


def _shortened(prefix: str, event: str) -> str:
    return f"{prefix[: _LONGEST_RULE - 1 - len(event)]}-{event}"[:_LONGEST_RULE]
