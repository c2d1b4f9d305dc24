"""What a stage's stack is made of: the project read again, for CloudFormation. The package's second story, with the I/O
that it needs.

Everything goes the way of `read` (includes, loops, SAM's transform, which is cached), but intrinsic functions,
parameters and conditions stay as they stand, and nothing that is made up here gets into a template.

The template is what is deployed. What was given for this machine is not: `--env-vars`, `--env-file`, and settings of
`devserve.toml` that change a function of a template. Only where there is no template, settings are the declaration, and
a template is made of them (see `generated`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from localstack_lite.config.cache import transformed
from localstack_lite.config.cdk import output as cdk
from localstack_lite.config.cdk.template import STACK, localised
from localstack_lite.config.environment import Variables
from localstack_lite.config.find import CHALICE, SERVERLESS
from localstack_lite.config.functions import FunctionsRead, read_functions
from localstack_lite.config.generated import resource_ids, sam_template
from localstack_lite.config.layers import adopted, declared_layers
from localstack_lite.config.nested import Given, Opened, Source
from localstack_lite.config.opening import Opening
from localstack_lite.config.parameters import Place
from localstack_lite.config.read import without_template
from localstack_lite.config.refusal import Refusal
from localstack_lite.config.slots import is_remote, slotted
from localstack_lite.config.sources import Sources, name_in, sources_of, text_of
from localstack_lite.config.stack import Resource
from localstack_lite.config.template_files import TemplateFiles, document_of
from localstack_lite.config.yaml_cfn import Document
from localstack_lite.config.zappa.blueprint import is_zappa, zappa_blueprint
from localstack_lite.errors import UserError
from localstack_lite.model.arn import ACCOUNT
from localstack_lite.model.blueprint import Blueprint, PieceKind
from localstack_lite.model.function import Function
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.project import Problem, Project

_HASH = re.compile(r"[0-9a-f]{64}")


def blueprint(
    options: ReadOptions, project: Project, environ: Mapping[str, str] | None = None, stack_name: str = ""
) -> Blueprint:
    """`project` is what the options were read to; its account, where it is not the stand-in, is that of the stage.
    `stack_name` is the stage's stack (else what the options' stage says): of a CDK app with several, the one to take.

    A UserError when there is nothing that can be deployed; what a template declares and the stage would lack is in
    `Blueprint.problems`."""
    local = replace(options, env_vars=None, env_file=None)
    sources = sources_of(local, os.environ if environ is None else environ)
    name = stack_name or sources.place.stack
    place = Place(sources.place.region, sources.place.account, name)
    if project.account != ACCOUNT:
        place = replace(place, account=project.account)
    if assembly := sources.assembly:
        return _of_assembly(sources, *assembly, place)
    if template := sources.template:
        return _of_template(sources, template, place, project)
    if (file := sources.found.foreign) is not None and file.name in SERVERLESS and not sources.own:
        return _of_service(sources, file, place)
    if file is not None and file.name == CHALICE and not sources.own:
        what = "what is deployed of a Chalice app is made by chalice"
        raise UserError(str(file.parent), what, "run `chalice package out`, and push that with -t out/sam.json")
    return _of_settings(sources, place)


def _of_template(sources: Sources, file: Path, place: Place, project: Project) -> Blueprint:
    text = text_of(file)
    document = document_of(text, name_in(file, sources.root))
    if cdk.ASSET_MARK in text:
        document = replace(document, values=cdk.local(document.values, file, deploying=True))
    source = TemplateFiles(sources.root).source(file, document)
    # What the project says of a function's code is what the template says, unless the settings or the CDK have a part.
    same = not sources.settings.functions and cdk.ASSET_MARK not in text
    opened = _open(sources, source, place, sources.overrides)
    return _drawn(opened, sources.overrides, project.functions if same else None, project.problems)


def _of_service(sources: Sources, file: Path, place: Place) -> Blueprint:
    """A service of the Serverless Framework, by the template that the framework would deploy."""
    from localstack_lite.config.serverless.project import deployed

    source, problems = deployed(sources, file, place.account)
    made = _drawn(_open(sources, source, place, sources.overrides), sources.overrides)
    return replace(made, problems=(*problems, *made.problems))


def _of_settings(sources: Sources, place: Place) -> Blueprint:
    """The stack of a project without a template. Its functions are what the settings say, not read from what was made
    of them: their images and builds are then those that were made already."""
    project = without_template(sources)
    if is_zappa(project):
        return zappa_blueprint(project)
    ids = resource_ids(project)
    named = tuple(replace(function, logical_id=ids[function.logical_id]) for function in project.functions)
    file = project.source or sources.found.settings or sources.root / "template.yaml"
    source = TemplateFiles(sources.root).source(file, Document(sam_template(project, ids)))
    made = _drawn(_open(sources, source, place, {}), {}, named)
    refused = tuple(problem for problem in project.problems if not problem.warning)
    return replace(made, problems=(*refused, *made.problems))


def _of_assembly(sources: Sources, output: Path, only: Path | None, place: Place) -> Blueprint:
    from localstack_lite.config.cdk.app import stack_named

    whole = cdk.whole_of(output)
    templates = cdk.open_app(sources.root, output, only)
    stack = stack_named(templates.stacks, place.stack, str(output / cdk.MANIFEST))
    assets = templates.assembly.assets
    homes = cdk.homes_of(templates.uses(), sources.root, whole)
    local = {
        file: localised(template, file.parent, assets, {}, homes, deploying=True)
        for file, template in templates.by_stack[stack.name].items()
    }
    declared = local[stack.template].get("Parameters", {})
    overrides = {name: value for name, value in sources.overrides.items() if name in declared}
    source = TemplateFiles(sources.root, local).source(stack.template, Document(local[stack.template]))
    where = replace(place, account=stack.account or place.account)
    made = _drawn(_open(sources, source, where, overrides), overrides)
    shown = name_in(whole, sources.root)
    others = [problem for one in made.stacks for problem in _unsent(one.path, one.template, assets, shown)]
    return replace(made, problems=(*made.problems, *others))


def _unsent(path: str, template: Mapping[str, Any], assets: Mapping[str, object], shown: str) -> Iterator[Problem]:
    """Assets that a resource names in a property that we do not fill: only the CDK puts them where they are looked
    for."""
    for logical_id, resource in template["Resources"].items():
        if any(name in assets for name in _HASH.findall(json.dumps(resource))):
            what = f"{path}{logical_id} uses an asset that only `cdk deploy` uploads"
            hint = "deploy it once with `cdk deploy`, and again when that asset changes"
            yield Problem(shown, what, hint, path + logical_id, warning=True)


@dataclass(frozen=True, slots=True)
class _Open:
    root: Opened
    opening: Opening
    text: Callable[[Path], str] = text_of


def _open(sources: Sources, source: Source, place: Place, overrides: Mapping[str, str]) -> _Open:
    opening = Opening(
        lambda values, parameters, place: transformed(sources.root, values, parameters, place),
        sources.look_up,
        deploying=True,
    )
    return _Open(opening.open(source, place, Given(overrides), "", ()), opening)


def _drawn(
    open: _Open,
    overrides: Mapping[str, str],
    known: tuple[Function, ...] | None = None,
    problems: tuple[Problem, ...] = (),
) -> Blueprint:
    """The blueprint of a stack and those below it. `known` are the functions where they need not be read, `problems`
    what was told of those that are missing there."""
    found = open.opening.found
    remote: set[str] = set()
    stacks = list(_below(open.root, remote))
    told = [problem for problem in found if problem.warning or problem.subject not in remote]
    found.clear()
    # What is said from here on was said when the project was read, but for what keeps code from being pushed.
    reads = [_read(one, known) for one in stacks]
    by_arn = {arn: layer for read in reads for arn, layer in read.layers.by_arn.items()}
    lost = {problem.subject: problem for problem in (*problems, *found) if not problem.warning}
    drawn = []
    for one, read in zip(stacks, reads, strict=True):
        drawn.append(slotted(one, read, lost, open.text, {} if one.stack.path else overrides))
    pieces = tuple(piece for one in drawn for piece in one.pieces)
    code = {piece.id for piece in pieces if piece.kind in (PieceKind.FUNCTION, PieceKind.IMAGE)}
    functions = tuple(
        adopted(function, by_arn, one.source.files.state)
        for one, read in zip(stacks, reads, strict=True)
        for function in read.functions
        if function.logical_id in code
    )
    told += [problem for one in drawn for problem in one.problems]
    return Blueprint(tuple(one.stack for one in drawn), pieces, tuple(dict.fromkeys(told)), functions)


def _read(one: Opened, known: tuple[Function, ...] | None) -> FunctionsRead:
    """The functions and layers of a stack; the functions are those `known` of it, where it is said."""
    files, path = one.source.files, one.stack.path
    if known is None:
        return read_functions(one.stack, files, Variables())
    own = tuple(function for function in known if function.logical_id.rpartition("/")[0] == path.rstrip("/"))
    return FunctionsRead(own, {}, layers=declared_layers(one.stack, files))


def _below(opened: Opened, remote: set[str]) -> Iterator[Opened]:
    """The stack and the local ones below it, each before those that it nests. Those whose template CloudFormation
    fetches itself are added to `remote`."""
    yield opened
    for resource in opened.stack.of_type(STACK):
        if _is_remote(resource):
            remote.add(resource.id)
            continue
        try:
            child = opened.nested.child(resource.logical_id)
        except Refusal:  # told when it was opened
            continue
        yield from _below(child, remote)


def _is_remote(resource: Resource) -> bool:
    try:
        return is_remote(resource.value("TemplateURL"))
    except Refusal:
        return False
