"""The images that functions run in: found in the engine, fetched from a registry, or built from a Dockerfile.

Everything here blocks and is called in worker threads. What cannot be had is a `Missing` with the engine's own reason.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.model.function import Function
from localstack_lite.sandbox.engine import Engine
from localstack_lite.sandbox.image_build import Failed, build
from localstack_lite.sandbox.image_names import NoImage, Wanted, is_registry_of_ecr, wanted
from localstack_lite.sandbox.pull_progress import PullProgress

Told = Callable[[str, str, float | None, bool], None]
"""Task, state, share from 0 to 1 or None, and whether it is over; called in the worker thread."""

ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
PLATFORMS = {"x86_64": "linux/amd64", "arm64": "linux/arm64"}
_OUT_OF_REACH = (
    "dial tcp",
    "no such host",
    "i/o timeout",
    "connection refused",
    "network is unreachable",
    "TLS handshake",
)


@dataclass(frozen=True, slots=True)
class ReadyImage:
    """An image that is in the engine. `id` is `sha256:…`; `architecture` is `x86_64` or `arm64` (or the engine's word
    for another); the rest is the image's own configuration."""

    id: str
    name: str
    entry_point: tuple[str, ...]
    command: tuple[str, ...]
    working_directory: str
    user: str
    environ: Mapping[str, str] = field(default_factory=dict)
    architecture: str = "x86_64"


@dataclass(frozen=True, slots=True)
class Missing:
    """An image that could not be had. `lines` are a failed build's own; `offline` that no registry was in reach."""

    what: str
    hint: str
    lines: tuple[str, ...] = ()
    offline: bool = False


class Images:
    """`images` are the project's by runtime, `invoke_images` the command line's by function."""

    def __init__(self, engine: Engine, images: Mapping[str, str], invoke_images: Mapping[str, str]) -> None:
        self._engine = engine
        self._images = images
        self._invoke_images = invoke_images
        self._known: dict[str, ReadyImage | Missing] = {}
        self._guard = threading.Lock()
        self._busy: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def ensure(self, function: Function, told: Told) -> ReadyImage | Missing:
        """Get the function's image ready. Calls for the same image wait for each other; one with a Dockerfile is built
        again each time, which the engine's cache makes cheap."""
        import docker.errors
        import requests

        choice = wanted(function, self._images, self._invoke_images)
        if isinstance(choice, NoImage):
            found: ReadyImage | Missing = Missing(choice.what, choice.hint)
        else:
            try:
                with self._alone(choice.names[0]):
                    found = self._had(function, choice, told)
            except (requests.ConnectionError, requests.Timeout):
                gone = f"the Docker engine at {self._engine.endpoint} does not answer any more"
                found = Missing(gone, "start it again; images are looked for at every start")
            except (docker.errors.DockerException, requests.RequestException, OSError) as error:
                found = Missing(
                    f"the Docker engine failed: {one_line(error)}", "is it still running? see `docker info`"
                )
        self._known[function.logical_id] = found
        return found

    def known(self, function: str) -> ReadyImage | Missing | None:
        """The last answer for this logical id."""
        return self._known.get(function)

    def _alone(self, name: str) -> threading.Lock:
        with self._guard:
            return self._busy[name]

    def _had(self, function: Function, choice: Wanted, told: Told) -> ReadyImage | Missing:
        if choice.dockerfile is not None:
            task = f"build {function.name}"
            platform = "" if function.architecture == self._engine.architecture else PLATFORMS[function.architecture]
            failed = build(self._engine, choice.dockerfile, choice.names[0], platform, lambda *news: told(task, *news))
            if failed is not None:
                return _unbuilt(function, failed)
            image = self._found(choice.names[:1], function.architecture)
        else:
            task = f"image {choice.names[0]}"
            image = self._found(choice.names, function.architecture)
            if image is None:
                missing = self._pull(choice.names[0], function, task, told)
                if missing is not None:
                    return missing
                image = self._found(choice.names[:1], function.architecture)
        if image is None:
            return Missing(f"the image {choice.names[0]} is gone again", "was it removed in the meantime?")
        if image.architecture != function.architecture:
            told(task, f"is {image.architecture}, while {function.name} asks for {function.architecture}", 1.0, True)
        return checked(function, image)

    def _found(self, names: tuple[str, ...], architecture: str) -> ReadyImage | None:
        """The first that is in the engine. Of several, those after the first only count for the architecture asked."""
        import docker.errors

        for number, name in enumerate(names):
            with suppress(docker.errors.ImageNotFound):
                image = ready_image(name, self._engine.client.api.inspect_image(name))
                if number == 0 or image.architecture == architecture:
                    return image
        return None

    def _pull(self, name: str, function: Function, task: str, told: Told) -> Missing | None:
        import docker.errors
        import docker.utils

        repository, tag = docker.utils.parse_repository_tag(name)
        progress = PullProgress()
        failure = ""
        told(task, "asking the registry", None, False)
        try:
            for event in self._engine.client.api.pull(
                repository,
                tag=tag or "latest",
                stream=True,
                decode=True,
                platform=PLATFORMS.get(function.architecture),
            ):
                failure = str(event.get("error", "")) or failure
                if news := progress.heard(event):
                    told(task, *news, False)
        except docker.errors.APIError as error:
            failure = str(error.explanation or error)
        told(task, "failed" if failure else "ready", None if failure else 1.0, True)
        return unfetched(name, failure) if failure else None


