"""The sections of a resolved `serverless.yml`, in their several forms → one `Service`. Pure.

Functions and resources may be lists of mappings (one file each); `service` may be a mapping. What has a wrong form is
told and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_lite.config.parameters import as_text
from localstack_lite.config.refusal import did_you_mean
from localstack_lite.config.serverless.variables import File, Resolver, Spot
from localstack_lite.config.yaml_cfn import KeyPath
from localstack_lite.errors import UserError
from localstack_lite.model.project import Problem

#: All sections that versions 3 and 4 and osls know, with those of plugins that many projects use.
SECTIONS = (
    *("service", "provider", "functions", "layers", "resources", "package", "custom", "params", "plugins", "stages"),
    *("build", "useDotenv", "frameworkVersion", "configValidationMode", "deprecationNotificationMode", "org", "app"),
    *("disabledDeprecations", "variablesResolutionMode", "outputs", "tenant", "console", "licenseKey", "dashboard"),
    *("unresolvedVariablesNotificationMode", "configurationValidationMode", "state", "extends", "enabled"),
    *("stepFunctions", "appSync", "constructs", "resolvers", "websockets", "ai", "mcp"),
)
_MADE_BY_PLUGINS = ("stepFunctions", "appSync", "constructs")
#: Plugins that change nothing of what runs here, or that are understood.
KNOWN_PLUGINS = frozenset(
    f"serverless-{name}"
    for name in (
        *("offline", "python-requirements", "wsgi", "esbuild", "webpack", "bundle", "plugin-typescript"),
        *("dotenv-plugin", "domain-manager", "prune-plugin", "plugin-warmup", "iam-roles-per-function"),
        *("plugin-include-dependencies", "deployment-bucket", "export-env", "s3-sync", "localstack"),
        *("plugin-log-retention", "plugin-scripts", "dynamodb-local", "plugin-canary-deployments"),
        *("plugin-aws-alerts", "offline-sqs", "offline-sns", "plugin-split-stacks", "cloudside-plugin"),
        *("plugin-resource-tagging", "latest-layer-version", "better-credentials"),
    )
)


@dataclass(frozen=True, slots=True)
class Service:
    """`lines` are those of the resolved values. Names of functions and layers are as written."""

    name: str
    stage: str
    region: str
    file: str = "serverless.yml"
    provider: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    paths: Mapping[str, KeyPath] = field(default_factory=dict)
    """Where each function stands."""
    layers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    resources: Mapping[str, Any] = field(default_factory=dict)
    resource_paths: Mapping[tuple[str, str], KeyPath] = field(default_factory=dict)
    """Where what `resources` declares stands, by section and name."""
    package: Mapping[str, Any] = field(default_factory=dict)
    custom: Mapping[str, Any] = field(default_factory=dict)
    build: object = None
    plugins: tuple[str, ...] = ()
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    @property
    def stack_name(self) -> str:
        return as_text(self.provider.get("stackName")) or f"{self.name}-{self.stage}"

    def line(self, path: KeyPath) -> int:
        return next((line for end in range(len(path), 0, -1) if (line := self.lines.get(path[:end]))), 0)

    def has_plugin(self, *names: str) -> bool:
        return any(name in self.plugins for name in names)


#: What of `custom` has a part in what runs.
CUSTOM = ("wsgi", "esbuild", "webpack", "bundle", "pythonRequirements", "dotenv")


def service_of(resolver: Resolver, stage: str, region: str) -> Service:
    """A UserError when it is a service of another cloud, or none."""
    return _Reading(resolver, stage, region).service()


class _Reading:
    def __init__(self, resolver: Resolver, stage: str, region: str) -> None:
        self._resolver = resolver
        self._file: File = resolver.files[0]
        self._stage = stage
        self._region = region

    def service(self) -> Service:
        if not isinstance(self._file.value, dict):
            raise UserError(self._file.name, "not a mapping of names to values", "a service has provider and functions")
        name = self._resolver.whole("service")
        if isinstance(name, dict):
            name = name.get("name")
        provider = self._resolver.whole("provider")
        if isinstance(provider, str):
            provider = {"name": provider}
        provider = self._mapping(provider, ("provider",))
        self._check(name, provider)
        functions, paths = self._functions()
        resources, resource_paths = self._resources()
        custom = {key: found for key in CUSTOM if (found := self._resolver.whole("custom", key)) is not None}
        plugins = self._plugins()
        return Service(
            as_text(name),
            self._stage,
            self._region,
            self._file.name,
            provider,
            functions,
            paths,
            {key: self._mapping(one, ("layers", key)) for key, one in self._section("layers").items()},
            resources,
            resource_paths,
            self._section("package"),
            custom,
            self._resolver.whole("build"),
            plugins,
            self._resolver.lines,
            tuple(self._resolver.problems),
        )

    def _check(self, name: object, provider: Mapping[str, Any]) -> None:
        cloud = as_text(provider.get("name")) or "aws"
        if cloud != "aws":
            where = self._resolver.where(Spot(0, ("provider", "name")))
            raise UserError(where, f"the provider is {cloud}, and devserve runs AWS Lambda", "provider.name is aws")
        if not isinstance(name, str) or not name:
            raise UserError(self._file.name, "the service has no name", "write service: NAME")
        for key in self._file.value:
            if key not in SECTIONS:
                hint = did_you_mean(key, SECTIONS, "a plugin may read it; devserve does not")
                self._warn((key,), f"there is no section {key}", hint)
            elif key in _MADE_BY_PLUGINS:
                self._warn((key,), f"what a plugin makes of {key} is missing here", "only its plugin knows it")

    def _functions(self) -> tuple[dict[str, Mapping[str, Any]], dict[str, KeyPath]]:
        found: dict[str, Mapping[str, Any]] = {}
        paths: dict[str, KeyPath] = {}
        for path, part in self._parts("functions"):
            for name, declared in part.items():
                if name in found:
                    self._warn((*path, name), f"the function {name} stands twice", "the last one counts")
                found[name] = self._mapping(declared, (*path, name))
                paths[name] = (*path, name)
        return found, paths

    def _resources(self) -> tuple[dict[str, Any], dict[tuple[str, str], KeyPath]]:
        merged: dict[str, Any] = {}
        paths: dict[tuple[str, str], KeyPath] = {}
        for path, part in self._parts("resources"):
            for section, content in part.items():
                if not isinstance(content, dict):
                    merged[section] = content
                    continue
                into = merged.setdefault(section, {})
                for name, one in content.items():
                    if isinstance(into, dict):
                        into[name] = one
                        paths[section, name] = (*path, section, name)
        return merged, paths

    def _parts(self, section: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
        """The section's mappings: itself, or those it lists."""
        content = self._resolver.whole(section)
        listed = enumerate(content) if isinstance(content, list) else [(None, content)]
        for number, part in listed:
            path = (section,) if number is None else (section, str(number))
            if part is not None:
                yield path, self._mapping(part, path)

    def _section(self, name: str) -> Mapping[str, Any]:
        return self._mapping(self._resolver.whole(name), (name,))

    def _plugins(self) -> tuple[str, ...]:
        content = self._resolver.whole("plugins")
        if isinstance(content, dict):
            content = content.get("modules")
        names = tuple(as_text(name) for name in content) if isinstance(content, list) else ()
        unknown = [name for name in names if name not in KNOWN_PLUGINS]
        if unknown:
            what = f"plugins are not run: {', '.join(unknown)}"
            self._warn(("plugins",), what, "what they change in the service is missing here")
        return names

    def _mapping(self, value: object, path: KeyPath) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        if value is not None:
            self._warn(path, f"{'.'.join(path)} is no mapping of names to values", "look at its indentation")
        return {}

    def _warn(self, path: KeyPath, what: str, hint: str) -> None:
        where = self._resolver.where(Spot(0, path))
        if line := self._resolver.lines.get(path):
            from localstack_lite.config.serverless.variables import NEXT_FILE

            file, number = divmod(line, NEXT_FILE)
            where = f"{self._resolver.files[file].name}:{number}"
        self._resolver.problems.append(Problem(where, what, hint, ".".join(path), warning=True))
