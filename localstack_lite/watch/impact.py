"""Which functions a batch of changes concerns.

The rules, first to last:

* An input of the project changed, or what is not ignored below one that is a folder (a layer's content) → the project
  is read again.
* A function that was never started needs nothing: it will read what is there. Unless it is built: what it would read
  is not what was saved.
* A file that the function loaded changed, or the folder it was in went away → that function.
* The function is still initialising, or failed, or its runtime does not say what it loads, or what it loads is built
  from other files → anything that is not ignored under its code folder or its layers. So a broken edit heals with the
  next good save, and a missing module when it appears.
* A file that was only touched concerns functions that are initialising or failed, nobody else: a half-written file may
  have been read before its content came back, and saving again is how people say "try again".

Paths are compared as they are and with their links resolved; `real` does the resolving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from localstack_lite.model.change import ChangeKind, FileChange, ReloadPlan
from localstack_lite.model.function import Function
from localstack_lite.model.project import Project
from localstack_lite.watch.ignore import beneath, ignored


@dataclass(frozen=True, slots=True)
class Loaded:
    """What is known of one started function. `files` are absolute paths of what its environments have read, None when
    the runtime does not report them; `failed` when its last initialisation failed."""

    files: frozenset[str] | None = None
    failed: bool = False
    initialising: bool = False

    @property
    def unsettled(self) -> bool:
        return self.failed or self.initialising


def plan(
    changes: Iterable[FileChange], project: Project, loaded: Mapping[str, Loaded], real: Callable[[str], str]
) -> ReloadPlan:
    """What has to be done about the changes. `loaded` is by logical id; `real` resolves links (`os.path.realpath`)."""
    batch = sorted(set(changes), key=lambda change: (str(change.path), change.kind))
    spellings = {change: _spellings(str(change.path), real) for change in batch}
    inputs = {spelling for path in project.inputs for spelling in _spellings(str(path), real)}
    reread = {
        change
        for change in batch
        if change.kind is not ChangeKind.TOUCHED
        and (_hits(change, spellings[change], inputs) or any(_counts(s, i) for s in spellings[change] for i in inputs))
    }
    hit: set[str] = set()
    cause: set[FileChange] = set(reread)
    for function in project.functions:
        state = loaded.get(function.logical_id)
        if state is None and not built(function):
            continue
        state = state or Loaded()
        concerned = _concerned(function, state, batch, spellings, real)
        if concerned:
            hit.add(function.logical_id)
            cause |= concerned
    files = tuple(change.path for change in batch if change in cause)
    return ReloadPlan(reread=bool(reread), functions=frozenset(hit), files=tuple(dict.fromkeys(files)))


def _concerned(
    function: Function,
    state: Loaded,
    changes: list[FileChange],
    spellings: Mapping[FileChange, frozenset[str]],
    real: Callable[[str], str],
) -> set[FileChange]:
    """The changes that matter to one function."""
    # What a build made of the files is what was loaded; of the sources nothing is known.
    known = None if built(function) else state.files
    files = known or frozenset()
    leavings = _leavings(function)
    changed = [change for change in changes if change.kind is not ChangeKind.TOUCHED]
    found = {change for change in changed if _hits(change, spellings[change], files)}
    if state.unsettled or known is None:
        folders = [s for place in places(function) for s in _spellings(str(place), real)]
        candidates = changes if state.unsettled else changed
        found |= {
            change
            for change in candidates
            if any(_counts(s, f) and not _left(s, f, leavings) for s in spellings[change] for f in folders)
        }
    elif changed:
        # Only now the links of what was loaded: most saves are decided without.
        resolved = frozenset(real(file) for file in files) - files
        found |= {change for change in changed if _hits(change, spellings[change], resolved)}
    return found


def built(function: Function) -> bool:
    """Whether something is made of the files that the user edits, before it runs."""
    return function.code.build is not None or (function.image is not None and function.image.dockerfile is not None)


def places(function: Function) -> tuple[Path, ...]:
    """The folders whose files a function may read as its own: what the user edits of it, and its layers."""
    return (function.code.watched, function.opt) if function.opt is not None else (function.code.watched,)


#: Folders that compilers fill where the source is, by what their build methods begin with. Else each build would be the
#: cause of the next one.
_LEAVINGS: Mapping[str, frozenset[str]] = {
    "rust": frozenset({"target"}),
    "java": frozenset({"target", ".gradle"}),
    "dotnet": frozenset({"bin", "obj"}),
}


def _leavings(function: Function) -> frozenset[str]:
    method = function.code.build.method if function.code.build is not None else ""
    return next((names for begin, names in _LEAVINGS.items() if method.startswith(begin)), frozenset())


def _left(path: str, folder: str, leavings: frozenset[str]) -> bool:
    return bool(leavings) and not leavings.isdisjoint(path[len(folder) :].replace("\\", "/").split("/"))


def _hits(change: FileChange, spellings: frozenset[str], files: Iterable[str]) -> bool:
    """A deleted folder takes everything below it along."""
    known = files if isinstance(files, (set, frozenset)) else set(files)
    if spellings & known:
        return True
    return change.kind is ChangeKind.DELETED and any(beneath(file, s) for s in spellings for file in known)


def _counts(path: str, folder: str) -> bool:
    return beneath(path, folder) and path != folder and not ignored(path, folder)


def _spellings(path: str, real: Callable[[str], str]) -> frozenset[str]:
    return frozenset((path, real(path)))
