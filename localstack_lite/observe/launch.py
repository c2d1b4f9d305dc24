"""The launch configuration that attaches an editor to a debugger: an entry of VS Code's `.vscode/launch.json`.

Keys are those of the editor's own debuggers (`debugpy`, `node`, `java`). Paths are mapped from the folder that the user
edits to the one the runtime sees, which is another in a container.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from localstack_lite.model.facts import DebuggerWaits
from localstack_lite.observe.lines import INDENT
from localstack_lite.observe.palette import Palette

FILE = ".vscode/launch.json"


def configuration(fact: DebuggerWaits) -> dict[str, object]:
    """For `configurations` of the file; empty for a language whose debugger the editor does not have built in."""
    host, _, port = fact.address.rpartition(":")
    name = fact.environment.rpartition("#")[0] or fact.function
    common: dict[str, object] = {"name": f"devserve: {name}", "request": "attach"}
    match fact.language:
        case "python":
            mapping = {"localRoot": fact.local_root, "remoteRoot": fact.remote_root}
            where = {"host": host, "port": int(port)}
            return {**common, "type": "debugpy", "connect": where, "pathMappings": [mapping]}
        case "nodejs":
            roots = {"localRoot": fact.local_root, "remoteRoot": fact.remote_root}
            return {**common, "type": "node", "address": host, "port": int(port), **roots, "restart": True}
        case "java":
            return {**common, "type": "java", "hostName": host, "port": int(port)}
    return {}


def lines(fact: DebuggerWaits, at: str, paint: Palette, *, explain: bool) -> list[str]:
    """That a debugger waits; with `explain` also what to put where, so that an editor attaches."""
    waits = f"{at} {fact.environment} {paint('waits for a debugger', 'yellow')} at {paint(fact.address, 'cyan')}"
    found = configuration(fact)
    if not explain or not found:
        return [waits]
    return [
        waits,
        f"{INDENT}to attach VS Code, add to the configurations of {FILE}:",
        *(INDENT + line for line in _text(found)),
    ]


def _text(found: Mapping[str, object]) -> list[str]:
    """As JSON, with one line for each key: the whole of it stays on the screen."""
    keys = [f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in found.items()]
    return ["{", *(f"{key}," for key in keys[:-1]), keys[-1], "}"]
