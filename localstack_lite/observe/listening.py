"""Whether a function's log shows a web server that was started when its module was imported: it then never gets ready.
Pure."""

from __future__ import annotations

#: What Flask's, Uvicorn's, Hypercorn's and Django's servers write when they listen.
_SIGNS = (
    "* Serving Flask app",
    "Uvicorn running on",
    "Running on http",
    "Starting development server",
)
ADVICE = '; it starts a web server when it is imported: put that below `if __name__ == "__main__":`'


def shows(message: str) -> bool:
    """Whether a log event is the word of such a server."""
    return any(sign in message for sign in _SIGNS)
