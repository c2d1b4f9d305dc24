from __future__ import annotations

import json

import pytest

from localstack_lite.builds.pinned import LockText, UnknownLock
from localstack_lite.builds.pipfile_lock import local_sources, read
from localstack_lite.builds.platform_tags import Target

LOCK = json.dumps(
    {
        "_meta": {
            "hash": {"sha256": "0"},
            "pipfile-spec": 6,
            "sources": [{"name": "own", "url": "https://index.invalid/simple", "verify_ssl": True}],
        },
        "default": {
            "click": {"hashes": ["sha256:c1", "sha256:c0"], "index": "own", "version": "==8.1.7"},
            "colorama": {"markers": "sys_platform == 'win32'", "version": "==0.4.6"},
            "forked": {"git": "https://host.invalid/forked.git", "ref": "c0ffee"},
            "inside": {"editable": True, "path": "./libs/inside"},
            "uvicorn": {"extras": ["standard"], "markers": "python_version >= '3.8'", "version": "==0.30.0"},
            "zipped": {"file": "https://host.invalid/zipped.zip"},
        },
        "develop": {"pytest": {"version": "==8.3.3"}},
    },
    indent=4,
)
LAMBDA = Target("3.12").markers()


def test_the_default_packages_are_listed_for_lambdas_machine() -> None:
    assert read(LockText(LOCK), LAMBDA) == [
        "./libs/inside",
        "click==8.1.7 --hash=sha256:c0 --hash=sha256:c1",
        "forked @ git+https://host.invalid/forked.git@c0ffee",
        "uvicorn[standard]==0.30.0",
        "zipped @ https://host.invalid/zipped.zip",
    ]


def test_local_sources_are_found_without_reading_all() -> None:
    assert list(local_sources(LOCK)) == ["./libs/inside"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"_meta": {"pipfile-spec": 7}, "default": {}}', "its version 7 is not known"),
        ("{", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"default": {"a": {}}}', "cannot be read"),
    ],
)
def test_a_lock_that_is_too_new_or_broken_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnknownLock, match=why):
        read(LockText(text), LAMBDA)
