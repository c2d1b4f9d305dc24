"""Why a request goes no further although it has a route. A value, which each kind of API has its own words for."""

from __future__ import annotations

from localstack_lite.model.gateway_response import ResponseType
from localstack_lite.model.record import record


@record
class Denial:
    """`type` is REST's; the others answer what comes closest. `message` is the text that the client gets (empty: the
    type's own; None: `null`), `note` what the user is told, `headers` go out with it. `validation` is
    `$context.error.validationErrorString`. `status` is the answer's where the type's own (0) is not it,
    `error` what `x-amzn-ErrorType` then says where that is not the type's own."""

    type: ResponseType
    note: str = ""
    message: str | None = ""
    headers: tuple[tuple[str, str], ...] = ()
    validation: str = ""
    status: int = 0
    error: str = ""
