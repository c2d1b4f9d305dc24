"""How far the fetching of an image is, from the engine's stream of events. Pure.

A layer is fetched and then unpacked, several at a time, and their sizes become known one by one. The share never falls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STEP = 0.01
"""The share has to grow by this much to be told again."""
FETCHED = 0.7
"""How much of a layer is done when it is here and not unpacked."""
_DONE = ("Pull complete", "Already exists")


class PullProgress:
    """`heard` takes one event, `{"status", "id", "progressDetail": {"current", "total"}}`, and says what to tell."""

    def __init__(self) -> None:
        self._layers: dict[str, tuple[int, float]] = {}
        self._told: tuple[str, float] = ("", 0.0)

    def heard(self, event: Mapping[str, Any]) -> tuple[str, float] | None:
        """State (`downloading`, `extracting`) and share when there is news."""
        layer, status = str(event.get("id", "")), str(event.get("status", ""))
        part = _part(status, event.get("progressDetail") or {})
        if not layer or part is None:
            return None
        size, done = self._layers.get(layer, (0, 0.0))
        state, total, share = part
        self._layers[layer] = (total or size, max(done, share))
        if not state:
            state = self._told[0] or "downloading"
        before = self._told
        share = max(before[1], self._share())
        if state == before[0] and share - before[1] < STEP:
            return None
        self._told = (state, share)
        return self._told

    def _share(self) -> float:
        known = [size for size, _ in self._layers.values() if size]
        guess = sum(known) / len(known) if known else 1.0
        weights = [(size or guess, done) for size, done in self._layers.values()]
        return sum(weight * done for weight, done in weights) / sum(weight for weight, _ in weights)


def _part(status: str, detail: Mapping[str, Any]) -> tuple[str, int, float] | None:
    """What an event says of its layer: state (empty: as before), size (0: not said), share done."""
    current, total = int(detail.get("current") or 0), int(detail.get("total") or 0)
    portion = min(1.0, current / total) if total > 0 else 0.0
    match status:
        case "Pulling fs layer" | "Waiting":
            return "", 0, 0.0
        case "Downloading":
            return "downloading", max(total, 0), FETCHED * portion
        case "Verifying Checksum" | "Download complete":
            return "", 0, FETCHED
        case "Extracting":
            return "extracting", 0, FETCHED + (1 - FETCHED) * portion
    return ("", 0, 1.0) if status in _DONE else None
