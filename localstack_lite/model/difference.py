"""Where AWS does something else than the code, the project or the client may take for granted. Values."""

from __future__ import annotations

from localstack_lite.model.record import record


@record
class Difference:
    """`kind` names what sort it is, for those who count them (`remapped-header`); `what` says it of this request, in
    one line for people."""

    kind: str
    what: str
