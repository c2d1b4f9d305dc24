"""What the first bytes of a program say."""

from __future__ import annotations

import sys

import pytest

from localstack_lite.sandbox import elf


def program(machine: int, order: str = "little") -> bytes:
    ident = b"\x7fELF\x02" + (b"\x02" if order == "big" else b"\x01") + b"\x01" + bytes(9)
    return ident + (2).to_bytes(2, order) + machine.to_bytes(2, order)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("head", "machine"),
    [
        (program(62), "x86_64"),
        (program(183), "aarch64"),
        (program(62, "big"), "x86_64"),
        (program(9999), ""),
        (b"\x7fELF", ""),
        (b"#!/bin/sh\n" + bytes(20), ""),
    ],
)
def test_a_program_names_its_machine(head: bytes, machine: str) -> None:
    assert elf.machine(head) == machine


@pytest.mark.parametrize(
    ("head", "here", "expected"),
    [
        (program(183), "x86_64", "is an aarch64 program, this machine is x86_64"),
        (program(62), "arm64", "is an x86_64 program, this machine is aarch64"),
        (program(243), "x86_64", "is a riscv64 program, this machine is x86_64"),
        (program(183), "arm64", ""),
        (program(62), "x86_64", ""),
        (program(3), "x86_64", ""),
        (program(9999), "x86_64", ""),
        (b"#!/bin/sh\n", "x86_64", ""),
        (b"\x7fELF but not", "x86_64", "is no whole program"),
        (b"\xcf\xfa\xed\xfe" + bytes(16), "x86_64", "is a program for macOS"),
        (b"MZ" + bytes(18), "x86_64", "is a program for Windows"),
        (b"echo hi\n", "x86_64", "is neither a program nor a script that begins with #!"),
        (b"", "x86_64", "is neither a program nor a script that begins with #!"),
    ],
)
def test_what_speaks_against_running_it_here(head: bytes, here: str, expected: str) -> None:
    assert elf.objection(head, here) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="needs an ELF program")
def test_nothing_speaks_against_this_very_python() -> None:
    import platform

    with open(sys.executable, "rb") as file:
        assert elf.objection(file.read(elf.HEAD), platform.machine()) == ""
