"""An HTTP endpoint behind the recorded cases with HTTP integrations: says what it received, or sends the body back."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class Backend(ThreadingHTTPServer):
    """`/echo...` answers with the body that came, everything else with a description of the request as JSON: `query`
    (all values by name), `headers` (names in lower case, several values joined as a function URL does) and `body`
    (base64)."""

    daemon_threads = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/echo"):
            self._send(self.headers.get("Content-Type") or "text/plain", body)
        else:
            self._send("application/json", json.dumps(self._seen(body)).encode())

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = answer

    def _seen(self, body: bytes) -> dict[str, Any]:
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return {
            "method": self.command,
            "path": urlsplit(self.path).path,
            "query": query,
            "headers": headers,
            "body": base64.b64encode(body).decode(),
        }

    def _send(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", "backends-own")  # as the function URL of the recordings sent one
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def backend() -> Iterator[Backend]:
    server = Backend(("127.0.0.1", 0), _Exchange)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
