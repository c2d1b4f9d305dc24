"""What runs on a terminal inside an environment: the command, and what of the person's own variables it sees. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from localstack_lite.ports import SandboxSpec, TerminalTask

#: The folder in `runtimes/python` that is started; the task in JSON and the arguments follow.
FOLDER = "devserve_manage"
#: The status of a command that could not begin and has said why in one line (EX_CONFIG of sysexits.h).
NOT_BEGUN = 78

#: What programs on a terminal ask for: its kind and size, colours, editor and pager.
_TERMINAL = frozenset(
    {
        "COLORTERM",
        "COLUMNS",
        "DJANGO_COLORS",
        "EDITOR",
        "FORCE_COLOR",
        "INPUTRC",
        "LINES",
        "NO_COLOR",
        "PAGER",
        "TERM",
        "VISUAL",
    }
)
#: What `createsuperuser --noinput` takes its answers from (Django docs): typed for this one command.
_ANSWERS = "DJANGO_SUPERUSER_"
#: Of the runtime that is not there, and what only it reads.
_RUNTIME_ONLY = ("AWS_LAMBDA_RUNTIME_API", "DEVSERVE_REPORT_FILES", "DEVSERVE_WATCH_ROOTS", "_LAMBDA_TELEMETRY_LOG_FD")


def variables(environ: Mapping[str, str], host: Mapping[str, str]) -> dict[str, str]:
    """`environ` is that of an environment, `host` devserve's own. What the function sets itself stays."""
    own = {name: value for name, value in host.items() if name in _TERMINAL or name.startswith(_ANSWERS)}
    kept = {name: value for name, value in environ.items() if name not in _RUNTIME_ONLY}
    return {**own, **kept}


def words(spec: SandboxSpec, task: TerminalTask) -> tuple[str, ...]:
    """What follows the folder on the command line. No secret is in it: everybody can read command lines."""
    adapter = spec.adapter
    about = {
        "do": task.do,
        "handler": spec.handler,
        "kind": str(adapter.kind) if adapter is not None else "",
        "app": adapter.app if adapter is not None else "",
        "settings": adapter.django_settings if adapter is not None else "",
    }
    if task.code is not None:
        about["code"] = task.code
    return (json.dumps(about), *task.arguments)


def status(code: int) -> int:
    """A process's return code as a shell says it: 130 for one that SIGINT ended, which Python has as -2."""
    return 128 - code if code < 0 else code
