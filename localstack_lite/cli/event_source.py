"""Where the event of `devserve invoke` comes from: a file, standard input, a sample, the command line, or nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from localstack_lite.errors import UserError
from localstack_lite.events import samples


class Event(NamedTuple):
    """`payload` is what the function gets, byte for byte as it was given; `value` the same, parsed."""

    payload: bytes
    value: Any


def event(named: str | None, payload: str | None) -> Event:
    """The event for `--event NAMED` or `--payload TEXT`; `{}` when neither is given. Raises UserError with the line."""
    if named is not None and payload is not None:
        raise UserError("--payload", "cannot be used together with --event", "give one of the two")
    if payload is not None:
        return parsed(payload.encode("utf-8", "surrogateescape"), "--payload")
    if named is None:
        return Event(b"{}", {})
    if named == "-":
        return parsed(sys.stdin.buffer.read(), "standard input")
    return parsed(_file(named), named)


def parsed(data: bytes, where: str) -> Event:
    """Checks that it is JSON. `where` is the file or option, for the message."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise UserError(where, "is empty, an event is JSON", "write {} for an event without content")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(f"{where}:{line}", "the event is not UTF-8 text", "save the file as UTF-8") from None
    try:
        return Event(data, json.loads(text, parse_constant=_refuse))
    except json.JSONDecodeError as error:
        what = f"the event is not JSON: {error.msg[:1].lower()}{error.msg[1:]} (column {error.colno})"
        raise UserError(
            f"{where}:{error.lineno}", what, "`devserve events generate apigw` prints a valid one"
        ) from None
    except _NotJson as error:
        raise UserError(where, f"the event is not JSON: {error} is no JSON value", "use null or a string") from None
    except RecursionError:
        raise UserError(where, "the event is nested too deeply", "an event may have some hundred levels") from None


class _NotJson(Exception):
    pass


def _refuse(constant: str) -> None:
    raise _NotJson(constant)


def _file(named: str) -> bytes:
    path = Path(named).expanduser()
    sample = samples.find(named)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    except IsADirectoryError:
        if sample is None:
            raise UserError(named, "is a folder, not an event", "name a JSON file in it") from None
    except OSError as error:
        raise UserError(named, f"cannot be read: {error.strerror}", "check the file's permissions") from None
    if sample is None:
        near = samples.near(named)
        hint = f"did you mean the sample {near}?" if near else "`devserve events list` shows the samples that exist"
        raise UserError(named, "there is no such file, and no sample event of that name", hint)
    return shipped_sample(sample)


def shipped_sample(sample: samples.Sample) -> bytes:
    """The sample's JSON as devserve ships it (UTF-8)."""
    from localstack_lite import shipped

    return (shipped.sample_events() / sample.file).read_bytes()
