"""What of a folder never belongs into a package. Pure.

Left out is only what cannot matter when the function runs: other tools' state, caches, virtual environments, what
Python compiled, and `.env` files, whose secrets would be readable to everybody who may read the code. Tests, README
and `pyproject.toml` stay: code can read them. The user's own patterns come after that, in the language of
`.gitignore`: the last one that fits decides, and one that begins with `!` keeps what would be left out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache

_FOLDERS = frozenset(
    {
        *(".git", ".hg", ".svn", ".devserve", ".aws-sam", ".serverless", "cdk.out"),
        *("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox"),
        *(".venv", ".idea", ".vscode"),
    }
)
_FILES = frozenset({".DS_Store", "Thumbs.db", ".gitignore", ".gitattributes", ".gitmodules", ".coverage"})
#: What package managers note for themselves in `node_modules`: other words on every machine.
_NOTES = frozenset({".cache", ".package-lock.json", ".yarn-integrity", ".yarn-state.yml", ".modules.yaml"})
#: Files beside a project's settings that only deploying reads. They are left out where the code is the whole project.
_OF_PROJECT = frozenset(
    {
        *("template.yaml", "template.yml", "template.json", "samconfig.toml", "samconfig.yaml", "samconfig.yml"),
        *("devserve.toml", "serverless.yml", "serverless.yaml", "serverless.json", "cdk.json", "cdk.context.json"),
    }
)
#: A file of variables that is there as an example holds no secrets.
_EXAMPLES = (".example", ".sample", ".template", ".dist")
#: What marks a virtual environment, whatever its folder is called.
VENV_MARK = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class Excludes:
    """`patterns` are the user's own. `project`: the folder is the project's root. `installed`: what a package manager
    installed, of which only its notes and what Python compiled are left out."""

    patterns: tuple[str, ...] = ()
    project: bool = False
    installed: bool = False

    def leaves_out(self, path: str, beside: Container[str] = (), *, folder: bool = False) -> bool:
        """`path` is relative to the code's folder, with `/`; `beside` are the names of all that lies beside it (for a
        folder: of what is in it)."""
        if self.patterns and (said := _said(self.patterns, path, folder)) is not None:
            return said
        above, _, name = path.rpartition("/")
        if folder:
            if name == "__pycache__":
                return True
            in_modules = name in _NOTES and above.rpartition("/")[2] == "node_modules"
            return in_modules or (not self.installed and (name in _FOLDERS or VENV_MARK in beside))
        if name.endswith(".pyc"):
            return f"{name[:-1]}" in beside  # alone, it is the module itself
        if name in _NOTES and above.rpartition("/")[2] == "node_modules":
            return True
        if self.installed:
            return False
        return name in _FILES or is_secret(name) or (self.project and not above and name in _OF_PROJECT)


def is_secret(name: str) -> bool:
    """Whether a file holds variables of somebody's environment: `.env`, `.env.local`, but no `.env.example`."""
    return name == ".env" or (name.startswith(".env.") and not name.endswith(_EXAMPLES))


def _said(patterns: tuple[str, ...], path: str, folder: bool) -> bool | None:
    """What the last pattern that fits says; None when none does."""
    for pattern, only_folder, keeps in reversed(_compiled(patterns)):
        if (folder or not only_folder) and pattern.fullmatch(path):
            return not keeps
    return None


@lru_cache(maxsize=64)
def _compiled(patterns: Iterable[str]) -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    found = []
    for line in patterns:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        keeps = text.startswith("!")
        text = text.removeprefix("!").removeprefix("\\")
        only_folder, text = text.endswith("/"), text.rstrip("/")
        anchored = "/" in text
        text = text.lstrip("/")
        begin = "" if anchored else "(?:.*/)?"
        found.append((re.compile(begin + _expression(text), re.DOTALL), only_folder, keeps))
    return tuple(found)


def _expression(glob: str) -> str:
    """As git reads it: `*` and `?` stay inside one name, `**` spans several."""
    made, at = "", 0
    while at < len(glob):
        if glob.startswith("**/", at) and (at == 0 or glob[at - 1] == "/"):
            made, at = made + "(?:.*/)?", at + 3
        elif glob.startswith("**", at) and at + 2 == len(glob):
            made, at = made + ".*", at + 2
        elif glob[at] == "*":
            made, at = made + "[^/]*", at + 1
        elif glob[at] == "?":
            made, at = made + "[^/]", at + 1
        elif glob[at] == "[" and (end := glob.find("]", at + 2)) > 0:
            inside = glob[at + 1 : end].replace("\\", "\\\\")
            inside = "^" + inside[1:] if inside[0] in "!^" else inside
            made, at = made + f"[{inside}]", end + 1
        else:
            made, at = made + re.escape(glob[at]), at + 1
    return made
