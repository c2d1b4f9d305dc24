"""Which Node functions are bundled before they run, and how: version 4's own esbuild, and the plugins that bundle.
All of them are esbuild here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.serverless.made import Made, as_list, as_mapping
from localstack_lite.config.serverless.names import upper_first

_PLUGINS = ("serverless-esbuild", "serverless-webpack", "serverless-bundle", "serverless-plugin-typescript")
_TYPED = (".ts", ".mts", ".cts", ".tsx")
_SOURCES = (*_TYPED, ".js", ".mjs", ".cjs", ".jsx")
#: Options of esbuild that the configuration may have under esbuild's own names.
_OPTIONS = frozenset(
    {
        *("minify", "sourcemap", "target", "loader", "define", "banner", "footer", "format", "mainFields", "keepNames"),
        *("conditions", "alias", "inject", "resolveExtensions", "treeShaking", "charset", "drop", "pure", "splitting"),
    }
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """`metadata` as SAM's builder takes it; `handler` in what is made, where the file stands at the top."""

    metadata: dict[str, Any]
    handler: str


def bundled(made: Made, runtime: str, handler: str, has: Callable[[str], bool]) -> Bundle | None:
    """None when the function runs as it stands."""
    place, _, last = handler.rpartition("/")
    stem, _, name = last.partition(".")
    if not runtime.startswith("nodejs") or not stem or not name:
        return None
    path = f"{place}/{stem}".lstrip("/")
    source = next((path + ending for ending in _SOURCES if has(path + ending)), "")
    typed = source.endswith(_TYPED)
    options = _options(made)
    if options is None and not typed:
        return None
    entry = source or f"{path}.ts"
    properties = {"EntryPoints": [entry], **_properties(options or {}, runtime)}
    return Bundle({"BuildMethod": "esbuild", "BuildProperties": properties}, f"{stem}.{name}")


def _options(made: Made) -> Mapping[str, Any] | None:
    """What is said about bundling; None when nothing is bundled."""
    service = made.service
    own = as_mapping(service.build).get("esbuild")
    if own is False:
        return None
    if own is not None:
        return as_mapping(own)
    if service.has_plugin(*_PLUGINS):
        return as_mapping(service.custom.get("esbuild"))
    return None


def _properties(options: Mapping[str, Any], runtime: str) -> dict[str, Any]:
    sdk = "aws-sdk" if runtime in ("nodejs12.x", "nodejs14.x", "nodejs16.x") else "@aws-sdk/*"
    outside = [*map(as_text, as_list(options.get("external"))), *map(as_text, as_list(options.get("exclude", sdk)))]
    found = {upper_first(key): value for key, value in options.items() if key in _OPTIONS}
    return {**found, "External": list(dict.fromkeys(outside))}
