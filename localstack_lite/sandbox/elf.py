"""What the first bytes of a program say about the machine it is for. Source: the ELF specification and `elf-em.h`."""

from __future__ import annotations

#: How many bytes of the file it takes.
HEAD = 20

_MACHINES = {3: "x86", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv64"}
_ARTICLES = {"riscv64": "a"}
_OTHERS = {
    b"\xcf\xfa\xed\xfe": "a program for macOS",
    b"\xca\xfe\xba\xbe": "a program for macOS",
    b"MZ": "a program for Windows",
}


def machine(head: bytes) -> str:
    """`x86_64`, `aarch64` …; empty when it is no ELF program or one for an unknown machine."""
    if len(head) < HEAD or not head.startswith(b"\x7fELF"):
        return ""
    return _MACHINES.get(int.from_bytes(head[18:20], "big" if head[5] == 2 else "little"), "")


def objection(head: bytes, here: str) -> str:
    """Why the kernel of this machine (`here`: x86_64, aarch64, arm64) cannot run a file that begins so; empty when
    nothing speaks against it."""
    if head.startswith(b"#!"):
        return ""
    if not head.startswith(b"\x7fELF"):
        other = next((what for magic, what in _OTHERS.items() if head.startswith(magic)), "")
        return f"is {other}" if other else "is neither a program nor a script that begins with #!"
    if len(head) < HEAD:
        return "is no whole program"
    built_for, own = machine(head), "aarch64" if here == "arm64" else here
    if not built_for or built_for == own or (built_for, own) == ("x86", "x86_64"):
        return ""
    return f"is {_ARTICLES.get(built_for, 'an')} {built_for} program, this machine is {own}"
