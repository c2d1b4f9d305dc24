"""Lambda's way with container images, added to moto: the image is looked up in the registry that its URI names, and the
function has the digest that is found there. What the registry does not have is refused, in AWS's words.

moto takes any URI and makes a hash of its text up; that stays so for registries that are not on this machine.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from contextlib import closing
from typing import Any

from moto.awslambda import models
from moto.awslambda.exceptions import LambdaClientError

MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)
HERE = re.compile(r"(?P<registry>127\.0\.0\.1:\d+)/(?P<name>[^:@]+)[:@](?P<reference>.+)")


class NoImage(LambdaClientError):
    def __init__(self, uri: str) -> None:
        said = f"Source image {uri} does not exist. Provide a valid source image."
        super().__init__("InvalidParameterValueException", said)


def extend() -> None:
    """Once, before the first request."""
    function: Any = models.LambdaFunction
    function._set_function_code = _looked_up(function._set_function_code)
    function.get_code = _resolved(function.get_code)


def digest_of(registry: str, name: str, reference: str) -> str:
    """`sha256:…`, as the registry itself says; empty when it has no such image."""
    with closing(http.client.HTTPConnection(registry, timeout=10)) as connection:
        try:
            connection.request("HEAD", f"/v2/{name}/manifests/{reference}", headers={"Accept": ", ".join(MANIFESTS)})
            answer = connection.getresponse()
        except OSError:
            return ""
        return answer.headers.get("Docker-Content-Digest", "") if answer.status == 200 else ""


def _looked_up(original: Callable[..., None]) -> Callable[..., None]:
    def set_function_code(self: Any, spec: dict[str, Any], *given: Any, **named: Any) -> None:
        place = HERE.fullmatch(spec.get("ImageUri", ""))
        digest = digest_of(**place.groupdict()) if place else ""
        if place and not digest:
            raise NoImage(spec["ImageUri"])
        original(self, spec, *given, **named)
        if digest:
            self.code_sha_256 = digest.removeprefix("sha256:")

    return set_function_code


def _resolved(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """moto takes the registry's port for a tag."""

    def get_code(self: Any) -> dict[str, Any]:
        told = original(self)
        code = told.get("Code", {})
        if place := HERE.fullmatch(code.get("ImageUri", "")):
            code["ResolvedImageUri"] = f"{place['registry']}/{place['name']}@sha256:{self.code_sha_256}"
        return told

    return get_code
