"""Locks as uv writes them, by hand. What it exports of the same was compared."""

from __future__ import annotations

import pytest

from localstack_lite.builds.pinned import LockText, UnknownLock
from localstack_lite.builds.platform_tags import Target
from localstack_lite.builds.uv_lock import has_member, local_sources, read

LOCK = """\
version = 1
revision = 3
requires-python = ">=3.10"
resolution-markers = ["python_full_version >= '3.12'", "python_full_version < '3.12'"]

[manifest]
members = ["app", "shop"]

[[package]]
name = "app"
version = "0.1.0"
source = { virtual = "app" }
dependencies = [
    { name = "shop" },
]

[[package]]
name = "click"
version = "8.1.7"
source = { registry = "https://index.invalid/simple" }
dependencies = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
]
sdist = { url = "https://files.invalid/click-8.1.7.tar.gz", hash = "sha256:c0", size = 1 }
wheels = [
    { url = "https://files.invalid/click-8.1.7-py3-none-any.whl", hash = "sha256:c1", size = 1 },
]

[[package]]
name = "colorama"
version = "0.4.6"
source = { registry = "https://index.invalid/simple" }

[[package]]
name = "forked"
version = "2.0"
source = { git = "https://host.invalid/forked?subdirectory=py&rev=main#c0ffee" }

[[package]]
name = "httptools"
version = "0.6.1"
source = { registry = "https://index.invalid/simple" }

[[package]]
name = "inside"
version = "1.0"
source = { editable = "libs/inside" }
dependencies = [
    { name = "click" },
]

[[package]]
name = "numpy"
version = "1.26.4"
source = { registry = "https://index.invalid/simple" }
resolution-markers = ["python_full_version < '3.12'"]

[[package]]
name = "numpy"
version = "2.2.0"
source = { registry = "https://index.invalid/simple" }
resolution-markers = ["python_full_version >= '3.12'"]

[[package]]
name = "pytest"
version = "8.3.3"
source = { registry = "https://index.invalid/simple" }

[[package]]
name = "shop"
version = "0.1.0"
source = { editable = "." }
dependencies = [
    { name = "forked" },
    { name = "inside" },
    { name = "numpy", version = "1.26.4", source = { registry = "https://index.invalid/simple" }, \
marker = "python_full_version < '3.12'" },
    { name = "numpy", version = "2.2.0", source = { registry = "https://index.invalid/simple" }, \
marker = "python_full_version >= '3.12'" },
    { name = "uvicorn", extra = ["standard"] },
    { name = "zipped" },
]

[package.optional-dependencies]
more = [{ name = "colorama" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "uvicorn"
version = "0.30.0"
source = { registry = "https://index.invalid/simple" }
dependencies = [{ name = "click" }]

[package.optional-dependencies]
standard = [{ name = "httptools" }]

[[package]]
name = "zipped"
version = "3.0"
source = { url = "https://host.invalid/zipped-3.0.zip" }
sdist = { hash = "sha256:77" }
"""
OLD, NEW = Target("3.11").markers(), Target("3.13").markers()


def test_the_projects_own_packages_are_listed_for_lambdas_machine() -> None:
    assert read(LockText(LOCK), NEW) == [
        "./libs/inside",
        "click==8.1.7 --hash=sha256:c0 --hash=sha256:c1",
        "forked @ git+https://host.invalid/forked@c0ffee#subdirectory=py",
        "httptools==0.6.1",
        "numpy==2.2.0",
        "uvicorn==0.30.0",
        "zipped @ https://host.invalid/zipped-3.0.zip --hash=sha256:77",
    ]
    assert "numpy==1.26.4" in read(LockText(LOCK), OLD)


def test_a_member_of_a_workspace_gets_its_own_and_the_members_it_needs() -> None:
    lines = read(LockText(LOCK, member="app"), NEW)
    assert lines[0] == "."
    assert "uvicorn==0.30.0" in lines
    assert not any("app" in line for line in lines)


def test_code_that_is_no_member_gets_what_all_members_need() -> None:
    lines = read(LockText(LOCK, member="functions/a"), NEW)
    assert "uvicorn==0.30.0" in lines
    assert not any("shop" in line or "app" in line for line in lines)


def test_members_and_sources_are_found_without_reading_all() -> None:
    assert has_member(LOCK, "app")
    assert has_member(LOCK, ".")
    assert not has_member(LOCK, "ap.")
    assert list(local_sources(LOCK)) == ["libs/inside", "."]


def test_no_index_of_the_lock_gets_into_the_list() -> None:
    assert not any("index.invalid" in line for line in read(LockText(LOCK), NEW))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("version = 2\n", "its version 2 is not known"),
        ("", "its version None is not known"),
        ("version = \n", "cannot be read"),
        ('version = 1\n[[package]]\nname = "a"\n', "cannot be read"),
    ],
)
def test_a_lock_that_is_too_new_or_broken_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnknownLock, match=why):
        read(LockText(text), NEW)
