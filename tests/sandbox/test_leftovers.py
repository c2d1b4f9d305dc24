"""Which containers nobody owns any more."""

from __future__ import annotations

import pytest

from localstack_lite.sandbox.leftovers import Run, labels, orphans, run

OWN = Run("laptop", 100, 5000, "aa")


def listed(owner: Run | str, identity: str = "c1") -> dict[str, object]:
    return {"Id": identity, "Labels": {"devserve.run": str(owner)}}


def test_a_run_is_read_back_from_its_label() -> None:
    assert run(labels(OWN, "1.0", "p", "Hello", "Hello#1")["devserve.run"]) == OWN


@pytest.mark.parametrize("text", ["", "a/b/c/d", "laptop/1/2", "laptop/1/2/3/4"])
def test_what_is_no_run_is_none(text: str) -> None:
    assert run(text) is None


def test_a_prepared_container_names_no_environment() -> None:
    assert "devserve.environment" not in labels(OWN, "1.0", "p", "Hello")
    assert labels(OWN, "1.0", "p", "Hello", "Hello#1")["devserve.environment"] == "Hello#1"


LIVING = {100: 5000, 200: 6000}


@pytest.mark.parametrize(
    ("owner", "orphan"),
    [
        (OWN, False),
        (Run("laptop", 200, 6000, "bb"), False),
        (Run("laptop", 200, 6001, "bb"), False),
        (Run("laptop", 200, 1000, "bb"), True),
        (Run("laptop", 300, 6000, "bb"), True),
        (Run("laptop", 100, 1000, "bb"), True),
        (Run("elsewhere", 300, 6000, "bb"), False),
        ("nonsense", False),
    ],
)
def test_a_container_is_left_over_when_its_devserve_on_this_machine_is_dead(owner: Run | str, orphan: bool) -> None:
    assert orphans([listed(owner)], OWN, LIVING.get) == (["c1"] if orphan else [])


def test_containers_without_labels_are_not_ours() -> None:
    assert orphans([{"Id": "x", "Labels": None}, {"Id": "y"}], OWN, LIVING.get) == []
