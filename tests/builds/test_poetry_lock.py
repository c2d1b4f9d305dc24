"""Locks as Poetry 1 and 2 write them, by hand."""

from __future__ import annotations

import pytest

from localstack_lite.builds.pinned import LockText, UnknownLock
from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.poetry_lock import allows, local_sources, read

NEW, OLD = Target("3.13").markers(), Target("3.10").markers()

TWO = """\
[[package]]
name = "click"
version = "8.1.7"
description = ""
optional = false
python-versions = ">=3.7"
groups = ["main", "dev"]
files = [
    {file = "click-8.1.7-py3-none-any.whl", hash = "sha256:c1"},
    {file = "click-8.1.7.tar.gz", hash = "sha256:c0"},
]

[[package]]
name = "colorama"
version = "0.4.6"
optional = false
python-versions = "*"
groups = ["main", "dev"]
markers = {main = "platform_system == \\"Windows\\"", dev = "sys_platform == \\"win32\\""}
files = []

[[package]]
name = "forked"
version = "2.0"
optional = false
python-versions = "*"
groups = ["main"]
files = []

[package.source]
type = "git"
url = "https://host.invalid/forked.git"
reference = "main"
resolved_reference = "c0ffee"

[[package]]
name = "inside"
version = "1.0"
optional = false
python-versions = "*"
groups = ["main"]
files = []
develop = true

[package.source]
type = "directory"
url = "libs/inside"

[[package]]
name = "pytest"
version = "8.3.3"
optional = false
python-versions = "*"
groups = ["dev"]
files = []

[[package]]
name = "rich"
version = "13.0"
optional = true
python-versions = "*"
groups = ["main"]
markers = "extra == \\"more\\""
files = []

[[package]]
name = "tomli"
version = "2.0"
optional = false
python-versions = "*"
groups = ["main"]
markers = "python_version < \\"3.11\\""
files = []

[extras]
more = ["rich"]

[metadata]
lock-version = "2.1"
python-versions = ">=3.10"
content-hash = "0"
"""

ONE = """\
[[package]]
name = "Redis"
version = "5.0"
category = "main"
optional = false
python-versions = ">=3.7"

[package.dependencies]
async-timeout = {version = ">=4.0.2", markers = "python_full_version <= \\"3.11.2\\""}
hiredis = {version = ">=1.0.0", optional = true, markers = "extra == \\"hiredis\\""}

[package.extras]
hiredis = ["hiredis (>=1.0.0)"]

[[package]]
name = "async-timeout"
version = "4.0.3"
optional = false
python-versions = ">=3.7"

[[package]]
name = "hiredis"
version = "2.3"
optional = true
python-versions = ">=3.7"

[[package]]
name = "numpy"
version = "1.24"
optional = false
python-versions = ">=3.8,<3.12"

[[package]]
name = "numpy"
version = "2.1"
optional = false
python-versions = ">=3.12"

[[package]]
name = "pytest"
version = "8"
optional = false
python-versions = "*"

[[package]]
name = "archive"
version = "1.0"
optional = false
python-versions = "*"

[package.source]
type = "url"
url = "https://host.invalid/archive-1.0.tar.gz"

[metadata]
lock-version = "1.1"
python-versions = "^3.9"
content-hash = "0"

[metadata.files]
Redis = [{file = "redis-5.0-py3-none-any.whl", hash = "sha256:e5"}]
"""
PROJECT = """\
[tool.poetry]
name = "shop"
[tool.poetry.dependencies]
python = "^3.9"
redis = {version = "^5", extras = ["hiredis"]}
numpy = [
    {version = "^1", python = "<3.12"},
    {version = "^2", python = ">=3.12"},
]
pytest = {version = "*", optional = true}
archive = {url = "https://host.invalid/archive-1.0.tar.gz", platform = "linux"}
[tool.poetry.group.dev.dependencies]
pytest = "*"
"""


def test_a_lock_that_knows_its_groups_gives_the_main_one() -> None:
    assert read(LockText(TWO), NEW) == [
        "./libs/inside",
        "click==8.1.7 --hash=sha256:c0 --hash=sha256:c1",
        "forked @ git+https://host.invalid/forked.git@c0ffee",
    ]
    assert "tomli==2.0" in read(LockText(TWO), OLD)


def test_an_older_lock_is_followed_from_what_the_project_needs() -> None:
    assert read(LockText(ONE, PROJECT), NEW) == [
        "Redis==5.0 --hash=sha256:e5",
        "archive @ https://host.invalid/archive-1.0.tar.gz",
        "hiredis==2.3",
        "numpy==2.1",
    ]
    old = read(LockText(ONE, PROJECT), Target("3.9").markers())
    assert "numpy==1.24" in old


def test_dependencies_may_stand_in_the_standard_table() -> None:
    project = '[project]\nname = "shop"\ndependencies = ["redis (>=5,<6)", "numpy; python_version < \'3\'"]\n'
    assert read(LockText(ONE, project), NEW) == ["Redis==5.0 --hash=sha256:e5"]


def test_local_sources_are_found_without_reading_all() -> None:
    assert list(local_sources(TWO)) == ["libs/inside"]


@pytest.mark.parametrize(
    ("constraint", "version", "answer"),
    [
        ("*", "3.12.1", True),
        ("^3.9", "3.12.1", True),
        ("^3.9", "4.0", False),
        ("~3.12", "3.12.1", True),
        ("~3.12", "3.13.0", False),
        (">=3.9,<3.12", "3.12.1", False),
        (">= 3.9 <4.0", "3.12.1", True),
        ("!=3.12.*", "3.12.1", False),
        ("3.11.* || 3.12.*", "3.12.1", True),
    ],
)
def test_poetrys_own_constraints(constraint: str, version: str, answer: bool) -> None:
    assert allows(constraint, version) is answer


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[metadata]\nlock-version = "3.0"\n', "its version 3.0 is not known"),
        ("[[package]]\n", "cannot be read"),
        ("[", "cannot be read"),
    ],
)
def test_a_lock_that_is_too_new_or_broken_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnknownLock, match=why):
        read(LockText(text), NEW)
