"""The manifest and releases as texts, and what is no such text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.record import manifest_of, manifest_text, release_of, release_text
from localstack_lite.sync.release import Code, Release, ReleaseState
from localstack_lite.sync.remote import RemoteResource

TEXT = st.text(max_size=8)
NESTED = st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT | st.integers(), max_size=2), max_size=2)
MANIFESTS = st.builds(
    Manifest,
    TEXT,
    TEXT,
    TEXT,
    st.lists(st.builds(RemoteResource, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    NESTED,
    NESTED,
    st.frozensets(TEXT, max_size=3),
    st.integers(0, 10**6),
    st.dictionaries(TEXT, TEXT, max_size=2),
    st.dictionaries(TEXT, TEXT, max_size=2),
)
RELEASES = st.builds(
    Release,
    st.integers(1, 10**6),
    st.floats(0, 2e9),
    TEXT,
    TEXT,
    st.sampled_from(ReleaseState),
    st.dictionaries(TEXT, st.builds(Code, TEXT, TEXT, TEXT), max_size=3),
    st.lists(TEXT, max_size=3).map(tuple),
    st.lists(TEXT, max_size=3).map(tuple),
    st.booleans(),
    st.integers(0, 100),
)
DAMAGED = [
    "",
    "{",
    "null",
    "[]",
    "7",
    '"x"',
    "{}",
    '{"form": "1"}',
    '{"form": true}',
    '{"form": 0}',
    '{"form": 99}',
    "[" * 99999,
]


@given(MANIFESTS)
def test_a_manifest_comes_back_as_it_was(manifest: Manifest) -> None:
    assert manifest_of(manifest_text(manifest)) == manifest


@given(RELEASES)
def test_a_release_comes_back_as_it_was(release: Release) -> None:
    assert release_of(release_text(release)) == release


@pytest.mark.parametrize("text", DAMAGED)
def test_what_is_damaged_or_newer_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        manifest_of(text)
    with pytest.raises(ValueError):
        release_of(text)


@pytest.mark.parametrize(
    "key", ["stackId", "resources", "templates", "direct", "uploaded", "release", "deployed", "images"]
)
def test_a_part_of_a_wrong_kind_is_refused(key: str) -> None:
    whole = json.loads(manifest_text(Manifest()))
    for wrong in (None, 1.5, True, [1], {"a": 1}):
        with pytest.raises(ValueError):
            manifest_of(json.dumps({**whole, key: wrong}))


@pytest.mark.parametrize("key", ["number", "at", "by", "state", "functions", "changed", "done", "rolledBackTo"])
def test_a_part_of_a_release_of_a_wrong_kind_is_refused(key: str) -> None:
    whole = json.loads(release_text(Release(1, 2.0, "me@here", "t")))
    for wrong in (None, True, [1], {"a": 1}):
        with pytest.raises(ValueError):
            release_of(json.dumps({**whole, key: wrong}))


@given(MANIFESTS, st.integers(0, 400))
def test_a_text_that_was_cut_off_is_refused(manifest: Manifest, length: int) -> None:
    text = manifest_text(manifest).rstrip()
    with pytest.raises(ValueError):
        manifest_of(text[: min(length, len(text) - 1)])


def test_what_an_older_one_did_not_write_is_empty() -> None:
    assert manifest_of('{"form": 1, "bucket": "b"}') == Manifest(bucket="b")


def test_parts_of_code_that_are_not_known_are_not_written() -> None:
    release = replace(Release(1, 2.0, "me@here", "t"), functions={"A": Code("s")})
    assert json.loads(release_text(release))["functions"] == {"A": {"sha256": "s"}}
