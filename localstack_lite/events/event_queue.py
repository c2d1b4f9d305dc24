"""The queue of asynchronous invocations, in one SQLite file: what was accepted, what runs, what is to be sent. I/O.

Every call is one transaction and has happened when it returns. In WAL mode with `synchronous=NORMAL` that costs some 20
microseconds and no fsync: what was written survives whatever happens to this process, `kill -9` included. A machine
that loses its power may lose the last moments, and never the file.

Times are those of the caller's clock, which may be another one in every run (`--time-scale`): each transaction notes
what it says together with the time of day, and opening moves all times by the difference. So while devserve is not
running, events get older by the seconds that pass.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from localstack_lite.events.destination_record import Parcel, Response
from localstack_lite.events.queued import Sending, Waiting
from localstack_lite.model.invocation import Invocation

#: Of the tables below; a file of another version is not ours to read.
VERSION = 1
#: Transactions and bytes after which the write-ahead log is carried over into the file, on a thread.
CARRY_OVER, CARRY_BYTES = 500, 16 << 20
#: Seconds that another program may hold the file.
_PATIENCE = 1.0

_EVENT = "request_id, function, qualifier, arn, client_context, trace_id, tenant_id, payload, accepted_at, next_at"
_RESULT = "status, version, failed, response"
_PARCEL = "request_id, function, target, kind, body, source, name, at, token, attributes, trace_id, next_at, attempts"
_TABLES = f"""
CREATE TABLE events (seq INTEGER PRIMARY KEY AUTOINCREMENT, {_EVENT},
    tries INTEGER DEFAULT 0, refusals INTEGER DEFAULT 0, running INTEGER DEFAULT 0, {_RESULT});
