"""The X-Ray trace header: what the function's event shows, what Lambda is given, what a REST client gets back.

Recorded: without one from the client the event has `Root=...` only, Lambda and the REST reply get
`Root=..;Parent=..;Sampled=0;Lineage=1:8 hex:0`. One that the client sent is kept as it is and completed.
"""

from __future__ import annotations

import re

from localstack_lite.model.record import record

#: What may stand in the header when it goes on to other headers. Anything else is not a trace header.
_LEGAL = re.compile(r"[A-Za-z0-9=:;_.+/, -]{1,512}")


@record
class Trace:
    """`sent` is for the event's headers, `full` for Lambda and the reply."""

    sent: str
    full: str


def fresh(root: str, parent: str, lineage: str) -> Trace:
    """The trace of a request that brought none."""
    sent = f"Root={root}"
    return Trace(sent, f"{sent};Parent={parent};Sampled=0;Lineage=1:{lineage}:0")


def continued(header: str, root: str, parent: str, lineage: str) -> Trace:
    """The trace of a request that brought `header`; the other arguments are used where it says nothing."""
    header = header.strip().rstrip(";")
    parts = {key.strip().lower(): value for key, _, value in (part.partition("=") for part in header.split(";"))}
    if not parts.get("root") or not _LEGAL.fullmatch(header):
        return fresh(root, parent, lineage)
    full = header
    if "parent" not in parts:
        full += f";Parent={parent}"
    if "sampled" not in parts:
        # a caller that names its own segment wants it traced
        full += f";Sampled={1 if 'parent' in parts else 0}"
    if "lineage" not in parts:
        full += f";Lineage=1:{lineage}:0"
    return Trace(header, full)
