"""Stories in which the gateway asks somebody else than a function: another server, an AWS service."""

from __future__ import annotations

from localstack_lite.gateway.exchange import Answer, exchange
from localstack_lite.gateway.sites import Sites
from localstack_lite.model.api import Api
from localstack_lite.model.outgoing import Outgoing, Returned, ServiceRequest, Unreached
from localstack_lite.wire.messages import Request
from tests.gateway.tale import STAMP, project

OK = Returned(200)


def errand(api: Api, sent: Request, came: Returned | Unreached = OK) -> tuple[Outgoing | ServiceRequest | None, Answer]:
    """What was asked for (None: nothing), and the answer when that came back."""
    story = exchange(Sites(project(api)).at(sent.headers.get("host")), sent, STAMP)
    asked = None
    try:
        step = next(story)
        assert isinstance(step, Outgoing | ServiceRequest)
        asked = step
        story.send(came)
    except StopIteration as end:
        answer: Answer = end.value
        return asked, answer
    raise AssertionError("the story asked a second time")
