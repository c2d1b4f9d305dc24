"""What the tests of tokens share: one issuer's keys, claims that will do, and a door asked to its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from localstack_lite.gateway.denial import Denial
from localstack_lite.gateway.sites import Sites
from localstack_lite.gateway.steps import Came
from localstack_lite.gateway.visit import Door, Visit
from localstack_lite.model.api import Api
from localstack_lite.model.outgoing import Outgoing, Returned
from localstack_lite.wire.messages import Response
from tests.gateway.tale import STAMP, project
from tests.oidc import Keys

ISSUER = "https://issuer.example"
NOW = STAMP.now
GOOD: Mapping[str, Any] = {"iss": ISSUER, "aud": "shop", "sub": "u-1", "iat": int(NOW) - 60, "exp": int(NOW) + 600}


@cache
def keys(name: str = "key") -> Keys:
    """Real ones, made once: that takes a while."""
    return Keys(name)


def claims(**more: Any) -> dict[str, Any]:
    """Claims that will do, but for those named; None takes one out."""
    return {name: value for name, value in {**GOOD, **more}.items() if value is not None}


def token(**more: Any) -> str:
    return keys().token(claims(**more))


class Documents:
    """What is answered to the requests of a story, by address; `asked` are those addresses."""

    def __init__(self, answers: Mapping[str, Came | bytes]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []

    def __call__(self, step: object) -> Came:
        assert isinstance(step, Outgoing)
        self.asked.append(step.url)
        came = self.answers.get(step.url, Returned(404))
        return Returned(200, (), came) if isinstance(came, bytes) else came


def issuer(issuer: str = ISSUER, of: Keys | None = None) -> Documents:
    """An issuer that has its two documents where they belong."""
    base = issuer.rstrip("/")
    discovery = b'{"issuer":"%b","jwks_uri":"%b/keys"}' % (issuer.encode(), base.encode())
    return Documents({f"{base}/.well-known/openid-configuration": discovery, f"{base}/keys": (of or keys()).body})


def worded(api: Api, denial: Denial, visit: Visit) -> Response:
    """What the client gets for a denial."""
    return Sites(project(api)).at("localhost").apis[0].refusals.denied(denial, visit)


def passed(door: Door, visit: Visit, answer: Callable[[object], Came]) -> Visit | Denial:
    """What a door says in the end; `answer` gives what its steps bring."""
    telling = door(visit)
    try:
        step = next(telling)
        while True:
            step = telling.send(answer(step))
    except StopIteration as end:
        result: Visit | Denial = end.value
        return result