CREATE TABLE parcels (seq INTEGER PRIMARY KEY AUTOINCREMENT, {_PARCEL});
CREATE TABLE clock (now REAL, wall REAL, file TEXT);
CREATE TABLE adopted (file TEXT PRIMARY KEY);
INSERT INTO clock VALUES (0, 0, lower(hex(randomblob(16))));
PRAGMA user_version = {VERSION};
"""


class BrokenFile(OSError):
    """The file is no queue, or not one of this version."""


class EventQueue:
    """One file. Calls raise OSError when they could not be done, and then nothing was."""

    def __init__(self, file: Path, now: Callable[[], float], wall: Callable[[], float]) -> None:
        """Made when it is missing. BrokenFile when it cannot be read."""
        self.file = file
        self._now = now
        self._wall = wall
        self._inside = False
        self._written = self._bytes = 0
        self._carrying: threading.Thread | None = None
        with _as_oserror(file):
            self._connection = _open(file)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def _prepare(self) -> None:
        connection = self._connection
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        with self._writing():
            if version == 0 and not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                for statement in _TABLES.strip().rstrip(";").split(";\n"):
                    connection.execute(statement)
            elif version != VERSION:
                raise BrokenFile("another version of devserve made it")
            elif (found := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
                raise BrokenFile(" ".join(str(found).split()))
            else:
                now, wall = connection.execute("SELECT now, wall FROM clock").fetchone()
                later = self._now() - (now + max(0.0, self._wall() - wall))
                connection.execute(
                    "UPDATE events SET accepted_at = accepted_at + ?, next_at = next_at + ?", [later] * 2
                )
                connection.execute("UPDATE parcels SET next_at = next_at + ?", [later])

    # -- events

    def accept(self, invocation: Invocation) -> Waiting:
        now, one = self._now(), invocation
        values = (
            *(one.request_id, one.function, one.qualifier, one.arn, one.client_context, one.trace_id, one.tenant_id),
            *(one.payload, now, now),
        )
        with self._writing(len(one.payload)) as connection:
            made = connection.execute(f"INSERT INTO events ({_EVENT}) VALUES ({_marks(values)})", values)
        return Waiting(made.lastrowid or 0, one.request_id, one.function, one.qualifier, now, now)

    def waiting(self) -> list[Waiting]:
        """All events, oldest first."""
        names = "seq, request_id, function, qualifier, accepted_at, next_at, tries, refusals, running"
        with _as_oserror(self.file):
            rows = self._connection.execute(f"SELECT {names} FROM events ORDER BY seq").fetchall()
        return [
            Waiting(seq, request_id, function, qualifier, accepted_at, next_at, tries, refusals, bool(running))
            for seq, request_id, function, qualifier, accepted_at, next_at, tries, refusals, running in rows
        ]

    def event(self, seq: int) -> tuple[Invocation, Response | None]:
        """What is to be invoked, and the answer of its last try. A LookupError when it is gone."""
        with _as_oserror(self.file):
            found = self._connection.execute(f"SELECT {_EVENT}, {_RESULT} FROM events WHERE seq = ?", [seq]).fetchone()
        if found is None:
            raise LookupError(seq)
        request_id, function, qualifier, arn, context, trace, tenant, payload = found[:8]
        status, version, failed, response = found[10:]
        invocation = Invocation(
            function,
            bytes(payload),
            request_id,
            arn=arn,
            qualifier=qualifier,
            client_context=context,
            trace_id=trace,
            tenant_id=tenant,
        )
        answer = None if status is None else Response(status, bytes(response), version, bool(failed))
        return invocation, answer

    def began(self, seq: int, tries: int) -> None:
        """The function is about to get it, for the how-manieth time."""
        with self._writing() as connection:
            connection.execute("UPDATE events SET tries = ?, running = 1 WHERE seq = ?", [tries, seq])

    def again(self, event: Waiting, response: Response | None) -> None:
        """It is over for now, as `event` says; `response` is kept, unless it is None."""
        values: list[Any] = [event.tries, event.refusals, event.next_at]
        names = "tries = ?, refusals = ?, next_at = ?, running = 0"
        if response is not None:
            names += ", status = ?, version = ?, failed = ?, response = ?"
            values += [response.status, response.version, response.failed, response.payload]
        with self._writing(0 if response is None else len(response.payload)) as connection:
            connection.execute(f"UPDATE events SET {names} WHERE seq = ?", [*values, event.seq])

    def ended(self, event: Waiting, parcels: Sequence[Parcel]) -> list[Sending]:
        """It has come to its end; in the same step, what is to be sent because of that is in the queue."""
        now = self._now()
        made = []
        with self._writing(sum(len(parcel.body) for parcel in parcels)) as connection:
            connection.execute("DELETE FROM events WHERE seq = ?", [event.seq])
            for one in parcels:
                values = (
                    *(event.request_id, event.function, one.target, one.kind, one.body, one.source, one.name, one.at),
                    *(one.token, json.dumps(dict(one.attributes)), one.trace_id, now, 0),
                )
                row = connection.execute(f"INSERT INTO parcels ({_PARCEL}) VALUES ({_marks(values)})", values)
                made.append(Sending(row.lastrowid or 0, event.request_id, event.function, one.target, now))
        return made

    # -- parcels

    def sending(self) -> list[Sending]:
        """All that is to be sent, oldest first."""
        names = "seq, request_id, function, target, next_at, attempts"
        with _as_oserror(self.file):
            rows = self._connection.execute(f"SELECT {names} FROM parcels ORDER BY seq").fetchall()
        return [Sending(*row) for row in rows]

    def parcel(self, seq: int) -> Parcel:
        """A LookupError when it is gone."""
        names = "target, kind, body, source, name, at, token, attributes, trace_id"
        with _as_oserror(self.file):
            found = self._connection.execute(f"SELECT {names} FROM parcels WHERE seq = ?", [seq]).fetchone()
        if found is None:
            raise LookupError(seq)
        target, kind, body, source, name, at, token, attributes, trace_id = found
        read = {key: (value[0], value[1]) for key, value in json.loads(attributes).items()}
        return Parcel(target, kind, bytes(body), source, name, at, token, read, trace_id)

    def sent(self, seq: int) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM parcels WHERE seq = ?", [seq])

    def handed_on(self, seq: int, invocation: Invocation) -> Waiting:
        """A parcel becomes an event of a function here: in one step, so that there is always one of the two."""
        with self._writing() as connection:
            connection.execute("DELETE FROM parcels WHERE seq = ?", [seq])
            return self.accept(invocation)

    def postponed(self, parcel: Sending) -> None:
        with self._writing() as connection:
            values = [parcel.next_at, parcel.attempts, parcel.seq]
            connection.execute("UPDATE parcels SET next_at = ?, attempts = ? WHERE seq = ?", values)

    # -- the file

    def adopt(self, file: Path) -> None:
        """Take over all that is in another file, which nobody uses and which was opened before. Once: a file that comes
        again, because it could not be removed in time, is known."""
        events = f"{_EVENT}, tries, refusals, running, {_RESULT}"
        with _as_oserror(self.file):
            self._connection.execute("ATTACH ? AS other", [str(file)])
        try:
            with self._writing() as connection:
                (name,) = connection.execute("SELECT file FROM other.clock").fetchone()
                if not connection.execute("SELECT 1 FROM main.adopted WHERE file = ?", [name]).fetchone():
                    for table, columns in (("events", events), ("parcels", _PARCEL)):
                        connection.execute(
                            f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM other.{table} ORDER BY seq"
                        )
                    connection.execute("INSERT INTO main.adopted VALUES (?)", [name])
        finally:
            with suppress(sqlite3.Error):
                self._connection.execute("DETACH other")

    @property
    def empty(self) -> bool:
        with _as_oserror(self.file):
            query = "SELECT EXISTS (SELECT 1 FROM events) OR EXISTS (SELECT 1 FROM parcels)"
            return not self._connection.execute(query).fetchone()[0]

    def close(self) -> None:
        if self._carrying is not None:
            self._carrying.join()
        with suppress(sqlite3.Error):
            self._connection.close()

    @contextmanager
    def _writing(self, size: int = 0) -> Iterator[sqlite3.Connection]:
        """A transaction; one inside of another is part of it."""
        connection = self._connection
        if self._inside:
            yield connection
            return
        with _as_oserror(self.file):
            connection.execute("BEGIN IMMEDIATE")
            self._inside = True
            try:
                yield connection
                connection.execute("UPDATE clock SET now = ?, wall = ?", [self._now(), self._wall()])
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            finally:
                self._inside = False
        self._written += 1
        self._bytes += size
        if self._written >= CARRY_OVER or self._bytes >= CARRY_BYTES:
            self._carry_over()

    def _carry_over(self) -> None:
        """What SQLite would do in the middle of somebody's call, with an fsync: on a thread, past those who write."""
        if self._carrying is not None and self._carrying.is_alive():
            return
        self._written = self._bytes = 0
        self._carrying = threading.Thread(target=_carried_over, args=[self.file], name="event queue", daemon=True)
        self._carrying.start()


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
    try:
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 0"):
            connection.execute(f"PRAGMA {pragma}").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _carried_over(file: Path) -> None:
    with suppress(sqlite3.Error), closing(sqlite3.connect(file, timeout=_PATIENCE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


@contextmanager
def _as_oserror(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise OSError(f"{file.name}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise BrokenFile(str(error)) from error
