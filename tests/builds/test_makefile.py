from __future__ import annotations

import pytest

from localstack_lite.builds.makefile import command, complaint


def test_the_target_and_the_folder_are_sams() -> None:
    assert command("Hello", "/out")[0] == "make"
    assert {"build-Hello", "ARTIFACTS_DIR=/out"} <= set(command("Hello", "/out"))


@pytest.mark.parametrize(
    ("output", "what"),
    [
        (
            "gcc -o x\nx.c:1:1: error: no\nmake: *** [Makefile:2: build-F] Error 1\n",
            "gcc -o x / x.c:1:1: error: no (Makefile:2)",
        ),
        (
            "false\nmake[1]: *** [lib/Makefile:7: all] Error 1\nmake: *** [Makefile:2: build-F] Error 2\n",
            "false (lib/Makefile:7)",
        ),
        ("make: *** No rule to make target 'build-F'.  Stop.\n", "make: *** No rule to make target 'build-F'.  Stop."),
        ("1\n2\n3\n4\n", "2 / 3 / 4"),
        ("", "it said nothing"),
    ],
)
def test_the_last_lines_of_the_tools_are_told_before_makes_own(output: str, what: str) -> None:
    assert complaint(output) == what
