"""Which folder of the app an asset is a copy of, so that an edit there is an edit of what is served. I/O.

The CDK copies code into its output and does not write down from where. The copy tells: the folder with the same files,
byte for byte, is its home, when there is only one; one with more files than the copy (assets leave files out) counts
only when no other has the same. What was found is kept in `.devserve/cache/cdk/`, since the home
stays the home when it is edited; an asset's name is a hash of its content, so the next synthesis asks again. An asset
without a home is served from the output, never from a guess.
"""

from __future__ import annotations

import filecmp
import json
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from localstack_lite.config.state import state_folder

#: Never the home of anything, and too big to look into.
_SKIPPED = {"node_modules", ".git", ".hg", ".devserve", ".aws-sam", "cdk.out", "__pycache__", ".venv", "venv", ".tox"}
_NOT_COMPARED = {"__pycache__", ".DS_Store"}
#: Files looked at before giving up: a second or so.
_MOST_FILES = 50_000
_MOST_IN_ASSET = 20_000


def homes(places: Collection[Path], app: Path, output: Path) -> dict[Path, Path]:
    """The homes of those folders that have one. `app` is the folder of the app, `output` the CDK's."""
    kept = _kept(app)
    found = {place: home for place in places if (home := Path(kept.get(place.name, ""))) != Path() and home.is_dir()}
    for root in _roots(app):
        listings = {place: files for place in places if place not in found and (files := _listing(place))}
        if listings:
            found |= _search(listings, root, output)
    still = {name: home for name, home in kept.items() if (output / name).is_dir()}
    _keep(app, kept, still | {place.name: str(home) for place, home in found.items()})
    return found


def _roots(app: Path) -> Iterator[Path]:
    """The app's folder, then the repository around it."""
    yield app
    yield from (folder for folder in app.parents if (folder / ".git").exists())


def _listing(place: Path) -> dict[str, int]:
    """Sizes by relative path; nothing for what is no folder, empty, or too big to be compared."""
    found: dict[str, int] = {}
    for folder, folders, files in os.walk(place):
        folders[:] = [name for name in folders if name not in _NOT_COMPARED]
        for name in files:
            if name not in _NOT_COMPARED:
                file = Path(folder) / name
                found[file.relative_to(place).as_posix()] = file.lstat().st_size
        if len(found) > _MOST_IN_ASSET:
            return {}
    return found


def _search(listings: dict[Path, dict[str, int]], root: Path, output: Path) -> dict[Path, Path]:
    # One telling file of each asset is looked for; only where it turns up, the rest is compared.
    telling: dict[str, list[tuple[Path, str]]] = {}
    for place, files in listings.items():
        anchor = min(files, key=lambda name: (name.count("/"), -files[name], name))
        telling.setdefault(anchor.rpartition("/")[2], []).append((place, anchor))
    candidates: dict[Path, list[Path]] = {place: [] for place in listings}
    looked = 0
    for folder, folders, files_here in os.walk(root):
        here = Path(folder)
        folders[:] = [name for name in folders if name not in _SKIPPED and here / name != output]
        if "cdk.out" in files_here and "manifest.json" in files_here:  # another output: copies all over
            folders[:] = []
            continue
        looked += len(files_here)
        if looked > _MOST_FILES:
            return {}
        for name in telling.keys() & set(files_here):
            for place, anchor in telling[name]:
                home = here.parents[anchor.count("/") - 1] if "/" in anchor else here
                if (home / anchor) == here / name and _same(place, home, listings[place]):
                    candidates[place].append(home)
    return {place: one for place, same in candidates.items() if (one := _chosen(same, listings[place]))}


def _chosen(candidates: list[Path], files: dict[str, int]) -> Path | None:
    exact = candidates if len(candidates) < 2 else [home for home in candidates if _listing(home) == files]
    best = exact or candidates
    return best[0] if len(best) == 1 else None


def _same(place: Path, home: Path, files: dict[str, int]) -> bool:
    try:
        if any((home / name).stat().st_size != size for name, size in files.items()):
            return False
        return all(filecmp.cmp(place / name, home / name, shallow=False) for name in files)
    except OSError:
        return False


def _file(app: Path) -> Path:
    return app / ".devserve" / "cache" / "cdk" / "homes.json"


def _kept(app: Path) -> dict[str, str]:
    try:
        kept = json.loads(_file(app).read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in kept.items()} if isinstance(kept, dict) else {}


def _keep(app: Path, kept: dict[str, str], now: dict[str, str]) -> None:
    if now == kept or not now:
        return
    try:
        state_folder(app)
        file = _file(app)
        file.parent.mkdir(parents=True, exist_ok=True)
        # Complete or not there: another devserve may read it at this moment.
        handle, name = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            json.dump(now, part)
        os.replace(name, file)
    except OSError:  # a read-only project: looked for again the next time
        return
