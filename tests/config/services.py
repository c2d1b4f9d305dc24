"""Services of the Serverless Framework from text, without a disk: what the tests of their readers share."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from textwrap import dedent
from typing import Any

from localstack_lite.config.dynamic import LookUp, nobody
from localstack_lite.config.serverless.service import Service, service_of
from localstack_lite.config.serverless.template import ServiceTemplate, template_of
from localstack_lite.config.serverless.values import Given
from localstack_lite.config.serverless.variables import File, Resolver, Unfound
from localstack_lite.config.yaml_cfn import parse_any

NAME = "serverless.yml"
HEAD = "service: shop\nprovider: {name: aws, runtime: python3.12, region: eu-west-2}\n"


def file_of(text: str, name: str = NAME) -> File:
    value, lines = parse_any(dedent(text), name)
    return File(name, value, lines)


def resolver_of(
    text: str,
    files: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    options: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    look_up: LookUp = nobody,
) -> Resolver:
    there = {name.removeprefix("./"): content for name, content in (files or {}).items()}

    def read(path: str) -> File:
        name = path.removeprefix("./")
        if name not in there:
            raise Unfound(f"there is no file {path}", "look at the path")
        return file_of(there[name], name) if name.endswith((".yml", ".json")) else File(name, there[name])

    given = Given(read, environ or {}, options or {}, params or {}, "123456789012", "run1", look_up)
    return Resolver([file_of(text)], given)


def service_from(text: str, **given: Any) -> Service:
    """`text` without its head gets one."""
    resolver = resolver_of(text if "service:" in text else HEAD + dedent(text), **given)
    sources = resolver.sources
    assert isinstance(sources, Given)
    return service_of(resolver, sources.stage(resolver), sources.region(resolver))


def made_from(text: str, there: Collection[str] = (), *, deploying: bool = False, **given: Any) -> ServiceTemplate:
    return template_of(service_from(text, **given), lambda path: path in there, deploying=deploying)


def resources_of(text: str, there: Collection[str] = (), *, deploying: bool = False, **given: Any) -> dict[str, Any]:
    found: dict[str, Any] = made_from(text, there, deploying=deploying, **given).document.values["Resources"]
    return found
