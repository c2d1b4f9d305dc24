"""What the story of a push asks of this machine's side, as a contract: the project's own readers and builders keep it,
tests with a scripted project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from localstack_lite.ports import Resolve
from localstack_lite.sync.remote import Remote


class Local(Protocol):
    """The project that is pushed. Calls block; `blueprint` and `package` are made on a worker thread while AWS is
    asked. What the user wrote wrongly is a UserError or a problem, as each says."""

    def blueprint(self) -> Blueprint:
        """Read anew for each push."""
        ...

    def package(self, blueprint: Blueprint) -> tuple[Mapping[str, Package], Sequence[Problem]]:
        """All its pieces made ready, by id; a problem that is no warning keeps the push from being made."""
        ...

    def resolver(self, blueprint: Blueprint, remote: Remote) -> Resolve:
        """Values of the blueprint's templates as that stage gives them."""
        ...

    def close(self) -> None:
        """End what is being built: `package` returns soon. The last call."""
        ...
