"""`Key=Value` lists in one text, as SAM CLI takes them on the command line and in its settings. Pure.

Parameters also have the form `ParameterKey=Key,ParameterValue=Value`. A value that begins with a quote ends at the next
same quote; otherwise it ends at white space, unless a backslash stands before it. The last one of a key wins.
"""

from __future__ import annotations

import re

_NAME = r"[A-Za-z0-9]+"
_VALUE = r"""(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>[^']*)'|(?P<bare>(?:\\.|[^\s\\])*))"""
_PARAMETER = re.compile(
    rf"(?:ParameterKey=(?P<key>{_NAME}),ParameterValue=|(?!ParameterKey=)(?P<name>{_NAME})=){_VALUE}(?=\s|$)", re.DOTALL
)
_TAG = re.compile(rf"""(?:"(?P<key>[^"=]+)"|(?P<name>[^\s"'=]+))={_VALUE}(?=\s|$)""", re.DOTALL)
_WRAPPED_PARAMETER = re.compile(rf"[\"']{_NAME}=")
_WRAPPED_TAG = re.compile(r"[\"'][^\s\"'=]+=")


class NotPairs(ValueError):
    """`rest` is what was not understood, which may be a secret's part; `after` the key before it, or nothing."""

    def __init__(self, rest: str, after: str) -> None:
        super().__init__(f"after {after}" if after else "at the beginning")
        self.rest = rest
        self.after = after


def parameter_pairs(text: str) -> dict[str, str]:
    """Parameters of a template: their names are letters and digits."""
    return _pairs(text, _PARAMETER, _WRAPPED_PARAMETER)


def tag_pairs(text: str) -> dict[str, str]:
    """Tags and the like: a key is anything without white space, quotes and `=`, or stands in double quotes."""
    return _pairs(text, _TAG, _WRAPPED_TAG)


def _pairs(text: str, pair: re.Pattern[str], wrapped: re.Pattern[str]) -> dict[str, str]:
    rest, whole = text.lstrip(), text.strip()  # white space at the end may be a value's, behind a backslash
    if len(whole) > 1 and whole[-1] == whole[0] and wrapped.match(whole):
        rest = whole[1:-1].lstrip()  # quotes that outlived the shell, as in a value that came from a file
    found: dict[str, str] = {}
    after, at = "", 0
    while at < len(rest):
        match = pair.match(rest, at)
        if match is None:
            raise NotPairs(rest[at:], after)
        after = match["key"] or match["name"]
        found[after] = _unescaped(match)
        at = match.end()
        while at < len(rest) and rest[at].isspace():
            at += 1
    return found


def _unescaped(match: re.Match[str]) -> str:
    if match["single"] is not None:
        return match["single"]
    value = match["double"] if match["double"] is not None else match["bare"]
    # Only what would have ended the value is escaped; C:\temp and \d+ stay as they are.
    return re.sub(r"""\\([\s"'\\])""", r"\1", value)
