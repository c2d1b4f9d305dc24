"""Where published versions and what else the API made lie between runs: `.devserve/lambda/` in the project. I/O.

    published.json        all of it, replaced in one step, readable by the user only
    code/FUNCTION/NUMBER  the copies (snapshot)

Variables whose names or values look like secrets are not written: after a restart they are those that the project
declares then. A file that cannot be read is put aside and told; everything begins anew.
"""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from localstack_lite.lambdas import snapshot
from localstack_lite.lambdas.plain import dumped, loaded
from localstack_lite.lambdas.published import NOTHING, Kept, OfFunction, Version
from localstack_lite.lambdas.urls import declared_urls
from localstack_lite.model.function import Function
from localstack_lite.model.project import Problem, Project

T = TypeVar("T")

#: Bytes of a layer, unpacked (AWS quotas).
LARGEST = 250 * 1024 * 1024
_FORMAT = 1
#: What the names of an archive's files may be to blame for, and nothing else.
_NO_FILE = frozenset({errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST})
_SECRET_NAME = re.compile(
    r"SECRET|PASSWORD|PASSWD|PASSPHRASE|TOKEN|CREDENTIAL|PRIVATE|DSN|API_?KEY|ACCESS_?KEY|(^|_)(KEY|PASS|PWD|AUTH)$",
    re.I,
)
_SECRET_VALUE = re.compile(r"://[^/\s:@]*:[^/\s@]+@|-----BEGIN ")


class Shelf:
    """`root` is the project's folder. `turn` keeps two publications apart."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = root / ".devserve" / "lambda"
        self._file = self._folder / "published.json"
        self.turn = asyncio.Lock()
        self._writing = asyncio.Lock()

    def load(self, project: Project) -> tuple[Kept, tuple[Problem, ...]]:
        """What an earlier run left, as far as the project does not say otherwise: a start is a deployment. Never
        raises."""
        try:
            data = json.loads(self._file.read_bytes())
            if data.get("format") != _FORMAT:
                raise ValueError(f"its format is {data.get('format')!r}, not {_FORMAT}")
            kept = loaded(Kept, data)
        except FileNotFoundError:
            return NOTHING, ()
        except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
            return NOTHING, (self._put_aside(error),)
        problems: list[Problem] = []
        functions = {}
        for logical_id, of in kept.functions.items():
            functions[logical_id] = self._present(logical_id, deployed(project, logical_id, of), project, problems)
        return replace(kept, functions=functions), tuple(problems)

    async def save(self, kept: Callable[[], Kept]) -> None:
        """On disk when this returns. An OSError when it cannot be kept. `kept` is asked when it is its turn, so the
        last one to write has the latest."""
        async with self._writing:
            text = json.dumps({"format": _FORMAT, **_discreet(dumped(kept()))}).encode()
            await asyncio.to_thread(self._write, text)

    async def copy(self, function: Function, number: str) -> Function:
        """The function at that version, with its code copied."""
        self._claim()
        folder = self._code(function.logical_id)
        return await asyncio.to_thread(snapshot.copy, function, self._root, folder, number)

    async def discard(self, logical_id: str, number: str) -> None:
        """The copy of a version that is gone. Environments that still run on it keep what they have loaded."""
        await asyncio.to_thread(shutil.rmtree, self._code(logical_id) / number, True)

    async def unpack_layer(self, arn: str, archive: bytes) -> tuple[Path, int, str]:
        """Where the content is now, its unpacked size and the archive's SHA-256 (base64). A ValueError when it is no
        zip. It lies where layers from AWS lie, so a template that names its ARN has it."""
        self._claim()
        name = hashlib.sha256(arn.encode()).hexdigest()[:16]
        folder = self._root / ".devserve" / "cache" / "layers" / f"arn-{name}"
        size = await asyncio.to_thread(unpack, archive, folder)
        return folder, size, base64.b64encode(hashlib.sha256(archive).digest()).decode()

    async def discard_folder(self, folder: Path) -> None:
        await asyncio.to_thread(shutil.rmtree, folder, True)

    # -- inside

    def _code(self, logical_id: str) -> Path:
        return self._folder / "code" / quote(logical_id, safe="")

    def _claim(self) -> None:
        """The folder of devserve's own state, with what keeps it out of version control and of Node's packages."""
        state = self._root / ".devserve"
        state.mkdir(parents=True, exist_ok=True)
        for name, text in ((".gitignore", "*\n"), ("package.json", "{}\n")):
            if not (state / name).exists():
                (state / name).write_text(text, encoding="utf-8")

    def _write(self, text: bytes) -> None:
        self._claim()
        self._folder.mkdir(exist_ok=True)
        handle, part = tempfile.mkstemp(dir=self._folder, prefix=".published.", suffix=".part")  # mode 0600
        try:
            with open(handle, "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, self._file)
        except BaseException:
            os.unlink(part)
            raise

    def _put_aside(self, error: Exception) -> Problem:
        aside = self._file.with_suffix(".broken")
        try:
            os.replace(self._file, aside)
            left = f"it is kept as {aside.name}"
        except OSError as refused:
            left = f"it cannot be moved: {refused.strerror}"
        what = f"published versions cannot be read ({' '.join(str(error).split())[:120]}); there are none now"
        return Problem(str(self._file), what, f"{left}; publish them again", warning=True)

    def _present(self, logical_id: str, of: OfFunction, project: Project, problems: list[Problem]) -> OfFunction:
        """Without versions whose code is gone, with what is not written of the others."""
        function = project.function(logical_id)
        there = {}
        for number, version in of.versions.items():
            if not version.function.code.folder.is_dir():
                what = (
                    f"version {number} of {version.function.name} is gone: {version.function.code.folder} is not there"
                )
                problems.append(Problem(str(self._file), what, "publish it again", warning=True))
            else:
                there[number] = _completed(version, function)
        return replace(of, versions=there)


def deployed(project: Project, logical_id: str, of: OfFunction) -> OfFunction:
    """What the project declares goes before what calls made of it in an earlier run. Pure."""
    function = project.function(logical_id)
    names = {alias.name for alias in function.aliases} if function is not None else set()
    urls = {proxy.qualifier for _, proxy in declared_urls(project) if proxy.function == logical_id}
    return replace(of, aliases=_without(of.aliases, names), urls=_without(of.urls, urls))


def _without(made: Mapping[str, T | None], declared: set[str]) -> dict[str, T | None]:
    return {name: one for name, one in made.items() if one is not None and name not in declared}


def looks_secret(name: str, value: str) -> bool:
    """Whether a variable is not for a file. Pure."""
    return bool(_SECRET_NAME.search(name) or _SECRET_VALUE.search(value))


def _discreet(data: dict[str, Any]) -> dict[str, Any]:
    """Without secrets, and without adapters, which are the project's and of this machine."""
    for of in data["functions"].values():
        for version in of["versions"].values():
            function = version["function"]
            environment = function["environment"]
            function["environment"] = {n: "" if looks_secret(n, v) else v for n, v in environment.items()}
            function["adapter"] = None
    return data


