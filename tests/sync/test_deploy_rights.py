"""What CloudFormation does with one's own rights is bounded."""

from __future__ import annotations

import pytest

from localstack_lite.sync.deploy_rights import RIGHTS, Names

#: Whose ids are AWS's own: nothing of the stack's name is in them.
UNBOUNDED = {"EventSources", "Apis"}


def arn(service: str, rest: str, region: str | None = None, account: str | None = None) -> str:
    return f"arn:aws:{service}:{'r' if region is None else region}:{'1' if account is None else account}:{rest}"


NAMES = Names("Shop", arn, lambda type, property: ["Shop-*", "given"], ["Flow-*"], ["Common"])


@pytest.mark.parametrize("prefix", RIGHTS)
def test_every_right_is_bounded_by_names(prefix: str) -> None:
    for right in RIGHTS[prefix]:
        resources = right.resources(NAMES)
        assert resources
        assert len(set(right.actions)) == len(right.actions)
        assert "*" not in right.actions
        if right.sid not in UNBOUNDED:
            assert all(any(name in each for name in ("Shop", "shop", "given", "Flow", "Common")) for each in resources)


def test_sids_are_told_apart() -> None:
    sids = [right.sid for rights in RIGHTS.values() for right in rights]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


def test_buckets_are_named_in_lower_case() -> None:
    (right,) = RIGHTS["AWS::S3::"]
    assert right.resources(NAMES) == ["arn:aws:s3:::shop-*", "arn:aws:s3:::given"]
