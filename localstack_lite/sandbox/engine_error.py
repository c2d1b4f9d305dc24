"""What the Docker SDK raises, in words for a person."""

from __future__ import annotations

import re

#: What container runtimes say about a first process that is not there.
_NO_SHELL = re.compile(r'exec:? "?sh"?: (executable file not found|stat sh|no such file)', re.IGNORECASE)
_WRONG_FORMAT = "exec format error"
_UNREACHABLE = ("ConnectionError", "ConnectTimeout", "ReadTimeout", "NewConnectionError")


def in_words(error: BaseException, endpoint: str) -> str:
    """One line that says what the engine at `endpoint` refused, or that it does not answer."""
    said = said_by(error)
    if _WRONG_FORMAT in said:
        return "the container cannot be started: its image is for another processor (exec format error)"
    if type(error).__name__ in _UNREACHABLE:
        return f"the Docker engine at {endpoint} does not answer any more"
    return f"the container cannot be started: {' '.join(said.split())}"


def lacks_shell(error: BaseException) -> bool:
    """Whether the container did not start because its image has no `sh`."""
    return _NO_SHELL.search(said_by(error)) is not None


def said_by(error: BaseException) -> str:
    """The engine's own words (`explanation` of the SDK's APIError), else the error's."""
    return str(getattr(error, "explanation", None) or error)
