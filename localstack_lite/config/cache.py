"""SAM transforms kept in `.devserve/cache/sam/` between runs. I/O only; losing them costs time, never correctness."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from localstack_lite.config.parameters import Place
from localstack_lite.config.sam import Refused, Transformed, transform
from localstack_lite.config.state import digest, state_folder

#: Changes when what we make of the translator's answer changes.
_FORMAT = "3"


def transformed(
    root: Path,
    document: Mapping[str, Any],
    parameters: Mapping[str, str],
    place: Place,
    make: Callable[[Mapping[str, Any], Mapping[str, str], Place], Transformed] = transform,
) -> Transformed:
    """`make`, or what it made the last time of the same input with the same translator."""
    translator = _translator_version()
    given = json.dumps([document, parameters, asdict(place)], sort_keys=False, default=str)
    kept = root / ".devserve" / "cache" / "sam" / f"{digest(_FORMAT, translator, given)}.json"
    if found := _load(kept):
        return found
    made = make(document, parameters, place)
    if not made.failure:
        _keep(root, kept, made)
    return made


def _translator_version() -> str:
    """The text of the translator's `__init__.py`, which is its version; importing it or asking the packaging metadata
    takes longer than the whole read."""
    spec = find_spec("samtranslator")
    try:
        return Path(spec.origin).read_text() if spec and spec.origin else ""
    except OSError:
        return ""


def _load(file: Path) -> Transformed | None:
    try:
        kept = json.loads(file.read_bytes())
        return Transformed(kept["template"], tuple(Refused(**refused) for refused in kept["refused"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(root: Path, file: Path, made: Transformed) -> None:
    text = json.dumps({"template": made.template, "refused": [asdict(refused) for refused in made.refused]})
    try:
        state_folder(root)
        file.parent.mkdir(parents=True, exist_ok=True)
        # Complete or not there: another devserve may read it at this moment.
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            part.write(text)
        os.replace(name, file)
    except OSError:  # a read-only project: the next start is slower, that is all
        return
