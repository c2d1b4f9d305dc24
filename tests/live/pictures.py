"""Pictures made here, as bytes that nothing may treat as text."""

from __future__ import annotations

import struct
import zlib


def png(width: int = 640, height: int = 480) -> bytes:
    """A PNG of every byte value, so that nothing that treats it as text gets it through."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = (bytes((x * y + shift) % 256 for x in range(width) for shift in (0, 85, 170)) for y in range(height))
    rows = b"".join(b"\0" + line for line in lines)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
