"""Whether a saved file has new content: what was last seen of each file, as a digest.

The digests come from outside. A file of which no digest could be made counts as changed, always.
"""

from __future__ import annotations

from collections.abc import Mapping

from localstack_lite.model.change import ChangeKind


class Contents:
    def __init__(self) -> None:
        self._seen: dict[str, bytes] = {}

    def learn(self, digests: Mapping[str, bytes]) -> None:
        """What files held when nobody had changed them yet. What a change has taught since then stands."""
        self._seen = {**digests, **self._seen}

    def judge(self, kind: ChangeKind, path: str, digest: bytes | None) -> ChangeKind:
        """The kind of a change, now that the content is known: `TOUCHED` when it is what it was."""
        if kind is ChangeKind.DELETED or digest is None:
            self._seen[path] = b""
            return kind
        before = self._seen.get(path)
        self._seen[path] = digest
        return ChangeKind.TOUCHED if before == digest else kind
