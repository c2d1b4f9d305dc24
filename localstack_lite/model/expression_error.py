"""Why AWS would refuse a schedule."""

from __future__ import annotations


class ExpressionError(ValueError):
    """`what` is one clause without a full stop, about the expression or its time zone; `hint` says what to write."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.hint = hint
