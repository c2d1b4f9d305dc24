"""What of a project is watched: its root and its code folders with all below them, and single files."""

from __future__ import annotations

from pathlib import Path

from localstack_lite.model.project import Project


def targets(project: Project) -> tuple[Path, ...]:
    """Folders (watched with what is below them) and files (watched alone, wherever they are, ignored places included).

    A folder of devserve's own state, where archives are unpacked, is not the user's: its source is among the inputs.
    """
    state = project.state_folder
    folders = dict.fromkeys((project.root, *(function.code.folder for function in project.functions)))
    own = [folder for folder in folders if folder != state and state not in folder.parents]
    sources = (function.code.source for function in project.functions)
    files = dict.fromkeys((*project.inputs, *(source for source in sources if source is not None)))
    return (*own, *(file for file in files if file not in folders))
