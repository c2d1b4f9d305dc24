"""Which bodies travel as base64. Rules differ by kind of API."""

from __future__ import annotations

from localstack_lite.gateway.wiretext import media_type

#: The only types that an HTTP API hands over as text, beside `text/*` (checked on AWS by several projects).
_TEXT = frozenset(("application/json", "application/xml", "application/javascript"))


def is_text(content_type: str) -> bool:
    """HTTP APIs: everything else is base64, forms and a missing type included."""
    kind = media_type(content_type)
    return kind.startswith("text/") or kind in _TEXT


class BinaryMediaTypes:
    """REST's `binaryMediaTypes`: exact types, `type/*` or `*/*`. Recorded: an entry like `*/test` matches nothing, and
    a request's `Accept: */*` or `image/*` is taken literally."""

    def __init__(self, types: tuple[str, ...]) -> None:
        # templates write `image~1png` where SAM wants the slash escaped
        entries = [entry.replace("~1", "/").strip().lower() for entry in types]
        self._all = "*/*" in entries
        self._exact = frozenset(entry for entry in entries if "*" not in entry)
        self._prefixes = tuple(entry[:-1] for entry in entries if entry.endswith("/*") and not entry.startswith("*"))

    def __bool__(self) -> bool:
        return bool(self._all or self._exact or self._prefixes)

    def match(self, content_type: str) -> bool:
        if self._all:
            return True
        if not self._exact and not self._prefixes:
            return False
        kind = media_type(content_type)
        if kind in self._exact:
            return True
        return bool(self._prefixes) and "*" not in kind and kind.startswith(self._prefixes)

    def accepted(self, accept: str) -> bool:
        """Whether a reply may be decoded: only the first media type of Accept counts."""
        return self.match(accept.partition(",")[0])
