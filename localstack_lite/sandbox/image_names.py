"""Which container image a function runs in. Pure.

`--invoke-image` wins over everything, then a function that is an image has its own; a runtime's image is the one that
the project's `images` names, or AWS's. AWS's tags are the runtime's version with the architecture after it, and the
version alone for a list of both (recorded from AWS's public gallery).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.model.function import Dockerfile, Function

GALLERY = "public.ecr.aws/lambda"
BUILDKIT_ONLY = re.compile(
    r"^\s*(?:RUN\s+(?:--\S+\s+)*--(?:mount|network|security)\b|(?:COPY|ADD)\s+(?:--\S+\s+)*--(?:link|chmod|parents|exclude)\b"
    r"|(?:RUN|COPY)\s[^\n]*<<-?[\"']?[A-Za-z_])",
    re.IGNORECASE,
)
_VERSIONED = re.compile(r"(python|nodejs|ruby|dotnet|java|go)((?:core)?\d[\w.]*)")
_NOT_IN_A_TAG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`names`: any of them will do when it is here, the first is fetched when none is. `dockerfile` says that the first
    is the tag of what is built instead. `source` says to a person who chose it."""

    names: tuple[str, ...]
    source: str
    dockerfile: Dockerfile | None = None


@dataclass(frozen=True, slots=True)
class NoImage:
    what: str
    hint: str


def wanted(function: Function, images: Mapping[str, str], invoke_images: Mapping[str, str]) -> Wanted | NoImage:
    """`images` are the project's by runtime, `invoke_images` the command line's by function (the key `""`: all)."""
    for key in (function.logical_id, function.name, ""):
        if named := invoke_images.get(key):
            return Wanted((named,), "--invoke-image")
    if function.image is not None:
        return _own(function)
    if named := images.get(function.runtime):
        return Wanted((named,), "images in the configuration")
    tag = tag_of(function.runtime)
    if not tag:
        return NoImage(
            f"there is no image of AWS for the runtime {function.runtime or '(none)'}",
            f'name one: [tool.devserve.images] "{function.runtime}" = "IMAGE", or --invoke-image',
        )
    return Wanted((f"{GALLERY}/{tag}-{function.architecture}", f"{GALLERY}/{tag}"), "AWS's image of the runtime")


def tag_of(runtime: str) -> str:
    """`python:3.13`; empty when AWS has none."""
    if runtime.startswith("provided"):
        return f"provided:{runtime.partition('.')[2] or 'alami'}"
    found = _VERSIONED.fullmatch(runtime)
    if found is None:
        return ""
    return f"{found[1]}:{found[2].removesuffix('.x')}"


def _own(function: Function) -> Wanted | NoImage:
    image = function.image
    assert image is not None
    if image.dockerfile is not None:
        return Wanted((image.uri or build_tag(function),), "its Dockerfile", image.dockerfile)
    if not image.uri:
        return NoImage(
            "the function is an image, but neither ImageUri nor a Dockerfile says which",
            "add Metadata with Dockerfile and DockerContext, or ImageUri",
        )
    return Wanted((image.uri,), "ImageUri")


def build_tag(function: Function) -> str:
    """The tag of an image that we build and nobody named: `devserve/hello:latest`."""
    return f"devserve/{_NOT_IN_A_TAG.sub('-', function.name.lower()).strip('-') or 'function'}:latest"


def dockerfile_path(dockerfile: Dockerfile) -> Path:
    return dockerfile.context / dockerfile.file


def only_buildkit(text: str) -> str:
    """The first line of a Dockerfile that the engine's classic builder cannot build; empty when there is none."""
    return next((line.strip() for line in text.splitlines() if BUILDKIT_ONLY.match(line)), "")


def is_registry_of_ecr(name: str) -> bool:
    return ".dkr.ecr." in name.partition("/")[0]
