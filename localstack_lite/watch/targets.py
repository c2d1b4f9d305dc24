"""What of a project is watched: its root and its code folders with all below them, and single files."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.project import Project
from localstack_lite.watch.impact import places


def targets(project: Project) -> tuple[Path, ...]:
    """Folders (watched with what is below them) and files (watched alone, wherever they are, ignored places included).

    A folder of devserve's own state, where archives are unpacked, is not the user's: its source is among the inputs.
    """
    state = project.state_folder
    code = (place for function in project.functions for place in places(function))
    folders = dict.fromkeys((project.root, *code))
    own = [folder for folder in folders if folder != state and state not in folder.parents]
    sources = (function.code.source for function in project.functions)
    files = dict.fromkeys((*project.inputs, *(source for source in sources if source is not None)))
    return (*own, *(file for file in files if file not in folders))
