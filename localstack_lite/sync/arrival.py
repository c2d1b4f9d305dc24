"""The first look at a stage, before anything is done there: which cloud it is, whether it may be touched. I/O: asks."""

from __future__ import annotations

from localstack_lite.errors import UserError
from localstack_lite.model.facts import ProblemFound
from localstack_lite.model.project import Problem
from localstack_lite.model.push_facts import StageFound
from localstack_lite.model.stage import Stage
from localstack_lite.sync import readiness
from localstack_lite.sync.manifest import Manifest
from localstack_lite.sync.remote import RemoteStack
from localstack_lite.sync.running import Answer, Running
from localstack_lite.sync.site import Site


def refuse_protected(stage: Stage) -> None:
    """A UserError for a stage that nothing is ever done to."""
    if stage.protected:
        what = f"{stage.name} is a protected stage: devserve changes nothing there"
        raise UserError(stage.where or stage.name, what, "deploy it the way its team does")


def recall(site: Site) -> tuple[Manifest, Answer | None, Running | None]:
    """What this machine knows of the stage: the manifest, whether it is one for development, a push that did not come
    to its end. That one is told, and what could not be read."""
    journal = site.journal
    known = journal.manifest(), journal.answer(), journal.running()
    interrupted = known[2]
    if interrupted is not None:
        warn(site, interrupted.told, "the next push looks what is there, and does the rest")
    for problem in journal.damaged():
        site.publish(ProblemFound(site.now(), problem))
    return known


def warn(site: Site, what: str, hint: str) -> None:
    site.publish(ProblemFound(site.now(), Problem(site.stage.name, what, hint, warning=True)))


def arrive(site: Site, release: int, *, ready: bool = True) -> tuple[RemoteStack | None, str]:
    """The stack, None when there is none yet, and the account; told as a fact. `release` is the newest that is known.
    A RemoteError when it has to be `ready` for a push and is not."""
    stage = site.stage
    found = site.reader.stack(stage.stack_name)
    account = found.account if found else site.reader.account()
    region = found.region if found else site.region
    state = found.status if found else ""
    site.publish(
        StageFound(site.now(), stage.name, stage.stack_name, account, region, state, release, stage.endpoint_url)
    )
    if not ready:
        return found, account
    if (refusal := readiness.refusal(stage, found)) is not None:
        raise refusal
    return readiness.there(found), account


def ask(site: Site, answer: Answer | None, account: str, region: str, yes: bool) -> None:
    """Once for each stage and place: whether it is one for development. `answer` is the one that was given. A UserError
    when it is not, or when there is nobody who could say."""
    stage = site.stage
    given = Answer(site.now(), stage.stack_name, account, region)
    if answer is not None and answer.same_place(given):
        return
    details = (
        f"stack {stage.stack_name} in account {account}, {region}",
        *(("it was another place the last time",) if answer is not None else ()),
        "its functions will be changed directly, without CloudFormation's checks and rollback",
    )
    if not yes and not site.confirm(f"Is {stage.name} a development stage?", details):
        what = f"{stage.name} is not known as a development stage, so nothing was changed there"
        raise UserError(stage.name, what, "answer yes once, or pass --yes where nobody can be asked")
    site.journal.write_answer(given)
