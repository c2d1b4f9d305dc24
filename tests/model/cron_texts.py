"""Fields of cron expressions for property tests, as texts."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")


def plain(low: int, high: int, names: tuple[str, ...] = ()) -> SearchStrategy[str]:
    """A value, a range (also one past the end), steps, or a list of those."""
    value = st.integers(low, high).map(str)
    if names:
        value |= st.sampled_from(names)
    spans = value | st.builds("{}-{}".format, value, value)
    steps = st.builds("{}/{}".format, spans | st.just("*"), st.integers(1, high - low or 1))
    return st.just("*") | st.lists(spans | steps, min_size=1, max_size=3).map(",".join)


minutes = plain(0, 59)
hours = plain(0, 23)
months = plain(1, 12, MONTHS)
years = st.just("*") | st.sampled_from(["2024-2030", "2025", "2024/2", "2023,2028"])
days_of_month = plain(1, 31) | st.just("L") | st.just("LW") | st.integers(1, 31).map("{}W".format)
_weekday = st.sampled_from(WEEKDAYS) | st.integers(1, 7).map(str)
days_of_week = (
    plain(1, 7, WEEKDAYS)
    | st.just("L")
    | _weekday.map("{}L".format)
    | st.builds("{}#{}".format, _weekday, st.integers(1, 5))
)
#: Both fields of days; one of them is `?`.
days = days_of_month.map(lambda text: (text, "?")) | days_of_week.map(lambda text: ("?", text))
