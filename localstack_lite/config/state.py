"""The folder of devserve's own state beside a project, and names for content in it. I/O."""

from __future__ import annotations

import hashlib
from pathlib import Path


def state_folder(root: Path) -> Path:
    """`ROOT/.devserve`, made with a `.gitignore` and a `package.json` of its own."""
    folder = root / ".devserve"
    folder.mkdir(parents=True, exist_ok=True)
    # The second file ends Node's search for a package: code that is kept here belongs to none of the user's.
    for name, text in ((".gitignore", "*\n"), ("package.json", "{}\n")):
        if not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def digest(*parts: str | bytes) -> str:
    """A name for content: 32 hex digits."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()[:32]
