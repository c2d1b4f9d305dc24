"""A folder for the PATH with an `npm` that needs no registry: it installs what the lock names, as empty packages."""

from __future__ import annotations

from pathlib import Path

from tests.builds.folders import write

_NPM = """\
#!/bin/sh
echo "$@" >> "$HOME/said"
grep -q '"broken"' package.json && { echo 'npm error 404 Not Found: broken' >&2; exit 1; }
for name in $(sed -n 's/.*"node_modules\\/\\([a-z-]*\\)".*/\\1/p' package-lock.json 2>/dev/null || true); do
  mkdir -p "node_modules/$name" && echo "exports.name = '$name'" > "node_modules/$name/index.js"
done
mkdir -p node_modules && echo '{}' > node_modules/.package-lock.json
"""


def npm(folder: Path) -> Path:
    """What it was told is in `HOME/said`, a line each time."""
    write(folder, {"npm": _NPM})
    return folder
