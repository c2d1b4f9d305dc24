from __future__ import annotations

from typing import Any

from localstack_lite.sandbox.pull_progress import PullProgress


def event(layer: str, status: str, current: int = 0, total: int = 0) -> dict[str, Any]:
    return {"id": layer, "status": status, "progressDetail": {"current": current, "total": total} if total else {}}


def shares(*events: dict[str, Any]) -> list[float]:
    progress = PullProgress()
    return [round(news[1], 3) for each in events if (news := progress.heard(each))]


def test_one_layer_is_fetched_and_then_unpacked() -> None:
    progress = PullProgress()
    told = [
        progress.heard(event("a", "Pulling fs layer")),
        progress.heard(event("a", "Downloading", 50, 100)),
        progress.heard(event("a", "Download complete")),
        progress.heard(event("a", "Extracting", 100, 100)),
        progress.heard(event("a", "Pull complete")),
    ]
    assert told == [("downloading", 0.0), ("downloading", 0.35), ("downloading", 0.7), ("extracting", 1.0), None]


def test_large_layers_count_for_more() -> None:
    assert shares(event("a", "Downloading", 0, 900), event("b", "Downloading", 100, 100)) == [0.0, 0.07]


def test_the_share_never_falls_when_another_layer_turns_up() -> None:
    told = shares(
        event("a", "Downloading", 90, 100),
        event("b", "Pulling fs layer"),
        event("b", "Downloading", 1, 1000),
        event("b", "Downloading", 1000, 1000),
    )
    assert told == sorted(told)
    assert told[-1] > told[0]


def test_small_steps_are_not_told() -> None:
    told = shares(*(event("a", "Downloading", current, 100_000) for current in range(0, 100_000, 100)))
    assert len(told) <= 71


def test_a_layer_that_is_here_is_done() -> None:
    assert shares(event("a", "Already exists"), event("b", "Pulling fs layer"), event("b", "Pull complete")) == [1.0]


def test_events_without_a_layer_are_none_of_the_progress() -> None:
    progress = PullProgress()
    assert progress.heard({"status": "Pulling from lambda/python", "id": "3.13"}) is None
    assert progress.heard({"status": "Digest: sha256:00"}) is None
    assert progress.heard({"error": "denied"}) is None
