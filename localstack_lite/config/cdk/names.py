"""Names for functions that the app gives none: from their construct path, as `Orders` or `Api-Orders`. Pure.

The logical id of `new Function(this, 'Orders')` is something like `Orders5A1B2C3D`, and its name in the cloud is that
with the stack before it and a random text behind; nobody types either. The construct's path is what the author knows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from localstack_lite.config.functions import FUNCTION

#: What Lambda takes (AWS quotas).
_LONGEST = 64
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_-]")
#: The last part of the path of a resource inside the construct that the author wrote.
_OWN = ("Resource", "Default")


def construct_path(resource: Mapping[str, Any]) -> str:
    """`Shop/Orders`, without the part that the construct library adds; empty where paths are switched off."""
    metadata = resource.get("Metadata")
    path = metadata.get("aws:cdk:path") if isinstance(metadata, Mapping) else None
    if not isinstance(path, str):
        return ""
    above, _, last = path.rpartition("/")
    return above if last in _OWN else path


def function_names(stacks: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, str]:
    """Names by construct path, of the functions of all these templates, each with its stack's path.

    A path inside the stack names the function where it is the only one, else the whole path does."""
    short: dict[str, str] = {}
    taken: set[str] = set()
    for stack, template in stacks:
        resources = template.get("Resources")
        for resource in resources.values() if isinstance(resources, Mapping) else ():
            if not isinstance(resource, Mapping) or resource.get("Type") != FUNCTION:
                continue
            properties = resource.get("Properties")
            given = properties.get("FunctionName") if isinstance(properties, Mapping) else None
            if isinstance(given, str):
                taken.add(given)
            elif given is None and (path := construct_path(resource)):
                short[path] = _name(path.removeprefix(f"{stack}/"))
    often = Counter(short.values())
    names = {path: name if often[name] == 1 and name not in taken else _name(path) for path, name in short.items()}
    often = Counter(names.values())
    return {path: name for path, name in names.items() if name and often[name] == 1 and name not in taken}


def _name(path: str) -> str:
    name = "-".join(filter(None, (_NOT_IN_A_NAME.sub("", part) for part in path.split("/"))))
    return name if len(name) <= _LONGEST else ""
