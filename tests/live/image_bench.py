"""Where image tests work: a real engine, names that nobody else has, and nothing left at the end."""

from __future__ import annotations

import io
import os
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import docker.errors

from localstack_lite.model.function import Dockerfile, Function, Image
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.images import Images, Missing, ReadyImage
from tests.builders import function
from tests.live import docker_engine

MEGABYTE = 1024 * 1024


class Bench:
    """An engine, and names for images that nobody else has and that are removed at the end."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self.told: list[tuple[str, str, float | None, bool]] = []
        self._names: list[str] = []

    def name(self, prefix: str = "devserve-test/") -> str:
        self._names.append(f"{prefix}t{uuid.uuid4().hex[:12]}:1")
        return self._names[-1]

    def images(self, **invoke_images: str) -> Images:
        return Images(self.engine, {}, {name.replace("_", ""): image for name, image in invoke_images.items()})

    def ensure(self, one: Function, images: Images | None = None) -> ReadyImage | Missing:
        self.told.clear()
        return (images or self.images()).ensure(one, lambda *news: self.told.append(news))

    def built(self, one: Function) -> ReadyImage:
        result = self.ensure(one)
        assert isinstance(result, ReadyImage), result
        return result

    def missing(self, one: Function, images: Images | None = None) -> Missing:
        result = self.ensure(one, images)
        assert isinstance(result, Missing), result
        assert "\n" not in result.what
        assert result.hint
        return result

    def project(self, dockerfile: str, **more: Any) -> Function:
        """An image function whose Dockerfile is this, beginning with `FROM BASE`."""
        (self.folder / "Dockerfile").write_text(dockerfile.replace("BASE", docker_engine.IMAGES["provided.al2023"]))
        return function("orders", runtime="", image=Image(self.name(), Dockerfile(self.folder, **more)))

    def imported(self, name: str, size: int = 1000, changes: list[str] | None = None) -> None:
        """An image of one file, of content that cannot be made smaller."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            member = tarfile.TarInfo("noise")
            member.size = size
            archive.addfile(member, io.BytesIO(os.urandom(size)))
        repository, _, tag = name.rpartition(":")
        self.engine.client.api.import_image_from_data(packed.getvalue(), repository, tag, changes)

    def clear(self) -> None:
        for name in self._names:
            with suppress(docker.errors.APIError):
                self.engine.client.images.remove(name, force=True)

    def pushed(self, name: str, layers: int) -> None:
        """Make an image of some layers, give it to its registry and forget it here."""
        context = self.folder / "context"
        context.mkdir()
        for number in range(layers):
            (context / f"noise{number}").write_bytes(os.urandom(4 * MEGABYTE))
        copies = "".join(f"COPY noise{number} /noise{number}\n" for number in range(layers))
        (context / "Dockerfile").write_text(f'FROM scratch\n{copies}CMD ["/noise"]\n')
        client = self.engine.client
        client.images.build(path=str(context), tag=name, rm=True)
        assert '"error"' not in client.images.push(name)
        client.images.remove(name)

    def said_in(self, image: ReadyImage, command: str) -> str:
        """What a shell in a container of it says. Read when it has ended: who follows the log of one that ends at once
        may be told nothing."""
        container = self.engine.client.containers.create(
            image.id, ["-c", command], entrypoint=["sh"], network_mode="none"
        )
        try:
            container.start()
            container.wait()
            said: bytes = container.logs()
            return said.decode().strip()
        finally:
            container.remove(force=True)

    def has(self, image: str) -> bool:
        try:
            self.engine.client.images.get(image)
        except docker.errors.ImageNotFound:
            return False
        return True


@contextmanager
def image_bench(folder: Path) -> Iterator[Bench]:
    docker_engine.require_images()
    with docker_engine.connected() as engine:
        made = Bench(engine, folder)
        try:
            yield made
        finally:
            made.clear()
