"""Paths into events."""

import pytest

from localstack_lite.events.json_path import find

EVENT = {"detail-type": "Scheduled Event", "resources": ["a", "b"], "detail": {"x y": {"n": 0}, "list": [{"k": 1}, {}]}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", EVENT),
        ("$.detail-type", "Scheduled Event"),
        ("$.resources[0]", "a"),
        ("$.resources[-1]", "b"),
        ("$.resources[*]", ["a", "b"]),
        ("$.detail['x y'].n", 0),
        ('$["detail"]["list"][0].k', 1),
        ("$.detail.list[*].k", [1]),
        ("$.detail.list[1].*", []),
        ("$.detail.*", [{"n": 0}, [{"k": 1}, {}]]),
    ],
)
def test_members_indices_and_all(path, value):
    assert find(EVENT, path) == value


@pytest.mark.parametrize(
    "path", ["", "detail", "$.nope", "$.resources[2]", "$.resources.a", "$.detail[0]", "$..detail", "$.detail[", "$x"]
)
def test_a_path_that_leads_nowhere_is_a_lookup_error(path):
    with pytest.raises(LookupError):
        find(EVENT, path)
