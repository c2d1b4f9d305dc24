"""Programs and native add-ons in a package: whether they are for Lambda's machine. Pure.

Source: the ELF specification (`e_machine`), and the magic numbers of macOS and Windows programs.
"""

from __future__ import annotations

#: How many bytes of the file it takes.
HEAD = 20
_MACHINES = {3: "x86", 40: "arm", 62: "x86_64", 183: "arm64", 243: "riscv64"}
_OTHERS = (
    (b"\xcf\xfa\xed\xfe", "macOS"),
    (b"\xce\xfa\xed\xfe", "macOS"),
    (b"\xca\xfe\xba\xbe", "macOS"),
    (b"MZ", "Windows"),
)


def is_native(path: str) -> bool:
    """Whether it has to be looked at: Node's add-ons, and what is started as a custom runtime."""
    return path.endswith(".node") or path == "bootstrap"


def objection(head: bytes, architecture: str) -> str:
    """What it is for (`macOS`, `arm64`), when that is not Lambda; empty when nothing speaks against it."""
    if head.startswith(b"\x7fELF"):
        if len(head) < HEAD:
            return ""
        number = int.from_bytes(head[18:20], "big" if head[5] == 2 else "little")
        machine = _MACHINES.get(number, "another machine")
        return "" if machine == architecture else machine
    return next((system for magic, system in _OTHERS if head.startswith(magic)), "")
