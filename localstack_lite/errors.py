"""Whose fault it was: the user's, a peer's, the cloud's, or ours.

Each family has one exit code (see `cli`). A `UserError` always carries where it happened, what is wrong and a hint.
"""

from __future__ import annotations


class UserError(Exception):
    """Something the user wrote or typed cannot be used. Exit code 2.

    `where` is a file, `file:line`, option or function name; `what` one sentence; `hint` what to do about it.
    """

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where = where
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class PeerError(Exception):
    """The process on the other side of a socket broke its protocol (a runtime, an HTTP client)."""


class RemoteError(Exception):
    """The cloud refused or was out of reach. Exit code 4."""

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where = where
        self.what = what
        self.hint = hint


class Bug(Exception):
    """devserve broke one of its own rules. Reported as such, never blamed on the user."""
