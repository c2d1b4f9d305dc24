"""The attach connection to a container: its standard input and output, for as long as both live.

A thread reads, because the connection may be a socket, TLS or an ssh channel; whoever uses it hears on the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

_SLICE = 64 * 1024


class AttachLine:
    """`heard` gets `(stream, data)` frames' bytes as they come, `ended` is called once, both on the loop's thread."""

    def __init__(
        self,
        connection: Any,
        loop: asyncio.AbstractEventLoop,
        heard: Callable[[bytes], None],
        ended: Callable[[], None],
    ) -> None:
        """`connection` is what the SDK's `attach_socket` gives back; it is kept, its end would end the socket."""
        self.over = False
        """Whether `ended` has been called."""
        self._connection = connection
        self._socket = getattr(connection, "_sock", connection)
        self._socket.settimeout(None)
        self._loop = loop
        self._heard = heard
        self._ended = ended
        threading.Thread(target=self._read, name="devserve-attach", daemon=True).start()

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # it has ended, and that is heard by the other way
            self._socket.sendall(data)

    def hang_up(self) -> None:
        """Nothing more will be sent: the container's standard input ends."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket.shutdown(socket.SHUT_WR)

    def abandon(self) -> None:
        """Wait for nothing any more; `ended` follows."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def _read(self) -> None:
        try:
            while data := self._socket.recv(_SLICE):
                self._tell(self._heard, data)
        except (OSError, EOFError):
            pass  # the engine is gone, or the connection to it
        self._close()
        self._tell(self._end)

    def _end(self) -> None:
        self.over = True
        self._ended()

    def _close(self) -> None:
        ends: list[Any] = [getattr(self._connection, "_response", None), self._connection, self._socket]
        for each in ends:
            with contextlib.suppress(Exception):  # which of them closes which depends on the kind of connection
                each.close()

    def _tell(self, call: Callable[..., None], *args: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended, nobody wants to know any more
            self._loop.call_soon_threadsafe(call, *args)
