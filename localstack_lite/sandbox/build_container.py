"""A command in a container of Lambda's own kind: what has no wheel for Lambda is built there. I/O: calls the engine.

AWS has images with compilers beside those that only run functions; where the former cannot be had the latter is tried.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.image_names import GALLERY, tag_of
from localstack_lite.sandbox.images import PLATFORMS, one_line

#: Marks a container that builds; removed when its command ends.
LABEL = "devserve.build"
_MOST_OUTPUT = 20_000


class BuildContainer:
    """`images` are the project's own: `build-python3.12` is one to build in, `python3.12` one to run in."""

    def __init__(self, engine: Engine, images: Mapping[str, str]) -> None:
        self._engine = engine
        self._images = images

    def run(
        self,
        runtime: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
        seconds: float,
    ) -> tuple[int, str]:
        """Exit code and output; 127 and why when nothing could be started, 124 when it took too long. `folders` are
        mounted writable; the command starts in the first of them, as the user who asked."""
        import docker.errors
        import requests

        if not self._engine.mounts:
            return 127, f"the Docker engine at {self._engine.endpoint} cannot mount folders of this machine"
        try:
            image = self._image(runtime, architecture)
            if not image:
                return 127, f"there is no image to build for {runtime} in"
            container = self._started(image, architecture, command, folders, environ)
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            return 127, f"the Docker engine failed: {one_line(error)}"
        try:
            code = int(container.wait(timeout=seconds)["StatusCode"])
            return code, self._output(container)
        except (requests.ConnectionError, requests.Timeout):
            return 124, f"{self._output(container)}\ntook longer than {seconds:.0f} s"
        except docker.errors.DockerException as error:
            return 127, f"the Docker engine failed: {one_line(error)}"
        finally:
            with suppress(docker.errors.DockerException, requests.RequestException):
                container.remove(force=True, v=True)

    def _started(
        self,
        image: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
    ) -> Any:
        first, *rest = command
        return self._engine.client.containers.run(
            image,
            rest,
            entrypoint=[first],
            detach=True,
            init=True,
            environment={"HOME": "/tmp", **environ},
            labels={LABEL: "1"},
            network=self._engine.network or None,
            platform=None if architecture == self._engine.architecture else PLATFORMS[architecture],
            user=f"{os.getuid()}:{os.getgid()}",
            volumes=[f"{folder}:{place}:rw" for folder, place in folders.items()],
            working_dir=next(iter(folders.values()), None),
        )

    def _output(self, container: Any) -> str:
        text = container.logs(stdout=True, stderr=True).decode("utf-8", "replace")
        return str(text[-_MOST_OUTPUT:])

    def _image(self, runtime: str, architecture: str) -> str:
        """The first that is there or can be fetched."""
        import docker.errors
        import requests

        for name in names(runtime, architecture, self._images):
            with suppress(docker.errors.ImageNotFound):
                self._engine.client.images.get(name)
                return name
        for name in names(runtime, architecture, self._images):
            with suppress(docker.errors.DockerException, requests.RequestException):
                self._engine.client.images.pull(name, platform=PLATFORMS[architecture])
                return name
        return ""


def names(runtime: str, architecture: str, images: Mapping[str, str]) -> list[str]:
    """Images to build for a runtime in, best first. The project's own go before AWS's, which are named as SAM does."""
    machine = "arm64" if architecture == "arm64" else "x86_64"
    own = [images[key] for key in (f"build-{runtime}", runtime) if key in images]
    tag = tag_of(runtime)
    runs = [f"{GALLERY}/{tag}-{machine}"] if tag else []
    return own or [f"public.ecr.aws/sam/build-{runtime}:latest-{machine}", *runs]
