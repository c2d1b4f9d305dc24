"""What calls of the Lambda API made of a project's functions: versions, aliases, URLs, permissions, layer versions.

Frozen values and plain functions that make new ones of them. Whoever holds them is the catalogue; that they outlast the
process is the shelf's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from localstack_lite.lambdas.api.code_facts import CodeFacts
from localstack_lite.model.alias import Alias
from localstack_lite.model.api import Cors
from localstack_lite.model.function import Function


@dataclass(frozen=True, slots=True)
class Version:
    """`function` is its configuration, with the number as `version` and the copy of the code as `code.folder`. `code`
    are the facts of the code that was copied; `configured` a digest of the configuration, `revision` its RevisionId."""

    function: Function
    code: CodeFacts
    configured: str
    revision: str


@dataclass(frozen=True, slots=True)
class KeptAlias:
    alias: Alias
    revision: str


@dataclass(frozen=True, slots=True)
class UrlConfig:
    """A function URL that was made over the API. Times are epoch seconds."""

    auth: str
    created: float
    modified: float
    mode: str = "BUFFERED"
    cors: Cors | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """Of a resource policy. `text` is the statement as JSON, which is how the API hands it out."""

    sid: str
    text: str


@dataclass(frozen=True, slots=True)
class LayerVersion:
    """`created` in epoch seconds, `size` in bytes, `sha256` base64; `folder` holds what is below `/opt` on AWS."""

    number: int
    folder: Path
    size: int
    sha256: str
    created: float
    description: str = ""
    license: str = ""
    runtimes: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfFunction:
    """What was made of one function. `last` is the highest number that was ever given away.

    An alias or URL that is None was deleted, although the project declares it: as in the cloud, that holds until the
    next deployment, which here is the next start."""

    last: int = 0
    versions: Mapping[str, Version] = field(default_factory=dict)
    aliases: Mapping[str, KeptAlias | None] = field(default_factory=dict)
    urls: Mapping[str, UrlConfig | None] = field(default_factory=dict)
    policies: Mapping[str, tuple[Statement, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OfLayer:
    """`versions` by number, oldest first; `last` the highest number that was ever given away."""

    last: int = 0
    versions: tuple[LayerVersion, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """All of it: functions by logical id, layers by name."""

    functions: Mapping[str, OfFunction] = field(default_factory=dict)
    layers: Mapping[str, OfLayer] = field(default_factory=dict)

    def of(self, logical_id: str) -> OfFunction:
        return self.functions.get(logical_id, UNTOUCHED)

    def layer(self, name: str) -> OfLayer:
        return self.layers.get(name, OfLayer())

    def with_function(self, logical_id: str, of: OfFunction) -> Kept:
        return replace(self, functions={**self.functions, logical_id: of})

    def with_layer(self, name: str, of: OfLayer) -> Kept:
        return replace(self, layers={**self.layers, name: of})


UNTOUCHED = OfFunction()
NOTHING = Kept()


def with_version(of: OfFunction, version: Version) -> OfFunction:
    number = version.function.version
    return replace(of, last=max(of.last, int(number)), versions={**of.versions, number: version})


def without_version(of: OfFunction, number: str) -> OfFunction:
    """Its number stays given away."""
    left = {key: version for key, version in of.versions.items() if key != number}
    return replace(of, versions=left)


def with_alias(of: OfFunction, kept: KeptAlias) -> OfFunction:
    return replace(of, aliases={**of.aliases, kept.alias.name: kept})


def without_alias(of: OfFunction, name: str, *, declared: bool) -> OfFunction:
    aliases: dict[str, KeptAlias | None] = {key: value for key, value in of.aliases.items() if key != name}
    return replace(of, aliases=aliases | ({name: None} if declared else {}))


def with_url(of: OfFunction, qualifier: str, url: UrlConfig) -> OfFunction:
    return replace(of, urls={**of.urls, qualifier: url})


def without_url(of: OfFunction, qualifier: str, *, declared: bool) -> OfFunction:
    urls: dict[str, UrlConfig | None] = {key: value for key, value in of.urls.items() if key != qualifier}
    return replace(of, urls=urls | ({qualifier: None} if declared else {}))


def with_policy(of: OfFunction, qualifier: str, statements: tuple[Statement, ...]) -> OfFunction:
    """An empty policy is none."""
    policies = {key: value for key, value in of.policies.items() if key != qualifier}
    return replace(of, policies=policies | ({qualifier: statements} if statements else {}))
