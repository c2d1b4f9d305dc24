"""Builds an image from a Dockerfile: with the engine's classic builder, which needs nothing else, or with the buildx of
the `docker` command for a Dockerfile that only BuildKit understands.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from localstack_lite.model.function import Dockerfile
from localstack_lite.sandbox.build_output import LABEL, BuildOutput
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.image_names import dockerfile_path, only_buildkit
from localstack_lite.sandbox.pull_progress import PullProgress

News = Callable[[str, float | None, bool], None]
"""State, share, whether it is over."""


@dataclass(frozen=True, slots=True)
class Failed:
    """`lines` are the failing step and the last that it wrote."""

    what: str
    hint: str
    lines: tuple[str, ...] = ()


def build(engine: Engine, dockerfile: Dockerfile, tag: str, platform: str, told: News) -> Failed | None:
    """None when the image has been built and tagged. `platform` is empty for the engine's own. Images that were built
    for this tag before are removed when nothing uses them."""
    path = dockerfile_path(dockerfile)
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        why = "there is no Dockerfile at" if isinstance(error, FileNotFoundError) else f"{error.strerror} at"
        return Failed(f"{why} {path}", "see Dockerfile and DockerContext in the function's Metadata")
    if not dockerfile.context.is_dir():
        return Failed(f"{dockerfile.context} is no folder", "see DockerContext in the function's Metadata")
    told("starting", None, False)
    if line := only_buildkit(text):
        buildx = _buildx()
        if not buildx:
            told("failed", None, True)
            return Failed(
                f"{path} uses what only BuildKit builds: {line}", "install docker-buildx, or write it without"
            )
        failed = _with_buildx(buildx, engine, dockerfile, tag, platform, told)
    else:
        failed = _with_engine(engine, dockerfile, tag, platform, told)
    told("failed" if failed else "ready", None if failed else 1.0, True)
    if failed is None:
        _remove_older(engine, tag)
    return failed


def _with_engine(engine: Engine, dockerfile: Dockerfile, tag: str, platform: str, told: News) -> Failed | None:
    import docker.errors

    output, base = BuildOutput(), PullProgress()
    try:
        for event in engine.client.api.build(
            path=str(dockerfile.context),
            dockerfile=str(dockerfile_path(dockerfile)),
            tag=tag,
            buildargs=dict(dockerfile.arguments),
            target=dockerfile.target or None,
            platform=platform or None,
            labels={LABEL: tag},
            rm=True,
            forcerm=True,
            decode=True,
        ):
            if news := output.heard(event):
                told(*news, False)
            elif fetched := base.heard(event):
                told(f"{fetched[0]} the base image, {fetched[1]:.0%}", None, False)
    except docker.errors.APIError as error:  # said before the first step: the Dockerfile cannot be read
        output.heard({"error": str(error.explanation or error)})
    except (TypeError, OSError, ValueError) as error:  # the context cannot be packed, a pattern of .dockerignore
        output.heard({"error": str(error)})
    return Failed(output.error, _hint(dockerfile), output.lines) if output.error else None


def _with_buildx(
    command: str, engine: Engine, dockerfile: Dockerfile, tag: str, platform: str, told: News
) -> Failed | None:
    output = BuildOutput()
    # Attestations make the image an index, which Lambda does not take (AWS docs: `--provenance=false`).
    plain = {"BUILDKIT_PROGRESS": "plain", "NO_COLOR": "1", "BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}
    environ = {**os.environ, **plain}
    with subprocess.Popen(
        buildx_command(command, engine.endpoint, dockerfile, tag, platform),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environ,
    ) as process:
        for line in _lines(process):
            if news := output.heard_line(line):
                told(*news, False)
    if process.returncode == 0:
        return None
    return Failed(output.error or f"exit code {process.returncode}", _hint(dockerfile), output.lines)


def buildx_command(command: str, endpoint: str, dockerfile: Dockerfile, tag: str, platform: str) -> list[str]:
    """Values of build arguments are passed on the command line, as people do."""
    made = [command, "--host", endpoint, "buildx", "build", "--load", "--progress=plain"]
    made += ["--tag", tag, "--file", str(dockerfile_path(dockerfile)), "--label", f"{LABEL}={tag}"]
    made += [f"--build-arg={name}={value}" for name, value in dockerfile.arguments.items()]
    made += ["--target", dockerfile.target] if dockerfile.target else []
    made += ["--platform", platform] if platform else []
    return [*made, str(dockerfile.context)]


def _lines(process: subprocess.Popen[bytes]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.decode("utf-8", "replace").rstrip("\r\n")


def _buildx() -> str:
    """The `docker` command when it has buildx; else empty."""
    command = shutil.which("docker")
    if not command:
        return ""
    with suppress(OSError, subprocess.TimeoutExpired):
        tried = [command, "buildx", "version"]
        if subprocess.run(tried, capture_output=True, timeout=10, check=False).returncode == 0:
            return command
    return ""


def _hint(dockerfile: Dockerfile) -> str:
    return f"to try it by hand: docker build -f {dockerfile_path(dockerfile)} {dockerfile.context}"


def _remove_older(engine: Engine, tag: str) -> None:
    """What this tag named before. The engine refuses while a container uses it; then the next build removes it."""
    import docker.errors

    wanted: dict[str, Any] = {"label": f"{LABEL}={tag}", "dangling": True}
    with suppress(docker.errors.APIError):
        for image in engine.client.api.images(filters=wanted, quiet=True):
            with suppress(docker.errors.APIError):
                engine.client.api.remove_image(image)
