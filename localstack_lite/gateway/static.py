"""Which file of the static folder a request means, and the reply that carries it. Pure.

As with SAM CLI's `--static-dir`, files answer at `/` beside the first API's routes. A route wins over a file, except
that a catch-all at the root (`/{proxy+}`, `$default`) gets only what is no file: else no file would ever be served. GET
and HEAD alone; there is no index page. Names with a leading dot are never served, and what leads out of the folder is
not there (the reader checks that again on the real path, for links).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from mimetypes import MimeTypes
from typing import Protocol
from urllib.parse import unquote_to_bytes

from localstack_lite.gateway.sites import Site
from localstack_lite.model.api import DEFAULT_ROUTE
from localstack_lite.wire.messages import Request, Response

_METHODS = ("GET", "HEAD")
#: Types that mimetypes does not know in every version of Python, or knows by another name.
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".webp": "image/webp"}
_TEXTS = ("application/json", "application/xml", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """`modified` is a number that grows when the file is saved: nanoseconds."""

    content: bytes
    modified: int


class StaticFiles(Protocol):
    async def read(self, name: str) -> StaticFile | None:
        """The file of that name (parts joined by `/`), or None when there is none that may be served."""
        ...


def wanted(site: Site, request: Request) -> str:
    """The name of the file that answers if it is there, else empty."""
    if not site.plain or request.method not in _METHODS:
        return ""
    name = file_name(request.path)
    if not name or not site.apis:
        return name
    match = site.place(request.method, request.path).match
    return name if match is None or is_catch_all(match.target.route.path) else ""


def file_name(path: str) -> str:
    """The path as sent → the name of a file below the folder; empty when it can be none."""
    try:
        decoded = unquote_to_bytes(path).decode()
    except UnicodeDecodeError:
        return ""
    parts = decoded.removeprefix("/").split("/")
    if any(not part or part.startswith(".") for part in parts) or any(c in decoded for c in "\\\0:"):
        return ""
    return "/".join(parts)


def is_catch_all(path: str) -> bool:
    """Whether a route takes everything that no other one does."""
    return path == DEFAULT_ROUTE or (path.startswith("/{") and path.endswith("+}") and "/" not in path[1:])


def respond(request: Request, name: str, file: StaticFile) -> Response:
    """The file, or that the client has it already."""
    tag = f'"{file.modified:x}-{len(file.content):x}"'
    headers = (("ETag", tag), ("Cache-Control", "no-cache"))
    known = request.headers.get("if-none-match")
    if known is not None and any(each.strip().removeprefix("W/") in (tag, "*") for each in known.split(",")):
        return Response(304, headers)
    return Response(200, (("Content-Type", content_type(name)), *headers), file.content)


def content_type(name: str) -> str:
    dot = name.rfind(".")
    guessed, encoding = _types().guess_type(name)
    found = _TYPES.get(name[dot:].lower() if dot >= 0 else "") or guessed
    if encoding or not found:
        return "application/octet-stream" if not encoding else f"application/{encoding}"
    return f"{found}; charset=utf-8" if found.startswith("text/") or found in _TEXTS else found


@cache
def _types() -> MimeTypes:
    """Python's own list, the same on every machine."""
    return MimeTypes()
