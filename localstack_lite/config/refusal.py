"""Why one property cannot be used. Raised by rules, caught by the reader that knows what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class Refusal(Exception):
    """`what` is one clause without a full stop; `hint` says what to do; `path` is the property's place inside its
    resource, as in `("Properties", "Runtime")`, when that is known."""

    def __init__(self, what: str, hint: str = "", path: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
        self.path = path

    def at(self, path: tuple[str, ...]) -> Refusal:
        """The same, with its place when it had none."""
        return self if self.path else Refusal(self.what, self.hint, path)


def did_you_mean(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean X?` for a near miss, else the other hint."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else otherwise
