"""A project of plain values that keeps the contract of `sync.local`: a template with functions, their code as texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from localstack_lite.model.blueprint import SLOT, Blueprint, Piece, PieceKind, StackBlueprint
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from localstack_lite.ports import Resolve
from localstack_lite.sync.remote import Remote
from tests.sync.scripted_cloud import FUNCTION, package


@dataclass
class ScriptedProject:
    """`code` is the code of functions by logical id, `settings` their other properties, `layers` layers' contents,
    `resources` all other resources. `built` counts packagings; `before` is called in the middle of one."""

    code: dict[str, str] = field(default_factory=lambda: {"Hello": "hello 1", "Orders": "orders 1"})
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    package_problems: list[Problem] = field(default_factory=list)
    built: int = 0
    closed: bool = False
    before: Callable[[], object] = lambda: None
    folder: Path | None = None

    def blueprint(self) -> Blueprint:
        resources: dict[str, Any] = {}
        for id in self.layers:
            resources[id] = {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"LayerName": id, "Content": {SLOT: id}},
            }
        for id in self.code:
            stated = {"Handler": "app.handler", "Runtime": "python3.13", **self.settings.get(id, {})}
            resources[id] = {"Type": FUNCTION, "Properties": {**stated, "Code": {SLOT: id}}}
        template = {"Resources": {**resources, **self.resources}, "Outputs": self.outputs}
        pieces = [Piece(id, PieceKind.LAYER, Path(id)) for id in self.layers]
        pieces += [Piece(id, PieceKind.FUNCTION, Path(id)) for id in self.code]
        return Blueprint((StackBlueprint("", template),), tuple(pieces), tuple(self.problems))

    def package(self, blueprint: Blueprint) -> tuple[Mapping[str, Package], Sequence[Problem]]:
        self.built += 1
        self.before()
        contents = {**self.code, **self.layers}
        return {id: self._package(id, content) for id, content in contents.items()}, self.package_problems

    def _package(self, id: str, content: str) -> Package:
        made = package(id, content)
        if self.folder is None:
            return made
        file = self.folder / f"{made.hex}.zip"
        file.write_text(content)
        return Package(id, made.sha256, file, size=len(content))

    def resolver(self, blueprint: Blueprint, remote: Remote) -> Resolve:
        def resolve(path: str, value: object) -> object:
            match value:
                case {"Ref": str(name)}:
                    if not (physical := remote.physical(path + name)):
                        raise LookupError(f"{name} is not known")
                    return physical
                case {"Fn::GetAtt": _}:
                    raise LookupError("only CloudFormation knows it")
                case Mapping():
                    return {key: resolve(path, inner) for key, inner in value.items()}
                case list():
                    return [resolve(path, inner) for inner in value]
                case _:
                    return value

        return resolve

    def close(self) -> None:
        self.closed = True

    def wanted(self, id: str) -> str:
        """The `CodeSha256` that a function is to have."""
        return package(id, self.code[id]).sha256
