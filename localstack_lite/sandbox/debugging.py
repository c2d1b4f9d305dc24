"""A debugger in a container: what has to be mounted and which variables make the runtime wait for a client. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_lite.sandbox.container import DEBUG_PORT, Mount

_WRAPPER = "/var/devserve/debug-wrapper"
_DEBUGGER = "/var/devserve/debugger/debugpy"
_OWN_WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER"
#: What it would print about its address is not the function's.
_INSPECT = f"--inspect-brk=0.0.0.0:{DEBUG_PORT} --inspect-publish-uid=http"


@dataclass(frozen=True, slots=True)
class Attachment:
    """`problem` says why there is no debugger; the function then runs without."""

    mounts: tuple[Mount, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def attachment(runtime: str, environ: Mapping[str, str], debugpy: str, wrapper: str) -> Attachment:
    """`environ` are the function's variables, `debugpy` the folder of that package (empty: not installed), `wrapper`
    the script that starts Python under it; both are paths of this machine."""
    if runtime.startswith("python"):
        if not debugpy:
            return Attachment(problem="no debugger for Python here: pip install debugpy beside devserve")
        own = environ.get(_OWN_WRAPPER, "")
        values = {_OWN_WRAPPER: _WRAPPER, "DEVSERVE_DEBUG_PORT": str(DEBUG_PORT)}
        if own:
            values["DEVSERVE_EXEC_WRAPPER"] = own
        return Attachment((Mount(debugpy, _DEBUGGER), Mount(wrapper, _WRAPPER)), values)
    if runtime.startswith("nodejs"):
        return Attachment(environ=_added(environ, "NODE_OPTIONS", _INSPECT))
    if runtime.startswith("java"):
        agent = f"-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,quiet=y,address=*:{DEBUG_PORT}"
        return Attachment(environ=_added(environ, "JAVA_TOOL_OPTIONS", agent))
    return Attachment(problem=f"no debugger for runtime {runtime or '(an image)'}; Python, Node.js and Java have one")


def _added(environ: Mapping[str, str], name: str, option: str) -> dict[str, str]:
    return {name: f"{environ[name]} {option}" if environ.get(name) else option}
