"""Another reading of cron expressions, to compare with: slow, by asking every moment of every field.

It shares nothing with the rules under test: fields are texts, days are looked at one by one.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime

NAMES = {
    name: number
    for names in (("SUN MON TUE WED THU FRI SAT"), ("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"))
    for number, name in enumerate(names.split(), 1)
}


def matches(fields: str, moment: datetime) -> bool:
    minute, hour, of_month, month, of_week, year = fields.split()
    return (
        plain(minute, moment.minute, 0, 59)
        and plain(hour, moment.hour, 0, 23)
        and plain(month, moment.month, 1, 12)
        and plain(year, moment.year, 1970, 2199)
        and matches_day(of_month, of_week, moment.date())
    )


def matches_day(of_month: str, of_week: str, day: date) -> bool:
    if of_week == "?":
        return matches_day_of_month(of_month, day)
    return matches_day_of_week(of_week, day)


def matches_day_of_month(text: str, day: date) -> bool:
    last = monthrange(day.year, day.month)[1]
    working = [n for n in range(1, last + 1) if day.replace(day=n).weekday() < 5]
    if text == "L":
        return day.day == last
    if text == "LW":
        return day.day == max(working)
    if text.endswith("W"):
        wanted = int(text[:-1])
        return wanted <= last and day.day == min(working, key=lambda n: abs(n - wanted))
    return plain(text, day.day, 1, 31)


def matches_day_of_week(text: str, day: date) -> bool:
    weekday = (day.weekday() + 1) % 7 + 1
    if text == "L":
        return day.weekday() == 5
    if text.endswith("L"):
        return weekday == number(text[:-1]) and day.day > monthrange(day.year, day.month)[1] - 7
    if "#" in text:
        wanted, nth = text.split("#")
        return weekday == number(wanted) and (day.day + 6) // 7 == int(nth)
    return plain(text, weekday, 1, 7)


def plain(text: str, value: int, low: int, high: int) -> bool:
    return any(part_matches(part, value, low, high) for part in text.split(","))


def part_matches(part: str, value: int, low: int, high: int) -> bool:
    span, _, step = part.partition("/")
    begin, dash, end = span.partition("-")
    if begin == "*":
        first, last = low, high
    else:
        first = number(begin)
        last = number(end) if dash else high if step else first
    if first > last:  # through the end and on from the beginning
        distance = (value - first) % (high - low + 1)
        return distance <= (last - first) % (high - low + 1) and distance % int(step or 1) == 0
    return first <= value <= last and (value - first) % int(step or 1) == 0


def number(text: str) -> int:
    return NAMES[text] if text in NAMES else int(text)
