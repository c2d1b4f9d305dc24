"""A template's document → functions, APIs and problems: the one reader for SAM and plain CloudFormation. Pure: the
transform and the disk come in as callables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localstack_lite.config.declaration import Files
from localstack_lite.config.environment import Variables
from localstack_lite.config.function_urls import read_function_urls
from localstack_lite.config.functions import read_functions
from localstack_lite.config.http_apis import read_http_apis
from localstack_lite.config.integrations import Targets
from localstack_lite.config.intrinsics import Scope
from localstack_lite.config.parameters import Parameters, Place, read_parameters
from localstack_lite.config.references import circles
from localstack_lite.config.rest_apis import read_rest_apis
from localstack_lite.config.sam import Transformed, is_sam
from localstack_lite.config.stack import Resource, Stack, open_stack
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.errors import UserError
from localstack_lite.model.api import Api, Unsupported
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem

Transform = Callable[[Mapping[str, Any], Mapping[str, str], Place], Transformed]

SAM_TRANSFORM = "AWS::Serverless-2016-10-31"
_NOT_READ = {
    "AWS::CloudFormation::Stack": "nested stacks",
    "AWS::Serverless::Application": "nested applications",
}


@dataclass(frozen=True, slots=True)
class TemplateRead:
    functions: tuple[Function, ...]
    apis: tuple[Api, ...]
    problems: tuple[Problem, ...]
    awaited: tuple[Path, ...] = ()


def read_template(
    name: str,
    document: Document,
    place: Place,
    overrides: Mapping[str, str],
    transform: Transform,
    files: Files,
    variables: Variables,
) -> TemplateRead:
    """`name` stands for the file in messages. A UserError when it is no template or nothing can be translated."""
    values = _checked(name, document)
    parameters = read_parameters(values.get("Parameters"), overrides)
    found = [
        Problem("--parameter-overrides", f"there is no parameter {key}", hint, key, warning=True)
        for key, hint in parameters.undeclared.items()
    ]
    found += _repeated(name, document)
    template = _cloudformation(name, document, parameters, place, transform, found)
    scope = Scope(
        parameters, place, _section(template, "Mappings"), _section(template, "Conditions"), template["Resources"]
    )
    stack = open_stack(name, document, template, scope, found)
    read = read_functions(stack, files, variables)
    targets = Targets(stack, {function.logical_id: function for function in read.functions}, read.left_out)
    apis = (*read_rest_apis(stack, targets), *read_http_apis(stack, targets), *read_function_urls(stack, targets))
    order = {logical_id: index for index, logical_id in enumerate(stack.resources)}
    apis = tuple(sorted(apis, key=lambda api: order[api.logical_id]))
    _tell(stack, apis)
    return TemplateRead(read.functions, apis, tuple(dict.fromkeys(found)), read.awaited)


def _checked(name: str, document: Document) -> Mapping[str, Any]:
    resources = document.values.get("Resources")
    if not isinstance(resources, Mapping) or not resources:
        raise UserError(name, "has no Resources: not a CloudFormation or SAM template", "name another with -t FILE")
    return document.values


def _cloudformation(
    name: str, document: Document, parameters: Parameters, place: Place, transform: Transform, found: list[Problem]
) -> Mapping[str, Any]:
    values = document.values
    declared = values.get("Transform")
    macros = declared if isinstance(declared, list) else [declared] if declared else []
    for macro in macros:
        if macro != SAM_TRANSFORM:
            what = f"the macro {macro} runs only in CloudFormation"
            where = f"{name}:{document.line('Transform') or 1}"
            found.append(Problem(where, what, "what it would make is missing here", warning=True))
    if not is_sam(values):
        return values
    if SAM_TRANSFORM not in macros:
        what = f"has AWS::Serverless resources but no Transform: {SAM_TRANSFORM}"
        found.append(Problem(name, what, "CloudFormation would refuse it", warning=True))
    texts = {key: ",".join(value) if isinstance(value, list) else value for key, value in parameters.values.items()}
    made = transform(values, texts, place)
    if made.failure:
        raise UserError(
            name, f"SAM does not take the template: {made.failure}", "look the section up in the SAM reference"
        )
    for refused in made.refused:
        path = ("Resources", refused.logical_id, "Properties", *(("Events", refused.event) if refused.event else ()))
        line = document.line(*path)
        left_out = f"event {refused.event} of {refused.logical_id}" if refused.event else refused.logical_id
        what = f"{left_out}: {refused.what}"
        found.append(
            Problem(f"{name}:{line}" if line else name, what, "left out; see the SAM reference", refused.logical_id)
        )
    return made.template


def _section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = template.get(name)
    return section if isinstance(section, Mapping) else {}


def _repeated(name: str, document: Document) -> list[Problem]:
    return [
        Problem(f"{name}:{document.line(*path)}", f"{'.'.join(path)} stands twice", "the last one counts", warning=True)
        for path in document.repeated
    ]


def _tell(stack: Stack, apis: tuple[Api, ...]) -> None:
    """What the user should know of resources that are there and do less than they would on AWS."""
    for logical_id, resource in stack.resources.items():
        if what := _NOT_READ.get(resource["Type"]):
            where = stack.where("Resources", logical_id)
            stack.found.append(Problem(where, f"{logical_id}: {what} are not read by this version", "", logical_id))
    if together := circles(stack.resources):
        what = f"circular dependency between {', '.join(together[:6])}"
        where = stack.where("Resources", together[0])
        stack.warn(where, what, "CloudFormation refuses this; it runs here all the same", together[0])
    for api in apis:
        told: set[str] = set()
        for route in api.routes:
            if (
                isinstance(route.integration, Unsupported)
                and (why := route.authorizer or route.integration.why) not in told
            ):
                told.add(why)
                where = Resource(stack, api.logical_id).where()
                hint = "such routes answer 500 here" if route.authorizer else "the route answers 500 here"
                stack.warn(where, f"{api.logical_id}: {route.integration.why}", hint, api.logical_id)
