"""Pushes images to where Lambda takes them from. I/O: the Docker engine; ECR for its login."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from localstack_lite.errors import RemoteError, UserError
from localstack_lite.ports import Moved
from localstack_lite.sync.calls import Answered, Ask, Calls
from localstack_lite.sync.steps import PushImage

_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
#: Repositories whose names start so are this program's: made when they are not there.
OURS = "devserve/"
_ABSENT = ("name unknown", "does not exist in the registry", "RepositoryNotFoundException")
#: What a registry says that lets no tag be pushed twice (AWS docs: tag immutability; CDK's own repositories are so).
_TAKEN = ("tag is immutable", "repository is immutable")
_TIMEOUT = 600

Engine = Callable[[], Any]
"""Makes a `docker.DockerClient`."""


class Registry:
    """`engine` is asked once, when the first image is pushed."""

    def __init__(self, calls: Calls, engine: Engine | None = None) -> None:
        self._calls = calls
        self._engine = engine or _engine

    def push(self, step: PushImage, moved: Moved) -> str:
        """The image's URI with its digest; with its tag, which is its content's, when the registry has it and lets no
        tag be pushed again."""
        repository, _, tag = step.target.rpartition(":")
        if not repository or "/" in tag:
            raise UserError(step.id, f"{step.target} is no REPOSITORY:TAG", "see image_repository of the stage")
        registry, _, name = repository.partition("/")
        ecr = _ECR.fullmatch(registry)
        login = self._login(step, registry, ecr) if ecr else None
        client = self._connected(step)
        try:
            return self._pushed(step, client, repository, tag, login, moved)
        except _NoRepository as absent:
            if ecr is None or not name.startswith(OURS):
                hint = f"make it: aws ecr create-repository --repository-name {name}"
                raise RemoteError(step.id, f"there is no repository {repository}: {absent}", hint) from None
            self._make(step, ecr[1], name)
            return self._pushed(step, client, repository, tag, login, moved)
        finally:
            client.close()

    def _connected(self, step: PushImage) -> Any:
        import docker.errors
        import requests

        try:
            return self._engine()
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            what = f"the image cannot be pushed: {' '.join(str(error).split())}"
            raise RemoteError(step.id, what, "images are pushed by the engine that has them: start it") from None

    def _login(self, step: PushImage, registry: str, ecr: re.Match[str]) -> dict[str, str]:
        if ecr[2] != self._calls.session.region:
            what = f"the repository is in {ecr[2]}, and Lambda takes images of its own region only"
            raise UserError(step.id, what, f"name one in {self._calls.session.region} (image_repository)")
        answer = self._calls.make(Ask("ecr", "GetAuthorizationToken", step.id))
        data: Mapping[str, Any] = next(iter(answer.get("authorizationData") or ()), {})
        user, _, password = base64.b64decode(str(data.get("authorizationToken") or "")).decode().partition(":")
        return {"username": user, "password": password, "serveraddress": registry}

    def _make(self, step: PushImage, account: str, name: str) -> None:
        wanted = {"registryId": account, "repositoryName": name}
        there = ("RepositoryAlreadyExistsException",)
        try:
            self._calls.make(Ask("ecr", "CreateRepository", step.id, wanted, True, expect=there))
        except Answered:
            return

    def _pushed(
        self, step: PushImage, client: Any, repository: str, tag: str, login: dict[str, str] | None, moved: Moved
    ) -> str:
        import docker.errors
        import requests

        size = step.package.size
        moved(step.kind, step.id, "uploading", 0, size)
        try:
            client.images.get(step.package.image).tag(repository, tag)
            try:
                lines = client.api.push(repository, tag=tag, stream=True, decode=True, auth_config=login)
                digest = followed(lines, lambda sent, of: moved(step.kind, step.id, "uploading", sent, of))
            finally:
                # The name would keep this image on this machine when its successors have long been built.
                with suppress(docker.errors.DockerException, requests.RequestException):
                    client.images.remove(f"{repository}:{tag}", noprune=True)
        except docker.errors.ImageNotFound:
            raise RemoteError(step.id, f"the engine has no image {step.package.image}", "run it again") from None
        except PushRefused as error:
            if any(words in str(error) for words in _ABSENT):
                raise _NoRepository(str(error)) from None
            if any(words in str(error) for words in _TAKEN):
                return f"{repository}:{tag}"
            what = f"the image cannot be pushed to {repository}: {error}"
            raise RemoteError(step.id, what, "look at the repository and at `docker login`") from None
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            what = f"the image cannot be pushed: {' '.join(str(error).split())}"
            raise RemoteError(step.id, what, "look at the Docker engine and the network, then run it again") from None
        if not digest:
            raise RemoteError(step.id, "the registry did not say what the image is (no digest)", "run it again")
        return f"{repository}@{digest}"


class PushRefused(Exception):
    """The registry did not take it. The text is its own."""


class _NoRepository(Exception):
    """There is none of that name."""


def followed(lines: Iterable[Mapping[str, Any]], sent: Callable[[int, int], None]) -> str:
    """The digest that a push ends with. `sent` is told bytes by now and in all, as far as the engine knows them."""
    layers: dict[str, tuple[int, int]] = {}
    digest = ""
    for line in lines:
        if error := line.get("error"):
            raise PushRefused(" ".join(str(error).split()))
        progress, aux = line.get("progressDetail") or {}, line.get("aux") or {}
        digest = str(aux.get("Digest") or digest)
        if progress.get("total"):
            total = int(progress["total"])
            layers[str(line.get("id"))] = (min(int(progress.get("current") or 0), total), total)
            sent(sum(at for at, _ in layers.values()), sum(of for _, of in layers.values()))
    return digest


def _engine() -> Any:
    """The one that `docker` itself would talk to: DOCKER_HOST, else the current context."""
    import docker
    from docker.context import ContextAPI

    if os.environ.get("DOCKER_HOST") or (context := ContextAPI.get_current_context()) is None or not context.Host:
        return docker.from_env(timeout=_TIMEOUT)
    return docker.DockerClient(base_url=context.Host, tls=context.TLSConfig or False, timeout=_TIMEOUT)
