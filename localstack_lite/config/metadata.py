"""How a resource's code comes to be, as its `Metadata` says: `BuildMethod` and `BuildProperties`. Pure.

Source of the names: the SAM developer guide. Python and Node run from the folder that is edited, so their methods mean
nothing for functions here. The rest is built: by `esbuild`, by the project's own `makefile`, or by AWS's builder of the
language, whose methods are named as its runtimes are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from localstack_lite.config.declaration import Awaited, Files
from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.stack import Resource
from localstack_lite.model.function import Build

ESBUILD, MAKEFILE = "esbuild", "makefile"
#: What methods begin with that AWS's builders know, of functions only.
_COMPILED = ("go", "rust", "java", "dotnet", "ruby")
#: Methods by which a layer gets what its manifest lists.
_INSTALLED = ("python", "nodejs")
#: What esbuild reads, in the order in which a handler's source is looked for.
_SOURCES = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs", ".cjs", ".jsx")


def metadata_of(resource: Resource) -> Mapping[str, object]:
    """The resource's own metadata with its references resolved; empty when there is none or it cannot be understood."""
    declared = resource.stack.resources[resource.logical_id].get("Metadata")
    if not isinstance(declared, Mapping):
        return {}
    found: dict[str, object] = {}
    for key, value in declared.items():
        if str(key).startswith(("aws:", "cfn_")):
            continue  # what other tools keep there
        try:
            found[str(key)] = resource.resolve(value, ("Metadata", str(key)))
        except Refusal as refusal:
            resource.warn(refusal, "; it is left out")
    return found


def function_build(resource: Resource, source: Path) -> Build | None:
    build = _declared(resource, source)
    if build is None or build.method in (ESBUILD, MAKEFILE) or build.method.startswith(_COMPILED):
        return build
    if not build.method.startswith(_INSTALLED):
        _warn(resource, f"there is no BuildMethod {build.method}")
    return None


def layer_build(resource: Resource, source: Path) -> Build | None:
    build = _declared(resource, source)
    if build is None:
        return None
    if build.method == MAKEFILE or build.method.startswith(_INSTALLED):
        architecture = as_text(metadata_of(resource).get("BuildArchitecture") or "")
        named = {"LogicalId": resource.given_id, **({"Architecture": architecture} if architecture else {})}
        return replace(build, properties={**build.properties, **named})
    _warn(resource, f"layers are not built with BuildMethod {build.method}")
    return None


def declared_method(resource: Resource) -> str:
    """The build method that the metadata name, known or not; empty when nothing is to be built."""
    build = _declared(resource, Path())
    return build.method if build is not None else ""


def with_entry_points(build: Build, handler: str, files: Files) -> Build:
    """The build with `EntryPoints` as a list: those that it names, else the handler's source. Refuses what is not
    there."""
    given = build.properties.get("EntryPoints")
    entries = [given] if isinstance(given, str) else [as_text(e) for e in given] if isinstance(given, list) else []
    guessed = not entries
    if guessed:
        place, _, last = handler.rpartition("/")
        stem = f"{place}/{last.partition('.')[0]}".lstrip("/")
        names = (stem + ending for ending in _SOURCES)
        entries = [next((name for name in names if files.has(build.source, name)), f"{stem}.ts")]
    for entry in entries:
        if not files.has(build.source, entry):
            what = f"the entry point {entry} is not in {build.source.name}/"
            file = build.source / entry
            raise Awaited(what, files.near(build.source, entry), ("Metadata",), file.parent if guessed else file)
    return replace(build, properties={**build.properties, "EntryPoints": entries})


def build_folder(state: Path, name: str, build: Build, content: str = "") -> Path:
    """Where the build's result is: another folder for another source, other properties or other `content`."""
    said = f"{build.method}\0{build.source}\0{sorted(build.properties.items(), key=str)}\0{content}"
    return state / "build" / f"{name.replace('/', '.')}-{sha256(said.encode()).hexdigest()[:8]}"


def _declared(resource: Resource, source: Path) -> Build | None:
    metadata = metadata_of(resource)
    method = as_text(metadata.get("BuildMethod") or "").strip()
    if not method or as_text(metadata.get("SkipBuild") or "").lower() == "true":
        return None
    properties = metadata.get("BuildProperties")
    return Build(method.lower(), source, dict(properties) if isinstance(properties, Mapping) else {})


def _warn(resource: Resource, why: str) -> None:
    what = f"{why}: the folder is used as it is"
    resource.warn(Refusal(what, "build it before, or with BuildMethod: makefile", ("Metadata",)))
