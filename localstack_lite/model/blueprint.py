"""What a project's stack is made of: CloudFormation templates with holes, and the local things that fill them.

A hole (a *slot*) stands in a template where AWS wants an S3 object, an image or a URL and the user wrote a local path.
So templates can be compared from one push to the next by what they say, and code by what it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem

#: The key of a slot: `{SLOT: PIECE_ID}` stands for the code of that piece.
SLOT = "Devserve::Piece"


class PieceKind(StrEnum):
    """What fills the slot. `FUNCTION`: `Code` of a zip function; `IMAGE`: `Code` of an image function; `LAYER`:
    `Content`; `TEMPLATE`: `TemplateURL` of a nested stack; `FILE`: any other property that names an S3 object (a state
    machine's `DefinitionS3Location`, an API's `BodyS3Location`), which gets the file's bytes as they are."""

    FUNCTION = "function"
    IMAGE = "image"
    LAYER = "layer"
    TEMPLATE = "template"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Piece:
    """One local thing. `id` is the resource's logical id, with the path of its nested stack (`Child/Orders`): for
    FUNCTION and IMAGE that of the `Function` in the project, for TEMPLATE that of the nested stack's resource.

    `source` is the folder or file: of a layer its content as the user has it, before any build. `build` is its build
    method (layers), `runtimes` and `architecture` what it is for (layers: `CompatibleRuntimes`, if given).
    """

    id: str
    kind: PieceKind
    source: Path
    build: str = ""
    runtimes: tuple[str, ...] = ()
    architecture: str = "x86_64"


@dataclass(frozen=True, slots=True)
class StackBlueprint:
    """One template, expanded to plain CloudFormation (no `AWS::Serverless`, no loops), its intrinsics as they stand and
    slots in it. `path` is what ids of its resources start with: empty for the stage's own stack, `Child/` below it.

    `parameters` are the values that the stage gives (the own stack only; nested ones get theirs from the template).
    """

    path: str
    template: Mapping[str, Any]
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blueprint:
    """`stacks` begins with the stage's own. `problems` that are no warnings keep it from being pushed.

    `functions` are those whose code the pieces of their ids stand for, as the templates declare them, by the logical
    ids that they have in the stage: in a project without a template, and in a CDK app of several stacks, these are
    others than those of `Project.functions`."""

    stacks: tuple[StackBlueprint, ...]
    pieces: tuple[Piece, ...] = ()
    problems: tuple[Problem, ...] = ()
    functions: tuple[Function, ...] = ()

    @property
    def template(self) -> Mapping[str, Any]:
        return self.stacks[0].template

    def piece(self, id: str) -> Piece | None:
        return next((piece for piece in self.pieces if piece.id == id), None)

    def resource(self, id: str) -> Mapping[str, Any]:
        """A resource as its template declares it; empty when there is none."""
        path, slash, logical_id = id.rpartition("/")
        for stack in self.stacks:
            if stack.path == path + slash:
                found = stack.template.get("Resources", {}).get(logical_id)
                return found if isinstance(found, Mapping) else {}
        return {}
