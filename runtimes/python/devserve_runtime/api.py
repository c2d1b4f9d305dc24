"""The HTTP client of the Runtime API: one kept-alive connection, one request at a time, on a bare descriptor.

`http.client` would cost more to import than the whole start, and `socket` a third of it; `_socket` is what it is made
of, and after connecting not even that is needed. Replies with a length and in chunks are understood (AWS's emulator
sends long events in chunks).
"""

import _socket
import os

_PIECE = 65536
_SMALL = 131072


class Closed(Exception):
    """The Runtime API has gone: nobody waits for this process any more."""


class Refused(Exception):
    """The Runtime API answered with another status than the one that means yes."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body


class RuntimeApi:
    """`address` is `HOST:PORT`. Every call returns when the reply is there; `next` may take for ever."""

    def __init__(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        self._peer = (host.strip("[]"), int(port))
        self._descriptor = -1
        self._rest = b""
        self._asked = False  # whether the next invocation was asked for together with a result
        self._usual_head, self._usual = b"", (0, {})
        self.forked = False
        """True in a child that the handler forked: it must not talk on its parent's connection."""
        self._common = f" HTTP/1.1\r\nHost: {address}\r\n".encode()
        self._next = b"GET /2018-06-01/runtime/invocation/next" + self._common + b"\r\n"
        os.register_at_fork(after_in_child=self._leave_to_parent)

    def next(self) -> "tuple[dict[str, str], bytes]":
        """The next invocation: headers with lower-case names, and the event."""
        if self._asked:
            self._asked = False
            try:
                status, headers, body = self._receive()
            except OSError as error:
                raise Closed(str(error)) from None
        else:
            status, headers, body = self._exchange(self._next, b"")
        if status != 200:
            raise Refused(status, body)
        return headers, body

    def restore_next(self) -> None:
        """Asks to be restored; returns when that has happened."""
        head = b"GET /2018-06-01/runtime/restore/next" + self._common + b"\r\n"
        status, _, body = self._exchange(head, b"")
        if status != 200:
            raise Refused(status, body)

    def post(
        self,
        path: str,
        body: bytes,
        content_type: str = "application/json",
        error_type: str = "",
        ask_next: bool = False,
    ) -> None:
        """With `ask_next` the next invocation is asked for in the same write, unless the body is long (a refusal is
        likelier there): one system call and one wake-up less on either side. The next call must be `next` then."""
        kind = f"Lambda-Runtime-Function-Error-Type: {_printable(error_type)}\r\n" if error_type else ""
        head = f"Content-Type: {content_type}\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
        request = b"POST " + path.encode("ascii") + self._common + head.encode("ascii")
        asked = ask_next and len(body) < _SMALL
        status, _, answer = self._exchange(request, body + self._next if asked else body)
        if not 200 <= status < 300:
            raise Refused(status, answer)
        self._asked = asked

    def _leave_to_parent(self) -> None:
        self.forked = True
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def _connect(self) -> int:
        host, port = self._peer
        connection = _socket.socket(_socket.AF_INET6 if ":" in host else _socket.AF_INET, _socket.SOCK_STREAM)
        connection.connect((host, port))
        connection.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self._rest = b""
        # The bare number: a socket object that lives to the end of the interpreter can crash Python 3.9 there.
        descriptor = connection.detach()
        if descriptor > 2:
            return descriptor
        # The handler had closed stdout and the like: what it still prints must not go to the Runtime API.
        import fcntl

        moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 3)
        os.close(descriptor)
        return moved

    def _exchange(self, head: bytes, body: bytes) -> "tuple[int, dict[str, str], bytes]":
        try:
            if self._descriptor < 0:
                self._descriptor = self._connect()
            try:
                self._send(head, body)
            except ConnectionError:
                pass  # a body that is too long is refused before it is read: the answer may be there
            except OSError:
                # The handler closed our descriptor with its own (daemons do); the address is still good.
                self._descriptor = self._connect()
                self._send(head, body)
            return self._receive()
        except OSError as error:
            raise Closed(str(error)) from None

    def _send(self, head: bytes, body: bytes) -> None:
        whole = head + body if len(body) < _SMALL else head
        sent = os.write(self._descriptor, whole)
        if sent < len(whole):
            self._send_rest(memoryview(whole)[sent:])
        if whole is head and body:
            self._send_rest(memoryview(body))

    def _send_rest(self, rest: memoryview) -> None:
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def _receive(self) -> "tuple[int, dict[str, str], bytes]":
        head = self._until(b"\r\n\r\n")
        if head == self._usual_head:  # the answer to what is posted is always the same
            status, headers = self._usual
        else:
            lines = head.decode("utf-8", "surrogateescape").split("\r\n")
            headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            status = int(lines[0].split(" ", 2)[1])
            if status == 202:
                self._usual_head, self._usual = head, (status, headers)
        length = headers.get("content-length")
        if length is not None:
            body = self._exactly(int(length))
        elif "chunked" in headers.get("transfer-encoding", ""):
            body = self._chunks()
        else:
            body = b""
        return status, headers, body

    def _more(self) -> None:
        piece = os.read(self._descriptor, _PIECE)
        if not piece:
            raise Closed("closed by the Runtime API")
        self._rest += piece

    def _until(self, mark: bytes) -> bytes:
        while True:
            end = self._rest.find(mark)
            if end >= 0:
                found, self._rest = self._rest[:end], self._rest[end + len(mark) :]
                return found
            self._more()

    def _exactly(self, length: int) -> bytes:
        rest = self._rest
        if len(rest) >= length:
            self._rest = rest[length:]
            return rest[:length]
        whole = bytearray(length)
        view = memoryview(whole)
        filled = len(rest)
        view[:filled] = rest
        self._rest = b""
        while filled < length:
            count = os.readv(self._descriptor, [view[filled:]])
            if not count:
                raise Closed("closed by the Runtime API")
            filled += count
        return bytes(whole)

    def _chunks(self) -> bytes:
        parts = []
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            if not size:
                break
            parts.append(self._exactly(size))
            self._until(b"\r\n")
        while self._until(b"\r\n"):
            pass  # trailers
        return b"".join(parts)


def _printable(text: str) -> str:
    return "".join(c if " " <= c <= "~" else "?" for c in text)
