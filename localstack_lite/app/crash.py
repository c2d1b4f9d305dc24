"""What is kept of a fault of devserve itself."""

from __future__ import annotations

import traceback
from pathlib import Path

from localstack_lite.config.state import state_folder
from localstack_lite.model.project import Project


def crash_log(project: Project, error: BaseException) -> Path:
    """Append the traceback to `.devserve/crash.log`."""
    path = state_folder(project.root) / "crash.log"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(traceback.format_exception(error))
    return path
