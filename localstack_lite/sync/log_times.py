"""`--since`: a moment as people write it → epoch seconds. Pure.

`30s`, `10m`, `2h`, `1d`, `1h30m`; a date, a date with a time (ISO 8601), or a time of today; the latter three in local
time unless they name a zone.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from localstack_lite.errors import UserError

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGO = re.compile(r"(?:\d+\s*[smhdw]\s*)+", re.IGNORECASE)


def since(text: str, now: float, zone: tzinfo | None = None) -> float:
    """`zone` is what local time is; None: this machine's. A UserError for what is no moment, or lies ahead."""
    word = text.strip().removesuffix("ago").strip()
    if _AGO.fullmatch(word):
        parts = re.findall(r"(\d+)\s*([smhdw])", word.lower())
        return max(0.0, now - sum(int(figure) * _UNITS[unit] for figure, unit in parts))
    moment = _moment(word, datetime.fromtimestamp(now, zone), zone)
    if moment is None:
        raise UserError("--since", f"{text!r} is no moment", "for example 10m, 2h, 1d, 14:30 or 2026-11-22T14:30")
    if moment > now:
        raise UserError("--since", f"{text!r} lies ahead", "for example 10m, 2h or 1d")
    return max(0.0, moment)


def _moment(word: str, today: datetime, zone: tzinfo | None) -> float | None:
    try:
        if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", word):
            clock = datetime.strptime(word, "%H:%M:%S" if word.count(":") == 2 else "%H:%M")
            found = today.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
            return (found if found <= today else found - timedelta(days=1)).timestamp()
        parsed = datetime.fromisoformat(word)
    except (ValueError, OverflowError):
        return None
    if parsed.tzinfo is None and zone is not None:
        parsed = parsed.replace(tzinfo=zone)
    try:
        return parsed.timestamp()
    except (ValueError, OverflowError, OSError):
        return None
