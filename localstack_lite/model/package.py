"""A piece made ready to be pushed: a zip or file on this machine with its hash, or an image of the local engine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

#: Bytes of a zip that Lambda takes in the call itself; above, it has to lie in S3. Bytes of the code with its layers,
#: unpacked (AWS quotas).
MOST_DIRECT = 50 * 1024 * 1024
MOST_UNPACKED = 250 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Package:
    """`piece` is the piece's id. `file` holds the bytes and `sha256` is their hash as AWS writes it (`CodeSha256`:
    base64); for an image, `image` is the local tag and `sha256` its content's (`sha256:…`, the engine's image id).

    `size` and `unpacked` in bytes; `largest` are the biggest of what is in it (`numpy/`, bytes). `built` says whether
    anything had to be made for it just now."""

    piece: str
    sha256: str
    file: Path | None = None
    image: str = ""
    size: int = 0
    unpacked: int = 0
    largest: tuple[tuple[str, int], ...] = ()
    built: bool = False

    @property
    def hex(self) -> str:
        """The hash as text that can be part of a file's name."""
        if self.sha256.startswith("sha256:"):
            return self.sha256.removeprefix("sha256:")
        from base64 import b64decode

        return b64decode(self.sha256).hex()
