"""One stage of the project, as the commands use it: what is read here, what is asked there, and the verbs between.

Nothing is asked before a verb needs it; AWS's clients, which take long to make, are made on a thread meanwhile.
"""

from __future__ import annotations

import difflib
import getpass
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from localstack_lite import config
from localstack_lite.app.here import Here
from localstack_lite.config.state import state_folder
from localstack_lite.errors import RemoteError, UserError
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.invocation import Invocation, InvocationType, Outcome
from localstack_lite.model.options import ReadOptions
from localstack_lite.model.push_facts import Pushed
from localstack_lite.ports import Confirm, Publish
from localstack_lite.sync.aws import Reader
from localstack_lite.sync.doors import RemoteReader
from localstack_lite.sync.journal import Journal, stage_folder
from localstack_lite.sync.lone import seen
from localstack_lite.sync.remote import Remote
from localstack_lite.sync.session import Session
from localstack_lite.sync.site import Site
from localstack_lite.sync.writer import Writer
from localstack_lite.system import RandomIds

#: The type of what is invoked and what logs.
FUNCTION = "AWS::Lambda::Function"

if TYPE_CHECKING:
    from localstack_lite.sync.cloud_functions import CloudFunctions
    from localstack_lite.sync.policy import Policy
    from localstack_lite.sync.pusher import Pusher
    from localstack_lite.sync.situation import Situation
    from localstack_lite.sync.status import Counts
    from localstack_lite.sync.tail import Tail

#: Bytes, unpacked, from which on people want to know what a package is made of.
LARGE = 1 << 20
#: How far back logs are shown when nobody says.
SINCE = "10m"
#: Seconds that a function may take (AWS quotas), plus its start and the way.
LONGEST = 930.0


