from __future__ import annotations

import pytest

from localstack_lite.builds import binaries


def elf(machine: int, order: str = "little") -> bytes:
    head = b"\x7fELF\x02" + (b"\x02" if order == "big" else b"\x01")
    return head.ljust(18, b"\0") + machine.to_bytes(2, order)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "architecture", "expected"),
    [
        (elf(62), "x86_64", ""),
        (elf(183), "arm64", ""),
        (elf(183), "x86_64", "arm64"),
        (elf(62), "arm64", "x86_64"),
        (elf(22, "big"), "x86_64", "another machine"),
        (b"\xcf\xfa\xed\xfe and more of it", "arm64", "macOS"),
        (b"MZ\x90", "x86_64", "Windows"),
        (b"#!/bin/sh\n", "x86_64", ""),
        (b"\x7fELF", "x86_64", ""),
    ],
)
def test_a_program_says_which_machine_it_is_for(head: bytes, architecture: str, expected: str) -> None:
    assert binaries.objection(head, architecture) == expected


def test_add_ons_and_custom_runtimes_are_looked_at() -> None:
    assert binaries.is_native("node_modules/sharp/build/sharp.node")
    assert binaries.is_native("bootstrap")
    assert not binaries.is_native("lib/bootstrap")
    assert not binaries.is_native("index.js")
