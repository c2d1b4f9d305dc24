"""Template parameters on the command line, in both of SAM CLI's forms (see `config.pairs`).

Several in one argument or in several, behind one `--parameter-overrides` or several. The last one of a name wins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from localstack_lite.errors import UserError

OPTION = "--parameter-overrides"

_LOOKS_LIKE_ONE = re.compile(r"[\"']?[A-Za-z0-9]+=")


def parsed(texts: Iterable[str]) -> dict[str, str]:
    """Name → value. Raises UserError for what is neither form."""
    found: dict[str, str] = {}
    for text in texts:
        found.update(_pairs(text))
    return found


def _pairs(text: str) -> dict[str, str]:
    # The package of the readers is not needed for a help text.
    from localstack_lite.config.pairs import NotPairs, parameter_pairs

    try:
        return parameter_pairs(text)
    except NotPairs as error:
        raise UserError(
            f"{OPTION} {text}",
            f"`{error.rest}` is not Key=Value",
            'write Key=Value or ParameterKey=Key,ParameterValue=Value; quote a value with spaces: Key="a b"',
        ) from None


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
