"""Who calls a route, as its authorizer found out. A value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from localstack_lite.model.record import record


@record
class Caller:
    """`authorizer` is what `requestContext.authorizer` says in an event of this API's kind (None: nothing is there);
    `identity` what is otherwise than usual in REST's `requestContext.identity`. `usage_key` is the API key's value that
    a Lambda authorizer named. `note` is what the user should know about it: who this is only for this test, what could
    not be verified."""

    authorizer: Mapping[str, object] | None = None
    identity: Mapping[str, object] = field(default_factory=dict)
    usage_key: str = ""
    note: str = ""


NOBODY_IN_PARTICULAR = Caller()