def _completed(version: Version, current: Function | None) -> Version:
    """With the project's values of what is not written."""
    if current is None:
        return version
    function = version.function
    known = current.environment
    environment = {
        name: known.get(name, value) if looks_secret(name, known.get(name, value)) else value
        for name, value in function.environment.items()
    }
    adapter = snapshot.placed(current, function.code.folder.parent, function.version).adapter
    return replace(version, function=replace(function, environment=environment, adapter=adapter))


def unpack(archive: bytes, folder: Path) -> int:
    """The archive's content is in the folder, in one step. Returns its size in bytes; a ValueError when it is no zip,
    or one that cannot be unpacked."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".layer.", suffix=".part"))
    size = 0
    try:
        with zipfile.ZipFile(BytesIO(archive)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) >= LARGEST:
                raise ValueError(f"Unzipped size must be smaller than {LARGEST} bytes")
            for entry in packed.infolist():
                place = _extracted(packed, entry, part)
                mode = entry.external_attr >> 16
                if stat.S_ISREG(mode) and not entry.is_dir():
                    place.chmod(stat.S_IMODE(mode) | 0o400)
                size += entry.file_size
        part.chmod(0o755)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(part, folder)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise ValueError(str(error)) from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return size


def _extracted(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> Path:
    try:
        return Path(packed.extract(entry, folder))  # never outside of it: zipfile sees to that
    except OSError as error:
        if error.errno not in _NO_FILE:
            raise
        raise ValueError(f"{entry.filename[:80]}: {error.strerror}") from error
