"""What pip 23 to 26 and uv 0.13 were seen to write."""

from __future__ import annotations

import pytest

from localstack_lite.builds.complaints import lacking, last_lines, name_of, no_source, unfit, version_of

PIP = """\
Collecting needs
ERROR: Could not find a version that satisfies the requirement Broken_One==1.0 (from versions: none)
ERROR: No matching distribution found for Broken_One==1.0
"""
PIP_BELOW = """\
ERROR: Cannot install needs==0.9 and needs==1.0 because these package versions have conflicting dependencies.

The conflict is caused by:
    needs 1.0 depends on pure>=1
    needs 0.9 depends on pure>=1
"""
PIP_NEW = """
Additionally, some packages in these conflicts have no matching distributions available for your environment:
    pure

To fix this you could try to:
"""
IMPOSSIBLE = "ERROR: ResolutionImpossible: for help visit the documentation\n"
UV = """\
error: No solution found when resolving dependencies
  cause: Because pure==1.0 has no usable wheels and you require pure==1.0, we can conclude that your requirements are \
unsatisfiable.
"""
UV_ALL = """\
  × No solution found when resolving dependencies:
  ╰─▶ Because all versions of pure have no usable wheels and needs==1.0 depends on pure>=1,<2, we can conclude that
"""
UV_TAG = """\
  cause: Because arm==1.0 has no wheels with a matching platform tag (e.g., `manylinux_2_34_x86_64`) and only arm==1.0
"""
UV_NONE = "  cause: Because there is no version of nothing==1 and you require nothing==1, we can conclude that\n"
UV_UNKNOWN = (
    "  cause: Because nothing was not found in the provided package locations and you require nothing, we can\n"
)


@pytest.mark.parametrize(
    ("output", "names"),
    [
        (PIP, ["broken-one==1.0"]),
        (PIP_BELOW + IMPOSSIBLE, ["pure>=1"]),
        (PIP_BELOW + PIP_NEW + IMPOSSIBLE, ["pure>=1"]),
        (UV, ["pure==1.0"]),
        (UV_ALL, ["pure>=1,<2"]),
        (UV_TAG, ["arm==1.0"]),
        (UV_NONE, ["nothing==1"]),
        (UV_UNKNOWN, ["nothing"]),
        ("ERROR: Could not install packages due to an OSError\n", []),
        ("", []),
    ],
)
def test_what_nothing_was_found_for(output: str, names: list[str]) -> None:
    assert lacking(output) == names
    assert no_source(output) is bool(names)


@pytest.mark.parametrize(
    ("requirement", "output", "version"),
    [
        ("pure==1.2", "", "1.2"),
        ("pure==1.*", "", ""),
        ("pure>=1", "Processing /links/pure-1.4.tar.gz\n", "1.4"),
        ("my-pure", "  Downloading my_pure-2.0rc1.tar.gz (1 kB)\n", "2.0rc1"),
        ("pure", "Downloading impure-9.0.tar.gz\n", ""),
        ("pure", "  × Failed to build `pure==3.0`\n", "3.0"),
    ],
)
def test_the_version_that_was_meant(requirement: str, output: str, version: str) -> None:
    assert version_of(requirement, output) == version


def test_names_are_normal() -> None:
    assert name_of("My_Pure[x]>=1") == "my-pure"


def test_the_end_of_a_build_is_told_without_the_tools_own_words() -> None:
    output = "one\n  fatal error: x.h\n  [end of output]\nnote: not pip\nERROR: Failed building wheel for a\n\n"
    assert last_lines(output) == ("one", "fatal error: x.h")
    assert last_lines(output, 1) == ("fatal error: x.h",)


def test_a_wheel_that_uv_does_not_take_from_itself() -> None:
    output = "  cause: The built wheel `a_b-1.0-cp37-cp37m-linux_s390x.whl` is not compatible with the current Python"
    assert unfit(output) == "cp37-cp37m-linux_s390x"
    assert unfit("error") == ""
