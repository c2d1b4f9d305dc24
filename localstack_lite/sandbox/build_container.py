"""A command in a container of Lambda's own kind: what has no wheel for Lambda is built there. I/O: calls the engine.

AWS has images with compilers beside those that only run functions; where the former cannot be had the latter is tried.
However devserve ends, no such container stays: they carry the labels of its run, and its reaper watches over them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import localstack_lite
from localstack_lite.sandbox import leftovers
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.image_names import GALLERY, tag_of
from localstack_lite.sandbox.images import PLATFORMS, one_line
from localstack_lite.sandbox.reaping import Reaping
from localstack_lite.sandbox.yard import remove_orphans, this_run

#: Tells a container that builds from those that run functions.
LABEL = "devserve.builds"
_MOST_OUTPUT = 20_000
_STOPPING = (127, "devserve is stopping")


class BuildContainers:
    """Used from several threads. `images` are the project's own: `build-python3.12` is one to build in, `python3.12`
    one to run in."""

    def __init__(self, engine: Engine, images: Mapping[str, str]) -> None:
        self.name = this_run()
        """Whose the containers are."""
        self._engine = engine
        self._images = images
        self._reaping = Reaping(str(self.name), engine.endpoint, "")
        self._lock = threading.Lock()
        self._busy = 0
        self._running: set[str] = set()
        self._closed = False

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
            with self._watched(), self._created(image, architecture, command, folders, environ) as container:
                return self._ended(container, seconds)
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            return _STOPPING if self._closed else (127, f"the Docker engine failed: {one_line(error)}")

    def close(self) -> None:
        """End what runs, and start nothing more."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for container in running:
            self._remove(container)

    def _ended(self, container: Any, seconds: float) -> tuple[int, str]:
        import requests

        container.start()
        try:
            code = int(container.wait(timeout=seconds)["StatusCode"])
        except (requests.ConnectionError, requests.Timeout):
            if self._closed:
                return _STOPPING
            return 124, f"{_output(container)}\ntook longer than {seconds:.0f} s"
        return _STOPPING if self._closed else (code, _output(container))

    @contextmanager
    def _watched(self) -> Iterator[None]:
        """While anything is built, a reaper waits for the end of this process."""
        with self._lock:
            self._busy += 1
            if self._busy == 1:
                self._reaping.start()
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                if not self._busy:
                    self._reaping.close()

    @contextmanager
    def _created(
        self,
        image: str,
        architecture: str,
        command: Sequence[str],
        folders: Mapping[Path, str],
        environ: Mapping[str, str],
    ) -> Iterator[Any]:
        first, *rest = command
        remove_orphans(self._engine.client.api, self.name)
        marks = leftovers.labels(self.name, localstack_lite.__version__, "", "")
        container = self._engine.client.containers.create(
            image,
            rest,
            entrypoint=[first],
            init=True,
            environment={"HOME": "/tmp", **environ},
            labels={**marks, LABEL: "1"},
            network=self._engine.network or None,
            platform=None if architecture == self._engine.architecture else PLATFORMS[architecture],
            # Where the engine's users are not this machine's, root there is whoever runs the engine.
            user=f"{os.getuid()}:{os.getgid()}" if self._engine.local else "0:0",
            volumes=[f"{folder}:{place}:rw" for folder, place in folders.items()],
            working_dir=next(iter(folders.values()), None),
        )
        with self._lock:
            self._running.add(container.id)
            closed = self._closed
        try:
            if closed:
                raise OSError("stopped")
            yield container
        finally:
            with self._lock:
                self._running.discard(container.id)
            self._remove(container.id)

    def _remove(self, container: str) -> None:
        import docker.errors
        import requests

        with suppress(docker.errors.DockerException, requests.RequestException):
            self._engine.client.api.remove_container(container, force=True, v=True)

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


def _output(container: Any) -> str:
    text = container.logs(stdout=True, stderr=True).decode("utf-8", "replace")
    return str(text[-_MOST_OUTPUT:])
