"""A function that is a container image: `ImageUri`, `ImageConfig`, and how SAM's `Metadata` says it is built. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from localstack_lite.config.declaration import Awaited, Files
from localstack_lite.config.metadata import metadata_of
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.sam import NO_IMAGE
from localstack_lite.config.stack import Resource
from localstack_lite.model.function import Dockerfile, Image

_BUILD_KEYS = ("Dockerfile", "DockerContext")


def is_image(resource: Resource) -> bool:
    return resource.text_or("Zip", "PackageType") == "Image" or bool(resource.mapping("Code").get("ImageUri"))


def read_image(resource: Resource, files: Files) -> Image:
    """A Refusal when there is nothing to run."""
    metadata = metadata_of(resource)
    dockerfile = _dockerfile(metadata, files) if any(metadata.get(key) for key in _BUILD_KEYS) else None
    if dockerfile is not None:
        uri = image_tag(resource.id, dockerfile, as_text(metadata.get("DockerTag") or ""))
    else:
        uri = _uri(resource, files)
    return Image(
        uri,
        dockerfile,
        entry_point=_words(resource, "EntryPoint"),
        command=_words(resource, "Command"),
        working_directory=resource.text_or("", "ImageConfig", "WorkingDirectory"),
    )


def image_tag(name: str, dockerfile: Dockerfile, tag: str = "") -> str:
    """What a built image is called: one name for a function of a project, whatever else runs on the same engine."""
    lowered = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "function"
    place = sha256(f"{dockerfile.context}\0{dockerfile.file}".encode()).hexdigest()[:8]
    label = re.sub(r"[^A-Za-z0-9_.-]+", "-", tag).strip(".-")[:128]
    return f"devserve/{lowered}-{place}:{label or 'latest'}"


def at_dockerfile(files: Files, context: str, file: str, path: tuple[str, ...]) -> Dockerfile:
    """A Refusal when the context or the file is not there."""
    try:
        code = files.at(context)
    except Awaited as refusal:
        raise Awaited(f"there is no Docker context at {context}", refusal.hint, path, refusal.file) from None
    if code.source is not None:
        raise Refusal(f"the Docker context {context} is no folder", "name the folder with the Dockerfile", path)
    if not files.has(code.folder, file):
        what = f"there is no {file} in {code.folder.name}/"
        raise Awaited(what, "look at Dockerfile and DockerContext", path, code.folder / file)
    return Dockerfile(code.folder, file)


def _dockerfile(metadata: Mapping[str, object], files: Files) -> Dockerfile:
    context = as_text(metadata.get("DockerContext") or ".")
    file = as_text(metadata.get("Dockerfile") or "Dockerfile")
    found = at_dockerfile(files, context, file, ("Metadata",))
    arguments = metadata.get("DockerBuildArgs")
    given = arguments.items() if isinstance(arguments, Mapping) else ()
    return Dockerfile(
        found.context,
        found.file,
        as_text(metadata.get("DockerBuildTarget") or ""),
        {str(key): as_text(value) for key, value in given},
    )


def _uri(resource: Resource, files: Files) -> str:
    uri = resource.text("Code", "ImageUri")
    if not uri or uri == NO_IMAGE:
        hint = "give it ImageUri, or Metadata with Dockerfile and DockerContext"
        raise Refusal("it is an image, and nothing says which", hint, ("PackageType",))
    if _is_place(uri, files):
        hint = "name an image, or build the folder with Metadata: {DockerContext: FOLDER, Dockerfile: Dockerfile}"
        raise Refusal(f"the image {uri} is a folder or a file", hint, ("ImageUri",))
    return uri


def _is_place(uri: str, files: Files) -> bool:
    if uri.startswith((".", "/")):
        return True
    try:
        files.at(uri)
    except Refusal as refusal:
        return "no zip" in refusal.what
    return True


def _words(resource: Resource, name: str) -> tuple[str, ...]:
    try:
        return resource.texts("ImageConfig", name)
    except Refusal as refusal:
        resource.warn(refusal, "; the image's own is used")
        return ()


def context_of(image: Image, files: Files) -> Path:
    """The folder that a change of the image would come from."""
    return image.dockerfile.context if image.dockerfile is not None else files.at(".").folder
