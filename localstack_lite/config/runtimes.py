"""Lambda's managed runtimes, by name. Pure. Source: AWS docs, "Lambda runtimes" (2026)."""

from __future__ import annotations

from localstack_lite.config.refusal import Refusal

PYTHON = ("python3.14", "python3.13", "python3.12", "python3.11", "python3.10")
#: AWS has ended their support; they run here as long as there is an interpreter.
RETIRED = ("python3.9", "python3.8")
_OTHERS = ("nodejs", "provided", "java", "dotnet", "ruby", "go1.x")


def check_runtime(runtime: str) -> str:
    """A remark for the user, or nothing. What cannot run here is a Refusal."""
    if runtime in PYTHON:
        return ""
    if runtime in RETIRED:
        return f"{runtime} is retired on AWS; {PYTHON[1]} is a good successor"
    known = f"known are {', '.join(PYTHON)}"
    if not runtime:
        raise Refusal("the function has no runtime", known)
    if runtime.startswith(_OTHERS):
        raise Refusal(f"runtime {runtime} is not in this version's process sandbox", "only Python runs in it so far")
    raise Refusal(f"there is no runtime {runtime}", known)
