"""Template parameters on the command line, in both of SAM CLI's forms.

`Key=Value` and `ParameterKey=Key,ParameterValue=Value`; several in one argument or in several, behind one
`--parameter-overrides` or several. A value that begins with a quote ends at the next same quote; otherwise it ends at
white space, unless a backslash stands before it. The last one of a name wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from localstack_lite.errors import UserError

OPTION = "--parameter-overrides"

_NAME = r"[A-Za-z0-9]+"
_VALUE = r"""(?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>[^']*)'|(?P<bare>(?:\\.|[^\s\\])*))"""
_PAIR = re.compile(
    rf"(?:ParameterKey=(?P<key>{_NAME}),ParameterValue=|(?!ParameterKey=)(?P<name>{_NAME})=){_VALUE}(?=\s|$)", re.DOTALL
)
_LOOKS_LIKE_ONE = re.compile(rf"[\"']?{_NAME}=")


def parsed(texts: Iterable[str]) -> dict[str, str]:
    """Name → value. Raises UserError for what is neither form."""
    found: dict[str, str] = {}
    for text in texts:
        found.update(_pairs(text))
    return found


def _pairs(text: str) -> dict[str, str]:
    rest = text.strip()
    if len(rest) > 1 and rest[0] in "\"'" and rest[-1] == rest[0] and _LOOKS_LIKE_ONE.match(rest):
        rest = rest[1:-1]  # quotes that outlived the shell, as in a value that came from a file
    found: dict[str, str] = {}
    while rest:
        match = _PAIR.match(rest)
        if match is None:
            raise UserError(
                f"{OPTION} {text}",
                f"`{rest}` is not Key=Value",
                'write Key=Value or ParameterKey=Key,ParameterValue=Value; quote a value with spaces: Key="a b"',
            )
        found[match["key"] or match["name"]] = _unescaped(match)
        rest = rest[match.end() :].lstrip()
    return found


def _unescaped(match: re.Match[str]) -> str:
    if match["single"] is not None:
        return match["single"]
    value = match["double"] if match["double"] is not None else match["bare"]
    # Only what would have ended the value is escaped; C:\temp and \d+ stay as they are.
    return re.sub(r"""\\([\s"'\\])""", r"\1", value)


def spread(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--parameter-overrides A=1 B=2` written as one option for each, as an option parser wants it.

    The words after the option belong to it as long as they look like a pair.
    """
    result: list[str] = []
    following = False
    for at, word in enumerate(arguments):
        if word == "--":
            return [*result, *arguments[at:]]
        first = bool(result) and result[-1] == OPTION
        if following and not first and _LOOKS_LIKE_ONE.match(word):
            result.append(OPTION)
        else:
            following = first or word == OPTION or word.startswith(f"{OPTION}=")
        result.append(word)
    return result
