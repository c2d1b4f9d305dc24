"""The project's side of a push, made on a thread while AWS is asked. I/O: threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from localstack_lite.errors import UserError
from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem
from localstack_lite.sync.local import Local
from localstack_lite.sync.site import Site

Packages = Mapping[str, Package]


class Preparing:
    """The blueprint, then its packages. Left before it is through, what is being built is ended."""

    def __init__(self, site: Site, local: Local) -> None:
        self._site = site
        self._local = local
        self._pool = ThreadPoolExecutor(1, "prepare")
        self._blueprint: Future[Blueprint] | None = None
        self._packages: Future[Packages] | None = None

    def __enter__(self) -> Preparing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._packages is not None and not self._packages.done():
            self._local.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self) -> None:
        """At once or later: what is asked for before is waited for."""
        if self._blueprint is None:
            self._blueprint = self._pool.submit(self._local.blueprint)
            self._packages = self._pool.submit(self._make, self._blueprint)

    def blueprint(self) -> Blueprint:
        self.begin()
        assert self._blueprint is not None
        return self._blueprint.result()

    def packages(self) -> Packages:
        """Raises a UserError for the first problem that keeps the push from being made; all have been told then."""
        self.begin()
        assert self._packages is not None
        return self._packages.result()

    def _make(self, made: Future[Blueprint]) -> Packages:
        blueprint = made.result()
        self._tell(blueprint.problems)
        packages, problems = self._local.package(blueprint)
        self._tell(problems)
        return packages

    def _tell(self, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self._site.publish(ProblemFound(self._site.now(), problem))
        serious = [problem for problem in problems if not problem.warning]
        if serious:
            first = serious[0]
            more = f" (and {len(serious) - 1} more)" if len(serious) > 1 else ""
            raise UserError(first.where, f"{first.what}{more}", first.hint)
