"""Functions that are container images: a URI, or one of `provider.ecr.images`, which may be built here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.sam import NO_IMAGE
from localstack_lite.config.serverless.made import Made, as_list, as_mapping
from localstack_lite.config.serverless.names import function_id


@dataclass(frozen=True, slots=True)
class ServiceImage:
    """`code`, `config` and `metadata` as a CloudFormation function of SAM has them."""

    code: Mapping[str, Any]
    config: Mapping[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    architecture: str = ""


def image_of(made: Made, function: str, image: object) -> ServiceImage:
    """`image` is a URI, a name of `provider.ecr.images`, or a mapping with `uri` or `name`."""
    said = as_mapping(image)
    named = as_text(said.get("name") or said.get("uri") or ("" if said else image))
    config = {
        name: value
        for name, value in (
            ("Command", as_list(said.get("command")) or None),
            ("EntryPoint", as_list(said.get("entryPoint")) or None),
            ("WorkingDirectory", said.get("workingDirectory")),
        )
        if value is not None
    }
    images = as_mapping(as_mapping(made.service.provider.get("ecr")).get("images"))
    if named in images:
        return _listed(images[named], config)
    if "name" in said or not ("/" in named or ":" in named):
        path = (*made.service.paths[function], "image")
        hint = did_you_mean(named, images, "define it in provider.ecr.images, or name a URI")
        made.tell(path, f"function {function}: there is no image {named}", hint, function_id(function))
    return ServiceImage({"ImageUri": named or NO_IMAGE}, config or None)


def _listed(declared: object, config: Mapping[str, Any]) -> ServiceImage:
    said = as_mapping(declared)
    if not said.get("path"):
        uri = as_text(said.get("uri") if said else declared)
        return ServiceImage({"ImageUri": uri or NO_IMAGE}, config or None)
    arguments = as_mapping(said.get("buildArgs"))
    metadata = {
        "DockerContext": said["path"],
        "Dockerfile": said.get("file") or "Dockerfile",
        **({"DockerBuildArgs": dict(arguments)} if arguments else {}),
    }
    architecture = {"linux/arm64": "arm64", "linux/amd64": "x86_64"}.get(as_text(said.get("platform")), "")
    return ServiceImage({"ImageUri": NO_IMAGE}, config or None, metadata, architecture)
