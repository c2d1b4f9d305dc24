"""An OpenID Connect issuer for tests: real RSA keys, tokens signed with them, and its two documents over HTTP on
loopback, from a thread.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey


class Keys:
    """The key of an issuer; `rotate` puts another one in its place."""

    def __init__(self, prefix: str = "key") -> None:
        self._prefix = prefix
        self._made = 0
        self.keys: list[RSAKey] = []
        self.rotate()

    @property
    def current(self) -> RSAKey:
        return self.keys[-1]

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    @property
    def body(self) -> bytes:
        return json.dumps(self.jwks).encode()

    def rotate(self) -> None:
        self._made += 1
        parameters: Any = {"kid": f"{self._prefix}-{self._made}", "use": "sig", "alg": "RS256"}
        self.keys = [RSAKey.generate_key(2048, parameters)]

    def token(self, claims: dict[str, Any], *, header: dict[str, Any] | None = None, key: Any = None) -> str:
        """A token with these claims. `header` adds to the header or replaces what it has; None takes out."""
        full = {"alg": "RS256", "typ": "JWT", "kid": self.current.kid, **(header or {})}
        return sign({name: value for name, value in full.items() if value is not None}, claims, key or self.current)


def sign(header: dict[str, Any], payload: dict[str, Any] | bytes, key: RSAKey | ECKey | OctKey) -> str:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    algorithm = str(header.get("alg", "RS256"))
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact({"alg": algorithm, **header}, body, key, registry=registry)


class LocalIssuer:
    """`with LocalIssuer() as issuer:` serves discovery and key set at `issuer.url`."""

    def __init__(self, keys: Keys | None = None) -> None:
        self.keys = keys or Keys()
        self.asked: list[str] = []
        issuer = self

        class Documents(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked.append(self.path)
                found = issuer.documents().get(self.path)
                body = json.dumps(found).encode()
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Documents)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def documents(self) -> dict[str, Any]:
        discovery = {"issuer": self.url, "jwks_uri": f"{self.url}/jwks.json"}
        return {"/.well-known/openid-configuration": discovery, "/jwks.json": self.keys.jwks}

    def token(self, claims: dict[str, Any]) -> str:
        return self.keys.token({"iss": self.url, **claims})

    def __enter__(self) -> LocalIssuer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
