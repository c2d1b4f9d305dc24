"""Whether a devserve serves this very project on its usual port: what runs beside it then calls its functions there."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from contextlib import closing

from localstack_lite.app.doors import LAMBDA_PORT
from localstack_lite.model.project import Project

_HOST = "127.0.0.1"
#: Seconds; one that is there answers at once, and a command must not wait for one that hangs.
_PATIENCE = 0.5


def lambda_port(project: Project, port: int = LAMBDA_PORT) -> int:
    """The port of its Lambda API on this machine; zero when nobody is there, or somebody else."""
    try:
        with closing(http.client.HTTPConnection(_HOST, port, timeout=_PATIENCE)) as connection:
            connection.request("GET", "/_devserve/api/functions")
            answer = connection.getresponse()
            said = json.loads(answer.read()) if answer.status == 200 else None
    except (OSError, http.client.HTTPException, ValueError):
        return 0
    return port if isinstance(said, dict) and serves(said, project) else 0


def serves(said: Mapping[str, object], project: Project) -> bool:
    """Whether that answer of a console is about this project: the same folder."""
    return said.get("root") == str(project.root)