class Cloud:
    """A stage by its name. A UserError when there is none of that name."""

    def __init__(
        self,
        reading: ReadOptions,
        name: str,
        environ: Mapping[str, str],
        publish: Publish,
        confirm: Confirm | None = None,
    ) -> None:
        self.stage = config.read_stage(reading, name)
        self._reading = replace(reading, stage=name)
        self._environ = environ
        self._publish = publish
        self._confirm = confirm or _nobody
        self._session = Session(self.stage)
        self._functions: CloudFunctions | None = None
        self._last: Here | None = None
        self._reading_door: RemoteReader | None = None
        self._seen: Remote | None = None

    @staticmethod
    def now() -> float:
        return time.time()

    def close(self) -> None:
        self._session.close()

    # -- pushing

    def sync(self, *, dry_run: bool = False, code_only: bool = False, yes: bool = False) -> Pushed:
        from localstack_lite.sync.push import Push, PushOptions

        self._session.warm(("cloudformation", "lambda"))
        return Push(self._site(), self._here(), PushOptions(dry_run, code_only, yes)).run()

    def sizes(self) -> tuple[str, ...]:
        """What was packaged last against AWS's limits, in lines; what large packages are made of below them."""
        from localstack_lite.builds import sizes

        made = self._last.packages.values() if self._last is not None else ()
        return sizes.report([one if one.unpacked >= LARGE else replace(one, largest=()) for one in made])

    def pusher(self, code_only: bool = False) -> Pusher:
        """For pushes on every save."""
        from localstack_lite.sync.push import Push, PushOptions
        from localstack_lite.sync.pusher import Pusher

        self._session.warm(("cloudformation", "lambda"))
        return Pusher(lambda: Push(self._site(), self._here(), PushOptions(code_only=code_only)), self._crashed)

    def watch(self, *, code_only: bool = False, tail: bool = False) -> int:
        """Push now and on every save, until Ctrl-C. Returns the exit code."""
        from localstack_lite.app.watching import watch

        following = self.tail((), "0s") if tail else None
        return watch(self._here().read, self.pusher(code_only), self._publish, self.now, following)

    def policy(self) -> Policy:
        """What may be done with this stage and nothing else. The account is asked for only where that is possible."""
        from localstack_lite.sync.policy import policy

        try:
            account = self._reader().account()
        except (RemoteError, UserError):
            account = ""
        return policy(self.stage, self._here().blueprint(), account, self._session.region)

    def rollback(self, to: int | None, *, yes: bool = False) -> Pushed:
        from localstack_lite.sync.rolling_back import roll_back

        return roll_back(self._site(), to, yes=yes)

    def delete(self, *, yes: bool = False) -> Pushed:
        from localstack_lite.sync.deleting import delete

        return delete(self._site(), yes=yes)

    def situation(self) -> Situation:
        """What the stage runs, with CloudWatch's figures where it answers."""
        from localstack_lite.sync import metrics
        from localstack_lite.sync.situation import situation

        def counted(remote: Remote) -> Mapping[str, Counts]:
            names = {id: function.name for id, function in remote.functions.items()}
            return metrics.counts(self._session, names, self.now())

        return situation(self._site(), counted)

    # -- calling and reading

    def invoke(
        self,
        invocation: Invocation,
        shown: str,
        kind: InvocationType = InvocationType.REQUEST_RESPONSE,
        chunk: Callable[[bytes], None] | None = None,
    ) -> Outcome:
        if self._functions is None:
            from localstack_lite.sync.cloud_functions import CloudFunctions

            names = self._called(self._names())
            self._functions = CloudFunctions(
                lambda: self._session.client("lambda", read_timeout=900.0),
                self.stage.name,
                names,
                self._publish,
                self.now,
                self._names_again,
            )
        return self._functions.invoke(invocation, shown, kind, chunk)

    def logs(self, functions: Sequence[str], since: str, pattern: str, *, follow: bool) -> None:
        """Tell what was written, and with `follow` what is written until Ctrl-C."""
        tail = self.tail(functions, since, pattern)
        if follow:
            tail.follow()
        else:
            tail.once()

    def tail(self, functions: Sequence[str], since: str, pattern: str = "") -> Tail:
        """The logs of these functions, by any name that they have; of all and of the APIs when none is named."""
        from localstack_lite.sync.log_times import since as moment
        from localstack_lite.sync.tail import Tail

        start = moment(since or SINCE, self.now())
        return Tail(
            self._session.client("logs"), self.stage.name, self._groups(functions), start, pattern, self._publish
        )

    def _groups(self, functions: Sequence[str]) -> dict[str, str]:
        """Log groups by what their lines are called."""
        names = self._names()
        if functions:
            chosen = [_named(name, names) for name in functions]
            names = {id: names[id] for id in chosen}
        found = self._reader().functions(names)
        groups = {}
        for id, function in found.items():
            configured = (function.configuration.get("LoggingConfig") or {}).get("LogGroup")
            groups[id] = str(configured or f"/aws/lambda/{function.name}")
        return groups if functions else {**groups, **self._access_logs()}

    def _access_logs(self) -> dict[str, str]:
        from localstack_lite.sync.access_logs import access_logs

        here, sight = self._here(), self._look()
        if not any("AccessLogSetting" in str(template) for template in sight.templates.values()):
            return {}
        return access_logs(sight.templates, here.resolver(here.blueprint(), sight))

    # -- what there is

    def _names(self) -> dict[str, str]:
        """Physical names of the stage's functions, by id. A RemoteError when there is no stack."""
        return {one.id: one.physical_id for one in self._look().resources if one.type == FUNCTION and one.physical_id}

    def _names_again(self) -> dict[str, str]:
        """Somebody pushed meanwhile."""
        self._seen = None
        return self._called(self._names())

    def _called(self, names: dict[str, str]) -> dict[str, str]:
        """What invocations say is a project's own logical id: of a function outside of any stack, its name."""
        lone = self.stage.function
        return {**names, lone: lone} if lone else names

    def _look(self) -> Remote:
        """The stack with its resources, as far as this machine does not know them; functions are not asked for."""
        if self._seen is None:
            reader, manifest = self._reader(), self._journal().manifest()
            stack = reader.stack(self.stage.stack_name)
            if stack is None:
                what = f"there is no stack {self.stage.stack_name} in {self._session.region}"
                raise RemoteError(self.stage.name, what, f"push it first: devserve sync {self.stage.name}")
            if (manifest.stack_id, manifest.stack_updated) == (stack.id, stack.updated):
                resources, templates = manifest.resources, manifest.templates
            else:
                resources = reader.resources(stack)
                templates = reader.templates(stack, resources)
            self._seen = Remote(stack.account, stack.region, stack, resources, templates)
        return self._seen

    # -- what the verbs stand on

    def _reader(self) -> RemoteReader:
        if self._reading_door is None:
            self._reading_door = seen(Reader(self._session), self.stage)
        return self._reading_door

    def _journal(self) -> Journal:
        root = self._root()
        return Journal(stage_folder(root / ".devserve", self.stage.name), lambda: state_folder(root))

    def _root(self) -> Path:
        """The project's folder. A UserError when there is no project."""
        return config.root(self._reading)

    def _site(self) -> Site:
        """With doors of its own: each push counts its calls."""
        return Site(
            self.stage,
            self._session.region,
            seen(Reader(self._session), self.stage),
            Writer(self._session, self._docker),
            self._journal(),
            self._publish,
            self._confirm,
            self.now,
            f"{getpass.getuser()}@{platform.node()}",
            RandomIds().hex(16),
        )

    def _docker(self) -> Any:
        """The client that images are pushed with."""
        from localstack_lite.app.engine_builds import docker_client

        return docker_client(self._environ)

    def _here(self) -> Here:
        reading = replace(self._reading, region=self._reading.region or self.stage.region)
        self._last = Here(reading, self.stage, self._environ, self._publish)
        return self._last

    def _crashed(self, error: Exception) -> None:
        from localstack_lite.app.watching import crashed

        project = self._last.project if self._last is not None else None
        self._publish(ProblemFound(self.now(), crashed(project, error)))


def _named(name: str, names: Mapping[str, str]) -> str:
    """The id of a function by its logical id (with or without the path of its stack) or its physical name."""
    for id, physical in names.items():
        if name in (id, physical, id.rpartition("/")[2]):
            return id
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(names)) or 'none'}"
    raise UserError(name, "the stage has no such function", hint)


def _nobody(question: str, details: Sequence[str] = ()) -> bool:
    """For what only reads and never asks; who asks all the same gets no for an answer."""
    del question, details
    return False
