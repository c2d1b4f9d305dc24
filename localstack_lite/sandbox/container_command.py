"""What runs in a container: its command and its variables. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from localstack_lite.model.function import Image

TASK = "/var/task"
LAYERS = "/opt"
RUNTIME = "/var/runtime"

#: Files and choices of this machine. The keys they lead to are in the variables already when they are wanted.
_HOST_FILES = frozenset({"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_PROFILE"})
#: Paths that mean nothing in a container when they are this machine's own; a function may well set its own.
_HOST_PATHS = frozenset({"HOME", "AWS_CA_BUNDLE", "PWD", "TMPDIR", "VIRTUAL_ENV"})
#: A question to devserve's own runtimes: which files were read. In a container the answer names paths of the container.
_QUESTION = "DEVSERVE_REPORT_FILES"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})


def command(
    entry_point: Sequence[str], arguments: Sequence[str], image: Image | None, handler: str, bootstrap: str = ""
) -> tuple[str, ...]:
    """What is executed. `entry_point` and `arguments` are the image's own ENTRYPOINT and CMD.

    A function from a zip is its runtime's image with the handler as the argument, or its own `bootstrap` (a path in
    the container). In a function that is an image, ImageConfig overrides as for `docker run` and on AWS: an EntryPoint
    drops the image's CMD, a Command replaces it.
    """
    if image is None:
        return (bootstrap,) if bootstrap else (*entry_point, handler)
    if image.entry_point:
        return (*image.entry_point, *image.command)
    return (*entry_point, *(image.command or arguments))


def variables(
    environ: Mapping[str, str], host: Mapping[str, str], runtime_api: str, handler: str, machine: str
) -> dict[str, str]:
    """The variables beside the image's own. `host` is devserve's own environment, `machine` the name by which
    containers reach this machine: endpoints on its loopback are named so."""
    values = {
        name: _endpoint(value, machine) if name.startswith("AWS_ENDPOINT_URL") else value
        for name, value in environ.items()
        if name != _QUESTION and name not in _HOST_FILES and not (name in _HOST_PATHS and value == host.get(name))
    }
    values["AWS_LAMBDA_RUNTIME_API"] = runtime_api
    values["LAMBDA_TASK_ROOT"] = TASK
    values["LAMBDA_RUNTIME_DIR"] = RUNTIME
    if handler:
        values["_HANDLER"] = handler
    else:
        values.pop("_HANDLER", None)
    return values


def _endpoint(url: str, machine: str) -> str:
    try:
        parts = urlsplit(url)
        if parts.hostname not in _LOOPBACK or not machine:
            return url
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return url
    return urlunsplit(parts._replace(netloc=f"{machine}{port}"))
