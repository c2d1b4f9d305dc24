"""The project on this machine, as a push needs it: its blueprint, its packages, and values as the stage gives them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

from localstack_lite import config
from localstack_lite.app.packaging import packager, sharing
from localstack_lite.model.arn import ACCOUNT
from localstack_lite.model.blueprint import Blueprint
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.package import Package
from localstack_lite.model.project import Problem, Project
from localstack_lite.model.push_facts import StepMoved
from localstack_lite.model.stage import Stage
from localstack_lite.ports import Packager, Publish, Resolve
from localstack_lite.sync.remote import Remote


class Here:
    """A `sync.local.Local`. Reads the project each time that its blueprint is asked for."""

    def __init__(self, reading: ReadOptions, stage: Stage, environ: Mapping[str, str], publish: Publish) -> None:
        self._reading = reading
        self._stage = stage
        self._environ = environ
        self._publish = publish
        self._packager: tuple[Project, Packager] | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._began: dict[tuple[str, str], float] = {}
        self.project: Project | None = None
        """As it was read last."""
        self.packages: Mapping[str, Package] = {}
        """As they were made last, by piece id."""

    def read(self) -> Project:
        self.project = config.read(self._reading, self._environ)
        return self.project

    def blueprint(self) -> Blueprint:
        project, stack = self.read(), self._stage.stack_name
        return sharing(config.blueprint(self._reading, project, self._environ, stack), project, stack)

    def package(self, blueprint: Blueprint) -> tuple[Mapping[str, Package], Sequence[Problem]]:
        project = self.project or self.read()
        with self._lock:
            if self._closed:
                return {}, ()
            found = self._for(project)
        made, problems = found.package(blueprint.pieces, blueprint.functions, self.moved)
        self.packages = made
        return made, problems

    def _for(self, project: Project) -> Packager:
        """One for all pushes, until the settings that it was made with are others."""
        if self._packager is not None:
            of, made = self._packager
            if (of.root, of.exclude, of.images) == (project.root, project.exclude, project.images):
                return made
            made.close()
        made = packager(project, self._environ)
        self._packager = (project, made)
        return made

    def resolver(self, blueprint: Blueprint, remote: Remote) -> Resolve:
        resources = [(one.id, one.type, one.physical_id) for one in remote.resources]
        stack = remote.stack
        name, stack_id = (stack.name, stack.id) if stack is not None else (self._stage.stack_name, "")
        kept = stack.parameters if stack is not None else {}
        return config.resolver(blueprint, resources, remote.region, remote.account or ACCOUNT, name, stack_id, kept)

    def slotted(
        self, deployed: Mapping[str, Mapping[str, Any]], blueprint: Blueprint
    ) -> Mapping[str, Mapping[str, Any]]:
        from localstack_lite.sync.slots import with_slots

        return with_slots(deployed, blueprint.stacks)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            if self._packager is not None:
                self._packager[1].close()

    def moved(
        self,
        kind: str,
        subject: str,
        state: str,
        sent: int = 0,
        size: int = 0,
        details: tuple[str, ...] = (),
        done: bool = False,
    ) -> None:
        """A `ports.Moved`: the same as a fact."""
        now = time.time()
        with self._lock:
            began = self._began.setdefault((kind, subject), now)
            if done:
                del self._began[kind, subject]
        self._publish(StepMoved(now, kind, subject, state, sent, size, (now - began) * 1000, details, done))
