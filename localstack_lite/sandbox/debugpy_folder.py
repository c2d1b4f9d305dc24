"""Where the Python debugger is: in the function's own environment, else in devserve's."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

from localstack_lite.sandbox.interpreter import Interpreter


def find(interpreter: Interpreter) -> Path | None:
    """The folder of the package `debugpy`, which can be run as a script by any Python; None when there is none."""
    own = sorted(interpreter.path.parent.parent.glob("lib/python3.*/site-packages/debugpy/__main__.py"))
    if own:
        return own[-1].parent
    found = importlib.util.find_spec("debugpy")
    places = found.submodule_search_locations if found is not None else None
    return Path(places[0]) if places else None


def free_port() -> int:
    """A port of loopback that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
