"""Under devserve: byte code that is kept beside nobody's sources, and that never serves stale code.

Python runs with `-B`, so that nothing is written into the project. What has no byte code of its own (an environment
made by `uv`, the user's modules) is kept in `DEVSERVE_BYTECODE`, a folder of devserve's own, so that only the first
start compiles it.

Python itself compares the second and the size of a source with what its byte code says of it, and two saves within one
second can leave a `.pyc` that lies. So of the user's own modules the text itself is compared.
"""

import _frozen_importlib_external as machinery
import _imp
import marshal
import os
import sys

INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages", ".venv", "__pycache__"))
_prefix = ""


def install(task_root: str, folder: str) -> None:
    """From now on, for modules below the task root and for installed packages. Without a `folder` nothing is kept."""
    global _prefix
    own = task_root.rstrip(os.sep)
    _prefix = folder

    def finder(path: str):
        if f"{os.sep}.devserve{os.sep}" in path + os.sep:
            raise ImportError("made by devserve, under a name that its content has")
        installed = any(part in path + os.sep for part in INSTALLED)
        if not (folder if installed else path == own or path.startswith(own + os.sep)):
            raise ImportError("not the user's, or nothing to keep")
        if not os.path.isdir(path or "."):
            raise ImportError("no folder")
        return machinery.FileFinder(
            path,
            (machinery.ExtensionFileLoader, _imp.extension_suffixes()),
            (_InstalledLoader if installed else _OwnLoader, machinery.SOURCE_SUFFIXES),
            (machinery.SourcelessFileLoader, machinery.BYTECODE_SUFFIXES),
        )

    sys.path_hooks.insert(0, finder)
    sys.path_importer_cache.clear()  # Python has looked for a `sitecustomize` everywhere


class _InstalledLoader(machinery.SourceFileLoader):
    """Uses the byte code beside the source, and keeps elsewhere what is missing there."""

    def get_code(self, fullname):
        path = self.get_filename(fullname)
        if not _prefix or _exists(machinery.cache_from_source(path)):
            return super().get_code(fullname)
        before = sys.pycache_prefix, sys.dont_write_bytecode
        sys.pycache_prefix, sys.dont_write_bytecode = _prefix, False
        try:
            return super().get_code(fullname)
        finally:
            sys.pycache_prefix, sys.dont_write_bytecode = before

    def set_data(self, path, data, *, _mode=0o666):
        _claim()
        super().set_data(path, data, _mode=_mode)


class _OwnLoader(machinery.SourceFileLoader):
    """The user's own: byte code counts only for the very text that it was made of."""

    def get_code(self, fullname):  # noqa: ARG002  (the loaders' signature)
        source = self.get_data(self.path)
        if not _prefix:
            return self.source_to_code(source, self.path)
        stamp = machinery.MAGIC_NUMBER + _imp.source_hash(0, source)
        kept = _kept(self.path)
        try:
            data = self.get_data(kept)
            if data.startswith(stamp):
                return marshal.loads(data[len(stamp) :])
        except (OSError, EOFError, ValueError, TypeError):
            pass  # not kept yet, or not whole
        code = self.source_to_code(source, self.path)
        _claim()
        self.set_data(kept, stamp + marshal.dumps(code))
        return code


def _kept(path: str) -> str:
    before, sys.pycache_prefix = sys.pycache_prefix, _prefix
    try:
        return machinery.cache_from_source(path)
    finally:
        sys.pycache_prefix = before


def _exists(path: str) -> bool:
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _claim() -> None:
    """The folder, whose contents no version control shall see: `.devserve/.gitignore` says so."""
    mark = os.path.join(os.path.dirname(os.path.dirname(_prefix)), ".gitignore")
    try:
        if not _exists(mark):
            os.makedirs(os.path.dirname(mark), exist_ok=True)
            with open(mark, "w") as file:
                file.write("*\n")
    except OSError:
        pass  # a project that cannot be written to: then nothing is kept