def ready_image(name: str, attributes: Mapping[str, Any]) -> ReadyImage:
    """From what the engine says of it (`docker image inspect`)."""
    config = attributes.get("Config") or {}
    pairs = (entry.partition("=") for entry in config.get("Env") or ())
    architecture = str(attributes.get("Architecture", ""))
    return ReadyImage(
        id=str(attributes["Id"]),
        name=name,
        entry_point=tuple(config.get("Entrypoint") or ()),
        command=tuple(config.get("Cmd") or ()),
        working_directory=str(config.get("WorkingDir") or ""),
        user=str(config.get("User") or ""),
        environ={key: value for key, _, value in pairs},
        architecture=ARCHITECTURES.get(architecture, architecture),
    )


def checked(function: Function, image: ReadyImage) -> ReadyImage | Missing:
    """Whether anything says what to run in it. A runtime's image has to have an entry point: the handler is only its
    argument; a function's own may leave it to the command, there or in ImageConfig."""
    own = function.image
    if own is None:
        if image.entry_point:
            return image
        return Missing(
            f"the image {image.name} has no entrypoint, so nothing in it would start the handler",
            "AWS's images have /lambda-entrypoint.sh; begin yours with FROM one of them",
        )
    if image.entry_point or image.command or own.entry_point or own.command:
        return image
    return Missing(
        f"the image {image.name} has neither entrypoint nor command",
        "add ENTRYPOINT or CMD, or ImageConfig to the function",
    )


def unfetched(name: str, reason: str) -> Missing:
    """`reason` is the engine's own."""
    why = one_line(reason)
    offline = any(sign in why for sign in _OUT_OF_REACH)
    if offline:
        hint = f"no registry is in reach; with a network: docker pull {name}. --sandbox process needs no image"
    elif "denied" in why or "unauthorized" in why or "authentication" in why:
        login = " (aws ecr get-login-password | docker login --username AWS --password-stdin REGISTRY)"
        hint = f"check the name, or log in: docker login{login if is_registry_of_ecr(name) else ''}"
    else:
        hint = f"check the name; to try it by hand: docker pull {name}"
    return Missing(f"the image {name} is not here and cannot be fetched: {why}", hint, offline=offline)


def _unbuilt(function: Function, failed: Failed) -> Missing:
    offline = any(sign in failed.what for sign in _OUT_OF_REACH)
    return Missing(f"the image of {function.name} cannot be built: {failed.what}", failed.hint, failed.lines, offline)


def one_line(error: object) -> str:
    return " ".join(str(error).split())
