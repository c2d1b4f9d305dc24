"""A Lambda API on loopback that knows layers, and hands them out as the real one does: by an address of their own."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class LayerServer:
    """`url` is what AWS_ENDPOINT_URL says; `asked` are the ARNs it was asked for, with the region that was signed."""

    url: str = ""
    archives: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lying: bool = False

    @property
    def environ(self) -> dict[str, str]:
        return {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


def archive(files: Mapping[str, str]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as made:
        for name, text in files.items():
            made.writestr(name, text)
    return whole.getvalue()


@contextmanager
def layer_server(archives: Mapping[str, bytes]) -> Iterator[LayerServer]:
    """`archives` are by ARN."""
    server = LayerServer(archives=dict(archives))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = parse_qs(parts.query)
            if parts.path == "/content":
                self._answer(200, server.archives[query["arn"][0]])
                return
            arn = query["Arn"][0]
            server.asked.append((arn, self.headers["Authorization"].split("/")[2]))
            if arn not in server.archives:
                self._answer(403, json.dumps({"Message": "not yours"}).encode(), "AccessDeniedException")
                return
            data = server.archives[arn]
            digest = hashlib.sha256(b"other" if server.lying else data).digest()
            content = {
                "Location": f"{server.url}/content?arn={arn}",
                "CodeSha256": base64.b64encode(digest).decode(),
                "CodeSize": len(data),
            }
            self._answer(200, json.dumps({"Content": content, "LayerVersionArn": arn}).encode())

        def _answer(self, status: int, body: bytes, error: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Not on the tests' output."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
