"""What a function does here that will not work on Lambda, as its runtime tells it, in words for a person. Pure.

On Lambda the code folder and everything else but `/tmp` is read-only (AWS docs, "Lambda execution environment"). The
runtime tells paths that were written to (`/devserve/advice`): here they are judged, once each however many environments
tell them.
"""

from __future__ import annotations

import orjson

from localstack_lite.model.facts import Advised
from localstack_lite.model.function import Function

_DONE = {"wrote": "wrote {}", "made": "made the folder {}", "removed": "removed {}"}
_ELSEWHERE = "write to /tmp (each environment has its own, and it ends with it), to S3 or to a database"
_DATABASE = "use a database server or an S3-backed SQLite; /tmp is each environment's own and ends with it"
#: More than anybody reads; a peer may tell anything.
_MOST = 200


class Advice:
    """Remembers what was said."""

    def __init__(self) -> None:
        self._said: set[tuple[str, str]] = set()

    def told(self, at: float, function: Function, environment: str, body: bytes) -> list[Advised]:
        """What is new in a runtime's report, `[[KIND, PATH], …]`; nothing for what is no such list."""
        facts = []
        for kind, path in _entries(body):
            key = (function.logical_id, path)
            if key not in self._said and len(self._said) < _MOST:
                self._said.add(key)
                facts.append(_fact(at, function, environment, kind, path))
        return facts


def _fact(at: float, function: Function, environment: str, kind: str, path: str) -> Advised:
    own = _below(path, str(function.code.folder))
    shown = own or path
    if kind == "database":
        place = "the code folder is read-only" if own else "only /tmp can be written to"
        what = f"opened the SQLite database {shown}: on Lambda {place}, so every write to it fails"
        return Advised(at, function.logical_id, environment, shown, what, _DATABASE)
    done = _DONE[kind].format(shown)
    place = "the code folder is read-only: this fails there" if own else "only /tmp can be written to: this fails there"
    return Advised(at, function.logical_id, environment, shown, f"{done}: on Lambda {place}", _ELSEWHERE)


def _below(path: str, folder: str) -> str:
    """The path in the folder; empty when it is not in it."""
    return path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else ""


def _entries(body: bytes) -> list[tuple[str, str]]:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return []
    found = []
    for entry in value if isinstance(value, list) else ():
        match entry:
            case [str(kind), str(path)] if kind in _DONE or kind == "database":
                found.append((kind, path))
    return found
