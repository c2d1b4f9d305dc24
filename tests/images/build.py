"""Makes the test images that are missing. One process of this machine at a time; the others wait and find them."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.images.recipes import BASE, Recipe, base_digest, recipes
from tests.images.rootfs import archive, cache_folder

LABEL = "devserve.test"


def make_all() -> dict[str, bool]:
    """Every image by its tag, and whether it had to be made. Raises OSError with one line when one cannot be had."""
    import docker

    client = docker.from_env()
    try:
        with _alone():
            made = {BASE: _base(client)}
            for recipe in recipes():
                made[recipe.tag] = _make(client, recipe)
            return made
    finally:
        client.close()


def _base(client: Any) -> bool:
    own = f"{BASE}-{base_digest()}"
    if _is_there(client, own, BASE):
        return False
    name, tag = own.split(":")
    changes = [f"LABEL {LABEL}=1"]
    client.api.import_image_from_file(str(archive()), repository=name, tag=tag, changes=changes)
    _name(client, own, BASE)
    return True


def _make(client: Any, recipe: Recipe) -> bool:
    import docker.errors

    if _is_there(client, recipe.own_tag, recipe.tag):
        return False
    with tempfile.TemporaryDirectory(prefix="devserve-image-") as name:
        folder = Path(name)
        recipe.fill(folder)
        try:
            client.images.build(
                path=name,
                tag=recipe.own_tag,
                buildargs={"BASE": recipe.base},
                labels={LABEL: "1"},
                rm=True,
                forcerm=True,
            )
        except docker.errors.BuildError as error:
            said = "".join(part.get("stream", "") for part in error.build_log)
            raise OSError(f"{recipe.tag} could not be built: {error.msg}\n{said}") from error
    _name(client, recipe.own_tag, recipe.tag)
    return True


def _is_there(client: Any, own: str, tag: str) -> bool:
    import docker.errors

    try:
        image = client.images.get(own)
    except docker.errors.ImageNotFound:
        return False
    if tag not in image.tags:
        _name(client, own, tag)
    return True


def _name(client: Any, own: str, tag: str) -> None:
    """Give the image its usual name, and take the names of earlier recipes away (what still runs is left alone)."""
    import docker.errors

    image = client.images.get(own)
    name, _, version = tag.partition(":")
    image.tag(name, version)
    for old in client.images.list(name=name, filters={"label": f"{LABEL}=1"}):
        for each in old.tags:
            if each.startswith(f"{tag}-") and each != own:
                with suppress(docker.errors.APIError):
                    client.images.remove(each)


@contextmanager
def _alone() -> Iterator[None]:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "images.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
