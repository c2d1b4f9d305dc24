"""Starts our Node runtime as a sandbox does, on whatever Node there is."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from localstack_lite import shipped
from tests.live.fake_runtime_api import FakeRuntimeApi
from tests.live.runtimes import RunningRuntime

NODE = shutil.which("node") or ""
#: More of them, in folders `…/bin`, separated as in PATH.
MORE = [
    str(Path(folder) / "node")
    for folder in os.environ.get("DEVSERVE_TEST_NODES", "").split(os.pathsep)
    if folder and (Path(folder) / "node").exists()
]
NODES = [node for node in (NODE, *MORE) if node]

if not NODE and os.environ.get("DEVSERVE_REQUIRE_NODE") == "1":
    raise RuntimeError("DEVSERVE_REQUIRE_NODE=1, and there is no node on the PATH")

needs_node = pytest.mark.skipif(not NODE, reason="needs node")


@contextmanager
def running(
    folder: Path,
    files: str | Mapping[str, str] = "",
    handler: str = "app.handler",
    *,
    node: str = NODE,
    runtime: str = "nodejs20.x",
    framed: bool = True,
    options: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
) -> Iterator[RunningRuntime]:
    """A runtime for the files, on a Runtime API of its own; one text alone is `app.js`."""
    for name, text in ({"app.js": files} if isinstance(files, str) else files).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    with FakeRuntimeApi() as api:
        read, write = os.pipe()
        frames = os.dup(write)
        variables = _variables(folder, handler, api.address, runtime) | dict(environ or {})
        if framed:
            variables["_LAMBDA_TELEMETRY_LOG_FD"] = str(frames)
        process = subprocess.Popen(
            [node, *options, str(shipped.runtimes() / "nodejs" / "bootstrap.cjs")],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=write,
            pass_fds=(frames,),
            start_new_session=True,
        )
        os.close(write)
        os.close(frames)
        started = RunningRuntime(process, read, api)
        try:
            yield started
        finally:
            started.kill()
            started.wait()


def _variables(folder: Path, handler: str, address: str, runtime: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "_HANDLER": handler,
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": "f",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/f",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef",
    }
