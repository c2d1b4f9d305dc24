"""Does the steps of a plan: several at once where they do not wait for each other. I/O: threads.

A step that fails lets those that run come to their end, and no other begins.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace

from localstack_lite.errors import Bug, RemoteError, UserError
from localstack_lite.model.push_facts import StepMoved
from localstack_lite.ports import Moved
from localstack_lite.sync.order import needs
from localstack_lite.sync.remote import RemoteFunction, RemoteStack
from localstack_lite.sync.site import Site
from localstack_lite.sync.steps import (
    DeployStack,
    PublishVersion,
    PushImage,
    Step,
    UpdateAlias,
    UpdateApi,
    UpdateAsyncConfig,
    UpdateConcurrency,
    UpdateConfig,
    UpdateLayer,
    UpdateStateMachine,
    UploadCode,
    UploadObject,
)

#: Steps that are done at once. AWS's control planes take some ten calls a second; `pace` keeps to that.
AT_ONCE = 8


class Interrupted(Exception):
    """Ctrl-C: raised where a step on a thread tells how far it is."""


@dataclass(slots=True)
class Done:
    """What came of the steps so far. `functions` are what the functions are now, `layers` ARNs of new versions,
    `images` URIs with digest, `versions` numbers of published ones, all by id; `uploaded` keys of the bucket."""

    steps: list[Step] = field(default_factory=list)
    functions: dict[str, RemoteFunction] = field(default_factory=dict)
    layers: dict[str, str] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    uploaded: set[str] = field(default_factory=set)
    stack: RemoteStack | None = None


class Execution:
    """Steps of one push. `deploy` makes a stack deploy, on the thread that runs; `noted` is told each step that is
    done, there too."""

    def __init__(
        self,
        site: Site,
        bucket: str,
        deploy: Callable[[DeployStack, Moved], RemoteStack],
        noted: Callable[[Step], None],
        stopped: threading.Event,
    ) -> None:
        self.done = Done()
        self._site = site
        self._bucket = bucket
        self._deploy = deploy
        self._noted = noted
        self._stopped = stopped
        self._interrupted = threading.Event()

    def run(self, steps: Sequence[Step]) -> bool:
        """Whether all were done; not so when it was stopped between two. The first error is raised, once nothing runs
        any more."""
        waiting = dict(enumerate(needs(steps)))
        finished: set[int] = set()
        running: dict[Future[None], int] = {}
        errors: list[BaseException] = []
        pool = ThreadPoolExecutor(AT_ONCE, "push")
        try:
            while True:
                begun = self._next(waiting, finished, AT_ONCE - len(running), bool(errors))
                for place in begun:
                    del waiting[place]
                    if isinstance(steps[place], DeployStack):
                        self._step(steps[place])
                        self._note(steps[place])
                        finished.add(place)
                    else:
                        running[pool.submit(self._step, steps[place])] = place
                if running:
                    over, _ = wait(running, return_when=FIRST_COMPLETED)
                    finished |= self._collect(steps, running, over, errors)
                elif not begun:
                    break
        except BaseException as error:
            if not isinstance(error, Exception):
                self._interrupted.set()
            errors.append(error)
        finally:
            pool.shutdown(wait=True)
        self._collect(steps, running, set(running), errors)
        if errors:
            raise next((error for error in errors if not isinstance(error, Interrupted)), errors[0])
        return not waiting

    def _next(self, waiting: dict[int, frozenset[int]], finished: set[int], free: int, failed: bool) -> list[int]:
        if failed or self._stopped.is_set():
            return []
        return [place for place, needed in waiting.items() if needed <= finished][:free]

    def _collect(
        self,
        steps: Sequence[Step],
        running: dict[Future[None], int],
        over: set[Future[None]],
        errors: list[BaseException],
    ) -> set[int]:
        finished = set()
        for future in over:
            place = running.pop(future)
            error = future.exception()
            if error is None:
                self._note(steps[place])
                finished.add(place)
            else:
                errors.append(error)
        return finished

    def _note(self, step: Step) -> None:
        self.done.steps.append(step)
        self._noted(step)

    def _step(self, step: Step) -> None:
        began = self._site.now()
        moved = self._moved(began)
        try:
            self._do(step, moved)
        except BaseException as error:
            self._tell(began, step, "failed", _lines(error))
            raise
        self._tell(began, step, "done", ())

    def _tell(self, began: float, step: Step, state: str, details: tuple[str, ...]) -> None:
        now = self._site.now()
        ms = (now - began) * 1000
        self._site.publish(StepMoved(now, step.kind, step.id, state, ms=ms, details=details, done=True))

    def _moved(self, began: float) -> Moved:
        def moved(
            kind: str,
            subject: str,
            state: str,
            sent: int = 0,
            size: int = 0,
            details: tuple[str, ...] = (),
            done: bool = False,
        ) -> None:
            if self._interrupted.is_set():
                raise Interrupted
            if not done:  # the end of a step is told by who did it
                now = self._site.now()
                ms = (now - began) * 1000
                self._site.publish(StepMoved(now, kind, subject, state, sent, size, ms, details))

        return moved

    def _do(self, step: Step, moved: Moved) -> None:
        writer, done = self._site.writer, self.done
        match step:
            case UploadObject():
                writer.upload(step, self._bucket, moved)
                done.uploaded.add(step.key)
            case PushImage():
                done.images[step.id] = writer.push_image(step, moved)
            case UploadCode():
                ready = replace(step, revision=self._revision(step), image=self._image(step))
                now = writer.update_code(ready, self._bucket, moved)
                if not step.image and now.code_sha256 != step.sha256:
                    raise _overwritten(step.id)
                done.functions[step.id] = now
            case UpdateConfig():
                ready_config = replace(step, revision=self._revision(step))
                now = writer.update_config(ready_config, done.layers, moved)
                done.functions[step.id] = _same_code(step.id, done.functions.get(step.id), now)
            case UpdateLayer():
                done.layers[step.id] = writer.update_layer(step, self._bucket, moved)
            case UpdateApi():
                writer.update_api(step, moved)
            case UpdateStateMachine():
                writer.update_state_machine(step)
            case DeployStack():
                done.stack = self._deploy(step, moved)
            case _:
                self._do_beside(step, moved)

    def _do_beside(
        self, step: UpdateConcurrency | UpdateAsyncConfig | PublishVersion | UpdateAlias, moved: Moved
    ) -> None:
        """What belongs to a function and is no part of it."""
        writer, done = self._site.writer, self.done
        match step:
            case UpdateConcurrency():
                writer.update_concurrency(step)
            case UpdateAsyncConfig():
                writer.update_async_config(step)
            case PublishVersion():
                done.versions[step.id] = writer.publish_version(step, moved)
            case UpdateAlias():
                if step.function not in done.versions:
                    raise Bug(f"alias {step.alias} of {step.function} without a version for it")
                writer.update_alias(step, done.versions[step.function])

    def _revision(self, step: UploadCode | UpdateConfig) -> str:
        """What our own last change of the function made of the revision that the plan knew."""
        ours = self.done.functions.get(step.id)
        return ours.revision if ours is not None and step.revision else step.revision

    def _image(self, step: UploadCode) -> str:
        return self.done.images.get(step.id, step.image)


def _same_code(id: str, before: RemoteFunction | None, now: RemoteFunction) -> RemoteFunction:
    if before is not None and before.code_sha256 != now.code_sha256:
        raise _overwritten(id)
    return now


def _overwritten(id: str) -> RemoteError:
    what = "its code is not what was sent: somebody else pushed at the same time"
    return RemoteError(id, what, "run it again: the plan is then made from what is there now")


def _lines(error: BaseException) -> tuple[str, ...]:
    match error:
        case UserError() | RemoteError():
            return tuple(line for line in (error.what, error.hint) if line)
        case Interrupted() | KeyboardInterrupt():
            return ("interrupted",)
        case _:
            return (f"{type(error).__name__}: {error}",)
