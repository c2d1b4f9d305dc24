from __future__ import annotations

from itertools import pairwise

import pytest

from localstack_lite.builds.markers import compared, holds, version
from localstack_lite.builds.platform_tags import Target

LAMBDA = Target("3.12", "arm64").markers()


@pytest.mark.parametrize(
    ("marker", "answer"),
    [
        ("", True),
        ("python_version >= '3.9'", True),
        ("python_version < '3.9'", False),  # as versions, not as text
        ('python_full_version < "3.13"', True),
        ("python_full_version == '3.12.*'", True),
        ("python_full_version == '3.1.*'", False),
        ("python_full_version <= '3.11.0a6'", False),
        ("'3.11' < python_version", True),
        ("sys_platform == 'win32'", False),
        ("sys_platform != 'win32' and platform_machine == 'aarch64'", True),
        ("sys_platform == 'win32' or os_name == 'posix'", True),
        ("sys_platform == 'win32' or os_name == 'posix' and python_version < '3'", False),
        ("(sys_platform == 'win32' or os_name == 'posix') and python_version > '3'", True),
        ("platform_machine in 'x86_64 aarch64'", True),
        ("platform_machine not in 'x86_64 aarch64'", False),
        ("implementation_name == 'cpython' and platform_python_implementation != 'PyPy'", True),
        ("extra == 'socks'", False),
        ("python_version ~= '3.8'", True),
    ],
)
def test_a_marker_is_compared_with_lambdas_machine(marker: str, answer: bool) -> None:
    assert holds(marker, LAMBDA) is answer


@pytest.mark.parametrize(
    "marker", ["python_version", "python_version >", "== '3'", "no_such == '3'", "('a' == 'a'", "'a' == 'a' 'b'", "$"]
)
def test_what_is_no_marker_is_refused(marker: str) -> None:
    with pytest.raises(ValueError):
        holds(marker, LAMBDA)


def test_versions_are_ordered_as_their_makers_mean() -> None:
    ordered = ["1.0.dev1", "1.0a1", "1.0b1", "1.0rc1", "1.0", "1.0.1", "1.9", "1.10", "2"]
    assert all(version(one) < version(other) for one, other in pairwise(ordered))
    assert version("3.12") == version("3.12.0")


@pytest.mark.parametrize(
    ("left", "sign", "right", "answer"),
    [
        ("3.12.1", "~=", "3.12.0", True),
        ("3.13.0", "~=", "3.12.0", False),
        ("3.13.0", "~=", "3.12", True),
        ("3.12.1", "!=", "3.12.*", False),
        ("3.12", "===", "3.12", True),
    ],
)
def test_the_rarer_comparisons(left: str, sign: str, right: str, answer: bool) -> None:
    assert compared(left, sign, right) is answer
