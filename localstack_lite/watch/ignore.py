"""Which paths never trigger a reload: version control, caches, virtual environments, build output, editors' litter.

Names are judged below the innermost watched root only, so a project that lives in a folder called `build` works, and
a function whose code folder is `dist` is watched there.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".devserve",
        ".aws-sam",
        ".serverless",
        ".terraform",
        ".venv",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".hypothesis",
        ".tox",
        ".nox",
        ".cache",
        ".idea",
        ".vscode",
        "build",
        "dist",
        "cdk.out",
        "htmlcov",
    }
)
FOLDER_ENDINGS = (".egg-info", ".dist-info")
FILES = frozenset({"4913", ".DS_Store", "Thumbs.db", ".coverage"})
FILE_BEGINNINGS = (".#", "._", ".goutputstream-", ".~lock.")
FILE_ENDINGS = (
    "~",
    ".pyc",
    ".pyo",
    ".swp",
    ".swo",
    ".swn",
    ".swx",
    ".kate-swp",
    ".tmp",
    ".temp",
    ".bak",
    ".part",
    ".log",
    ".pid",
    "___jb_tmp___",
    "___jb_old___",
    ".sqlite",
    ".sqlite3",
    ".db",
    "-journal",
    "-wal",
    "-shm",
)


def ignored_folder(name: str) -> bool:
    """Whether a folder of this name is left out. A virtual environment of any name is not a question of the name."""
    return name in FOLDERS or name.endswith(FOLDER_ENDINGS)


def ignored_file(name: str) -> bool:
    return (
        name in FILES
        or name.endswith(FILE_ENDINGS)
        or name.startswith(FILE_BEGINNINGS)
        or (len(name) > 1 and name.startswith("#") and name.endswith("#"))
    )


def innermost(path: str, roots: Collection[str]) -> str | None:
    """The longest of the roots (absolute, no trailing slash) that holds the path or is it."""
    return max((root for root in roots if beneath(path, root)), key=len, default=None)


def beneath(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies in it. Both absolute, without a trailing slash."""
    return path == folder or (path.startswith(folder) and (folder.endswith("/") or path[len(folder)] in "/\\"))


def ignored(path: str, root: str, is_virtual_environment: Callable[[str], bool] = lambda _: False) -> bool:
    """Whether a changed path below `root` is left out. `is_virtual_environment` is asked about the folders between
    the root and the path, from the outside in."""
    parts = path[len(root) :].replace("\\", "/").strip("/").split("/")
    folder = root
    for name in parts[:-1]:
        folder = f"{folder}/{name}"
        if ignored_folder(name) or is_virtual_environment(folder):
            return True
    return ignored_file(parts[-1]) or ignored_folder(parts[-1])
