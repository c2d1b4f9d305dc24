"""What Zappa leaves out of its packages → patterns of ours. Pure. Source: Zappa 0.63.

`exclude` speaks of names wherever they are, in installed packages too; a pattern with a slash in it excludes nothing
there. `exclude_glob` speaks of paths from the project's folder.
"""

from __future__ import annotations

from localstack_lite.config.zappa.keys import Given

#: What it always leaves out, beside what no package of ours has.
_ALWAYS = ("*.exe", "*.DS_Store", "*.Python", "*.zip", "*.tar.gz", "*.hg", "pip", "docutils*")


def excludes(given: Given) -> tuple[str, ...]:
    """As in `.gitignore`."""
    names = [name for name in given.listed("exclude") if name and "/" not in name]
    globs = [glob for glob in given.listed("exclude_glob") if glob and not glob.startswith("/")]
    return (*_ALWAYS, *map(_literally, names), *(f"/{glob}" for glob in globs))


def _literally(name: str) -> str:
    """A name that begins with what means something else in `.gitignore`."""
    return f"[{name[0]}]{name[1:]}" if name[0] in "!#" else name
