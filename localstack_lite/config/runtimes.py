"""Lambda's managed runtimes, by name. Pure. Source: AWS docs, "Lambda runtimes" (2026).

Whether one runs on this machine is for the sandbox to say.
"""

from __future__ import annotations

from localstack_lite.config.refusal import Refusal

#: Newest first, by family.
CURRENT = (
    *("python3.14", "python3.13", "python3.12", "python3.11", "python3.10"),
    *("nodejs24.x", "nodejs22.x", "nodejs20.x"),
    *("java25", "java21", "java17", "java11", "java8.al2"),
    *("dotnet10", "dotnet8"),
    *("ruby3.4", "ruby3.3", "ruby3.2"),
    *("provided.al2023", "provided.al2"),
)
#: AWS has ended their support; they run here as long as there is something that runs them.
RETIRED = (
    *("python3.9", "python3.8", "nodejs18.x", "nodejs16.x", "nodejs14.x", "nodejs12.x"),
    *("java8", "dotnet6", "dotnetcore3.1", "ruby2.7", "go1.x", "provided"),
)


def check_runtime(runtime: str) -> str:
    """A remark for the user, or nothing. What AWS does not know is a Refusal."""
    if runtime in CURRENT:
        return ""
    if runtime in RETIRED:
        family = runtime.rstrip("0123456789.x")
        newest = next((name for name in CURRENT if family and name.startswith(family)), "provided.al2023")
        return f"{runtime} is retired on AWS; {newest} is a good successor"
    relatives = [name for name in CURRENT if runtime[:4] == name[:4]]
    hint = f"known are {', '.join(relatives or CURRENT)}"
    raise Refusal(f"there is no runtime {runtime}" if runtime else "the function has no runtime", hint)
